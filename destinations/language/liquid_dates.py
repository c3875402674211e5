"""The date filters of @liquid: LiquidJS's strftime, in UTC, without a clock."""

import re
from datetime import UTC, datetime, timedelta

from destinations.moments import find_moment
from sources.language.values import UNSET, text_of

DEFAULT_LAYOUT = "%A, %B %-e, %Y at %-l:%M %P %z"

_CODE = re.compile(r"%([-_0^#:]+)?([0-9]{1,3})?[EO]?(.)")
_WIDTHS = {**dict.fromkeys("deHIklmMSUW", 2), "j": 3, "L": 3}
_FILLED_WITH_SPACES = frozenset("aAbhBcekplP")


def date(value, layout=UNSET, offset=UNSET):
    """Write a moment as `layout` says. What is no moment stays as it is.

    `offset` is JavaScript's: minutes west of Greenwich. Names of time zones are not known here.
    """
    if value in ("now", "today"):
        # A retry an hour later must send what the first attempt sent.
        raise ValueError("the clock cannot be read, use timestamp or receivedAt")
    moment = _moment(value)
    if moment is None:
        return value
    if type(offset) in (int, float) and abs(offset) < 24 * 60:
        moment -= timedelta(minutes=offset)
    else:
        offset = 0
    layout = DEFAULT_LAYOUT if layout is UNSET or layout is None else text_of(layout)
    return _CODE.sub(lambda code: _written(moment, offset, code), layout)


def _moment(value):
    try:
        if type(value) in (int, float):
            return datetime.fromtimestamp(value, UTC)
        if type(value) is str and value.isascii() and value.isdigit():
            return datetime.fromtimestamp(int(value), UTC)
        return find_moment(value) if type(value) is str and len(value) <= 100 else None
    except (ValueError, OverflowError, OSError):
        return None


def _written(moment, offset, code):
    flags, width, letter = code[1] or "", code[2], code[3]
    write = _WRITERS.get(letter)
    if letter == "z":
        text = _offset(offset, ":" if ":" in flags else "")
    elif letter == "N":
        digits = int(width or 9) or 9
        text = str(moment.microsecond // 1000)[:digits].ljust(digits, "0")
    elif write is None:
        return code[0]
    else:
        text = str(write(moment))
    if "^" in flags:
        text = text.upper()
    elif "#" in flags:
        text = text.lower() if text.upper() == text else text.upper()
    fill = " " if letter in _FILLED_WITH_SPACES else "0"
    fill = " " if "_" in flags else "0" if "0" in flags else fill
    return text.rjust(0 if "-" in flags else int(width or _WIDTHS.get(letter, 0)), fill)


def _offset(minutes, between):
    hours, rest = divmod(abs(int(minutes)), 60)
    return f"{'-' if minutes > 0 else '+'}{hours:02}{between}{rest:02}"


def _weekday(moment):
    return moment.isoweekday() % 7


def _hour12(moment):
    return moment.hour % 12 or 12


def _week(moment, starts):
    now = moment.timetuple().tm_yday + starts - _weekday(moment)
    return (now - (7 - _weekday(moment.replace(month=1, day=1)) + starts)) // 7 + 1


def _local_date(moment):
    return f"{moment.month}/{moment.day}/{moment.year}"


def _local_time(moment):
    return f"{_hour12(moment)}:{moment:%M:%S} {_half(moment)}"


def _half(moment):
    return "AM" if moment.hour < 12 else "PM"


def _ordinal(moment):
    if moment.day in (11, 12, 13):
        return "th"
    return {1: "st", 2: "nd", 3: "rd"}.get(moment.day % 10, "th")


DAYS = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")
MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)

_WRITERS = {
    "a": lambda it: DAYS[_weekday(it)][:3],
    "A": lambda it: DAYS[_weekday(it)],
    "b": lambda it: MONTHS[it.month - 1][:3],
    "h": lambda it: MONTHS[it.month - 1][:3],
    "B": lambda it: MONTHS[it.month - 1],
    "c": lambda it: f"{_local_date(it)}, {_local_time(it)}",
    "C": lambda it: int(str(it.year)[:2]),
    "d": lambda it: it.day,
    "e": lambda it: it.day,
    "H": lambda it: it.hour,
    "I": _hour12,
    "j": lambda it: it.timetuple().tm_yday,
    "k": lambda it: it.hour,
    "l": _hour12,
    "L": lambda it: it.microsecond // 1000,
    "m": lambda it: it.month,
    "M": lambda it: it.minute,
    "p": _half,
    "P": lambda it: _half(it).lower(),
    "q": _ordinal,
    "s": lambda it: round(it.timestamp()),
    "S": lambda it: it.second,
    "u": lambda it: it.isoweekday(),
    "U": lambda it: _week(it, 0),
    "w": _weekday,
    "W": lambda it: _week(it, 1),
    "x": _local_date,
    "X": _local_time,
    "y": lambda it: str(it.year)[2:4],
    "Y": lambda it: it.year,
    "t": lambda it: "\t",
    "n": lambda it: "\n",
    "%": lambda it: "%",
}


def _named(month):
    def write(value, kind=UNSET, style=UNSET):
        if kind != "ordinal":
            return date(value, f"%d {month} %Y")
        return date(value, f"{month} %-d%q, %Y" if style == "US" else f"%-d%q {month} %Y")

    return write


DATE_FILTERS = {
    "date": date,
    "date_to_long_string": _named("%B"),
    "date_to_rfc822": lambda value: date(value, "%a, %d %b %Y %H:%M:%S %z"),
    "date_to_string": _named("%b"),
    "date_to_xmlschema": lambda value: date(value, "%Y-%m-%dT%H:%M:%S%:z"),
}
