"""A piece of a mapping as a person edits it, and which kinds of pieces there are.

    part_of({"@path": "$.event"})  →  Part("path", texts={"value": "$.event"})
    node_of(part)                  →  {"@path": "$.event"}

A kind is taken only if it writes back exactly what it has read; everything else is kept whole, as
JSON. So nothing is lost by looking at it.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

from destinations.fields import Field, FromSetting
from sources.language.values import UNSET

# Deeper pieces are shown as JSON: rows inside rows inside rows help nobody.
MAX_DEPTH = 8


class Unwritable(ValueError):
    """What was typed makes no value; the message says what to do."""


@dataclass
class Part:
    """`texts` are the inputs by name, `parts` the pieces inside, each with its `key`.

    `about` is the field that it fills, where one is declared; `at` is the name of its inputs.
    `scope` is the `at` of the list whose items its paths start at. A `fresh` one was just added.
    `found` and `problems` are what a preview says of it: `found` is None where it was not looked
    for, and "" where nothing was found.
    """

    kind: str = ""
    key: str = ""
    texts: dict[str, str] = field(default_factory=dict)
    parts: list["Part"] = field(default_factory=list)
    about: Field | None = None
    at: str = ""
    scope: str = ""
    fresh: bool = False
    found: str | None = None
    problems: list[str] = field(default_factory=list)

    @property
    def title(self) -> str:
        return self.about.title if self.about is not None and self.key == self.about.name else ""

    @property
    def from_setting(self) -> str:
        """The setting of the destination that fills the field while nothing else does."""
        default = self.about.default if self.about is not None else None
        return default.name if type(default) is FromSetting and self.found is None else ""

    @property
    def rule(self) -> "Kind | None":
        return KINDS.get(self.kind)


class Kind(NamedTuple):
    """One way to give a value.

    `read` takes (node, field) and gives (texts, [(key, node)]) or None; `write` takes (part, nodes)
    with the pieces inside already written, and gives a node or UNSET. `slots` are pieces that are
    always there, as (key, label); `grows` says which others there may be: "list" or "members".
    """

    label: str
    group: str
    read: Callable
    write: Callable
    texts: dict[str, str] = {}
    slots: tuple = ()
    grows: str = ""


KINDS: dict[str, Kind] = {}  # filled by kinds.py, in the order in which they are tried


def node_of(part: Part, problems: list | None = None):
    """Return the piece of the mapping, UNSET for none. `problems` collects (at, message)."""
    kind = part.rule
    if kind is None:
        return UNSET
    nodes = [(each.key, node_of(each, problems)) for each in part.parts]
    try:
        return kind.write(part, nodes)
    except Unwritable as error:
        if problems is not None:
            problems.append((part.at, str(error)))
        return UNSET


def part_of(node, about: Field | None = None, key: str = "", depth: int = 0) -> Part:
    """Return the Part that shows a piece of a mapping; `about` is the field that it fills."""
    if node is UNSET:
        return blank("path", about, key)
    if depth <= MAX_DEPTH:
        for name, kind in KINDS.items():
            read = kind.read(node, about)
            if read is None:
                continue
            texts, inner = read
            part = Part(name, key, {**kind.texts, **texts}, about=about)
            part.parts = [
                part_of(each, field_inside(name, about, inner_key), inner_key, depth + 1)
                for inner_key, each in inner
            ]
            if same(node_of(part), node):
                return part
    return Part("json", key, {"value": dumps(node)}, about=about)


def blank(kind: str, about: Field | None = None, key: str = "") -> Part:
    """Return a Part of this kind in which nothing is typed yet."""
    part = Part(kind, key, about=about)
    if rule := KINDS.get(kind):
        part.texts = dict(rule.texts)
        part.parts = [
            blank("path", field_inside(kind, about, slot), slot) for slot, _ in rule.slots
        ]
    if kind == "each" and about is not None and about.properties:
        part.parts = [blank("members", field_inside(kind, about, "item"), "item")]
    if kind in ("first", "list", "merge"):
        part.parts = [blank("path", field_inside(kind, about, ""))]
    if kind == "members" and about is not None:
        part.parts = [blank("path", each, each.name) for each in about.properties if each.required]
    return part


def field_inside(kind: str, about: Field | None, key: str) -> Field | None:
    """Return the field that a piece inside a piece fills, as far as it is declared."""
    if about is None or kind in ("case", "replace", "flatten", "json_text", "merge"):
        return None
    if kind == "members":
        return next((each for each in about.properties if each.name == key), None)
    if kind in ("list", "each"):
        return about.with_(multiple=False)
    return None if key == "condition" else about


def same(one, other) -> bool:
    """Whether two values are the same JSON. Members may stand in another order; 1 is not 1.0."""
    if type(one) is not type(other):
        return False
    if type(one) is dict:
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if type(one) is list:
        return len(one) == len(other) and all(map(same, one, other))
    return one == other and repr(one) == repr(other)


def in_order_of(value, model):
    """Return `value` with its members in the order in which `model` has them, new ones last."""
    if type(value) is dict and type(model) is dict:
        keys = [key for key in model if key in value]
        keys += [key for key in value if key not in model]
        return {key: in_order_of(value[key], model.get(key)) for key in keys}
    if type(value) is list and type(model) is list:
        models = model + [None] * (len(value) - len(model))
        return [in_order_of(each, like) for each, like in zip(value, models, strict=False)]
    return value


def dumps(node) -> str:
    """Return JSON for people; characters that a page cannot carry are escaped."""
    text = json.dumps(node, indent=2, ensure_ascii=False)
    if any("\x7f" <= each <= "\x9f" or "\ud800" <= each <= "\udfff" for each in text):
        text = json.dumps(node, indent=2)
    return text


def inputs(part: Part) -> int:
    """Return how many inputs the page needs for a Part, never too few."""
    return 3 + len(part.texts) + sum(inputs(each) for each in part.parts)
