"""Amplitude's events, made from payloads. The facts are those of amplitude.py."""

import re

from destinations.integration import epoch_ms, parse_user_agent

# What only steers the translation, what only a purchase sends, and what is made anew.
_NOT_SENT = frozenset(
    {
        "price",
        "quantity",
        "revenue",
        "productId",
        "revenueType",
        "products",
        "utm_properties",
        "referrer",
        "min_id_length",
        "library2",
        "library",
        "userAgent",
        "userAgentParsing",
        "includeRawUserAgent",
        "userAgentData",
        "trackRevenuePerProduct",
        "setOnce",
        "setAlways",
        "add",
        "time",
        "session_id",
    }
)


def event_of(payload, user_properties):
    """Return what Amplitude calls an event, or an identification, without revenue."""
    return {**_agent_of(payload), **plain_event_of(payload, user_properties)}


def plain_event_of(payload, user_properties):
    """Return the event without what the user agent says."""
    sent = {name: value for name, value in payload.items() if name not in _NOT_SENT}
    if user_properties:
        sent["user_properties"] = user_properties
    sent.update(moments_of(payload))
    library = _library(payload)
    if library is not None:
        sent["library"] = library
    if "platform" in sent:
        sent["platform"] = _platform(sent["platform"])
    elif payload.get("library") == "analytics.js":
        sent["platform"] = "Web"
    return sent


def _library(payload):
    choice = payload.get("library2") or {}
    return choice.get("mapping") if choice.get("behavior") == "use_mapping" else "segment"


def _platform(name):
    name = re.sub("ios", "iOS", name, count=1, flags=re.I)
    return re.sub("android", "Android", name, count=1, flags=re.I)


def moments_of(payload):
    found = {}
    if "time" in payload:
        found["time"] = epoch_ms(payload["time"])
    if "session_id" in payload:
        session = payload["session_id"]
        # A session id is a moment, but SDKs send it as plain milliseconds, of any length.
        plain = type(session) in (int, float) or (session.isascii() and session.isdigit())
        found["session_id"] = int(session) if plain else epoch_ms(session)
    return {name: value for name, value in found.items() if value is not None}


def _agent_of(payload):
    """What the user agent says about the device; the browser's own hints know better."""
    if "userAgent" not in payload:
        return {}
    raw = {"user_agent": payload["userAgent"]} if payload.get("includeRawUserAgent") else {}
    if not payload.get("userAgentParsing"):
        return raw
    agent = parse_user_agent(payload["userAgent"])
    hints = payload.get("userAgentData") or {}
    system, model, maker = (agent.get(name) for name in ("os_name", "model", "manufacturer"))
    system = _SYSTEMS.get(system, system)
    found = {
        "os_name": system or agent.get("browser_name"),
        "os_version": hints.get("platformVersion") or agent.get("browser_version"),
        # Ours calls the maker of a phone that it does not know generic.
        "device_manufacturer": None if (maker or "").startswith("Generic") else maker,
        "device_model": hints.get("model") or _MODELS.get(model, model) or system,
        "device_type": agent.get("type"),
    }
    return raw | {name: value for name, value in found.items() if value}


# Amplitude's own parser of user agents has other words than ours.
_MODELS = {"Mac": "Macintosh"}
_SYSTEMS = {"Chrome OS": "Chromium OS"}


def with_origin(payload):
    """Return the user properties with campaign and referrer: the latest, and the first one.

    What the traits hold of these operations goes before both.
    """
    properties = payload.get("user_properties") or {}
    latest = {**(payload.get("utm_properties") or {})}
    if payload.get("referrer"):
        latest["referrer"] = payload["referrer"]
    if not latest:
        return properties
    first = {f"initial_{name}": value for name, value in latest.items()}
    held = {
        name: properties[name]
        for name in ("$set", "$setOnce")
        if type(properties.get(name)) is dict
    }
    return {
        **{name: value for name, value in properties.items() if name not in _ORIGIN},
        "$set": {**latest, **held.get("$set", {})},
        "$setOnce": {**first, **held.get("$setOnce", {})},
    }


_ORIGIN = ("utm_properties", "referrer")


def revenue_of(sold):
    """Return the revenue part of an event, from an order or a product; {} without revenue."""
    quantity, price, revenue = sold.get("quantity"), sold.get("price"), sold.get("revenue")
    if quantity is not None and price is not None:
        revenue = quantity * price
    if not revenue:
        return {}
    found = {
        "revenue": revenue,
        "revenueType": sold.get("revenueType", "Purchase"),
        "quantity": None if quantity is None else round(quantity),
        "price": price,
        "productId": sold.get("productId"),
    }
    return {name: value for name, value in found.items() if value is not None}


def product_event_of(event, product, position, with_revenue):
    """Return the event of the product at `position` of the request, where the order is first."""
    found = {
        **event,
        **(revenue_of(product) if with_revenue else {}),
        "event_type": "Product Purchased",
        "event_properties": product,
    }
    if "insert_id" in event:
        found["insert_id"] = f"{event['insert_id']}-{position}"
    return found
