"""Trying a destination out: its credentials, and an event of one's own or one that came in."""

import json

from django.contrib.auth.decorators import login_required
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from sources import log

from .. import tester
from ..access import get_destination, wants_fragment
from ..forms import TestEventForm
from ..sending import tokens

EXAMPLES = {
    "track": {
        "type": "track",
        "event": "Order Completed",
        "properties": {"orderId": "test-1", "total": 39.9, "currency": "USD"},
    },
    "identify": {
        "type": "identify",
        "traits": {"email": "ann@example.com", "name": "Ann Test", "plan": "pro"},
    },
    "page": {
        "type": "page",
        "name": "Home",
        "properties": {"url": "https://example.com/", "title": "Home", "path": "/"},
    },
    "screen": {"type": "screen", "name": "Welcome", "properties": {}},
    "group": {"type": "group", "groupId": "acme", "traits": {"name": "Acme", "plan": "pro"}},
    "alias": {"type": "alias", "previousId": "test-anonymous"},
}


@login_required
@require_http_methods(["GET", "POST"])
def destination_test(request, workspace_slug, destination_slug):
    """GET shows the editor with an event in it, POST does what its button says."""
    role = "editor" if request.method == "POST" else "viewer"
    destination = get_destination(request.user, workspace_slug, destination_slug, role)
    tried, check, doing = None, None, request.POST.get("do", "")
    form = TestEventForm({"event": json.dumps(_first_event(destination, request.GET), indent=2)})
    if doing == "check":
        known = tokens.find_tokens(destination, destination.tool)
        check = tester.check_credentials(destination.tool, destination.settings, known)
    elif request.method == "POST":
        form = TestEventForm(request.POST)
        if form.is_valid():
            event = form.cleaned_data["event"]
            tried = tester.try_event(destination, event, send=doing == "send")
    fragment = request.method == "POST" and wants_fragment(request)
    context = {
        "workspace": destination.workspace,
        "destination": destination,
        "tab": "test",
        "form": form,
        "tried": tried,
        "check": check,
        "examples": list(EXAMPLES),
        "fragment": fragment,
    }
    template = "_trials.html" if fragment else "destination_test.html"
    return render(request, f"destinations/{template}", context)


def _first_event(destination, query):
    """Return the stored event that was asked for, or an example of the type asked for."""
    position = query.get("event", "")
    if position.isdecimal() and len(position) < 19:
        source_ids = list(destination.workspace.sources.values_list("pk", flat=True))
        entry = log.get(source_ids, [int(position)]).get(int(position))
        if entry:
            return json.loads(entry.payload)
    now = timezone.now().isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return {
        **EXAMPLES.get(query.get("type"), EXAMPLES["track"]),
        "messageId": f"test-{timezone.now():%Y%m%d%H%M%S%f}",
        "userId": "test-user",
        "anonymousId": "test-anonymous",
        "timestamp": now,
        "receivedAt": now,
        "context": {"library": {"name": "switchyard-tester", "version": "1"}},
    }
