"""Nested JSON becomes columns. The hot path of a load: 30 values an event, a few µs an event."""

from typing import NamedTuple

import orjson

from .columns import UNUSABLE, Columns
from .values import MAX_INTEGER, MIN_INTEGER, Moment, is_moment


class Lost(NamedTuple):
    """A value that got no column: `kind` is that of its notice, `name` the column or the path."""

    kind: str
    name: str
    path: str


# As long as it is, the body is one loop on purpose: a function call per value would halve the
# speed.
def flatten(value: dict, columns: Columns, row: dict, lost: list[Lost]) -> None:
    """Put what is in `value` into `row` as column -> int, float, bool, str or `Moment`.

    Objects are flattened, arrays written as compact JSON, nulls left out. Where two keys lead to
    one column the first wins; what got no column is added to `lost`.
    """
    for key, item in value.items():
        kind = type(item)
        if kind is str:
            # A date-time is recognised by its dashes before anything dearer is tried.
            if len(item) > 16 and item[4] == "-" and item[7] == "-" and is_moment(item):
                item = Moment(item)
        elif item is None:
            continue
        elif kind is dict:
            level = columns.level(key)
            if level is not None:
                flatten(item, level, row, lost)
                continue
            item = orjson.dumps(item).decode()
        elif kind is int:
            if not MIN_INTEGER <= item <= MAX_INTEGER:
                item = float(item)
        elif kind is float:
            # By value, not by spelling: JavaScript writes 30.0 as 30.
            if item.is_integer() and MIN_INTEGER <= item < MAX_INTEGER:
                item = int(item)
        elif kind is list:
            item = orjson.dumps(item).decode()
        column = columns[key]
        if column in row or column is UNUSABLE:
            lost.append(_lost(column, columns, key))
        else:
            row[column] = item


def _lost(column: str, columns: Columns, key: str) -> Lost:
    path = columns.path + key
    return Lost("claimed", column, path) if column else Lost("unusable", path, path)


def cleared(value: dict, columns: Columns) -> dict[str, None]:
    """Return the columns of all nulls in `value`, however deep."""
    found = {}
    for key, item in value.items():
        if item is None:
            found[columns[key]] = None
        elif type(item) is dict and (level := columns.level(key)) is not None:
            found |= cleared(item, level)
    found.pop(UNUSABLE, None)
    return found
