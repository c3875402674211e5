"""The schema of a source: what it sends, as observed, and what of it is let in."""

from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Sum
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from workspaces.models import Role

from . import blocking, observed, schema_csv
from .access import get_source
from .models import SchemaEvent, SchemaProperty

KINDS = {
    "track": "Track",
    "identify": "Identify",
    "group": "Group",
    "page": "Page",
    "screen": "Screen",
}
PAGE = 50


@login_required
@require_GET
def source_schema(request, workspace_slug, source_slug):
    """The events of one type; `?event=` unfolds one without scripts."""
    source = get_source(request.user, workspace_slug, source_slug)
    kind, text = _kind(request), request.GET.get("q", "").replace("\x00", "").strip()[:200]
    events = source.schema_events.filter(type=kind).order_by("name")
    page = Paginator(_search(events, text), PAGE).get_page(request.GET.get("page"))
    context = {
        "workspace": source.workspace,
        "source": source,
        "tab": "schema",
        "kinds": KINDS.items(),
        "kind": kind,
        "text": text,
        "page": page,
        "query": urlencode({"kind": kind, "q": text}),
        "more_count": _more(source),
        "unfolded": _unfolded(request, page),
        **_words(kind),
    }
    return render(request, "sources/source_schema.html", context)


@login_required
@require_GET
def source_schema_properties(request, workspace_slug, source_slug, event_id):
    """The properties of one event, for htmx."""
    source = get_source(request.user, workspace_slug, source_slug)
    event = get_object_or_404(source.schema_events, id=event_id)
    context = {"workspace": source.workspace, "source": source, "event": event}
    return render(request, "sources/_schema_properties.html", context | _words(event.type))


@login_required
@require_POST
def source_schema_event_rule(request, workspace_slug, source_slug, event_id):
    """Block an event, or let it in again."""
    source = get_source(request.user, workspace_slug, source_slug, Role.EDITOR)
    event = get_object_or_404(source.schema_events, id=event_id)
    return _set_rule(request, source, event, SchemaEvent.objects.filter(id=event.id), event.type)


@login_required
@require_POST
def source_schema_property_rule(request, workspace_slug, source_slug, property_id):
    """Block a property or a trait, or let it in again."""
    source = get_source(request.user, workspace_slug, source_slug, Role.EDITOR)
    found = get_object_or_404(SchemaProperty, id=property_id, event__source=source)
    rows = SchemaProperty.objects.filter(id=found.id)
    return _set_rule(request, source, found, rows, found.event.type)


@login_required
@require_GET
def source_schema_csv(request, workspace_slug, source_slug):
    """The whole schema for a spreadsheet: one line for each property."""
    source = get_source(request.user, workspace_slug, source_slug)
    return schema_csv.response(source)


def _set_rule(request, source, row, rows, kind):
    row.blocked = request.POST.get("allowed") == "off"
    rows.update(blocked=row.blocked)
    blocking.forget()
    if request.htmx:
        context = {"workspace": source.workspace, "source": source, "row": row}
        return render(request, "sources/_schema_switch.html", context | _switch(row))
    address = reverse("source_schema", args=[source.workspace.slug, source.slug])
    return redirect(f"{address}?{urlencode({'kind': kind})}")


def _switch(row) -> dict:
    """Return which address switches this row."""
    is_event = isinstance(row, SchemaEvent)
    return {"switch_url": "source_schema_event_rule" if is_event else "source_schema_property_rule"}


def _kind(request) -> str:
    kind = request.GET.get("kind")
    return kind if kind in KINDS else "track"


def _search(events, text):
    """Find by the name of the event, or by a property of it."""
    if not text:
        return events
    by_property = events.filter(properties__path__icontains=text).values("id")
    return events.filter(name__icontains=text) | events.filter(id__in=by_property)


def _unfolded(request, page) -> int:
    """Return which event is shown with its properties: the asked one, or the only one."""
    asked = request.GET.get("event", "")
    if asked.isascii() and asked.isdigit():
        return int(asked)
    return page[0].id if len(page) == 1 else 0


def _words(kind) -> dict:
    return {"field": observed.field_of(kind), "most_properties": observed.MOST_PATHS}


def _more(source) -> int:
    """Return how many events came that the schema has no place for."""
    more = source.schema_events.exclude(type__in=[*KINDS, "alias"])
    return more.aggregate(Sum("count", default=0))["count__sum"]
