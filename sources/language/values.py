"""JSON values as the mappings see them.

Segment's mappings were defined by running JavaScript, so what a person expects of a template or
of `@json` is JavaScript's idea of text and of emptiness. Those ideas live here.
"""

import json
import re
from decimal import Decimal

import orjson


class _Unset:
    """The type of UNSET: "there is no value", JavaScript's `undefined`. None is `null`."""

    __slots__ = ()

    def __repr__(self):
        return "UNSET"

    def __copy__(self):
        return self

    def __deepcopy__(self, memo):
        return self

    def __reduce__(self):
        return "UNSET"


UNSET = _Unset()

NUMBER_TEXT = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?", re.ASCII)


def encode_json(value):
    """Return `value` as the bytes of compact JSON: the one way, so that what is signed is sent.

    Falls back to the standard library for what orjson refuses (numbers past 64 bits, nesting past
    254 levels). Raises ValueError when nothing can express the value.
    """
    try:
        return orjson.dumps(value)
    except TypeError:
        try:
            text = json.dumps(value, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
            return text.encode()
        except (TypeError, RecursionError) as error:
            raise ValueError(f"cannot be written as JSON: {error}") from error


def number_text(value):
    """Return a number as JavaScript writes it: 1.0 is "1", 1e-7 is "1e-7"."""
    if type(value) is int:
        # int → str refuses more than 4,300 digits; a double has 308 at most.
        return str(value) if value.bit_length() < 4000 else "Infinity"
    if value != value:
        return "NaN"
    if value in (float("inf"), float("-inf")):
        return "Infinity" if value > 0 else "-Infinity"
    if value.is_integer() and abs(value) < 1e21:
        return str(int(value))
    text = repr(value)
    if "e" not in text:
        return text
    if abs(value) >= 1e-6 and abs(value) < 1e21:
        return format(Decimal(text), "f")
    return re.sub(r"e([+-])0+", r"e\1", text)


def text_of(value):
    """Return `value` as JavaScript's `String(value)`; UNSET and None become ""."""
    kind = type(value)
    if kind is str:
        return value
    if value is None or value is UNSET:
        return ""
    if kind is bool:
        return "true" if value else "false"
    if kind is int or kind is float:
        return number_text(value)
    if kind is list:
        return ",".join(map(text_of, value))
    return "[object Object]"


def json_text(value):
    """Return `value` as `JSON.stringify` writes it (2.0 is "2"), UNSET in a list as null."""
    kind = type(value)
    if kind is str:
        return json.dumps(value, ensure_ascii=False)
    if value is None or value is UNSET:
        return "null"
    if kind is bool:
        return "true" if value else "false"
    if kind is int or kind is float:
        text = number_text(value)
        return "null" if text[-1] in "Ny" else text  # NaN and Infinity
    if kind is list:
        return "[" + ",".join(map(json_text, value)) + "]"
    members = (f"{json_text(key)}:{json_text(member)}" for key, member in value.items())
    return "{" + ",".join(members) + "}"


def number_from_text(text):
    """Return the number a piece of text spells, an int where it is whole, or None."""
    text = text.strip()
    if len(text) > 400 or not NUMBER_TEXT.fullmatch(text):
        return None
    try:
        return int(text)
    except ValueError:
        number = float(text)
        if number in (float("inf"), float("-inf")):
            return None
        return int(number) if number.is_integer() and abs(number) < 1e21 else number


def is_loosely_empty(value):
    """Whether `value == ''` in JavaScript: "", 0, false and lists that print as nothing."""
    kind = type(value)
    if kind is dict:
        return False
    return not value if kind is not list else text_of(value) == ""
