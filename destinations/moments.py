"""Moments as events spell them, and as tools want them."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from sources.language.values import number_from_text

# Numbers of 13 digits are milliseconds, all others seconds (destinations.md, section 2.3).
MILLISECONDS_FROM = 10**12


def find_moment(value):
    """Return the aware UTC datetime that text or a number means, or None.

    Understands ISO 8601, RFC 2822, and Unix time in seconds or (13 digits) milliseconds. Time
    without a zone is UTC.
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
        return parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _from_number(number):
    try:
        seconds = number / 1000 if abs(number) >= MILLISECONDS_FROM else number
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return None
