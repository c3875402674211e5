"""Custom events of HubSpot, whose definitions we make on the way. Facts as in hubspot.py."""

import re

from destinations.catalog._hubspot_properties import clean_name, options_of_booleans
from destinations.catalog._hubspot_values import moment_kind
from destinations.integration import InvalidPayload, Rejected, Request, ServerFault, json_text

_NUMBER = re.compile(r"-?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?", re.I | re.A)


def send_custom_event(payload, sync_mode):
    record = _record_of(payload["record_details"])
    name = re.sub(r"[^a-z0-9_-]", "_", payload["event_name"].lower())
    properties = _properties_of(payload.get("properties") or {})
    full_name = yield from _define(name, record["object_type"], properties, sync_mode or "upsert")
    event = {
        "eventName": full_name,
        "objectId": record.get("object_id"),
        "email": record.get("email"),
        "utk": record.get("utk"),
        "occurredAt": payload.get("occurred_at"),
        "properties": properties,
    }
    event = {name: value for name, value in event.items() if value is not None}
    yield Request("POST", "/events/v3/send", json=event)


def _record_of(details):
    is_contact = details["object_type"] == "contact"
    named = "object_id" in details
    if not is_contact and not named:
        raise InvalidPayload([("record_details.object_id", "is required, a number")])
    if not (named or details.get("email") or details.get("utk")):
        raise InvalidPayload([("record_details", "must hold an object_id, email or utk")])
    return details if is_contact else {n: v for n, v in details.items() if n not in _OF_CONTACTS}


_OF_CONTACTS = ("email", "utk")


def _properties_of(properties):
    found = {}
    for name, value in properties.items():
        clean = clean_name(name, "properties")
        if value is not None:
            found[clean] = _value_of(value)
    return found


def _value_of(value):
    if type(value) in (bool, int, float):
        return value
    if type(value) in (dict, list):
        return json_text(value)
    value = value.strip()
    if value.lower() in ("true", "false"):
        return value.lower() == "true"
    # "+49…" is a telephone number, no number.
    if _NUMBER.fullmatch(value) and len(value) < 300:
        number = float(value)
        return int(number) if number.is_integer() and abs(number) < 2**53 else number
    return value


def _define(name, object_type, properties, sync_mode):
    """See to it that HubSpot knows the event and its properties; return the event's full name.

    Sync mode "add" adds no properties to a known event, "update" makes no new event.
    """
    url = f"/events/v3/event-definitions/{name}/"
    try:
        response = yield Request("GET", url, query={"includeProperties": "true"})
    except Rejected as error:
        if error.status not in (400, 404):
            raise
        definition = None
    else:
        definition = response.json()
    if definition is None or definition.get("archived"):
        if sync_mode == "update":
            raise Rejected(f"HubSpot knows no event {name}", status=400)
        return (yield from _create(name, object_type, properties))
    full_name = definition.get("fullyQualifiedName") or name
    known = {one.get("name") for one in definition.get("properties") or []}
    missing = [one for one in properties if one not in known]
    if missing and sync_mode == "add":
        raise Rejected(f"the event {name} has no properties {', '.join(missing)}", status=400)
    for each in missing:
        body = _definition(each, properties[each])
        try:
            where = f"/events/v3/event-definitions/{full_name}/property"
            yield Request("POST", where, json=body)
        except Rejected as error:
            # 409: another event was faster.
            if error.status != 409:
                raise
    return full_name


def _create(name, object_type, properties):
    definition = {
        "label": name,
        "name": name,
        "description": f"{name} - (created by Switchyard)",
        "primaryObject": object_type,
        "propertyDefinitions": [_definition(one, value) for one, value in properties.items()],
    }
    try:
        response = yield Request("POST", "/events/v3/event-definitions", json=definition)
    except Rejected as error:
        if error.status != 409:
            raise
        # Another event was faster; what it made is seen the next time.
        raise ServerFault(f"the event {name} is being defined", status=409) from error
    return response.object().get("fullyQualifiedName") or name


def _definition(name, value):
    kind = {"type": "string"}
    if type(value) is bool:
        kind = {"type": "enumeration", "options": options_of_booleans(True, False)}
    elif type(value) in (int, float):
        kind = {"type": "number"}
    elif moment_kind(value):
        kind = {"type": "datetime"}
    return {
        "name": name,
        "label": name,
        "description": f"{name} - (created by Switchyard)",
        **kind,
    }
