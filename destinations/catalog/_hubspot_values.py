"""Values as HubSpot's properties hold them. Facts as in hubspot.py."""

from destinations.integration import Rejected, Request, json_text, text_of


def properties_of(payload, names, lower=("lifecyclestage",)):
    """The named fields of a payload, then its own `properties`, which win."""
    found = {name: payload[name] for name in names if name in payload}
    found |= {name: found[name].lower() for name in lower if name in found}
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


def search_one(records, fields, options=None):
    """Search by any of the fields; the id of the one record, or None. Several are an error."""
    if not fields:
        return None
    groups = [
        {"filters": [{"propertyName": name, "operator": "EQ", "value": value}]}
        for name, value in fields.items()
    ]
    body = {"filterGroups": groups, **(options or {"properties": [], "sorts": []})}
    response = yield Request("POST", f"{records}/search", json=body)
    answer = response.json()
    if answer.get("total", 0) > 1:
        raise Rejected("several records match the search fields", code="MULTIPLE_RECORDS")
    return answer["results"][0]["id"] if answer.get("total") else None


def association_type(label):
    """A label is "<category>:<number of the type>"."""
    category, _, number = label.partition(":")
    return {"associationCategory": category, "associationTypeId": number}
