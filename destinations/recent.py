"""The newest stored events of a destination's sources, and what can be learnt from them."""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import NamedTuple

import orjson

from sources import search
from sources.search import Search, SearchTooSlow

MOST = 1_000
MOST_SOURCES = 20
LEARNT_FROM = 300
MOST_SUGGESTED = 60
MOST_DEPTH = 4
SUBJECTS = ("properties", "traits", "context")


class Recent(NamedTuple):
    """A stored event; `name` is what people call it."""

    id: int
    received_at: datetime
    event: dict

    @property
    def type(self) -> str:
        return str(self.event.get("type") or "?")[:20]

    @property
    def name(self) -> str:
        event = self.event
        return str(event.get("event") or event.get("name") or event.get("groupId") or "")[:200]


def newest(destination, most: int = MOST, name: str = "") -> list[Recent]:
    """Return the newest events, newest first; only those of one name when it is given.

    Gives what was found until then where looking takes too long.
    """
    wanted, entries = Search(name, "event") if name else Search(), []
    try:
        with search.bounded_time():
            for source in destination.sources.all()[:MOST_SOURCES]:
                entries += search.events(source, wanted, 0, 0, most)
    except SearchTooSlow:
        pass
    entries.sort(key=lambda entry: entry.id, reverse=True)
    return [read for entry in entries[:most] if (read := _read(entry)) is not None]


def _read(entry) -> Recent | None:
    try:
        event = orjson.loads(entry.payload)
    except orjson.JSONDecodeError:
        return None
    return Recent(entry.id, entry.received_at, event) if type(event) is dict else None


def named(events: Iterable[Recent], text: str) -> list[Recent]:
    """Return the events whose type or name holds `text`, whatever its case."""
    text = text.lower()
    return [each for each in events if text in f"{each.type} {each.name}".lower()]


class Seen(NamedTuple):
    """What occurs in events, the most frequent first: names, types, and paths by subject.

    `removable` are paths from the event's root, also those inside of lists.
    """

    names: list[str]
    types: list[str]
    paths: dict[str, list[str]]
    removable: list[str]


def seen_in(events: Iterable[Recent]) -> Seen:
    names, types, inside = Counter(), Counter(), Counter()
    paths: dict[str, Counter] = {subject: Counter() for subject in SUBJECTS}
    fields: Counter = Counter()
    for each in list(events)[:LEARNT_FROM]:
        names[each.event.get("event") if type(each.event.get("event")) is str else ""] += 1
        types[each.type] += 1
        fields.update(key for key in each.event if _can_be_named(key))
        for subject in SUBJECTS:
            members = each.event.get(subject)
            found = list(_paths(members)) if type(members) is dict else []
            paths[subject].update(path for path, in_list in found if not in_list)
            inside.update(f"{subject}.{path}" for path, _ in set(found))
    del names[""]
    by_subject = {subject: _most(found) for subject, found in paths.items()}
    return Seen(_most(names), _most(types), {**by_subject, "": _most(fields)}, _most(inside))


def _most(counter: Counter) -> list[str]:
    ordered = sorted(counter.items(), key=lambda pair: (-pair[1], pair[0]))
    return [name for name, _ in ordered[:MOST_SUGGESTED]]


def _paths(members: dict, prefix: str = "", in_list: bool = False, depth: int = 1) -> Iterator:
    """Yield (path, whether a list lies on the way) of everything below an object."""
    for key, value in members.items():
        if not _can_be_named(key):
            continue
        path = prefix + key
        yield path, in_list
        if depth >= MOST_DEPTH:
            continue
        if type(value) is dict:
            yield from _paths(value, f"{path}.", in_list, depth + 1)
        elif type(value) is list:
            for each in value[:3]:
                if type(each) is dict:
                    yield from _paths(each, f"{path}.", True, depth + 1)


def _can_be_named(key: str) -> bool:
    return bool(key) and "." not in key and len(key) <= 100 and key.isprintable()
