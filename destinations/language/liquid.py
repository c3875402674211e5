"""The @liquid directive: a short template with conditions, counters and filters.

Rendering is python-liquid's; here is what keeps it small. Loops, other files and filters that
take code do not exist; no value on the way may be longer than MAX_VALUE_CHARACTERS, and with at
most 1,000 characters of template that bounds time and memory without a clock. What exists and what
does not: reference/destinations.md, section 3 (Segment's code decides where its docs say more).
"""

import re
from functools import lru_cache, wraps

from liquid import Environment

from destinations.errors import MappingError
from sources.language.values import json_text, number_from_text, text_of

MAX_TEMPLATE_CHARACTERS = 1000
MAX_VALUE_CHARACTERS = 50_000
MAX_INTEGER_BITS = 1024

TAGS = frozenset(
    {
        "#",
        "assign",
        "capture",
        "comment",
        "content",
        "decrement",
        "echo",
        "if",
        "illegal",
        "increment",
        "liquid",
        "output",
        "raw",
        "unless",
    }
)
FILTERS = frozenset(
    {
        "abs",
        "append",
        "at_least",
        "at_most",
        "capitalize",
        "ceil",
        "compact",
        "date",
        "default",
        "divided_by",
        "downcase",
        "escape",
        "escape_once",
        "first",
        "floor",
        "join",
        "last",
        "lstrip",
        "minus",
        "modulo",
        "plus",
        "prepend",
        "remove",
        "remove_first",
        "remove_last",
        "replace",
        "replace_first",
        "replace_last",
        "round",
        "rstrip",
        "size",
        "slice",
        "split",
        "strip",
        "strip_newlines",
        "times",
        "truncate",
        "truncatewords",
        "upcase",
        "url_decode",
        "url_encode",
        "where",
    }
)

_MARKUP = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")


class _TooMuch(ValueError):
    """A value has grown past what a template may handle."""


def compile_liquid(text, place):
    """Return a function that renders `text` with the event as root. Always gives text.

    Raises MappingError, as does the returned function when the event cannot be rendered.
    """
    if type(text) is not str:
        raise MappingError("needs text", place)
    if len(text) > MAX_TEMPLATE_CHARACTERS:
        raise MappingError(f"longer than {MAX_TEMPLATE_CHARACTERS} characters", place)
    if any(".." in _QUOTED.sub("", markup) for markup in _MARKUP.findall(text)):
        # (1..9999999999) is a list of that many numbers for some filters.
        raise MappingError("ranges are not supported", place)
    try:
        template = _environment().from_string(text)
    except Exception as error:
        raise MappingError(_message(error), place) from error

    def render(event):
        try:
            return template.render(event if type(event) is dict else {})
        except Exception as error:
            raise MappingError(_message(error), place) from error

    return render


def _message(error):
    """The library draws a picture of the place below its first line."""
    return "Liquid: " + (str(error).splitlines() or [type(error).__name__])[0]


@lru_cache(maxsize=1)
def _environment():
    class Bounded(Environment):
        output_stream_limit = MAX_VALUE_CHARACTERS
        local_namespace_limit = 20 * MAX_VALUE_CHARACTERS
        block_nesting_limit = 20

    environment = Bounded()
    for name in set(environment.tags) - TAGS:
        del environment.tags[name]
    bounded = {name: _bounded(name, environment.filters[name]) for name in FILTERS}
    environment.filters.clear()
    environment.filters.update(bounded)
    own = {name: _bounded(name, function) for name, function in _OWN_FILTERS.items()}
    environment.filters.update(own)
    return environment


def _bounded(name, function):
    @wraps(function)
    def run(value, *arguments, **keywords):
        for each in (value, *arguments):
            _check(each)
        if name in ("replace", "join"):
            _check_growth(name, value, *arguments)
        if name == "date":
            _check_date(value, *arguments)
        result = function(value, *arguments, **keywords)
        _check(result)
        return result

    return run


def _check(value):
    if type(value) in (str, list) and len(value) > MAX_VALUE_CHARACTERS:
        raise _TooMuch("a value is too long")
    if type(value) is int and value.bit_length() > MAX_INTEGER_BITS:
        raise _TooMuch("a number is too large")


def _check_growth(name, value, first="", second=""):
    """Refuse before the fact what would make a text many times as long."""
    if name == "replace":
        text, found, put = str(value), str(first), str(second)
        size = len(text) + (text.count(found) if found else len(text) + 1) * len(put)
    else:
        items = value if type(value) is list else [value]
        size = sum(len(text_of(item)) for item in items) + len(items) * len(str(first) or " ")
    if size > MAX_VALUE_CHARACTERS:
        raise _TooMuch("a value is too long")


def _check_date(value, layout=""):
    if value in ("now", "today"):
        # A retry an hour later must send what the first attempt sent.
        raise ValueError("the clock cannot be read, use timestamp or receivedAt")
    if (type(value) is str and len(value) > 100) or len(str(layout)) > 100:
        raise _TooMuch("a date is too long")


def _sum(items):
    items = items if type(items) is list else [items]
    numbers = (number_from_text(text_of(item)) for item in items)
    return sum(number for number in numbers if number is not None)


_OWN_FILTERS = {
    "json": lambda value: json_text(value),
    "jsonify": lambda value: json_text(value),
    "normalize_whitespace": lambda value: " ".join(text_of(value).split()),
    "number_of_words": lambda value: len(text_of(value).split()),
    "raw": lambda value: value,
    "sum": _sum,
    "to_integer": lambda value: int(number_from_text(text_of(value)) or 0),
}
