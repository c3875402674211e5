"""What arrived at a tool, what did not and why, and trying it again."""

import json

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST
from django.views.decorators.vary import vary_on_headers

from sources import log

from .. import control, report
from ..access import get_destination, wants_fragment
from ..models import Failure


@login_required
@require_GET
@vary_on_headers("HX-Request")
def destination_deliveries(request, workspace_slug, destination_slug):
    """Numbers, reasons and failures of a period. htmx receives them without the page around."""
    destination = get_destination(request.user, workspace_slug, destination_slug)
    period = report.get_period(request.GET.get("period"))
    failures, state, code = _chosen_failures(destination, request.GET)
    context = {
        "workspace": destination.workspace,
        "destination": destination,
        "tab": "deliveries",
        "periods": report.PERIODS.values(),
        "period": period,
        "numbers": report.numbers_of(destination, period.since()),
        "reasons": report.reasons(destination, period.since()),
        "chart": report.chart(destination, period),
        "states": _states(destination),
        "state": state,
        "code": code,
        "page": Paginator(failures, per_page=25).get_page(request.GET.get("page")),
        "samples": destination.samples.order_by("-at", "-pk")[:20],
    }
    template = "_deliveries.html" if wants_fragment(request) else "destination_deliveries.html"
    return render(request, f"destinations/{template}", context)


def _chosen_failures(destination, query):
    """Return the failures asked for, newest first, with the state and the code that were meant."""
    failures = destination.failures.defer("request", "response").order_by("-pk")
    state = query.get("state") if query.get("state") in Failure.State.values else ""
    code = query.get("code", "").replace("\x00", "")
    if state:
        failures = failures.filter(state=state)
    if code:
        failures = failures.filter(code=code)
    return failures, state, code


def _states(destination):
    counts = {slug: destination.failures.filter(state=slug).count() for slug in Failure.State}
    titles = {"waiting": "Waiting", "rejected": "Rejected", "expired": "Given up"}
    return [("", "All", sum(counts.values()))] + [
        (slug, titles[slug], count) for slug, count in counts.items()
    ]


@login_required
@require_GET
@vary_on_headers("HX-Request")
def destination_failure(request, workspace_slug, destination_slug, failure_id):
    """One failure: what came in, what was sent, what the tool answered."""
    destination = get_destination(request.user, workspace_slug, destination_slug)
    failure = get_object_or_404(destination.failures, pk=failure_id)
    return _exchange(request, destination, failure, {"failure": failure})


@login_required
@require_GET
@vary_on_headers("HX-Request")
def destination_sample(request, workspace_slug, destination_slug, sample_id):
    """One delivery that was kept to be looked at."""
    destination = get_destination(request.user, workspace_slug, destination_slug)
    sample = get_object_or_404(destination.samples, pk=sample_id)
    return _exchange(request, destination, sample, {"sample": sample})


def _exchange(request, destination, delivery, context):
    context |= {
        "workspace": destination.workspace,
        "destination": destination,
        "tab": "deliveries",
        "delivery": delivery,
        "event": _stored_event(destination, delivery),
    }
    template = "_exchange.html" if wants_fragment(request) else "exchange.html"
    return render(request, f"destinations/{template}", context)


def _stored_event(destination, delivery):
    """Return the event, or None when the log no longer has it."""
    owned = destination.workspace.sources.filter(pk=delivery.source_id).exists()
    entries = log.get([delivery.source_id], [delivery.event_id]) if owned else {}
    entry = entries.get(delivery.event_id)
    return json.loads(entry.payload) if entry else None


@login_required
@require_POST
def destination_retry(request, workspace_slug, destination_slug):
    """Try again: one failure by id, or all of one state and code."""
    destination = get_destination(request.user, workspace_slug, destination_slug, "editor")
    failures = destination.failures.all()
    if request.POST.get("failure", "").isdecimal():
        failures = failures.filter(pk=request.POST["failure"])
    elif request.POST.get("state") in Failure.State.values and request.POST.get("code"):
        failures = failures.filter(state=request.POST["state"], code=request.POST["code"])
    else:
        return HttpResponseBadRequest("Say which failures: an id, or a state and a code.")
    count = control.retry(failures)
    noun = "event is" if count == 1 else "events are"
    messages.success(request, f"{count} {noun} tried again.")
    return redirect("destination_deliveries", workspace_slug, destination.slug)
