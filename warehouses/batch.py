"""Rows of one table become typed columns that fit the table as it is. Pure.

Work is done column by column: one look at the set of types in a column costs less than a look at
each value, and what fits, which is nearly all, is passed on untouched.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import chain

from .schema import Row
from .values import FLOAT, INTEGER, TIMESTAMP, TYPES, VARCHAR, Moment, cast

# Takes the kind of a notice, the column, the value as text, and the id of the row.
Note = Callable[[str, str, object, str], None]

_NONE = type(None)
# The Python types whose values are right for a column as they are.
_FITTING = {
    INTEGER: {int, _NONE},
    FLOAT: {float, _NONE},
    "boolean": {bool, _NONE},
    VARCHAR: {str, Moment, _NONE},
    TIMESTAMP: {Moment, _NONE},
}


@dataclass
class Batch:
    """Typed columns of equal length: column -> logical type, column -> values (None for NULL)."""

    types: dict[str, str]
    values: dict[str, Sequence]

    @property
    def row_count(self) -> int:
        return len(self.values["id"])


def distinct(rows: list[Row]) -> list[Row]:
    """Return the rows with the first one of each id."""
    first: dict = {}
    for row in rows:
        first.setdefault(row["id"], row)
    return rows if len(first) == len(rows) else list(first.values())


def fold(rows: list[Row]) -> list[Row]:
    """Return one row per id: for each column the latest, where None is a value like others."""
    folded: dict = {}
    for row in rows:
        stored = folded.get(row["id"])
        if stored is None:
            folded[row["id"]] = dict(row)
        else:
            stored.update(row)
    return list(folded.values())


def cleared(rows: list[Row]) -> dict[str, list[str]]:
    """Return column -> ids of the rows in which that column is None."""
    found: dict[str, list[str]] = {}
    for row in rows:
        if None in row.values():
            for column, value in row.items():
                if value is None:
                    found.setdefault(column, []).append(row["id"])
    return found


def by_column(rows: list[Row]) -> dict[str, Sequence]:
    """Return column -> values of all columns that some row has.

    The order of the rows may change, for all columns alike.
    """
    shapes: dict[tuple, list[Row]] = {}
    for row in rows:
        shapes.setdefault(tuple(row), []).append(row)
    if len(shapes) == 1:
        return _transposed(rows)
    names = dict.fromkeys(chain.from_iterable(shapes))
    if len(shapes) > len(rows) // 10:
        return {name: [row.get(name) for row in rows] for name in names}
    # Events of one kind mostly have the same keys, and such rows turn into columns at once.
    columns: dict[str, list] = {name: [] for name in names}
    for alike in shapes.values():
        part = _transposed(alike)
        for name, values in columns.items():
            values.extend(part.get(name) or [None] * len(alike))
    return columns


def _transposed(rows: list[Row]) -> dict[str, Sequence]:
    return dict(zip(rows[0], zip(*map(dict.values, rows), strict=True), strict=True))


def infer(values: Sequence) -> str | None:
    """Return the type of a new column: that of its first value; None without any.

    Integers and fractions in one column make it float whichever came first, as the integers lose
    nothing by it.
    """
    first = next((type(value) for value in values if value is not None), None)
    if first is int and float in set(map(type, values)):
        return FLOAT
    return TYPES.get(first)


def has_fractions(values: Sequence) -> bool:
    return float in set(map(type, values))


def fit(name: str, values: Sequence, logical: str, ids: list[str], note: Note) -> Sequence:
    """Return `values` as what a column of type `logical` holds.

    What cannot be cast becomes None and is noted; so is a fraction that is cut off.
    """
    if set(map(type, values)) <= _FITTING[logical]:
        return values
    fitting = []
    for value, row_id in zip(values, ids, strict=True):
        fitted = None if value is None else cast(value, logical)
        if fitted is None and value is not None:
            note("uncastable", name, _shown(value), row_id)
        elif type(value) is float and logical == INTEGER and fitted != value:
            note("truncated", name, value, row_id)
        fitting.append(fitted)
    return fitting


def cut(name: str, values: Sequence, length: int, ids: list[str], note: Note) -> list:
    """Return texts cut to `length` characters; a cut is noted."""
    fitting = []
    for value, row_id in zip(values, ids, strict=True):
        if value is not None and len(value) > length:
            note("cut", name, _shown(value), row_id)
            value = value[:length]
        fitting.append(value)
    return fitting


def _shown(value) -> str:
    return f"“{value}”" if isinstance(value, str) else str(value)
