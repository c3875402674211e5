"""The events that can be looked at beside a mapping: real ones of the sources, else samples."""

from datetime import datetime
from typing import NamedTuple

import orjson
from django.utils import timezone

from destinations import recent as stored
from sources import log

from . import samples

MOST = 200  # newest events that a trigger is counted on
MOST_CHOICES = 40
SAMPLE = "sample-"


class Recent(NamedTuple):
    """One event. `value` names it on the page; samples have no moment."""

    value: str
    event: dict
    received_at: datetime | None = None

    @property
    def type(self) -> str:
        return str(self.event.get("type") or "?")[:20]

    @property
    def name(self) -> str:
        event = self.event
        name = event.get("event") or event.get("name") or event.get("groupId")
        return str(name or "")[:80]


def recent(destination, name: str = "") -> list[Recent]:
    """Return the newest events of the destination's sources, newest first; those of a name when
    one is given, or of one that holds it."""
    found = stored.newest(destination, MOST)
    if name:
        # Those of just this name have an index, so that old ones are found too.
        found = stored.named(found + stored.newest(destination, MOST_CHOICES, name), name)
    unique = {each.id: each for each in found}
    return [
        Recent(str(id), unique[id].event, unique[id].received_at)
        for id in sorted(unique, reverse=True)
    ]


def _read(entry) -> Recent | None:
    try:
        event = orjson.loads(entry.payload)
    except ValueError:
        return None
    return Recent(str(entry.id), event, entry.received_at) if type(event) is dict else None


def sampled() -> list[Recent]:
    """Return a sample of each type."""
    now = timezone.now()
    return [Recent(f"{SAMPLE}{kind}", samples.sample(kind, now)) for kind in samples.TYPES]


def find(destination, value: str) -> Recent | None:
    """Return the event that the page names, if it is one of the destination's sources."""
    if value.startswith(SAMPLE):
        return next((each for each in sampled() if each.value == value), None)
    if not value.isdecimal() or len(value) > 18:
        return None
    sources = list(destination.sources.values_list("pk", flat=True))
    entry = log.get(sources, [int(value)]).get(int(value))
    return _read(entry) if entry else None


def choose(events: list[Recent], wants) -> Recent:
    """Return the event to start with: the newest that the trigger wants, else a sample that it
    wants, else the newest. `wants` is None for a trigger that cannot be read."""
    test = wants or (lambda event: True)
    wanted = next((each for each in events if test(each.event)), None)
    if wanted is not None:
        return wanted
    examples = sampled()
    return next((each for each in examples if test(each.event)), (events + examples)[0])
