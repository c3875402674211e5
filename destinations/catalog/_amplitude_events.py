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
        "use_batch_endpoint",
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
    sent = {name: value for name, value in payload.items() if name not in _NOT_SENT}
    if payload.get("userAgentParsing"):
        sent = {**_device_of(payload), **sent}
    if payload.get("includeRawUserAgent") and "userAgent" in payload:
        sent["user_agent"] = payload["userAgent"]
    if user_properties:
        sent["user_properties"] = user_properties
    sent.update(moments_of(payload))
    mapped, sent["library"] = _library(payload)
    if "platform" in sent:
        sent["platform"] = _platform(sent["platform"])
    elif mapped == "analytics.js":
        sent["platform"] = "Web"
    return sent


def _library(payload):
    """Return (the library the mapping found, the one to send)."""
    choice = payload.get("library2") or {}
    mapped = choice.get("mapping") or payload.get("library")
    return mapped, "segment" if choice.get("behavior") == "auto" or not mapped else mapped


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
    return found


def _device_of(payload):
    """What the user agent says about the device; the browser's own hints know better."""
    if "userAgent" not in payload:
        return {}
    agent = parse_user_agent(payload["userAgent"])
    hints = payload.get("userAgentData") or {}
    found = {
        "os_name": agent.get("os_name") or agent.get("browser_name"),
        "os_version": hints.get("platformVersion") or agent.get("browser_version"),
        "device_manufacturer": agent.get("manufacturer"),
        "device_model": hints.get("model") or agent.get("model") or agent.get("os_name"),
        "device_type": agent.get("type"),
    }
    return {name: value for name, value in found.items() if value}


def with_origin(payload):
    """Return the user properties with campaign and referrer: the latest, and the first one."""
    properties = dict(payload.get("user_properties") or {})
    latest = {**(payload.get("utm_properties") or {})}
    if payload.get("referrer"):
        latest["referrer"] = payload["referrer"]
    if latest:
        first = {f"initial_{name}": value for name, value in latest.items()}
        add_operation(properties, "$set", latest)
        add_operation(properties, "$setOnce", first)
    return properties


def add_operation(user_properties, name, values):
    """Add `values` to an operation such as "$set", which the traits may hold already."""
    held = user_properties.get(name)
    user_properties[name] = {**held, **values} if type(held) is dict else values


def revenue_of(sold):
    """Return the revenue part of an event, from an order or a product; {} without revenue."""
    quantity, price, revenue = sold.get("quantity"), sold.get("price"), sold.get("revenue")
    if quantity is not None and price is not None:
        revenue = quantity * price
    if revenue is None:
        return {}
    found = {
        "revenue": revenue,
        "revenueType": sold.get("revenueType") or "Purchase",
        "quantity": None if quantity is None else round(quantity),
        "price": price,
        "productId": sold.get("productId"),
    }
    return {name: value for name, value in found.items() if value is not None}


def product_event_of(event, product, position, with_revenue):
    found = {
        **event,
        **(revenue_of(product) if with_revenue else {}),
        "event_type": "Product Purchased",
        "event_properties": product,
    }
    if "insert_id" in event:
        found["insert_id"] = f"{event['insert_id']}-{position}"
    return found
