"""What stands between an event and a tool or a warehouse: filters, and the event's own wishes.

    passed, reason = compile_filters([{"if": "event = 'Login'", "action": "drop"}])(event)

A filter is {"if": FQL or "all", "action": …}:

    drop              the event is not sent
    sample            `percent` (0…1) of the events are kept; by the value at `path` if given
    drop_properties   `fields`, {"<parent path>": ["key", …]}: these keys are removed
    allow_properties  `fields`: under each parent only these keys are kept

Rules: reference/destinations.md, sections 6 and 11, and tracking-api.md, section 10, read
2026-11-25.
"""

import hashlib
from typing import NamedTuple

from sources.language.fql import FQLError, compile_fql
from sources.language.paths import getter, steps
from sources.language.values import UNSET, json_text

FILTERED_BY_RULES = "FILTERED_BY_RULES"
FILTERED_BY_INTEGRATIONS_OBJECT = "FILTERED_BY_INTEGRATIONS_OBJECT"
FILTERED_BY_END_USER_CONSENT = "FILTERED_BY_END_USER_CONSENT"

CONSENT_UPDATED = "Segment Consent Preference Updated"

# The order across filters, whatever the order in the list.
ORDER = ("sample", "drop", "drop_properties", "allow_properties")

# The names under which Segment's API and its browser settings know the same actions.
ALIASES = {
    "drop_event": "drop",
    "sample_event": "sample",
    "blocklist_fields": "drop_properties",
    "whitelist_fields": "allow_properties",
}


class Filtered(NamedTuple):
    """The event to go on with, or None and the reason why there is none."""

    event: dict | None
    reason: str = ""


class InvalidFilter(ValueError):
    """A filter that cannot be used. `position` is its index in the list."""

    def __init__(self, message, position):
        super().__init__(f"filter {position + 1}: {message}")
        self.message = message
        self.position = position


def compile_filters(filters):
    """Return a function that takes an event and gives Filtered(event or None, reason).

    The event is never changed; what comes back may be a copy. A condition that cannot be answered
    drops the event. Raises InvalidFilter.
    """
    rules = sorted(
        (_compile_filter(each, position) for position, each in enumerate(filters)),
        key=lambda rule: ORDER.index(rule[0]),
    )
    rules = [(matches, apply) for _, matches, apply in rules]

    def run(event):
        kept = event
        for matches, apply in rules:
            try:
                applies = matches(event)  # as it came: no filter changes what another one sees
            except FQLError:
                return Filtered(None, FILTERED_BY_RULES)
            if applies:
                kept = apply(kept)
                if kept is None:
                    return Filtered(None, FILTERED_BY_RULES)
        return Filtered(kept)

    return run


def allowed_by_consent(event, categories):
    """Whether the person behind the event consents to all of these categories, a list of ids.

    An event that says nothing about consent is allowed; one that says something refuses what it
    does not name. The event that carries a new choice goes everywhere.
    """
    context = event.get("context")
    consent = context.get("consent") if type(context) is dict else None
    choices = consent.get("categoryPreferences") if type(consent) is dict else None
    if type(choices) is not dict or event.get("event") == CONSENT_UPDATED:
        return True
    return all(choices.get(category) is True for category in categories)


def allowed_by_integrations(event, names):
    """Whether the event's `integrations` object lets it go to the tool with these names.

    Names are case-sensitive. A key of the tool counts before `All`; `true` and options allow.
    """
    wishes = event.get("integrations")
    if type(wishes) is not dict or not wishes:
        return True
    named = [wishes[name] for name in names if name in wishes]
    if named:
        return False not in [each for each in named if type(each) is bool]
    return wishes.get("All") is not False


def _compile_filter(definition, position):
    """Return (action, condition, function event → event or None)."""
    if type(definition) is not dict:
        raise InvalidFilter("must be an object with if and action", position)
    action = str(definition.get("action", "")).lower()
    action = ALIASES.get(action, action)
    if action not in ORDER:
        raise InvalidFilter(f"the action must be one of {', '.join(ORDER)}", position)
    condition = definition.get("if", "all")
    if type(condition) is not str:
        raise InvalidFilter("if must be FQL, or all", position)
    try:
        matches = compile_fql(condition)
    except FQLError as error:
        raise InvalidFilter(str(error), position) from error
    return action, matches, _ACTIONS[action](definition, position)


def _drop(definition, position):
    return lambda event: None


def _sample(definition, position):
    options = definition.get("sample", definition)
    percent, path = options.get("percent"), options.get("path") or "messageId"
    if type(percent) not in (int, float):
        raise InvalidFilter("percent must be a number from 0 to 1", position)
    if type(path) is not str:
        raise InvalidFilter("path must be text", position)
    get = getter(path)
    by_event = path == "messageId"

    def keep(event):
        if percent >= 1:
            return event
        value = get(event)
        # Without a path Segment throws dice. We take the message's id for dice: then a retry, a
        # replay or a second worker decides as the first one did.
        if value is UNSET:
            value = event if by_event else None
        return event if percent > 0 and fraction_of(value) < percent else None

    return keep


def fraction_of(value):
    """Return a number in [0, 1) that depends on `value` alone: the first 8 bytes of the MD5 of
    its JSON."""
    digest = hashlib.md5(json_text(value).encode("utf-8", "replace"), usedforsecurity=False)
    return int.from_bytes(digest.digest()[:8], "big") / 2**64


def _fields(definition, position, *names):
    """Return the filter's (parent keys, set of keys) pairs."""
    fields = next((definition[name] for name in ("fields", *names) if name in definition), None)
    if type(fields) is dict and type(fields.get("fields")) is dict:
        fields = fields["fields"]
    listed = type(fields) is dict and all(type(keys) is list for keys in fields.values())
    if not listed or not all(type(key) is str for keys in fields.values() for key in keys):
        raise InvalidFilter('fields must be like {"properties": ["email"]}', position)
    return [(steps(parent), frozenset(keys)) for parent, keys in fields.items()]


def _drop_properties(definition, position):
    fields = _fields(definition, position, "drop")
    return _reducer(fields, lambda keys: lambda key: key not in keys)


def _allow_properties(definition, position):
    fields = _fields(definition, position, "allow")
    return _reducer(fields, lambda keys: lambda key: key in keys)


def _reducer(fields, rule):
    rules = [(parent, rule(keys)) for parent, keys in fields]

    def reduce(event):
        for parent, keep in rules:
            event = _reduced(event, parent, keep)
        return event

    return reduce


def _reduced(value, parent, keep):
    """Return a copy of `value` whose members at `parent` are only those that `keep` accepts.

    A list at `parent` stands for each object in it. Copies no more than the way there.
    """
    if parent:
        first, rest = parent[0], parent[1:]
        if type(value) is list and first.isdecimal() and int(first) < len(value):
            at = int(first)
            return [*value[:at], _reduced(value[at], rest, keep), *value[at + 1 :]]
        if type(value) is not dict or first not in value:
            return value
        return {**value, first: _reduced(value[first], rest, keep)}
    if type(value) is list:
        return [_reduced(each, (), keep) if type(each) is dict else each for each in value]
    if type(value) is not dict:
        return value
    return {key: each for key, each in value.items() if keep(key)}


_ACTIONS = {
    "drop": _drop,
    "sample": _sample,
    "drop_properties": _drop_properties,
    "allow_properties": _allow_properties,
}
