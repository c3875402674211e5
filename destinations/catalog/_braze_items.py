"""Items of Braze's catalogs: put in, changed and deleted. Facts as in braze.py."""

import re
from urllib.parse import quote

from destinations.integration import InvalidPayload, Rejected, Request, ServerFault, Throttled

_ITEM_ID = re.compile(r"[A-Za-z0-9_-]+", re.ASCII)


def _problem(payload, sync_mode):
    """Return the InvalidPayload for an item that Braze would refuse, or None.

    One such item makes it refuse the whole request.
    """
    if not _ITEM_ID.fullmatch(payload["item_id"]):
        return InvalidPayload([("item_id", "may hold letters, digits, hyphens and underscores")])
    if sync_mode != "delete" and not payload.get("item"):
        return InvalidPayload([("item", "is required")])
    return None


def _refused(response):
    """Return {item id: message} for the items to which a refused request owes its refusal."""
    found = {}
    for error in _list(_answer(response), "errors"):
        for value in _list(error, "parameter_values"):
            item_id = value.get("id") if type(value) is dict else value
            if type(item_id) is str:
                found[item_id] = error.get("message") or "Unknown error"
    return found


def _is_missing(response):
    """Whether the answer says that the item, and not its catalog, is not there."""
    errors = _list(_answer(response), "errors")
    return bool(errors) and type(errors[0]) is dict and errors[0].get("id") == "item-not-found"


def _list(value, name):
    found = value.get(name) if type(value) is dict else None
    return found if type(found) is list else []


def _answer(response):
    return response.json() if response is not None else {}


def _catalog(payload):
    saved = payload.get("onMappingSave") or {}
    outputs = saved.get("outputs") if type(saved.get("outputs")) is dict else {}
    name = payload.get("catalog_name") or outputs.get("catalog_name")
    if type(name) is not str:
        raise InvalidPayload([("catalog_name", "is required")])
    return f"/catalogs/{quote(name, safe='')}/items/"


def change_item(payload, sync_mode):
    if problem := _problem(payload, sync_mode):
        raise problem
    # The id stands in the path here, and in the item in a batch.
    url = _catalog(payload) + payload["item_id"]
    try:
        yield _request(url, [payload.get("item") or {}], sync_mode)
    except Rejected as error:
        if sync_mode != "delete" or not _is_missing(error.response):
            raise


def change_items(payloads, sync_mode):
    outcomes = [_problem(payload, sync_mode) for payload in payloads]
    items, owners = [], {}
    for i, payload in enumerate(payloads):
        item_id = payload["item_id"]
        if outcomes[i] is None and item_id in owners:
            outcomes[i] = Throttled("the batch holds this item already", status=429)
        elif outcomes[i] is None:
            owners[item_id] = i
            item = {} if sync_mode == "delete" else payload["item"]
            items.append({"id": item_id, **item})
    if not items:
        return outcomes
    try:
        yield _request(_catalog(payloads[0]), items, sync_mode)
    except Rejected as error:
        refused = _refused(error.response)
        if refused.keys().isdisjoint(owners):
            raise
        # Braze takes all or nothing: those that it does not name go again, without these.
        for item_id, i in owners.items():
            outcomes[i] = ServerFault("another item of the batch was refused", status=500)
            if item_id in refused:
                outcomes[i] = Rejected(f"Braze refused this: {refused[item_id]}", status=400)
    return outcomes


def _request(url, items, sync_mode):
    method = "DELETE" if sync_mode == "delete" else "PUT"
    return Request(method, url, json={"items": items}, timeout_s=30)
