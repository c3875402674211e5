"""Properties of HubSpot's records: their values, and how HubSpot is told of new ones.

Facts as in hubspot.py."""

import re

from destinations.catalog._hubspot_values import in_path, moment_kind
from destinations.integration import InvalidPayload, Request, json_text


def clean_properties(properties, place):
    """Return properties as HubSpot names and holds them. Raises InvalidPayload."""
    found = {}
    for name, value in (properties or {}).items():
        clean = clean_name(name, place)
        if value is not None:
            found[clean] = _clean_value(value)
    return found


def clean_name(name, place):
    clean = re.sub(r"[^a-z0-9_]", "_", name.lower())
    if not clean[:1].isalpha():
        raise InvalidPayload([(f"{place}.{name}", "must start with a letter")])
    return clean


def _clean_value(value):
    if type(value) in (dict, list):
        return json_text(value)
    if type(value) is not str:
        return value
    text = value.strip()
    return text.lower() == "true" if text.lower() in ("true", "false") else text


def create_properties(object_type, group, payloads):
    """Create those properties of the payloads that HubSpot does not have."""
    url = f"/crm/v3/properties/{in_path(object_type)}"
    missing = []
    for field, query in (
        ("properties", None),
        ("sensitive_properties", {"dataSensitivity": "sensitive"}),
    ):
        values = {name: value for one in payloads for name, value in one[field].items()}
        if values:
            response = yield Request("GET", url, query=query)
            known = {one.get("name") for one in response.objects("results")}
            missing += [
                _definition(name, value, group) | (query or {})
                for name, value in values.items()
                if name not in known
            ]
    if missing:
        yield Request("POST", f"{url}/batch/create", json={"inputs": missing})


def _definition(name, value, group):
    kind = {"type": "string", "fieldType": "text"}
    if type(value) is bool:
        kind = {
            "type": "enumeration",
            "fieldType": "booleancheckbox",
            "options": options_of_booleans("true", "false"),
        }
    elif type(value) in (int, float):
        kind = {"type": "number", "fieldType": "number"}
    elif moment_kind(value):
        kind = {"type": moment_kind(value), "fieldType": "date"}
    return {"name": name, "label": name, "groupName": group, **kind}


def options_of_booleans(*values):
    labels = (("true", "True"), ("false", "False"))
    return [
        {
            "label": label,
            "value": value,
            "hidden": False,
            "description": description,
            "displayOrder": order,
        }
        for order, ((label, description), value) in enumerate(zip(labels, values, strict=True), 1)
    ]
