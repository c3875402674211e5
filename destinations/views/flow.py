"""What would happen to a stored event: at one destination step by step, at all of them briefly."""

from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import render
from django.views.decorators.http import require_GET

from sources.access import get_source

from ..access import get_destination
from ..flow import page as flow


@login_required
@require_GET
def destination_flow(request, workspace_slug, destination_slug, event_id):
    """Every step of one event at one destination, with what would be sent."""
    destination = get_destination(request.user, workspace_slug, destination_slug)
    stored = _stored(destination.workspace, event_id)
    return _page(request, destination.workspace, stored, destination)


@login_required
@require_GET
def source_event_flow(request, workspace_slug, source_slug, event_id):
    """The same at the first of the destinations that the source feeds."""
    source = get_source(request.user, workspace_slug, source_slug)
    stored = _stored(source.workspace, event_id, source)
    first = next(iter(flow.destinations_of(source)), None)
    return _page(request, source.workspace, stored, first)


def _page(request, workspace, stored, destination):
    others = [each for each in flow.destinations_of(stored.source) if each != destination]
    glances = [flow.glance(each, stored) for each in others]
    chosen = flow.look(destination, stored) if destination else None
    looks = sorted([*glances, chosen] if chosen else glances, key=lambda x: x.destination.name)
    context = {
        "workspace": workspace,
        "stored": stored,
        "source": stored.source,
        "rules": flow.source_rules(stored.source, stored.event),
        "looks": looks,
        "look": chosen,
        "destination": destination,
        "tried": chosen and chosen.tried,
    }
    return render(request, "destinations/event_flow.html", context)


@login_required
@require_GET
def source_event_flow_fragment(request, workspace_slug, source_slug, event_id):
    """Each destination's verdict on one event, for the pane of the debugger."""
    source = get_source(request.user, workspace_slug, source_slug)
    stored = _stored(source.workspace, event_id, source)
    looks = [flow.glance(each, stored) for each in flow.destinations_of(source)]
    context = {"workspace": source.workspace, "source": source, "stored": stored, "looks": looks}
    return render(request, "destinations/_event_destinations.html", context)


def _stored(workspace, event_id, source=None):
    stored = flow.find_event(workspace, event_id)
    if stored is None or (source is not None and stored.source != source):
        raise Http404("This event is not stored, or is not stored any more.")
    return stored
