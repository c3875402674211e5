"""Paths into an event: "$.properties.products[0].name".

Compiled once, because a mapping looks up dozens of them for every event. A path can only reach
what is in the event: members of objects, items and the length of lists and texts.
"""

import re
from functools import lru_cache

from sources.language.values import UNSET, utf16_length

# A dot separates, and so do brackets around a number or a quoted name. Other brackets belong to
# the key: that is where Segment's own path splitter draws the line.
_SEPARATOR = re.compile(r"""\[(?=["'0-9])|\.|(?<=["'0-9])\]+""")
_QUOTES = str.maketrans("", "", "'\"")
MAX_REMEMBERED = 200

_INDEX = re.compile(r"0|[1-9][0-9]{0,8}", re.ASCII)


def steps(path):
    """Return `path` as a tuple of keys. Dots separate, also inside brackets: a key that holds
    a dot cannot be addressed (destinations.md, section 3). Nor can one that holds a quote: every
    quote is dropped."""
    return tuple(key.translate(_QUOTES) for key in _SEPARATOR.split(path) if key)


def getter(path):
    """Return a function that takes an event and gives the value at `path`, or UNSET.

    The first "$." is dropped wherever it stands, as in Segment; "" and "." are the whole event.
    """
    return getter_for_path(path.replace("$.", "", 1))


def getter_for_path(path):
    """As `getter`, for a path in which "$." is no more than a key "$"."""
    # Paths may come with events; long ones would fill the memory.
    return (_known_path if len(path) <= MAX_REMEMBERED else _compile_path)(path)


def _compile_path(path):
    return getter_for_steps(steps(path))


_known_path = lru_cache(maxsize=4096)(_compile_path)


def getter_for_steps(keys):
    """As `getter`, for keys that are already apart."""
    if not keys:
        return lambda event: event
    if len(keys) == 1:
        return _one(keys[0])
    if len(keys) == 2:
        return _two(*keys)
    if len(keys) == 3:
        return _three(*keys)
    return _many(keys)


def member(value, key):
    """Return the member `key` of any value, or UNSET.

    A falsy parent (0, "", false, null) is itself the answer: that is how Segment behaves, and
    mappings rely on it to tell "empty" from "absent".
    """
    kind = type(value)
    if kind is dict:
        return value.get(key, UNSET)
    if kind is list or (kind is str and value):
        if key == "length":
            return len(value) if kind is list else utf16_length(value)
        if _INDEX.fullmatch(key) and int(key) < len(value):
            return value[int(key)]
        return UNSET
    return UNSET if value else value


def _one(key):
    def get(event):
        return event.get(key, UNSET) if type(event) is dict else member(event, key)

    return get


# Most paths of most mappings find nothing, so that is answered first.


def _two(first, second):
    def get(event):
        inner = event.get(first, UNSET) if type(event) is dict else member(event, first)
        if inner is UNSET:
            return UNSET
        return inner.get(second, UNSET) if type(inner) is dict else member(inner, second)

    return get


def _three(first, second, third):
    def get(event):
        inner = event.get(first, UNSET) if type(event) is dict else member(event, first)
        if inner is UNSET:
            return UNSET
        inner = inner.get(second, UNSET) if type(inner) is dict else member(inner, second)
        if inner is UNSET:
            return UNSET
        return inner.get(third, UNSET) if type(inner) is dict else member(inner, third)

    return get


def _many(keys):
    def get(event):
        for key in keys:
            event = member(event, key)
        return event

    return get
