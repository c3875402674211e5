"""Lists of HubSpot's records, such as the members of an audience. Facts as in hubspot.py."""

from destinations.catalog._hubspot_values import in_path
from destinations.integration import InvalidPayload, Rejected, Request, text_of

AUDIENCES = ("audience", "journey_step")


def list_of(payload):
    """Return (name of the list, True to add or False to remove) for a record; (None, None) for
    none. A list that is kept for an audience has the audience's name, its trait says which."""
    details = payload.get("list_details") or {}
    if not details.get("connected_to_engage_audience"):
        return details.get("list_name"), details.get("list_action")
    key = payload.get("computation_key")
    if not key or payload.get("computation_class") not in AUDIENCES:
        return None, None
    return key, (payload.get("traits_or_props") or {}).get(key)


def ensure_list(object_type, name, may_create):
    """Return the id of the list of that name, which is made when it is not there."""
    found = {}
    try:
        url = f"/crm/v3/lists/object-type-id/{in_path(object_type)}/name/{in_path(name)}"
        response = yield Request("GET", url)
        found = response.object().get("list") or {}
    except Rejected as error:
        if error.status not in (400, 404):
            raise
    # Other lists are filled by HubSpot alone.
    if found.get("processingType") == "MANUAL":
        return found["listId"]
    if not may_create:
        raise InvalidPayload([("list_details.list_name", f"HubSpot has no list {name}")])
    body = {"name": name, "objectTypeId": object_type, "processingType": "MANUAL"}
    response = yield Request("POST", "/crm/v3/lists", json=body)
    created = (response.object().get("list") or {}).get("listId")
    if created is None:
        raise Rejected(f"HubSpot made no list {name}", status=400)
    return created


def change_list(list_id, written):
    """Add and remove the records that are written: pairs of payload and HubSpot's id."""
    wishes = [(list_of(payload)[1], record_id) for payload, record_id in written]
    body = {
        "recordIdsToAdd": [one for wish, one in wishes if wish is True],
        "recordIdsToRemove": [one for wish, one in wishes if wish is False],
    }
    url = f"/crm/v3/lists/{in_path(text_of(list_id))}/memberships/add-and-remove"
    yield Request("PUT", url, json=body)
