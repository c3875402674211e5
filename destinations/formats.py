"""Does a text have the format that a field asks for? Names as in JSON Schema."""

import ipaddress
import re
from datetime import date

from destinations.moments import find_moment

_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?"
_EMAIL = re.compile(rf"{_ATOM}(?:\.{_ATOM})*@(?:{_LABEL}\.)+{_LABEL}")
_HOSTNAME = re.compile(
    r"(?=.{1,253}\.?$)[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
    r"(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*\.?"
)
# RFC 3986: what is not ASCII has to be encoded, and % only begins a code.
_URI_CHARACTER = r"[A-Za-z0-9._~!$&'()*+,;=:@/-]|%[0-9A-Fa-f]{2}"
_URI = re.compile(
    r"[A-Za-z][A-Za-z0-9+.-]*:"
    rf"(?://(?:(?!\[)(?:{_URI_CHARACTER})*@)?(?:\[[0-9A-Fa-fv.:]+\](?::[0-9]*)?(?=[/?#]|$))?)?"
    rf"(?:{_URI_CHARACTER})*"
    rf"(?:\?(?:{_URI_CHARACTER}|\?)*)?"
    rf"(?:#(?:{_URI_CHARACTER}|\?)*)?"
)
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_TIME = re.compile(
    r"(?:(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]|23:59:60)(?:\.[0-9]+)?"
    r"(?:[zZ]|[+-][0-9]{2}(?::?[0-9]{2})?)?"
)
_UUID = re.compile(r"(?:urn:uuid:)?[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)


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


def _matches(pattern):
    return lambda text: pattern.fullmatch(text) is not None


def _is_date(text):
    return _DATE.fullmatch(text) is not None and _is_day(text)


def _is_date_and_time(text):
    parts = re.split(r"[tT\s]", text)
    return len(parts) == 2 and _is_date(parts[0]) and _TIME.fullmatch(parts[1]) is not None


_is_day = _parses(date.fromisoformat)

FORMAT_TESTS = {
    "date": _is_date,
    "time": _matches(_TIME),
    "date-time": _is_date_and_time,
    "uri": _matches(_URI),
    "email": _matches(_EMAIL),
    "hostname": _matches(_HOSTNAME),
    "ipv4": _parses(ipaddress.IPv4Address),
    "ipv6": _parses(ipaddress.IPv6Address),
    "regex": _parses(re.compile),
    "uuid": _matches(_UUID),
}
