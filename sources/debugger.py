"""The debugger's list: stored events and rejected ones, newest first, and one of them unfolded."""

from datetime import datetime
from typing import NamedTuple

import orjson

from . import log, search
from .models import Rejection, Source
from .search import Search

PAGE = 50
MOST_DEPTH = 12  # below that a value is shown as JSON


class Place(NamedTuple):
    """A place in both lists: events by position, rejections by id."""

    event: int = 0
    rejection: int = 0


NOWHERE = Place()
EVERYTHING = Search()


class Line(NamedTuple):
    """One line of the list. `reason` is set for what was rejected or blocked."""

    id: int
    kind: str
    received_at: datetime
    type: str
    name: str
    user: str
    reason: str = ""
    blocked: bool = False


def page(
    source: Source,
    wanted: Search = EVERYTHING,
    before: Place = NOWHERE,
    after: Place = NOWHERE,
    limit: int = PAGE,
) -> list[Line]:
    """Return the newest lines between two places, newest first. Raises SearchTooSlow.

    `wanted.show` is all, events, rejected or blocked.
    """
    lines = []
    with search.bounded_time():
        if wanted.show in ("all", "events"):
            entries = search.events(source, wanted, before.event, after.event, limit)
            lines += [event_line(entry) for entry in entries]
        if wanted.show != "events":
            found = search.rejections(source, wanted, before.rejection, after.rejection)[:limit]
            lines += [rejection_line(rejection) for rejection in found]
    return sorted(lines, key=lambda line: line.received_at, reverse=True)[:limit]


def oldest(lines: list[Line], before: Place) -> Place:
    """Return the place of the last of these lines: where the next page begins."""
    return _edge(lines, before, min)


def newest(lines: list[Line], after: Place) -> Place:
    """Return the place of the first of these lines: where what is new begins."""
    return _edge(lines, after, max)


def _edge(lines, known, pick):
    places = {"event": known.event, "rejection": known.rejection}
    for kind in places:
        ids = [line.id for line in lines if line.kind == kind]
        if ids:
            places[kind] = pick(ids)
    return Place(**places)


def event_line(entry: log.Entry) -> Line:
    event = read(entry.payload) or {}
    return Line(entry.id, "event", entry.received_at, *_words(event))


def rejection_line(rejection: Rejection) -> Line:
    event = read(rejection.payload)
    words = _words(event if isinstance(event, dict) else {})
    reason, blocked = rejection.message, rejection.blocked
    return Line(rejection.id, "rejection", rejection.received_at, *words, reason, blocked)


def _words(event: dict) -> tuple[str, str, str]:
    """Return type, name and user of an event, whatever stands there."""
    type = _text(event.get("type")) or "?"
    name = event.get("event") or event.get("name") or event.get("groupId")
    user = event.get("userId") or event.get("anonymousId") or event.get("previousId")
    return type, _text(name), _text(user)


def _text(value) -> str:
    return "" if value is None else str(value)[:200]


def read(payload: bytes | str):
    """Return the payload as Python values, or None when it is cut or no JSON."""
    try:
        return orjson.loads(payload)
    except (orjson.JSONDecodeError, UnicodeEncodeError):
        return None


def raw(payload: bytes | str) -> str:
    """Return the payload as indented JSON, or as it is when it cannot be read."""
    try:
        return orjson.dumps(orjson.loads(payload), option=orjson.OPT_INDENT_2).decode()
    except (orjson.JSONDecodeError, orjson.JSONEncodeError, UnicodeEncodeError):
        return payload.decode("utf-8", "replace") if isinstance(payload, bytes) else payload


class Node(NamedTuple):
    """A value of the pretty view. `kind` names its look; objects and lists have `children`."""

    key: str
    kind: str
    value: str = ""
    children: list = []


def nodes(value, depth: int = 0) -> list[Node]:
    """Return the members of an object or a list as Nodes."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value)
    return [_node(str(key), each, depth) for key, each in pairs]


def _node(key, value, depth):
    if isinstance(value, dict | list):
        if value and depth < MOST_DEPTH:
            return Node(key, "group", children=nodes(value, depth + 1))
        return Node(key, "group", _json(value))
    kind = {str: "string", bool: "boolean", type(None): "null"}.get(type(value), "number")
    return Node(key, kind, value if kind == "string" else _json(value))


def _json(value) -> str:
    try:
        return orjson.dumps(value).decode()
    except (orjson.JSONEncodeError, TypeError):
        return "…"


def sections(event) -> list[tuple[str, list[Node]]]:
    """Return the parts of an event that the pretty view unfolds, by name, empty ones left out."""
    if not isinstance(event, dict):
        return []
    parts = ("properties", "traits", "context", "integrations")
    found = [(part, event[part]) for part in parts if event.get(part)]
    rest = {key: value for key, value in event.items() if key not in (*parts, *FACTS)}
    if rest:
        found.append(("other fields", rest))
    return [(part, nodes(value)) for part, value in found if isinstance(value, dict | list)]


FACTS = {
    "type": "Type",
    "event": "Event",
    "name": "Name",
    "category": "Category",
    "userId": "User",
    "anonymousId": "Anonymous",
    "groupId": "Group",
    "previousId": "Previous id",
    "timestamp": "Happened",
    "receivedAt": "Received",
    "messageId": "Message id",
}


def facts(event) -> list[tuple[str, str]]:
    """Return what an event says of itself, as (label, value)."""
    if not isinstance(event, dict):
        return []
    return [
        (label, _text(event[key])) for key, label in FACTS.items() if event.get(key) is not None
    ]
