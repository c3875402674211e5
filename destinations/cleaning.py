"""From what a mapping found to a payload that an action accepts.

In this order, as in reference/destinations.md, section 2.3 (read 2026-11-23): empty values are
removed, values are turned into the type of their field, what the fields do not name is removed,
and all that is wrong is collected.
"""

import re

from destinations.errors import InvalidPayload
from destinations.fields import Condition
from destinations.formats import FORMAT_TESTS, is_moment
from sources.language.values import UNSET, number_from_text, text_of

TEXT_TYPES = frozenset({"string", "text", "password"})

# What a field without further rules can pass on as it is: the type it needs and has.
_PLAIN = {"string": str, "text": str, "password": str, "boolean": bool, "object": dict}


class _Wrong(Exception):
    """A value that its field cannot take. `problems` is a list of (place, message)."""

    def __init__(self, *problems):
        self.problems = problems


def compile_cleaner(fields, sync_mode=None):
    """Return a function that takes what the mapping gave (a dict) and gives the payload (a dict).

    The function raises InvalidPayload with all errors, and never changes what it was given.
    """
    rules = [(each.name, _plain_type(each), _compile_field(each, top=True)) for each in fields]
    required = [(each.name, each.required) for each in fields if each.required]

    def clean(mapped):
        payload, problems = {}, []
        for name, plain, rule in rules:
            value = mapped.get(name, UNSET)
            if type(value) is plain and value != "":
                payload[name] = value
            elif value is not UNSET:
                try:
                    value = rule(value, name)
                except _Wrong as wrong:
                    problems.extend(wrong.problems)
                else:
                    if value is not UNSET:
                        payload[name] = value
        if required:
            problems.extend(_missing(required, payload, problems, "", sync_mode))
        if problems:
            raise InvalidPayload(problems)
        return payload

    return clean


def _plain_type(field):
    ruled = field.multiple or field.properties or field.choices or field.format
    limited = field.minimum is not None or field.maximum is not None
    return None if ruled or limited else _PLAIN.get(field.type)


def _missing(required, payload, problems, place, sync_mode=None):
    """Give (place, message) for what is required and absent, unless it is wrong already."""
    wrong = {re.split(r"[.\[]", name[len(place) :])[0] for name, _ in problems}
    for name, when in required:
        at = f"{place}{name}"
        if name in payload or name in wrong:
            continue
        if type(when) is not Condition:
            yield at, "is required"
        elif when.holds(payload, sync_mode):
            yield at, "is required here"


def _compile_field(field, top=False):
    """Return a function (value, place) → clean value or UNSET; it raises _Wrong."""
    one = _compile_one(field)
    keep_empty_text = field.type in TEXT_TYPES and not (top and not field.multiple)

    def clean_list(value, place):
        if value is None:
            return None if field.allow_null else UNSET
        items = value if type(value) is list else [value]
        return [
            one(item, f"{place}[{i}]")
            for i, item in enumerate(items)
            if item is not None and (item != "" or keep_empty_text)
        ]

    def clean_one(value, place):
        if value is None:
            return None if field.allow_null else UNSET
        if type(value) is str and value == "" and not keep_empty_text:
            return UNSET
        if type(value) is list and len(value) == 1 and field.type != "object":
            [value] = value
            if value is None:
                return UNSET
        return one(value, place)

    if not field.multiple:
        return clean_one
    # A list whose items say nothing about themselves is passed on as it is.
    return clean_list if field.type != "object" or field.properties else _as_list


def _as_list(value, place):
    if value is None or value == "":
        return UNSET
    return value if type(value) is list else [value]


def _compile_one(field):
    convert = _compile_object(field) if field.type == "object" else _CONVERTERS[field.type]
    choices, test = field.choice_values(), FORMAT_TESTS.get(field.format)

    def clean(value, place):
        value = convert(value, place)
        if choices and value not in choices:
            raise _Wrong((place, f"must be one of {', '.join(map(str, choices))}"))
        if test is not None and not test(text_of(value)):
            raise _Wrong((place, f"must have the format {field.format}"))
        if field.minimum is not None or field.maximum is not None:
            _check_limits(field, value, place)
        return value

    return clean


def _check_limits(field, value, place):
    size, what = (len(value), " characters") if type(value) in (str, list) else (value, "")
    if type(size) not in (int, float):
        return
    if field.minimum is not None and size < field.minimum:
        raise _Wrong((place, f"must be at least {field.minimum}{what}"))
    if field.maximum is not None and size > field.maximum:
        raise _Wrong((place, f"must be at most {field.maximum}{what}"))


def _compile_object(field):
    rules = [(each.name, _plain_type(each), _compile_field(each)) for each in field.properties]
    required = [(each.name, each.required) for each in field.properties if each.required]

    def clean(value, place):
        if type(value) is not dict:
            raise _Wrong((place, f"must be an object, not {_kind(value)}"))
        if not rules:
            return value
        found, problems = dict(value) if field.additional_properties else {}, []
        for name, plain, rule in rules:
            member = value.get(name, UNSET)
            found.pop(name, None)
            if type(member) is plain:
                found[name] = member
            elif member is not UNSET:
                try:
                    member = rule(member, f"{place}.{name}")
                except _Wrong as wrong:
                    problems.extend(wrong.problems)
                else:
                    if member is not UNSET:
                        found[name] = member
        if not found and not problems and required and not field.required:
            # A default mapping makes an object even when it found nothing to put in.
            return UNSET
        problems.extend(_missing(required, found, problems, f"{place}."))
        if problems:
            raise _Wrong(*problems)
        return found

    return clean


def _to_text(value, place):
    if type(value) in (str, int, float, bool):
        return text_of(value)
    raise _Wrong((place, f"must be text, not {_kind(value)}"))


def _to_number(value, place):
    kind = type(value)
    if kind is int or kind is float:
        return value
    if kind is bool:
        return int(value)
    number = number_from_text(value) if kind is str else None
    if number is None:
        raise _Wrong((place, f"must be a number, not {_kind(value)}"))
    return number


def _to_integer(value, place):
    number = _to_number(value, place)
    if type(number) is float:
        if not number.is_integer():
            raise _Wrong((place, "must be a whole number"))
        number = int(number)
    return number


def _to_boolean(value, place):
    if type(value) is bool:
        return value
    if type(value) in (int, float, str) and value in ("true", "false", 1, 0):
        return value in ("true", 1)
    raise _Wrong((place, f"must be true or false, not {_kind(value)}"))


def _to_moment(value, place):
    """Moments stay as they were written; the action converts them to what its tool wants."""
    if type(value) in (str, int, float) and is_moment(value):
        return value
    raise _Wrong((place, f"must be a date or a time, not {_kind(value)}"))


def _kind(value):
    names = {dict: "an object", list: "a list", bool: "a boolean", str: "this text"}
    return "null" if value is None else names.get(type(value), "a number")


_CONVERTERS = {
    "string": _to_text,
    "text": _to_text,
    "password": _to_text,
    "number": _to_number,
    "integer": _to_integer,
    "boolean": _to_boolean,
    "datetime": _to_moment,
}
