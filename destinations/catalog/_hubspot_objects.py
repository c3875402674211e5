"""Records of any type in HubSpot: written in batches, joined to others. Facts as in hubspot.py."""

from destinations.catalog._hubspot_lists import change_list, ensure_list, list_of
from destinations.catalog._hubspot_properties import clean_properties, create_properties
from destinations.catalog._hubspot_values import MAX_BATCH, association_type, in_path
from destinations.integration import InvalidPayload, Rejected, Request, find_moment, text_of

# HubSpot's own number of a record. It names a record without being a property that may be set.
OWN_ID = "hs_object_id"

# What HubSpot calls the sync modes.
VERBS = {"upsert": "upsert", "update": "update", "add": "create"}


def write_objects(payloads, sync_mode):
    """Write the records of a batch and their associations; the outcomes, in order."""
    sync_mode = sync_mode or "upsert"
    if sync_mode not in VERBS:
        raise InvalidPayload([("sync mode", f"must be one of {', '.join(VERBS)}")])
    outcomes = {}
    clean = []
    for position, payload in enumerate(payloads):
        try:
            clean.append((position, _clean(payload)))
        except InvalidPayload as error:
            if len(payloads) == 1:
                raise
            outcomes[position] = error
    refused = Rejected("HubSpot did not take this record", code="NOT_WRITTEN", status=400)
    for group in _grouped(clean, lambda one: _table(one[1]) + list_of(one[1])[:1]):
        left_out = yield from _write_group([one for _, one in group], sync_mode)
        outcomes |= {position: refused for position, one in group if _key(one) in left_out}
    return [outcomes.get(position) for position in range(len(payloads))]


def _clean(payload):
    names = ("properties", "sensitive_properties")
    return payload | {name: clean_properties(payload.get(name), name) for name in names}


def _write_group(payloads, sync_mode):
    """Write records of one type, found by one field; the keys of what HubSpot left out."""
    details = payloads[0].get("list_details") or {}
    list_name, _ = list_of(payloads[0])
    list_id = None
    if list_name:
        may_create = details.get("should_create_list", False)
        list_id = yield from ensure_list(_table(payloads[0])[0], list_name, may_create)
    records = payloads if sync_mode == "add" else _merged(payloads)
    sent, ids = yield from _write_records(records, sync_mode)
    if ids is None:
        # An answer that cannot be read says nothing against a record.
        return set()
    written = [(one, ids[_key(one)]) for one in sent if _key(one) in ids]
    yield from _associate(written, "associations", "batch/create")
    yield from _associate(written, "dissociations", "batch/labels/archive")
    if list_id is not None:
        yield from change_list(list_id, written)
    return {_key(one) for one in sent} - set(ids)


def _merged(payloads):
    """Several payloads for one record become one: HubSpot takes no record twice in a batch.

    What the later moment says wins; each tells of what the others do not.
    """
    merged = {}
    for payload in payloads:
        key = _key(payload)
        if key not in merged:
            merged[key] = payload
            continue
        older, newer = merged[key], payload
        if _moment_of(newer) < _moment_of(older):
            older, newer = newer, older
        both = older | newer
        for name in ("properties", "sensitive_properties"):
            both[name] = older[name] | newer[name]
        for name in ("associations", "dissociations"):
            found = [*merged[key].get(name, ()), *payload.get(name, ())]
            both[name] = [one for i, one in enumerate(found) if one not in found[:i]]
        merged[key] = both
    return list(merged.values())


def _moment_of(payload):
    moment = find_moment(payload.get("timestamp"))
    return moment.timestamp() if moment else 0


def _write_records(payloads, sync_mode):
    """Write; return what was sent, and {value of the id field: HubSpot's id} of what is written.

    "update" sends what HubSpot has, "add" what it has not.
    """
    object_type, field = _table(payloads[0])
    verb = VERBS[sync_mode]
    if sync_mode != "upsert":
        known = (yield from _read(object_type, field, payloads)) or {}
        payloads = [one for one in payloads if (_key(one) in known) is (sync_mode == "update")]
    if not payloads:
        return [], {}
    body = {"inputs": [_input(one, verb) for one in payloads]}
    request = Request("POST", f"/crm/v3/objects/{in_path(object_type)}/batch/{verb}", json=body)
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
    yield from create_properties(_table(payloads[0])[0], group, payloads)
    return (yield request)


def _input(payload, verb):
    field, value = _table(payload)[1], payload["object_details"]["id_field_value"]
    properties = {**payload.get("properties", {}), **payload.get("sensitive_properties", {})}
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
    url = f"/crm/v3/objects/{in_path(object_type)}/batch/read"
    response = yield Request("POST", url, json=body)
    return _ids(response, field)


def _associate(written, field, verb):
    """Find or create the records on the other side, then join them to ours or part them."""
    wanted = [
        {"from": record_id, "mode": payload["association_sync_mode"], "object_details": related}
        for payload, record_id in written
        for related in payload.get(field, ())
        if related.get("id_field_value")
    ]
    pairs = []
    for group in _grouped(wanted, lambda one: (*_table(one), one["mode"])):
        may_create = group[0]["mode"] == "upsert" and field == "associations"
        ids = yield from _find_others(_unique(group), may_create)
        pairs += [(one, ids[_key(one)]) for one in group if _key(one) in ids]
    for group in _grouped(pairs, lambda pair: _table(pair[0])[0]):
        from_type, to_type = _table(written[0][0])[0], _table(group[0][0])[0]
        url = f"/crm/v4/associations/{in_path(from_type)}/{in_path(to_type)}/{verb}"
        for some in _slices(group):
            inputs = [
                {
                    "types": [association_type(one["object_details"]["association_label"])],
                    "from": {"id": one["from"]},
                    "to": {"id": other_id},
                }
                for one, other_id in some
            ]
            yield Request("POST", url, json={"inputs": inputs})


def _find_others(wanted, may_create):
    object_type, field = _table(wanted[0])
    found = {}
    for some in _slices(wanted):
        if may_create:
            inputs = [_input(one, "upsert") for one in some]
            url = f"/crm/v3/objects/{in_path(object_type)}/batch/upsert"
            response = yield Request("POST", url, json={"inputs": inputs})
            found |= _ids(response, field) or {}
        else:
            found |= (yield from _read(object_type, field, some)) or {}
    return found


def _ids(response, field):
    results = response.object().get("results")
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


def _table(payload):
    """The type of the record and the field that finds it."""
    details = payload["object_details"]
    return details["object_type"], details["id_field_name"]


def _slices(items):
    return [items[i : i + MAX_BATCH] for i in range(0, len(items), MAX_BATCH)]


def _grouped(items, key):
    groups = {}
    for item in items:
        groups.setdefault(key(item), []).append(item)
    return list(groups.values())
