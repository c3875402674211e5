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

# What JavaScript takes for white space: not quite what str.strip() does.
SPACES = "\t\n\v\f\r \u00a0\u1680\u2028\u2029\u202f\u205f\u3000\ufeff" + "".join(
    map(chr, range(0x2000, 0x200B))
)

NUMBER_TEXT = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?", re.ASCII)

_PREFIXED = re.compile(r"0[xX][0-9a-fA-F]{1,200}|0[oO][0-7]{1,200}|0[bB][01]{1,200}", re.ASCII)
_INDEX_KEY = re.compile(r"0|[1-9][0-9]{0,9}", re.ASCII)


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
    """Return a number as JavaScript writes it: 1.0 is "1", 1e-7 is "1e-7".

    Whole numbers keep all their digits, where JavaScript would round at the 17th.
    """
    if type(value) is int:
        # int → str refuses more than 4,300 digits; a double has 308 at most.
        return str(value) if value.bit_length() < 4000 else "Infinity"
    if value != value:
        return "NaN"
    if value in (float("inf"), float("-inf")):
        return "Infinity" if value > 0 else "-Infinity"
    if value.is_integer() and abs(value) < 2**53:
        return str(int(value))
    text = repr(value).removesuffix(".0")
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
    keys = value if not any(map(_is_index, value)) else _in_javascript_order(value)
    return "{" + ",".join([f"{json_text(key)}:{json_text(value[key])}" for key in keys]) + "}"


def _is_index(key):
    return "0" <= key[:1] <= "9" and _INDEX_KEY.fullmatch(key) and int(key) < 2**32 - 1


def _in_javascript_order(keys):
    """Objects list the keys that look like indexes first, by number, then the others."""
    indexes = sorted((key for key in keys if _is_index(key)), key=int)
    return indexes + [key for key in keys if not _is_index(key)]


def utf16_length(text):
    """Return the length JavaScript sees: characters past U+FFFF count twice."""
    return len(text) if text.isascii() else len(text) + sum(each > "\uffff" for each in text)


def number_from_text(text):
    """Return the number a piece of text spells, an int where it is whole, or None."""
    text = text.strip(SPACES)
    if len(text) > 400 or not NUMBER_TEXT.fullmatch(text):
        return None
    try:
        return int(text)
    except ValueError:
        number = float(text)
        if number in (float("inf"), float("-inf")):
            return None
        return int(number) if number.is_integer() and abs(number) < 1e21 else number


def number_of(text):
    """Return JavaScript's `Number(text)`, or None where that is not a finite number.

    As number_from_text, but nothing is 0, and 0x1F, 0o17 and 0b11 are numbers.
    """
    text = text.strip(SPACES)
    if not text:
        return 0
    if _PREFIXED.fullmatch(text):
        return int(text, 0)
    return number_from_text(text)


def is_loosely_empty(value):
    """Whether `value == ''` in JavaScript: "", 0, false and lists that print as nothing."""
    kind = type(value)
    if kind is dict:
        return False
    return not value if kind is not list else text_of(value) == ""
