"""Braze's objects, made from payloads, and what its answers say of them. Facts as in braze.py."""

from destinations.catalog._braze_fields import PROFILE
from destinations.integration import InvalidPayload, Rejected, find_moment

MAX_OBJECTS = 75

GENDERS = {
    "M": ("male", "man", "m"),
    "F": ("female", "woman", "w", "f"),
    "O": ("other", "o"),
    "N": ("not applicable", "n"),
    "P": ("prefer not to say", "p"),
}


def refused_of(response, owners):
    """Return {payload: error} for the objects that a successful answer refuses one by one.

    `owners` says for each object of the request to which payload it belongs.
    """
    answer = response.json()
    errors = answer.get("errors") if type(answer) is dict else None
    found = {}
    for error in errors if type(errors) is list else []:
        index = error.get("index") if type(error) is dict else None
        text = str(error.get("type") if type(error) is dict else error)
        if type(index) is not int or not 0 <= index < len(owners):
            if len(set(owners)) != 1:
                continue
            index = 0
        found[owners[index]] = Rejected(f"Braze refused this: {text}", status=400)
    return found


def _iso(value):
    """A moment as Braze reads it; null stays, it clears the attribute."""
    moment = find_moment(value)
    return value if moment is None else moment.isoformat(timespec="milliseconds")[:-6] + "Z"


def _identity(payload, *more):
    names = ("braze_id", "external_id", "email", *more)
    found = {name: payload[name] for name in names if name in payload}
    alias = payload.get("user_alias") or {}
    # Half an alias names nobody.
    if alias.get("alias_name") and alias.get("alias_label"):
        found["user_alias"] = alias
    return found


def _app(settings):
    return {"app_id": settings["app_id"]} if settings.get("app_id") else {}


def _gender(text):
    word = text.lower() if type(text) is str else text
    return next((code for code, words in GENDERS.items() if word in words), text)


_MOMENTS = ("date_of_first_session", "date_of_last_session", "marked_email_as_spam_at")
_NOT_ATTRIBUTES = {"custom_attributes", "enable_batching", "batch_size", "user_alias"}
_NAMED = {field.name for field in PROFILE} | {"firstName", "lastName", "avatar"}


def profile_of(payload, existing_only=None):
    """Return Braze's user attributes object: the fields, and every trait that is none."""
    custom = payload.get("custom_attributes") or {}
    found = {name: value for name, value in custom.items() if name not in _NAMED}
    found |= {name: value for name, value in payload.items() if name not in _NOT_ATTRIBUTES}
    found |= _identity(payload)
    for name in _MOMENTS:
        if name in payload:
            found[name] = _iso(payload[name])
    if "dob" in payload:
        moment = find_moment(payload["dob"])
        found["dob"] = None if moment is None else moment.date().isoformat()
    if "gender" in payload:
        found["gender"] = _gender(payload["gender"])
    if existing_only is not None:
        found["_update_existing_only"] = existing_only
    return found


def _existing_only(payload, sync_mode):
    """A field in the older actions; in the newer ones the sync mode, which adds by default."""
    if "_update_existing_only" in payload:
        return {"_update_existing_only": payload["_update_existing_only"]}
    return {"_update_existing_only": sync_mode == "update"}


def event_of(payload, settings, sync_mode):
    properties = {"properties": payload["properties"]} if "properties" in payload else {}
    return {
        **_identity(payload),
        **_app(settings),
        "name": payload["name"],
        "time": _iso(payload["time"]),
        **properties,
        **_existing_only(payload, sync_mode),
    }


def partition(payloads):
    """Sort payloads into (what one request holds, what has to wait, what never fits), by position.

    Braze counts products, not orders.
    """
    sent, waiting, too_large, count = [], [], [], 0
    for i, payload in enumerate(payloads):
        size = len(payload["products"])
        if size > MAX_OBJECTS:
            too_large.append(i)
        elif count + size > MAX_OBJECTS:
            waiting.append(i)
        else:
            sent.append(i)
            count += size
    return sent, waiting, too_large


_SOLD = ("product_id", "currency", "price", "quantity")


def purchases_of(payload, settings, sync_mode):
    order = dict(payload.get("properties") or {})
    order.pop("products", None)
    for product in payload["products"]:
        found = {
            **_identity(payload),
            **_app(settings),
            "time": _iso(payload["time"]),
            "product_id": product["product_id"],
            "currency": product.get("currency") or "USD",
            "price": product["price"],
            "properties": {
                **{name: value for name, value in product.items() if name not in _SOLD},
                **order,
            },
            **_existing_only(payload, sync_mode),
        }
        if "quantity" in product:
            found["quantity"] = product["quantity"]
        yield found


def too_large():
    return Rejected(f"an order of more than {MAX_OBJECTS} products is too large", status=413)


_NOT_SHOP_PROPERTIES = {
    "name",
    "time",
    "external_id",
    "user_alias",
    "email",
    "phone",
    "braze_id",
    "enable_batching",
    "batch_size",
    "product",
    "catalog_type",
}


def shop_event_of(payload, settings, sync_mode):
    properties = {
        name: value for name, value in payload.items() if name not in _NOT_SHOP_PROPERTIES
    }
    product = payload.get("product")
    if product is not None:
        # A product that was viewed stands among the properties, others in a list.
        viewed = payload["name"] == "ecommerce.product_viewed"
        properties |= product if viewed else {"products": [product]}
    if payload.get("catalog_type"):
        properties["type"] = payload["catalog_type"]
    return {
        **_identity(payload, "phone"),
        **_app(settings),
        "name": payload["name"],
        "time": payload["time"],
        "properties": properties,
        **_existing_only(payload, sync_mode),
    }


def in_order(prioritization):
    """Return the priorities as the list that Braze takes."""
    wishes = (prioritization.get(name) for name in ("first_priority", "second_priority"))
    return [wish for wish in wishes if wish]


def trigger_body(payload):
    if bool(payload.get("broadcast")) == bool(payload.get("recipients")):
        message = "is needed, or recipients; and not both"
        if payload.get("broadcast") or not payload.get("audience"):
            raise InvalidPayload([("broadcast", message)])
    body = {name: value for name, value in payload.items() if name != "prioritization"}
    priorities = in_order(payload.get("prioritization") or {})
    if priorities and "recipients" in body:
        body["recipients"] = [
            {**one, "prioritization": priorities} if one.get("email") else one
            for one in body["recipients"]
        ]
    return body
