"""The rows of people that Facebook's custom audiences take.

Facts as in facebook_custom_audiences.py. A digest is known as one after it was normalised, that of
a telephone number before.
"""

import re
import unicodedata

from destinations.catalog._bodies import as_is
from destinations.catalog._places import STATES
from destinations.integration import hashing

MONTHS = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)
GENDERS = {
    **dict.fromkeys(("m", "male", "boy"), "m"),
    **dict.fromkeys(("f", "female", "woman", "girl"), "f"),
}


def _phone(text):
    return hashing.digits(text).lstrip("0")


def _month(text):
    bare = re.sub(r"\s", "", text)
    if len(bare) == 2:
        return bare
    name = text.strip().lower()
    return f"{MONTHS.index(name) + 1:02}" if name in MONTHS else text


def _name(text):
    lower = text.strip().lower()
    return "".join(one for one in lower if not unicodedata.category(one).startswith("P"))


def _initial(text):
    return text.strip().lower()


def _gender(text):
    return GENDERS.get(text.lower().strip(), text)


def _letters_and_digits(text):
    return re.sub(r"[^A-Za-z0-9]", "", text).lower()


def _state(text):
    # Names of two words, such as "New York", are not looked up, as with Segment.
    return STATES.get(text.lower().strip()) or _letters_and_digits(text)


def _zip(text):
    return text.split("-")[0] if "-" in text else re.sub(r"\s", "", text).lower()


# (member of Facebook's schema, field, part of the field, normalisation)
HASHED = (
    ("EMAIL", "email", None, hashing.email),
    ("PHONE", "phone", None, _phone),
    ("DOBY", "birth", "year", str.strip),
    ("DOBM", "birth", "month", _month),
    ("DOBD", "birth", "day", str.strip),
    ("LN", "name", "last", _name),
    ("FN", "name", "first", _name),
    ("FI", "name", "firstInitial", _initial),
    ("GEN", "gender", None, _gender),
    ("CT", "city", None, _letters_and_digits),
    ("ST", "state", None, _state),
    ("ZIP", "zip", None, _zip),
    ("COUNTRY", "country", None, _letters_and_digits),
)
SCHEMA = ["EXTERN_ID", *(member for member, *_ in HASHED), "MADID"]


def row_of(payload):
    """Return the values of one person in the order of SCHEMA, "" for those that are not known."""
    hashes = (_hash(_part(payload, field, part), rule) for _, field, part, rule in HASHED)
    return [payload["externalId"], *hashes, payload.get("mobileAdId") or ""]


def _part(payload, field, part):
    value = payload.get(field)
    return (value or {}).get(part) if part else value


def _hash(text, normalise):
    if not text or not text.strip():
        return ""
    if normalise is _phone:
        return hashing.hashed(text, _phone) or ""
    return hashing.hashed(normalise(text), as_is) or ""
