"""The debugger's list: stored events and rejected ones, newest first, and one of them unfolded."""

from contextlib import contextmanager
from datetime import datetime
from typing import NamedTuple

import orjson
import psycopg
from django.db import OperationalError, connection, transaction
from django.db.models import Q

from . import log
from .models import Rejection, Source

PAGE = 50
MOST_DEPTH = 12  # below that a value is shown as JSON
SEARCH_TIMEOUT = "4s"


class Place(NamedTuple):
    """A place in both lists: events by position, rejections by id."""

    event: int = 0
    rejection: int = 0


NOWHERE = Place()


class Line(NamedTuple):
    """One line of the list. `reason` is set for what was rejected."""

    id: int
    kind: str
    received_at: datetime
    type: str
    name: str
    user: str
    reason: str = ""


class SearchTooSlow(Exception):
    """Looking through all that is stored took longer than a page may take."""


def page(
    source: Source,
    text: str = "",
    show: str = "all",
    before: Place = NOWHERE,
    after: Place = NOWHERE,
    limit: int = PAGE,
) -> list[Line]:
    """Return the newest lines between two places, newest first. Raises SearchTooSlow.

    `show` is all, events or rejected; `text` is looked for anywhere in the event.
    """
    lines = []
    with _bounded_time():
        if show != "rejected":
            entries = log.latest(source.id, before.event or None, after.event, text, limit)
            lines += [event_line(entry) for entry in entries]
        if show != "events":
            found = _rejections(source, text, before, after)[:limit]
            lines += [rejection_line(rejection) for rejection in found]
    return sorted(lines, key=lambda line: line.received_at, reverse=True)[:limit]


@contextmanager
def _bounded_time():
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL statement_timeout = '{SEARCH_TIMEOUT}'")
            yield
    except (psycopg.errors.QueryCanceled, OperationalError) as error:
        # Django wraps it, `log` with its own cursor does not.
        if isinstance(error.__cause__ or error, psycopg.errors.QueryCanceled):
            raise SearchTooSlow from error
        raise


def _rejections(source, text, before, after):
    rejections = source.rejections.filter(id__gt=after.rejection)
    if before.rejection:
        rejections = rejections.filter(id__lt=before.rejection)
    if text:
        found = Q(payload__icontains=text) | Q(message__icontains=text) | Q(code__icontains=text)
        rejections = rejections.filter(found)
    return rejections.order_by("-received_at", "-id")


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
    return Line(rejection.id, "rejection", rejection.received_at, *words, rejection.message)


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
