"""Values as HubSpot's properties hold them. Facts as in hubspot.py."""

import re
from urllib.parse import quote

from destinations.integration import Rejected, Request, json_text, text_of

# Too many for one call of HubSpot's batch endpoints.
MAX_BATCH = 100


def in_path(text):
    """Return text as a part of a URL's path, written as browsers write it."""
    return quote(text, safe="!$&'()*+,;:=@")


def properties_of(payload, names):
    """The named fields of a payload, then its own `properties`, which win."""
    found = {name: payload[name] for name in names if name in payload}
    if "lifecyclestage" in found:
        found["lifecyclestage"] = found["lifecyclestage"].lower()
    return found | flat(payload.get("properties"))


def flat(properties):
    """Lists are joined by semicolons, objects are JSON, texts trimmed, nothing is left out."""
    return {n: _flat_value(v) for n, v in (properties or {}).items() if v is not None}


def _flat_value(value):
    if type(value) is list:
        return ";".join(
            json_text(each) if type(each) in (dict, list) else text_of(each) for each in value
        )
    if type(value) is dict:
        return json_text(value)
    return value.strip() if type(value) is str else value


def search(records, fields, options=None):
    """Search by any of the fields; (number of records, id of the first)."""
    if not fields:
        return 0, None
    groups = [
        {"filters": [{"propertyName": name, "operator": "EQ", "value": value}]}
        for name, value in fields.items()
    ]
    body = {"filterGroups": groups, **(options or {"properties": [], "sorts": []})}
    response = yield Request("POST", f"{records}/search", json=body)
    answer = response.json()
    total = answer.get("total") or 0
    results = answer.get("results") or [{}]
    return total, results[0].get("id")


def several_records():
    return Rejected("several records match the search fields", code="MULTIPLE_RECORDS", status=400)


def search_one(records, fields, options=None):
    """Search by any of the fields; the id of the one record, or None. Several are an error."""
    total, found = yield from search(records, fields, options)
    if total > 1:
        raise several_records()
    return found


def association_type(label):
    """A label is "<category>:<number of the type>"."""
    category, _, number = label.partition(":")
    return {"associationCategory": category, "associationTypeId": number}


_MOMENT = re.compile(
    r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])"
    r"(?P<time>[ T]\d{2}:?\d{2}(:?\d{2}([,.]\d+)?)?(Z|[+-]\d{2}(:?\d{2})?)?)?",
    re.ASCII,
)


def moment_kind(value):
    """Return "date" or "datetime" for text that is one, else None."""
    found = _MOMENT.fullmatch(value) if type(value) is str else None
    return found and ("datetime" if found["time"] else "date")
