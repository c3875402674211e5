"""A trigger as groups of conditions, and back: what a person can click together.

    read('type = "track" and (event = "A" or event = "B")')
    →  Builder("all", [Group("all", [type is track]), Group("any", [event is A, event is B])])

`write` gives text that means the same. Text that is valid but that no person would click together
(it mixes `and` with `or`, names a field that triggers skip, …) is Odd: it stays text.
"""

import re
from dataclasses import dataclass, field
from typing import NamedTuple

from destinations.integration import CALL_TYPES
from destinations.language.trigger import (
    SUBJECT_PREFIXES,
)

from . import wire

LABELS = {
    "type": "Event type",
    "event": "Event name",
    "properties": "Property",
    "traits": "Trait",
    "context": "Context",
    "userId": "User id",
    "name": "Name",
}


class Operator(NamedTuple):
    """`takes` is "text", "number" or "" for nothing; `form` is how it is written."""

    label: str
    takes: str
    form: str


OPERATORS = {
    "is": Operator("is", "text", '{} = "{}"'),
    "is_not": Operator("is not", "text", '{} != "{}"'),
    "contains": Operator("contains", "text", 'contains({}, "{}")'),
    "not_contains": Operator("does not contain", "text", '!contains({}, "{}")'),
    "starts": Operator("starts with", "text", 'match({}, "{}*")'),
    "not_starts": Operator("does not start with", "text", '!match({}, "{}*")'),
    "ends": Operator("ends with", "text", 'match({}, "*{}")'),
    "not_ends": Operator("does not end with", "text", '!match({}, "*{}")'),
    "number_is": Operator("is (number)", "number", "{} = {}"),
    "number_is_not": Operator("is not (number)", "number", "{} != {}"),
    "less": Operator("is less than", "number", "{} < {}"),
    "less_equal": Operator("is at most", "number", "{} <= {}"),
    "greater": Operator("is greater than", "number", "{} > {}"),
    "greater_equal": Operator("is at least", "number", "{} >= {}"),
    "exists": Operator("exists", "", "{} != null"),
    "not_exists": Operator("does not exist", "", "{} = null"),
    "true": Operator("is true", "", "{} = true"),
    "false": Operator("is false", "", "{} = false"),
}
FUNCTIONS = ("contains(", "match(")
TEXT_OPERATORS = [name for name, each in OPERATORS.items() if each.takes == "text"]

_NUMBER = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?", re.ASCII)
MAX_NUMBER_CHARACTERS = 300
_KEY = re.compile(r"(?:[^.\\]|\\.)+", re.DOTALL)
_NOT_TYPED = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")


class Odd(ValueError):
    """A valid trigger that the conditions cannot show; the message says why."""


@dataclass
class Condition:
    subject: str = "event"
    path: str = ""
    operator: str = "is"
    value: str = ""
    fresh: bool = field(default=False, compare=False)  # just added

    @property
    def operators(self):
        """The operators that this subject has, as (slug, Operator)."""
        names = {"type": ("is", "is_not"), "event": TEXT_OPERATORS}.get(self.subject, OPERATORS)
        return [(name, OPERATORS[name]) for name in names]

    @property
    def has_path(self):
        return self.subject in SUBJECT_PREFIXES

    @property
    def takes(self):
        return OPERATORS[self.operator].takes

    @property
    def types(self):
        """The values to choose from for an event type."""
        known = list(CALL_TYPES)
        return known if self.value in known or not self.value else [*known, self.value]

    def problem(self) -> str:
        """Say what is missing or wrong, "" when the condition can be written."""
        if self.has_path and not keys_of(self.path):
            return "Which one? Such as plan, or address.city."
        if self.takes == "number" and not (
            _NUMBER.fullmatch(self.value) and len(self.value) <= MAX_NUMBER_CHARACTERS
        ):
            return "A number is needed, such as 25 or 9.5."
        if self.takes == "text" and not self.value:
            return "A value is needed."
        if self.operator.endswith("starts") and self.value.startswith("*"):
            return "A trigger cannot look for a * at the start."
        if self.operator.endswith("ends") and self.value.endswith("*"):
            return "A trigger cannot look for a * at the end."
        if _NOT_TYPED.search(self.path + self.value) or self.path != self.path.strip():
            return "Line breaks and the like have to be written as text."
        return ""

    def text(self) -> str:
        """Return the condition as it stands in a trigger."""
        keys = [self.subject, *keys_of(self.path)] if self.has_path else [self.subject]
        where = ".".join(re.sub(r"[^\w$@-]", r"\\\g<0>", key) for key in keys)
        value = re.sub(r'["\\]', r"\\\g<0>", self.value) if self.takes == "text" else self.value
        return OPERATORS[self.operator].form.format(where, value)


def keys_of(path: str) -> list[str]:
    """Return the keys of a path: a dot separates, unless a backslash stands before it."""
    return [re.sub(r"\\(.)", r"\1", key, flags=re.DOTALL) for key in _KEY.findall(path)]


@dataclass
class Group:
    match: str = "all"
    conditions: list[Condition] = field(default_factory=list)


@dataclass
class Builder:
    match: str = "all"
    groups: list[Group] = field(default_factory=list)


def write(builder: Builder) -> str:
    """Return the trigger. Conditions that are not finished yet are left out."""
    groups = []
    for group in builder.groups:
        texts = [each.text() for each in group.conditions if not each.problem()]
        if texts:
            groups.append((group.match, texts))
    pieces = []
    for number, (match, texts) in enumerate(groups):
        joined = _word(match).join(texts)
        # Without parentheses a group is part of the level above: only where that says the same.
        bare = len(texts) == 1 or len(groups) == 1 or (number == 0 and match == builder.match)
        # A function's own parenthesis would end the group there, unless the group has two.
        ends_early = any(each.lstrip("!").startswith(FUNCTIONS) for each in texts[:-1])
        pieces.append(joined if bare else f"(({joined}))" if ends_early else f"({joined})")
    return _word(builder.match).join(pieces)


def _word(match: str) -> str:
    return " or " if match == "any" else " and "


def from_tree(node: dict) -> Builder:
    """Return the Builder that the page's inputs hold; see wire.py."""
    groups = [
        Group(_match(group), [_condition(each) for _, each in wire.branches(group.get("c"))])
        for _, group in wire.branches(node.get("g"))
    ]
    return Builder(_match(node), groups)


def _match(node) -> str:
    return "any" if wire.text_at(node, "match") == "any" else "all"


def _condition(node) -> Condition:
    subject, operator = wire.text_at(node, "subject"), wire.text_at(node, "operator")
    made = Condition(subject if subject in LABELS else "event")
    made.path, made.value = wire.text_at(node, "path").strip(), wire.text_at(node, "value")
    allowed = [name for name, _ in made.operators]
    made.operator = operator if operator in allowed else allowed[0]
    if made.takes == "number":
        made.value = made.value.strip()
    return made


def is_stale(node: dict) -> bool:
    """Whether something was chosen that needs other inputs than those on the page."""
    return any(
        wire.text_at(each, "was")
        != f"{wire.text_at(each, 'subject')}:{wire.text_at(each, 'operator')}"
        for _, group in wire.branches(node.get("g"))
        for _, each in wire.branches(group.get("c"))
    )
