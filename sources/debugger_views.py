"""The debugger: the newest events of a source as they come, and one of them unfolded."""

from datetime import UTC, datetime
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from . import debugger, log
from .access import get_source
from .debugger import Place
from .search import Search, SearchTooSlow

SHOWN = {"all": "All", "events": "Stored", "rejected": "Rejected", "blocked": "Blocked"}
BY = {"text": "Anywhere", "user": "User", "message": "Message id", "event": "Event name"}


@login_required
@require_GET
def source_debugger(request, workspace_slug, source_slug):
    """The newest events, or an older page of them; `?event=` or `?rejection=` unfolds one."""
    source = get_source(request.user, workspace_slug, source_slug)
    before = _place(request, "before")
    # What a search passed over is not looked at again each second.
    passed = Place(log.newest(), 0) if request.GET.get("q") else Place()
    context = {"tab": "debugger", "shown": SHOWN.items(), "by": BY.items()}
    context |= _list(request, source, passed, before=before)
    context["live"] = not any(before) and not context["search"].until
    if event_id := _number(request, "event"):
        context |= _event(source, event_id)
    elif rejection_id := _number(request, "rejection"):
        context |= _rejection(source, rejection_id)
    return render(request, "sources/source_debugger.html", context)


@login_required
@require_GET
def source_debugger_newer(request, workspace_slug, source_slug):
    """What came after what is shown, for htmx: nothing to swap (204) most of the time."""
    source = get_source(request.user, workspace_slug, source_slug)
    after = _place(request, "after")
    context = _list(request, source, after, after=after)
    if not context["lines"]:
        return HttpResponse(status=204)
    return render(request, "sources/_debugger_newer.html", context)


@login_required
@require_GET
def source_event(request, workspace_slug, source_slug, event_id):
    """One event, for htmx."""
    source = get_source(request.user, workspace_slug, source_slug)
    return render(request, "sources/_event.html", _event(source, event_id))


@login_required
@require_GET
def source_rejection(request, workspace_slug, source_slug, rejection_id):
    """One rejected event, for htmx."""
    source = get_source(request.user, workspace_slug, source_slug)
    return render(request, "sources/_event.html", _rejection(source, rejection_id))


def _list(request, source, known: Place, before: Place = debugger.NOWHERE, after=debugger.NOWHERE):
    """Return the context of the list: its lines, and the addresses of newer and older ones."""
    search = _search(request)
    try:
        lines, too_slow = debugger.page(source, search, before=before, after=after), False
    except SearchTooSlow:
        lines, too_slow = [], True
    query = _query(search)
    newer, older = debugger.newest(lines, known), debugger.oldest(lines, before)
    return {
        "workspace": source.workspace,
        "source": source,
        "lines": lines,
        "too_slow": too_slow,
        "search": search,
        "full": len(lines) == debugger.PAGE,
        "others": urlencode({key: value for key, value in query.items() if key != "show"}),
        "query": urlencode(query),
        "newer": urlencode(query | {"after": newer.event, "after_rejection": newer.rejection}),
        "older": urlencode(query | {"before": older.event, "before_rejection": older.rejection}),
    }


def _search(request) -> Search:
    show, by = request.GET.get("show"), request.GET.get("by")
    return Search(
        text=request.GET.get("q", "").replace("\x00", "").strip()[:200],
        by=by if by in BY else "text",
        show=show if show in SHOWN else "all",
        since=_moment(request, "since"),
        until=_moment(request, "until"),
    )


def _moment(request, name) -> datetime | None:
    """Return a moment as <input type="datetime-local"> writes it, meant in UTC."""
    try:
        return datetime.fromisoformat(request.GET.get(name, "")).replace(tzinfo=UTC)
    except ValueError:
        return None


def _query(search: Search) -> dict:
    """Return the search as it stands in an address."""
    query = {"q": search.text, "by": search.by, "show": search.show}
    times = {"since": search.since, "until": search.until}
    return query | {name: f"{at:%Y-%m-%dT%H:%M}" for name, at in times.items() if at}


def _place(request, name) -> Place:
    return Place(_number(request, name), _number(request, f"{name}_rejection"))


def _number(request, name) -> int:
    text = request.GET.get(name, "")
    return min(int(text), log.MOST_POSITION) if text.isascii() and text.isdigit() else 0


def _event(source, event_id) -> dict:
    entry = log.get([source.id], [event_id]).get(event_id)
    if entry is None:
        raise Http404("This event is not stored, or is not stored any more.")
    line = debugger.event_line(entry)
    # The pane is asked for alone, too, and leads on to pages of its workspace and source.
    return {"workspace": source.workspace, "source": source, "line": line, **_views(entry.payload)}


def _rejection(source, rejection_id) -> dict:
    rejection = get_object_or_404(source.rejections, id=rejection_id)
    line = debugger.rejection_line(rejection)
    return {"line": line, "rejection": rejection, **_views(rejection.payload)}


def _views(payload) -> dict:
    event = debugger.read(payload)
    return {
        "facts": debugger.facts(event),
        "sections": debugger.sections(event),
        "raw": debugger.raw(payload),
    }
