"""Moments as events spell them, and as tools want them."""

import re
from datetime import UTC, datetime, timedelta, timezone

from sources.language.values import number_from_text

# Numbers of 13 digits are milliseconds, all others seconds (destinations.md, section 2.3).
MILLISECONDS_FROM = 10**12

# What people and programs write beside ISO 8601, as JavaScript's Date reads it.
_REMARK = re.compile(r"\([^()]*\)")
_CLOCK = re.compile(
    r"(?<!\d)(\d{1,2}):(\d{2})(?::(\d{2})(?:[.:](\d{1,9}))?)?\s*([AaPp][Mm]\b)?", re.ASCII
)
_ZONE = re.compile(r"(Z|UTC?|GMT|[ECMP][SD]T)?\s*(?:([+-])(\d{2}):?(\d{2})?)?", re.ASCII | re.I)
_LATE_YEAR = re.compile(r"(?<![+\d-])\d{4}$", re.ASCII)
_NUMBERS = re.compile(r"(\d{1,4})([/-])(\d{1,2})(?:\2(\d{1,4}))?", re.ASCII)
_WORDS = re.compile(r"[A-Za-z]+|\d{1,4}", re.ASCII)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_ZONE_HOURS = {"E": -5, "C": -6, "M": -7, "P": -8}
MAX_CHARACTERS = 100


def find_moment(value):
    """Return the aware UTC datetime that text or a number means, or None.

    Understands ISO 8601, RFC 2822, what JavaScript and people write ("Aug 20, 2026 10:00 PM",
    "8/20/2026"), and Unix time in seconds or (13 digits) milliseconds. Time without a zone is UTC.
    """
    if type(value) is str:
        moment = _from_text(value)
    elif type(value) in (int, float):
        moment = _from_number(value)
    else:
        return None
    if moment is None:
        return None
    try:
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except OverflowError:
        return None


def epoch_ms(value):
    """Return a moment as whole milliseconds since 1970, or None. Takes what `find_moment` takes."""
    moment = find_moment(value)
    return None if moment is None else _milliseconds(moment)


def epoch_s(value):
    """Return a moment as whole seconds since 1970, or None. Takes what `find_moment` takes."""
    moment = find_moment(value)
    return None if moment is None else _milliseconds(moment) // 1000


def _milliseconds(moment):
    # Not timestamp() * 1000: that float is one off for a few moments in a million.
    since = moment - datetime(1970, 1, 1, tzinfo=UTC)
    return (since.days * 86_400 + since.seconds) * 1000 + since.microseconds // 1000


def _from_text(text):
    try:
        # Before 3.11's parser takes "20260820" or a bare number of milliseconds for a date.
        if not text[:5].isdigit():
            return datetime.fromisoformat(text)
    except ValueError:
        pass
    number = number_from_text(text)
    if number is not None:
        return _from_number(number)
    try:
        return _from_words(text) if len(text) <= MAX_CHARACTERS else None
    except (ValueError, OverflowError):
        return None


def _from_words(text):
    """Read a date that may be followed by a time and a zone. Raises ValueError, or gives None."""
    text = _REMARK.sub(" ", text).strip()
    clock = _CLOCK.search(text)
    if clock is None:
        return _day(text)
    before, after = text[: clock.start()].rstrip(" ,Tt"), text[clock.end() :].strip()
    year = _LATE_YEAR.search(after)
    if year is not None:
        before, after = f"{before} {year[0]}", after[: year.start()].strip()
    day, zone = _day(before), _ZONE.fullmatch(after)
    if day is None or zone is None:
        return None
    hour, minute, second, fraction, half = clock.groups()
    hour = int(hour)
    if half:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half[0] in "pP" else 0)
    microsecond = int((fraction or "0").ljust(6, "0")[:6])
    moment = day.replace(hour=hour, minute=int(minute), second=int(second or 0))
    return moment.replace(microsecond=microsecond, tzinfo=timezone(_offset(zone)))


def _day(text):
    """Return midnight of a day: "Aug 20, 2026", "20 August 2026", "8/20/2026", "2026-8-20"."""
    numbers = _NUMBERS.fullmatch(text)
    if numbers is not None:
        first, _, second, third = numbers.groups()
        if len(first) > 2:
            return _date(first, int(second), int(third or 1))
        return None if third is None else _date(third, int(first), int(second))
    words = [word.lower() for word in _WORDS.findall(text)]
    if _WORDS.sub("", text).strip(" ,.-/"):
        return None
    months = [word for word in words if word[:3] in _MONTHS]
    numbers = [word for word in words if word.isdigit()]
    rest = [word for word in words if not word.isdigit() and word[:3] not in (*_MONTHS, *_DAYS)]
    if len(months) != 1 or rest or not 1 <= len(numbers) <= 2:
        return None
    month = _MONTHS.index(months[0][:3]) + 1
    if len(numbers) == 1:
        return _date(numbers[0], month, 1) if len(numbers[0]) > 2 else None
    day, year = numbers if len(numbers[0]) <= 2 else reversed(numbers)
    return _date(year, month, int(day))


def _date(year, month, day):
    """The 30th of February is the 2nd of March; a year of two digits lies between 1950 and 2049."""
    full = int(year)
    if len(year) <= 2:
        full += 2000 if full < 50 else 1900
    if not 1 <= day <= 31:
        return None
    return datetime(full, month, 1) + timedelta(days=day - 1)


def _offset(zone):
    name, sign, hours, minutes = zone.groups()
    offset = timedelta(hours=int(hours or 0), minutes=int(minutes or 0))
    offset = -offset if sign == "-" else offset
    if name and len(name) == 3 and name.upper() not in ("UTC", "GMT"):
        offset += timedelta(hours=_ZONE_HOURS[name[0].upper()] + (name[1] in "dD"))
    return offset


def _from_number(number):
    try:
        seconds = number / 1000 if abs(number) >= MILLISECONDS_FROM else number
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return None
