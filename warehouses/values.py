"""The five logical types of a warehouse, and what becomes of a value in a column of another type.

A value is a plain `int`, `float`, `bool` or `str`; a date-time is a `Moment`, a `str` that keeps
the text as it was sent and is known to parse.
"""

import re
from datetime import UTC, datetime

INTEGER, FLOAT, BOOLEAN = "integer", "float", "boolean"
VARCHAR, TIMESTAMP = "varchar", "timestamp"

MIN_INTEGER, MAX_INTEGER = -(2**63), 2**63 - 1


class Moment(str):
    """An ISO 8601 date-time with a zone, as it was sent."""

    __slots__ = ()


TYPES = {int: INTEGER, float: FLOAT, bool: BOOLEAN, str: VARCHAR, Moment: TIMESTAMP}

# PostgreSQL refuses zones beyond 15:59.
_MOMENT = re.compile(
    r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-](0\d|1[0-5])(:?[0-5]\d)?)", re.ASCII
)
_INTEGER = re.compile(r"\s*[+-]?\d+\s*", re.ASCII)
_FLOAT = re.compile(r"\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*", re.ASCII)


def is_moment(text: str) -> bool:
    """Is this a full date-time with a zone? A date alone is not."""
    if not _MOMENT.fullmatch(text):
        return False
    try:
        # As UTC it may leave the years 1 to 9999, which no later step could express.
        datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError):
        return False
    return True


def utc_text(text: str) -> str:
    """Return a date-time in UTC with a `Z`, in milliseconds, or microseconds where it has them.

    Raises ValueError or OverflowError for text that is not one; without a zone it is UTC.
    """
    moment = datetime.fromisoformat(text)
    moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    precision = "microseconds" if moment.microsecond % 1000 else "milliseconds"
    return moment.isoformat(timespec=precision)[:-6] + "Z"


def cast(value, logical: str):
    """Return `value` as what a column of this logical type holds, or None when it cannot be.

    Lossless conversions only, but for a fraction in an integer column, which is cut off.
    """
    try:
        return _CASTS[logical](value)
    except (ValueError, OverflowError):
        return None


def _to_varchar(value):
    if value is True or value is False:
        return "true" if value else "false"
    return str(value)


def _to_integer(value):
    if isinstance(value, str):
        if not _INTEGER.fullmatch(value):
            return None
        value = value.strip()
        if len(value) > 20:  # Python would refuse thousands of digits
            return None
    number = int(value)
    return number if MIN_INTEGER <= number <= MAX_INTEGER else None


def _to_float(value):
    if isinstance(value, str) and not _FLOAT.fullmatch(value):
        return None
    number = float(value)
    return number if abs(number) != float("inf") else None


def _to_boolean(value):
    if isinstance(value, str):
        return {"true": True, "false": False}.get(value.strip().lower())
    return {0: False, 1: True}.get(value)


def _to_timestamp(value):
    return Moment(utc_text(value)) if isinstance(value, str) else None


_CASTS = {
    VARCHAR: _to_varchar,
    INTEGER: _to_integer,
    FLOAT: _to_float,
    BOOLEAN: _to_boolean,
    TIMESTAMP: _to_timestamp,
}
