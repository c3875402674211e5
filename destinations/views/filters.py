"""The filters of a destination: what happens to events before any subscription sees them."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.db.models import Max
from django.http import HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from ..access import get_destination
from ..filter_editor import page as filter_page
from ..models import MOST_FILTERS, Destination, Filter


@login_required
@require_GET
def destination_filters(request, workspace_slug, destination_slug):
    destination = get_destination(request.user, workspace_slug, destination_slug)
    filters = list(destination.filters.all())
    context = {
        "workspace": destination.workspace,
        "destination": destination,
        "tab": "filters",
        "filters": filters,
        "most": MOST_FILTERS,
        "full": len(filters) >= MOST_FILTERS,
    }
    return render(request, "destinations/destination_filters.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def filter_create(request, workspace_slug, destination_slug):
    destination = get_destination(request.user, workspace_slug, destination_slug, "editor")
    if destination.filters.count() >= MOST_FILTERS:
        words = f"There are {MOST_FILTERS} filters, and there can be no more. Delete one first."
        messages.error(request, words)
        return redirect("destination_filters", workspace_slug, destination.slug)
    last = destination.filters.aggregate(last=Max("order"))["last"]
    order = 0 if last is None else last + 1
    condition = filter_page.suggestion(destination, request.GET.get("event", ""))
    new = Filter(destination=destination, order=order, condition=condition)
    return _edit(request, destination, new)


@login_required
@require_http_methods(["GET", "POST"])
def filter_edit(request, workspace_slug, destination_slug, filter_id):
    destination = get_destination(request.user, workspace_slug, destination_slug, "editor")
    return _edit(request, destination, get_object_or_404(destination.filters, pk=filter_id))


def _edit(request, destination, instance):
    """Show the editor. Of its buttons only the one to save changes something."""
    data = request.POST if request.method == "POST" else None
    page = filter_page.FilterPage(destination, instance, data)
    if page.saves:
        page.form.save()
        messages.success(request, "The filter is saved.")
        return redirect("destination_filters", destination.workspace.slug, destination.slug)
    return render(request, "destinations/filter_edit.html", page.context(request.GET))


@login_required
@require_POST
def filter_draft(request, workspace_slug, destination_slug):
    """What the filter in the editor would do, for htmx; and the text or the rows, whichever of
    the two was not changed by hand."""
    destination = get_destination(request.user, workspace_slug, destination_slug, "editor")
    page = filter_page.FilterPage(destination, Filter(destination=destination), request.POST)
    return render(request, "destinations/_filter_draft.html", page.context(request.POST))


@login_required
@require_POST
def filter_move(request, workspace_slug, destination_slug, filter_id):
    """Change places with the filter above or below."""
    destination = get_destination(request.user, workspace_slug, destination_slug, "editor")
    steps = {"up": -1, "down": 1}
    if request.POST.get("to") not in steps:
        return HttpResponseBadRequest("Say where to: up or down.")
    chosen = get_object_or_404(destination.filters, pk=filter_id)
    _move(destination, chosen, steps[request.POST["to"]])
    return redirect("destination_filters", workspace_slug, destination.slug)


@transaction.atomic
def _move(destination: Destination, chosen: Filter, step: int) -> None:
    filters = list(destination.filters.select_for_update())
    place = filters.index(chosen)
    filters.insert(min(max(place + step, 0), len(filters) - 1), filters.pop(place))
    for order, each in enumerate(filters):
        Filter.objects.filter(pk=each.pk).update(order=order)


@login_required
@require_POST
def filter_switch(request, workspace_slug, destination_slug, filter_id):
    destination = get_destination(request.user, workspace_slug, destination_slug, "editor")
    chosen = get_object_or_404(destination.filters, pk=filter_id)
    chosen.enabled = request.POST.get("enabled") == "on"
    chosen.save(update_fields=["enabled"])
    return redirect("destination_filters", workspace_slug, destination.slug)


@login_required
@require_POST
def filter_delete(request, workspace_slug, destination_slug, filter_id):
    destination = get_destination(request.user, workspace_slug, destination_slug, "editor")
    get_object_or_404(destination.filters, pk=filter_id).delete()
    messages.success(request, "The filter is deleted.")
    return redirect("destination_filters", workspace_slug, destination.slug)
