"""Does a text have the format that a field asks for? Names as in JSON Schema."""

import ipaddress
import re
import uuid
from datetime import date, datetime, time

from destinations.moments import find_moment

_EMAIL = re.compile(r"[^@\s\"(),:;<>\[\]\\]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})+")
_HOSTNAME = re.compile(
    r"(?=.{1,253}\.?$)[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
    r"(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*\.?"
)
_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`\x00-\x1f\x7f]+")


def is_moment(value):
    return find_moment(value) is not None


def _parses(parse):
    def test(text):
        try:
            parse(text)
        except (ValueError, re.error, OverflowError, RecursionError):
            return False
        return True

    return test


FORMAT_TESTS = {
    "date": _parses(date.fromisoformat),
    "time": _parses(time.fromisoformat),
    "date-time": _parses(datetime.fromisoformat),
    "uri": lambda text: _URI.fullmatch(text) is not None,
    "email": lambda text: _EMAIL.fullmatch(text) is not None,
    "hostname": lambda text: _HOSTNAME.fullmatch(text) is not None,
    "ipv4": _parses(ipaddress.IPv4Address),
    "ipv6": _parses(ipaddress.IPv6Address),
    "regex": _parses(re.compile),
    "uuid": _parses(uuid.UUID),
}
