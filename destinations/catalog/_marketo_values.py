"""Values as Marketo's types of fields want them.

https://experienceleague.adobe.com/en/docs/marketo-developer/marketo/rest/lead-database/field-types
(read 2026-11-25). What cannot be converted is sent as it is: Marketo says best what it misses.
"""

import re

from destinations.integration import find_moment, json_text, text_of

DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)

INTEGERS = ("integer", "score", "percent")
NUMBERS = ("float", "currency")
BOOLEANS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


def value_of(value, kind):
    """Return a value as a field of this type takes it; without a type it is not changed."""
    if type(value) in (dict, list):
        return json_text(value)
    if kind in INTEGERS or kind in NUMBERS:
        return _number(value, kind in INTEGERS)
    if kind == "boolean":
        return BOOLEANS.get(text_of(value).lower(), value)
    if kind == "date" and DAY.match(text_of(value)):
        return value[:10]  # the day as it was written, in whatever time zone
    if kind in ("date", "datetime"):
        moment = find_moment(value)
        if moment is None:
            return value
        return moment.date().isoformat() if kind == "date" else moment.isoformat("T", "seconds")
    return text_of(value) if kind else value


def _number(value, whole):
    if type(value) is bool:
        return value
    try:
        number = float(value)
        return int(number) if whole or number.is_integer() else number
    except (ValueError, OverflowError):
        return value
