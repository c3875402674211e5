"""The values of FQL: their kinds, how they compare, and the functions on them."""

import operator
import re

from sources.language.globs import InvalidGlob, compile_glob
from sources.language.values import number_from_text, text_of

_NUMBERS = (int, float)


class FQLRuntimeError(ValueError):
    """A function has no answer for these values."""


def kind_of(value):
    """Return `typeof(value)`. Objects cannot be written in FQL, but paths can lead to one."""
    if value is None:
        return "null"
    names = {bool: "bool", str: "string", list: "list", dict: "object"}
    return names.get(type(value), "number")


def equals(left, right):
    """Strict equality: 1 is not true, "1" is not 1. Objects equal nothing."""
    if type(left) in _NUMBERS and type(right) in _NUMBERS:
        return left == right
    if type(left) is not type(right) or type(left) is dict:
        return False
    if type(left) is list:
        return len(left) == len(right) and all(map(equals, left, right))
    return left == right


def compare(symbol):
    """Return the function for < <= > >=: False unless both sides are numbers."""
    holds = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}[symbol]

    def compare_values(left, right):
        return type(left) in _NUMBERS and type(right) in _NUMBERS and holds(left, right)

    return compare_values


def _text(value, what="a string"):
    if type(value) is not str:
        raise FQLRuntimeError(f"needs {what}, not {kind_of(value)}")
    return value


def contains(value, part):
    if value is None or part is None:
        return False
    return _text(part) in _text(value)


def match(value, pattern):
    try:
        matches = compile_glob(_text(pattern, "a pattern"))
    except InvalidGlob as error:
        raise FQLRuntimeError(str(error)) from error
    return False if value is None else matches(_text(value))


def length(value):
    """Items of a list, bytes of a text, 0 for null."""
    if value is None:
        return 0
    if type(value) is list:
        return len(value)
    return len(_text(value, "a string or a list").encode("utf-8", "surrogatepass"))


def _on_text(change):
    return lambda value: None if value is None else change(_text(value))


def _words(text):
    """Cut a text into words: at anything that is no letter or digit, and before capitals."""
    return re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[^\W_A-Z]+|[^\W_]+", text)


def snakecase(text):
    return "_".join(word.lower() for word in _words(text))


def kebabcase(text):
    return "-".join(word.lower() for word in _words(text))


def titlecase(text):
    return re.sub(r"\S+", lambda word: word[0][0].upper() + word[0][1:], text)


def to_bool(value):
    if value is None or type(value) is bool:
        return value
    if type(value) in _NUMBERS:
        return value != 0
    if value in ("true", "false"):
        return value == "true"
    raise FQLRuntimeError(f"cannot make a bool of this {kind_of(value)}")


def to_string(value):
    if value is None:
        return None
    if type(value) in (list, dict):
        raise FQLRuntimeError(f"cannot make a string of a {kind_of(value)}")
    return text_of(value)


def to_number(value):
    if value is None:
        return None
    if type(value) is bool:
        return int(value)
    number = value if type(value) in _NUMBERS else None
    if type(value) is str:
        number = number_from_text(value)
    if number is None:
        raise FQLRuntimeError(f"cannot make a number of this {kind_of(value)}")
    return number


# name: (function, number of arguments)
FUNCTIONS = {
    "contains": (contains, 2),
    "match": (match, 2),
    "length": (length, 1),
    "lowercase": (_on_text(str.lower), 1),
    "uppercase": (_on_text(str.upper), 1),
    "snakecase": (_on_text(snakecase), 1),
    "kebabcase": (_on_text(kebabcase), 1),
    "titlecase": (_on_text(titlecase), 1),
    "typeof": (kind_of, 1),
    "bool": (to_bool, 1),
    "string": (to_string, 1),
    "number": (to_number, 1),
}
