"""The rules of a source's schema at the door: what is blocked is not stored.

The rules of all sources are few; each process reads them every few seconds in one query, so that a
call needs none, and a change takes effect within REMEMBER_S.
"""

import threading
import time
from datetime import datetime
from typing import NamedTuple

from . import filtered, observed
from .errors import BlockedEvent
from .models import SchemaEvent, SchemaProperty

REMEMBER_S = 5
Place = tuple[str, str]  # type, name


class Rules(NamedTuple):
    """What one source blocks: whole events, and paths of properties or traits by event."""

    source_id: int
    events: frozenset[Place]
    properties: dict[Place, frozenset[str]]


_known: dict[int, Rules] = {}
_until = 0.0
_lock = threading.Lock()


def rules_of(source_id: int) -> Rules | None:
    """Return what this source blocks, or None when that is nothing."""
    global _known, _until
    if time.monotonic() > _until:
        with _lock:
            if time.monotonic() > _until:
                _known = load()
                _until = time.monotonic() + REMEMBER_S
    return _known.get(source_id)


def load() -> dict[int, Rules]:
    """Return the rules of all sources that have any."""
    events, properties = {}, {}
    rows = SchemaEvent.objects.filter(blocked=True).values_list("source_id", "type", "name")
    for source_id, *place in rows:
        events.setdefault(source_id, set()).add(tuple(place))
    rows = SchemaProperty.objects.filter(blocked=True).order_by()
    rows = rows.values_list("event__source_id", "event__type", "event__name", "path")
    for source_id, *place, path in rows:
        properties.setdefault(source_id, {}).setdefault(tuple(place), set()).add(path)
    return {
        source_id: Rules(
            source_id,
            frozenset(events.get(source_id, ())),
            {place: frozenset(paths) for place, paths in properties.get(source_id, {}).items()},
        )
        for source_id in {*events, *properties}
    }


def forget() -> None:
    """Read the rules anew at the next call: for whoever changed them in this process."""
    global _until
    _until = 0.0


def apply(rules: Rules, event: dict, received_at: datetime) -> None:
    """Take blocked properties out of `event`. Raises BlockedEvent when all of it is blocked."""
    place = observed.place(event)
    if place in rules.events:
        filtered.note_event(rules.source_id, place, event, received_at)
        raise BlockedEvent
    paths = rules.properties.get(place)
    field = observed.field_of(place[0])
    members = event.get(field)
    if paths and members:
        event[field], found = observed.without(members, paths)
        filtered.note_properties(rules.source_id, place, found)
