"""Records of any type in HubSpot: written in batches, joined to others. Facts as in hubspot.py."""

from urllib.parse import quote

from destinations.catalog._hubspot_values import association_type, flat
from destinations.integration import Rejected, Request, text_of

# HubSpot's own number of a record. It names a record without being a property that may be set.
OWN_ID = "hs_object_id"


def write_objects(payloads, sync_mode):
    """Write the records of a batch and their associations; the outcomes, in order."""
    outcomes = {}
    refused = Rejected("HubSpot did not take this record", code="NOT_WRITTEN")
    for group in _grouped(payloads, _object_type, _id_field):
        sent, ids = yield from _write_records(group, sync_mode or "upsert")
        if ids is None:
            # An answer that cannot be read says nothing against a record.
            continue
        outcomes |= {id(one): refused for one in sent if _key(one) not in ids}
        written = [(one, ids[_key(one)]) for one in sent if _key(one) in ids]
        yield from _associate(written, "associations", "batch/create")
        yield from _associate(written, "dissociations", "batch/labels/archive")
    return [outcomes.get(id(payload)) for payload in payloads]


def _write_records(payloads, sync_mode):
    """Write; return what was sent, and {value of the id field: HubSpot's id} of what is written.

    "update" sends what HubSpot has, "add" what it has not.
    """
    object_type, field = _object_type(payloads[0]), _id_field(payloads[0])
    verb = {"upsert": "upsert", "update": "update", "add": "create"}[sync_mode]
    if sync_mode != "upsert":
        known = (yield from _read(object_type, field, payloads)) or {}
        payloads = [one for one in payloads if (_key(one) in known) is (sync_mode == "update")]
    if not payloads:
        return [], {}
    body = {"inputs": [_input(one, verb) for one in payloads]}
    request = Request("POST", f"/crm/v3/objects/{object_type}/batch/{verb}", json=body)
    response = yield from _write(request, payloads)
    return payloads, _ids(response, field)


def _write(request, payloads):
    """Send; when HubSpot misses properties and a group for new ones is given, create them."""
    try:
        return (yield request)
    except Rejected as error:
        group = payloads[0]["object_details"].get("property_group")
        if not group or "PROPERTY_DOESNT_EXIST" not in str(error):
            raise
    yield from _create_properties(_object_type(payloads[0]), group, payloads)
    return (yield request)


def _create_properties(object_type, group, payloads):
    values = {}
    for payload in payloads:
        for field in ("properties", "sensitive_properties"):
            for name, value in flat(payload.get(field)).items():
                values.setdefault(name, (value, field == "sensitive_properties"))
    missing = []
    for name, (value, sensitive) in values.items():
        query = {"dataSensitivity": "sensitive"} if sensitive else None
        try:
            url = f"/crm/v3/properties/{object_type}/{quote(name, safe='')}"
            yield Request("GET", url, query=query)
        except Rejected as error:
            if error.status != 404:
                raise
            missing.append(_definition(name, value, group, sensitive))
    if missing:
        url = f"/crm/v3/properties/{object_type}/batch/create"
        yield Request("POST", url, json={"inputs": missing})


def _definition(name, value, group, sensitive):
    kind = {"type": "string", "fieldType": "text"}
    if type(value) is bool:
        options = [
            {"label": text, "value": text, "hidden": False, "displayOrder": order}
            for order, text in enumerate(("true", "false"), start=1)
        ]
        kind = {"type": "enumeration", "fieldType": "booleancheckbox", "options": options}
    elif type(value) in (int, float):
        kind = {"type": "number", "fieldType": "number"}
    definition = {"name": name, "label": name, "groupName": group, **kind}
    return definition | ({"dataSensitivity": "sensitive"} if sensitive else {})


def _input(payload, verb):
    field, value = _id_field(payload), payload["object_details"]["id_field_value"]
    properties = flat(payload.get("properties")) | flat(payload.get("sensitive_properties"))
    named = {} if field == OWN_ID else {"idProperty": field}
    if field != OWN_ID and verb != "update":
        properties[field] = value
    if verb == "create":
        return named | {"properties": properties}
    return named | {"id": value, "properties": properties}


def _read(object_type, field, payloads):
    named = {} if field == OWN_ID else {"idProperty": field}
    inputs = [{"id": one["object_details"]["id_field_value"]} for one in payloads]
    body = {"properties": [field], **named, "inputs": inputs}
    response = yield Request("POST", f"/crm/v3/objects/{object_type}/batch/read", json=body)
    return _ids(response, field)


def _associate(written, field, verb):
    """Find or create the records on the other side, then join them to ours or part them."""
    from_type = _object_type(written[0][0]) if written else ""
    wanted = [
        {"from": record_id, "mode": payload["association_sync_mode"], "object_details": related}
        for payload, record_id in written
        for related in payload.get(field, ())
        if related.get("id_field_value")
    ]
    for group in _grouped(wanted, _object_type, _id_field, lambda one: one["mode"]):
        to_type, id_field = _object_type(group[0]), _id_field(group[0])
        if group[0]["mode"] == "upsert" and field == "associations":
            inputs = [_input(one, "upsert") for one in _unique(group)]
            url = f"/crm/v3/objects/{to_type}/batch/upsert"
            response = yield Request("POST", url, json={"inputs": inputs})
            ids = _ids(response, id_field)
        else:
            ids = yield from _read(to_type, id_field, _unique(group))
        inputs = [
            {
                "types": [association_type(one["object_details"]["association_label"])],
                "from": {"id": one["from"]},
                "to": {"id": ids[_key(one)]},
            }
            for one in group
            if _key(one) in (ids or {})
        ]
        if inputs:
            url = f"/crm/v4/associations/{from_type}/{to_type}/{verb}"
            yield Request("POST", url, json={"inputs": inputs})


def _ids(response, field):
    results = response.json().get("results")
    if results is None:
        return None
    return {
        text_of(one["id"] if field == OWN_ID else one["properties"].get(field)).lower(): one["id"]
        for one in results
    }


def _key(payload):
    # HubSpot keeps e-mail addresses in lower case.
    return payload["object_details"]["id_field_value"].lower()


def _unique(payloads):
    return list({_key(one): one for one in payloads}.values())


def _object_type(payload):
    return payload["object_details"]["object_type"]


def _id_field(payload):
    return payload["object_details"]["id_field_name"]


def _grouped(payloads, *keys):
    groups = {}
    for payload in payloads:
        groups.setdefault(tuple(key(payload) for key in keys), []).append(payload)
    return list(groups.values())
