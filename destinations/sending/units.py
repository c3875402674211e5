"""From events to what one request carries: a single payload, or a batch of equal kind. Pure."""

from collections import deque
from collections.abc import Iterable, Iterator
from typing import NamedTuple

import orjson

from sources.log import Entry

from ..plan import Plan, Route, Verdict


class Item(NamedTuple):
    """One event's share in a request."""

    entry: Entry
    event: dict
    payload: dict


class Unit:
    """What one request, or one chain of dependent requests, carries."""

    __slots__ = ("items", "route", "size", "user")

    def __init__(self, route: Route, user: str | None):
        self.route = route
        self.items: list[Item] = []
        self.size = 0
        self.user = user  # None for a batch: its events may belong to many

    @property
    def payloads(self) -> list[dict]:
        return [item.payload for item in self.items]

    @property
    def events(self) -> list[dict]:
        return [item.event for item in self.items]


class Units:
    """Takes entries one by one and hands out units in the order in which they are to start.

    `position` is that of the last entry taken; what was taken and not handed out is in
    `leftovers()`. Events without a unit are passed to `note`.
    """

    def __init__(self, plan: Plan, entries: Iterable[tuple[Entry, int | None]], note):
        self._plan = plan
        self._entries: Iterator = iter(entries)
        self._note = note
        self._ready: deque[Unit] = deque()
        self._batches: dict[tuple, Unit] = {}
        self.position = 0

    def next(self) -> Unit | None:
        """Return the next unit, or None when all entries are taken and handed out."""
        while not self._ready:
            taken = next(self._entries, None)
            if taken is None:
                if not self._batches:
                    return None
                self._ready.extend(self._batches.values())
                self._batches.clear()
                continue
            self._take(*taken)
        return self._ready.popleft()

    def leftovers(self) -> list[Unit]:
        return [*self._ready, *self._batches.values()]

    def _take(self, entry: Entry, only: int | None) -> None:
        self.position = entry.id
        event = orjson.loads(entry.payload)
        event, steps, verdicts = self._plan.judge(event, only)
        for verdict in verdicts:
            self._note(entry, event, verdict)
        for route, payload in steps:
            item = Item(entry, event, payload)
            if route.translator.batch is None:
                unit = Unit(route, event.get("userId") or event.get("anonymousId"))
                unit.items.append(item)
                self._ready.append(unit)
            else:
                self._gather(route, item)

    def _gather(self, route: Route, item: Item) -> None:
        limits = route.translator.batch
        key = (route.subscription_id, route.translator.batch_key(item.payload))
        unit = self._batches.get(key)
        size = len(item.entry.payload)
        if unit is not None and unit.size + size > limits.bytes:
            self._ready.append(self._batches.pop(key))
            unit = None
        if unit is None:
            unit = self._batches[key] = Unit(route, None)
        unit.items.append(item)
        unit.size += size
        if len(unit.items) >= limits.size:
            self._ready.append(self._batches.pop(key))


__all__ = ["Item", "Unit", "Units", "Verdict"]
