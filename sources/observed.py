"""What can be learnt from stored events: their names, properties, types and libraries. Pure.

An event's place in the schema is its (type, name): calls of identify and group have no name, and
all of a type are one. A path names a property: `a.b` in an object, `a.$` in a list.
"""

from collections import Counter
from datetime import datetime

MOST_TEXT = 255  # of a name or a path; what is longer counts by its beginning
MOST_SAMPLES = 3
MOST_SAMPLE_TEXT = 40
SAMPLED = 50  # values of a path that are looked at for samples in one run; a constant has but one
MOST_PATHS = 300
MOST_DEPTH = 8
NAMED = ("track", "page", "screen")
_FIELDS = {"identify": "traits", "group": "traits"}
_TYPES = {
    str: "string",
    bool: "boolean",
    int: "integer",
    float: "number",
    dict: "object",
    list: "array",
    type(None): "null",
}


def clip(text) -> str:
    """Return a name or a path as a column of the database can hold it."""
    return text[:MOST_TEXT].replace("\0", "") if isinstance(text, str) else ""


def place(event: dict) -> tuple[str, str]:
    """Return (type, name) of an event."""
    kind = event.get("type") or ""
    if kind == "track":
        return kind, clip(event.get("event"))
    return kind, clip(event.get("name")) if kind in NAMED else ""


def field_of(kind: str) -> str:
    """Return where an event of this type carries what its sender says of it."""
    return _FIELDS.get(kind, "properties")


def library(event: dict) -> str:
    """Return the library that sent the event, with its version."""
    context = event.get("context")
    found = context.get("library") if isinstance(context, dict) else None
    if not isinstance(found, dict):
        return "(unknown)"
    words = [found.get("name"), found.get("version")]
    return clip(" ".join(str(word) for word in words if word))[:100] or "(unknown)"


class Property:
    """What was seen at one path."""

    __slots__ = ("count", "samples", "types")

    def __init__(self):
        self.count, self.types, self.samples = 0, set(), []


class Observed:
    """What was seen of one event in a run of the log."""

    __slots__ = ("count", "first_at", "last_at", "more", "properties")

    def __init__(self, at: datetime):
        self.count, self.first_at, self.last_at = 0, at, at
        self.properties: dict[str, Property] = {}
        self.more: Counter[str] = Counter()  # paths beyond the most that are kept

    def add(self, event: dict, at: datetime) -> None:
        self.count += 1
        self.last_at = max(self.last_at, at)
        self.first_at = min(self.first_at, at)
        members = event.get(field_of(event.get("type")))
        if isinstance(members, dict):
            self._walk(members, "", 0)

    def _walk(self, members: dict, prefix: str, depth: int) -> None:
        for key, value in members.items():
            self._see(prefix + key, value, depth)

    def _see(self, path: str, value, depth: int) -> None:
        known = self.properties.get(path)
        if known is None:
            if len(self.properties) >= MOST_PATHS:
                if len(self.more) < MOST_PATHS:
                    self.more[path] += 1
                return
            known = self.properties[path] = Property()
        known.count += 1
        kind = type(value)
        known.types.add(_TYPES.get(kind, "number"))
        if kind is dict:
            if depth < MOST_DEPTH:
                self._walk(value, path + ".", depth + 1)
        elif kind is list:
            if depth < MOST_DEPTH:
                for each in value:
                    self._see(path + ".$", each, depth + 1)
        elif known.count <= SAMPLED and value is not None and len(known.samples) < MOST_SAMPLES:
            _keep_sample(known.samples, value)


def _keep_sample(samples: list[str], value) -> None:
    text = str(value) if not isinstance(value, bool) else str(value).lower()
    text = text if len(text) <= MOST_SAMPLE_TEXT else text[:MOST_SAMPLE_TEXT] + "…"
    if not text.isprintable():
        text = "".join(sign if sign.isprintable() else " " for sign in text)
    if text and text not in samples:
        samples.append(text)


def without(members: dict, paths: frozenset[str], prefix: str = "") -> tuple[dict, list[str]]:
    """Return `members` without what lies at these paths, and which paths were found."""
    kept, found = {}, []
    for key, value in members.items():
        path = clip(prefix + key)
        if path in paths:
            found.append(path)
            continue
        kept[key], below = _without(value, paths, path)
        found += below
    return kept, found


def _without(value, paths, path) -> tuple[object, list[str]]:
    if not isinstance(value, dict | list) or not any(each.startswith(path + ".") for each in paths):
        return value, []
    if isinstance(value, dict):
        return without(value, paths, path + ".")
    inside = path + ".$"
    if inside in paths:
        return [], [inside] if value else []
    parts = [_without(each, paths, inside) for each in value]
    return [part[0] for part in parts], [found for part in parts for found in part[1]]
