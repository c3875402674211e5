r"""Typed columns become blocks of PostgreSQL's COPY text, column by column.

psycopg's `write_row` dumps value by value and is the slowest part of a load. Here a column is
turned into text by one C-level pass, and looked at for characters to escape as a whole; most have
none. Format: one row a line, values parted by tabs, `\N` for NULL.
"""

from collections.abc import Iterator, Sequence

from .batch import Batch
from .values import BOOLEAN, FLOAT, INTEGER, TIMESTAMP

NULL = "\\N"
# Values (rows times columns) made into one block: bounds the memory of wide tables.
BLOCK_VALUES = 50_000


def blocks(batch: Batch) -> Iterator[bytes]:
    """Yield the rows of `batch` as COPY text in UTF-8, columns in the order of `batch.values`."""
    size = max(1, BLOCK_VALUES // len(batch.values))
    for start in range(0, batch.row_count, size):
        texts = [
            _texts(batch.types[name], values[start : start + size])
            for name, values in batch.values.items()
        ]
        yield ("\n".join(map("\t".join, zip(*texts, strict=True))) + "\n").encode()


def _texts(logical: str, values: Sequence) -> Sequence[str]:
    make = _MAKERS.get(logical, _escaped)
    # `None in values` would compare each value, which takes longer than all the rest.
    if type(None) not in set(map(type, values)):
        return make(values)
    texts = iter(make([value for value in values if value is not None]))
    return [NULL if value is None else next(texts) for value in values]


def _escaped(values: Sequence[str]) -> Sequence[str]:
    joined = "".join(values)
    if "\\" in joined or "\t" in joined or "\n" in joined or "\r" in joined:
        return [_escape(value) for value in values]
    return values


def _escape(value: str) -> str:
    value = value.replace("\\", "\\\\").replace("\t", "\\t")
    return value.replace("\n", "\\n").replace("\r", "\\r")


_MAKERS = {
    INTEGER: lambda values: list(map(str, values)),
    FLOAT: lambda values: list(map(repr, values)),
    BOOLEAN: lambda values: ["t" if value else "f" for value in values],
    TIMESTAMP: lambda values: values,
}
