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


def somebodies(payloads, *more):
    """Return the positions of the payloads that say who is meant; `more` are further identities."""
    return [i for i, payload in enumerate(payloads) if any(_identity(payload, *more).values())]


def nobody():
    message = "or braze_id, email, or an alias with its name and label is required"
    return InvalidPayload([("external_id", message)])


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
# Beside the fields themselves: what the default mapping reads, and fields of purchases, which
# Segment leaves out here as well.
_NOT_CUSTOM = {"firstName", "lastName", "avatar", "time", "products", "properties"}
_NAMED = ({field.name for field in PROFILE} | _NOT_CUSTOM) - {"custom_attributes"}


def profile_of(payload, existing_only=None):
    """Return Braze's user attributes object: the fields, and every trait that is none."""
    custom = payload.get("custom_attributes") or {}
    found = {name: value for name, value in custom.items() if name not in _NAMED}
    found |= {name: value for name, value in payload.items() if name not in _NOT_ATTRIBUTES}
    found |= _identity(payload)
    if found.get("current_location") == {}:
        # What the default mapping makes where no place is known.
        del found["current_location"]
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
    """Sort payloads into (what one request holds, what has to wait, what never fits), by position;
    what names nobody is in none of them. Braze counts products, not orders.
    """
    sent, waiting, too_large, count = [], [], [], 0
    for i in somebodies(payloads):
        size = len(payloads[i]["products"])
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
            "currency": product.get("currency", "USD"),
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


_AMOUNTS = ("subtotal_value", "tax", "shipping")
_DISCOUNTS = ("total_discounts", "discounts")
_SHOP_PROPERTIES = {
    "ecommerce.product_viewed": (),
    "ecommerce.cart_updated": ("total_value", "cart_id", "action", *_AMOUNTS),
    "ecommerce.checkout_started": ("total_value", "checkout_id", "cart_id", *_AMOUNTS),
    "ecommerce.order_placed": ("total_value", "order_id", "cart_id", *_AMOUNTS, *_DISCOUNTS),
    "ecommerce.order_refunded": ("total_value", "order_id", *_DISCOUNTS),
    "ecommerce.order_cancelled": (
        "total_value",
        "order_id",
        "cancel_reason",
        *_AMOUNTS,
        *_DISCOUNTS,
    ),
}
_PRODUCT = (
    "product_id",
    "product_name",
    "variant_id",
    "image_url",
    "product_url",
    "price",
    "quantity",
)


def shop_event_of(payload, settings, sync_mode):
    names = ("currency", "source", "metadata", *_SHOP_PROPERTIES[payload["name"]])
    properties = {name: payload[name] for name in names if name in payload}
    viewed = payload["name"] == "ecommerce.product_viewed"
    # A product that was viewed stands among the properties, others in a list.
    if viewed:
        properties |= payload.get("product") or {}
    else:
        products = payload["products"] if "products" in payload else [payload["product"]]
        properties["products"] = [_line_of(product) for product in products]
    if viewed and payload.get("catalog_type"):
        properties["type"] = payload["catalog_type"]
    identity = {name: value for name, value in _identity(payload, "phone").items() if value}
    # An event is no reason to make a person of an alias.
    existing_only = "user_alias" in identity or sync_mode == "update"
    return {
        **identity,
        **_app(settings),
        "name": payload["name"],
        "time": _iso(payload["time"]),
        "properties": properties,
        **({"_update_existing_only": True} if existing_only else {}),
    }


def _line_of(product):
    """Return a product as Braze takes it in a list: what it does not know is metadata."""
    line = {name: product[name] for name in _PRODUCT if name in product}
    metadata = {name: value for name, value in product.items() if name not in _PRODUCT}
    return {**line, "metadata": metadata} if metadata else line


def in_order(prioritization):
    """Return the priorities as the list that Braze takes."""
    wishes = (prioritization.get(name) for name in ("first_priority", "second_priority"))
    return [wish for wish in wishes if wish]


def trigger_body(payload):
    if bool(payload.get("broadcast")) == bool(payload.get("recipients")):
        message = "is needed, or recipients; and not both"
        raise InvalidPayload([("broadcast", message)])
    if not payload.get("recipients"):
        return payload
    body = {name: value for name, value in payload.items() if name != "prioritization"}
    priorities = in_order(payload.get("prioritization") or {})
    shared = {"prioritization": priorities} if priorities else {}
    body["recipients"] = [{**_named(one), **shared} for one in payload["recipients"]]
    return body


def _named(recipient):
    """Leave out the alias that the default mapping makes of nothing."""
    return {k: v for k, v in recipient.items() if k != "user_alias" or v}
