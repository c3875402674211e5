"""The debugger: the newest events of a source as they come, and one of them unfolded."""

from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from . import debugger, log
from .access import get_source
from .debugger import Place

SHOWN = {"all": "All", "events": "Stored", "rejected": "Rejected"}


@login_required
@require_GET
def source_debugger(request, workspace_slug, source_slug):
    """The newest events, or an older page of them; `?event=` or `?rejection=` unfolds one."""
    source = get_source(request.user, workspace_slug, source_slug)
    before = _place(request, "before")
    # What a search passed over is not looked at again each second.
    passed = Place(log.newest(), 0) if request.GET.get("q") else Place()
    context = {"tab": "debugger", "live": not any(before), "shown": SHOWN.items()}
    context |= _list(request, source, passed, before=before)
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
        lines, too_slow = debugger.page(source, **search, before=before, after=after), False
    except debugger.SearchTooSlow:
        lines, too_slow = [], True
    query = {"q": search["text"], "show": search["show"]}
    newer, older = debugger.newest(lines, known), debugger.oldest(lines, before)
    return {
        "workspace": source.workspace,
        "source": source,
        "lines": lines,
        "too_slow": too_slow,
        "search": search,
        "full": len(lines) == debugger.PAGE,
        "query": urlencode(query),
        "newer": urlencode(query | {"after": newer.event, "after_rejection": newer.rejection}),
        "older": urlencode(query | {"before": older.event, "before_rejection": older.rejection}),
    }


def _search(request) -> dict:
    show = request.GET.get("show")
    return {
        "text": request.GET.get("q", "").replace("\x00", "").strip()[:200],
        "show": show if show in SHOWN else "all",
    }


def _place(request, name) -> Place:
    return Place(_number(request, name), _number(request, f"{name}_rejection"))


def _number(request, name) -> int:
    text = request.GET.get(name, "")
    return min(int(text), log.MOST_POSITION) if text.isascii() and text.isdigit() else 0


def _event(source, event_id) -> dict:
    entry = log.get([source.id], [event_id]).get(event_id)
    if entry is None:
        raise Http404("This event is not stored, or is not stored any more.")
    return {"line": debugger.event_line(entry), **_views(entry.payload)}


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
