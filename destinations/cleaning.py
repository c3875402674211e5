"""From what a mapping found to a payload that an action accepts.

In this order, as in reference/destinations.md, section 2.3 (read 2026-11-23): empty values are
removed, values are turned into the type of their field, what the fields do not name is removed,
and all that is wrong is collected.
"""

import re

from destinations.errors import InvalidPayload
from destinations.fields import Condition
from destinations.formats import FORMAT_TESTS, is_moment
from sources.language.values import UNSET, number_of, text_of

TEXT_TYPES = frozenset({"string", "text", "password"})

_TAKE_EMPTY_TEXT = TEXT_TYPES | {"datetime"}

# What a field without further rules can pass on as it is: the type it needs and has.
_PLAIN = {"string": str, "text": str, "password": str, "boolean": bool, "object": dict}


class _Wrong(Exception):
    """A value that its field cannot take. `problems` is a list of (place, message)."""

    def __init__(self, *problems):
        self.problems = problems


def compile_cleaner(fields, sync_mode=None, batched=False):
    """Return a function that takes what the mapping gave (a dict) and gives the payload (a dict).

    The function raises InvalidPayload with all errors, and never changes what it was given. Of an
    event that goes in a batch empty text is not removed: Segment does so with single events only.
    """
    rules = [
        (each.name, _plain_type(each), _compile_field(each, top=True, batched=batched))
        for each in fields
    ]
    required = [(each.name, each.required) for each in fields if each.required]

    def clean(mapped):
        if type(mapped) is not dict:
            raise InvalidPayload([("$", f"must be an object, not {_kind(mapped)}")])
        payload, problems = {}, []
        for name, plain, rule in rules:
            value = mapped.get(name, UNSET)
            if type(value) is plain and (batched or value != ""):
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


def _compile_field(field, top=False, listed=False, batched=False):
    """Return a function (value, place) → clean value or UNSET; it raises _Wrong.

    `top` is a field of the action itself, `batched` of one for batches; `listed` one in an object
    in a list: Segment removes nothing there, so null is turned into the type of its field: "", 0 or
    false.
    """
    one = _compile_one(field, listed or field.multiple)
    if field.multiple:
        return _compile_list(field, one, top, listed)
    takes_empty_text = field.type in _TAKE_EMPTY_TEXT and (batched or not top)
    empty_text_stays = listed or takes_empty_text

    def clean(value, place):
        if value is None and not (listed and not field.allow_null):
            return None if field.allow_null else UNSET
        if type(value) is str and value == "" and not empty_text_stays:
            return UNSET
        return None if value == [None] and field.allow_null else one(value, place)

    return clean


def _compile_list(field, one, top, listed):
    empty_text_stays = listed or field.type in _TAKE_EMPTY_TEXT

    def clean(value, place):
        kind = type(value)
        if not listed and (value is None or (kind is str and value == "")):
            return UNSET
        if kind is dict and not top:
            raise _Wrong((place, "must be a list, not an object"))
        items = value if kind is list else [value]
        return [
            one(item, f"{place}[{i}]")
            for i, item in enumerate(items)
            if listed or (item is not None and (item != "" or empty_text_stays))
        ]

    return clean


def _compile_one(field, listed=False):
    convert = _compile_object(field, listed) if field.type == "object" else _CONVERTERS[field.type]
    unwraps = field.type != "object"
    choices = field.choice_values()
    # Segment's schema asks a format and limits of the field, and a list has neither.
    test = None if field.multiple else FORMAT_TESTS.get(field.format)
    limited = not field.multiple and (field.minimum is not None or field.maximum is not None)
    if field.multiple and field.type == "datetime":
        convert = _to_text_or_number

    def clean(value, place):
        if unwraps and type(value) is list and len(value) == 1:
            [value] = value
        value = convert(value, place)
        if choices and value not in choices:
            raise _Wrong((place, f"must be one of {', '.join(map(str, choices))}"))
        if test is not None and not test(text_of(value)):
            raise _Wrong((place, f"must have the format {field.format}"))
        if limited:
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


def _compile_object(field, listed):
    rules = [
        (each.name, _plain_type(each), _compile_field(each, listed=listed))
        for each in field.properties
    ]
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
        if not found and not problems and required and not field.required and not listed:
            # A default mapping makes an object even when it found nothing to put in.
            return UNSET
        problems.extend(_missing(required, found, problems, f"{place}."))
        if problems:
            raise _Wrong(*problems)
        return found

    return clean


def _to_text(value, place):
    if value is None:
        return ""
    if type(value) in (str, int, float, bool):
        return text_of(value)
    raise _Wrong((place, f"must be text, not {_kind(value)}"))


def _to_number(value, place):
    kind = type(value)
    if kind is int or kind is float:
        return value
    if kind is bool or value is None:
        return int(value or 0)
    number = number_of(value) if kind is str and value else None
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
    if type(value) is bool or value is None:
        return value or False
    if type(value) in (int, float, str) and value in ("true", "false", 1, 0):
        return value in ("true", 1)
    raise _Wrong((place, f"must be true or false, not {_kind(value)}"))


def _to_moment(value, place):
    """Moments stay as they were written; the action converts them to what its tool wants."""
    if type(value) in (str, int, float) and is_moment(value):
        return value
    raise _Wrong((place, f"must be a date or a time, not {_kind(value)}"))


def _to_text_or_number(value, place):
    return value if type(value) in (int, float) else _to_text(value, place)


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
