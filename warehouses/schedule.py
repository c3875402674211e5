"""How often a warehouse is loaded: "manual", or a number with a unit such as "15m"."""

import re
from datetime import timedelta

from .errors import InvalidSchedule

MANUAL = "manual"
_UNITS = {"m": "minutes", "h": "hours", "d": "days"}


def interval(schedule: str) -> timedelta | None:
    """Return the time between two syncs, None for "manual". Raises InvalidSchedule."""
    if schedule == MANUAL:
        return None
    match = re.fullmatch(r"([1-9]\d{0,4})([mhd])", schedule)
    if match is None:
        raise InvalidSchedule(schedule)
    return timedelta(**{_UNITS[match[2]]: int(match[1])})
