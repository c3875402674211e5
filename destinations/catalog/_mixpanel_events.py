"""Mixpanel's events and profiles, made from payloads. The facts are those of mixpanel.py."""

import re

from destinations.integration import UNSET, encode_json, epoch_ms, hashing

# Mixpanel's word for a value → the field that holds it.
_PROPERTIES = {
    "ip": "ip",
    "id": "distinct_id",
    "distinct_id": "distinct_id",
    "$anon_id": "anonymous_id",
    "$device_id": "anonymous_id",
    "$identified_id": "user_id",
    "$user_id": "user_id",
    "$app_build_number": "app_build",
    "$app_version_string": "app_version",
    "$app_namespace": "app_namespace",
    "$app_name": "app_name",
    "$bluetooth_enabled": "bluetooth",
    "$cellular_enabled": "cellular",
    "$wifi_enabled": "wifi",
    "$carrier": "carrier",
    "$current_url": "url",
    "$device": "device_name",
    "$device_name": "device_name",
    "$device_type": "device_type",
    "$group_id": "group_id",
    "$ios_ifa": "idfa",
    "$lib_version": "library_version",
    "$locale": "language",
    "$manufacturer": "device_manufacturer",
    "$model": "device_model",
    "$os": "os_name",
    "$os_version": "os_version",
    "$referrer": "referrer",
    "$screen_height": "screen_height",
    "$screen_width": "screen_width",
    "$screen_density": "screen_density",
    "mp_country_code": "country",
    "advertising_id": "advertising_id",
    "ad_tracking_enabled": "ad_tracking_enabled",
    "timezone": "timezone",
    "app_platform": "app_platform",
    "event_original_name": "name",
}
_HINTS = ("mobile", "platform", "bitness", "platformVersion", "uaFullVersion", "wow64")

# The properties of an event may not replace these.
_RESERVED = frozenset(
    {"time", "id", "$anon_id", "distinct_id", "$group_id", "$insert_id", "$user_id"}
)

# What belongs to an order as a whole, and not to its products.
_OF_THE_ORDER = frozenset(
    {
        "affiliation",
        "subtotal",
        "total",
        "revenue",
        "shipping",
        "tax",
        "discount",
        "coupon",
        "currency",
        "order_number",
        "products",
    }
)

_TRAITS = {
    "$email": "email",
    "$first_name": "firstName",
    "$last_name": "lastName",
    "$username": "username",
    "$phone": "phone",
}
_CREATED = ("created", "createdAt", "created_at")

_NUMBER = r"(\d+(?:\.\d+)+)"
# (what the user agent holds, Mixpanel's name of the browser, where its version stands); the first
# of which all is there counts.
_BROWSERS = [
    ([re.compile(hint, re.I if name == "BlackBerry" else 0) for hint in hints], name, version)
    for hints, name, version in (
        ((r" OPR/", r"Mini"), "Opera Mini", None),
        ((r" OPR/",), "Opera", r"(?:Opera|OPR)/"),
        ((r"BlackBerry|PlayBook|BB10",), "BlackBerry", r"BlackBerry "),
        ((r"IEMobile|WPDesktop",), "Internet Explorer Mobile", r"rv:"),
        ((r"SamsungBrowser/",), "Samsung Internet", r"SamsungBrowser/"),
        ((r"Edge|Edg/",), "Microsoft Edge", r"Edge?/"),
        ((r"FBIOS",), "Facebook Mobile", None),
        ((r"Chrome",), "Chrome", r"Chrome/"),
        ((r"CriOS",), "Chrome iOS", r"CriOS/"),
        ((r"UCWEB|UCBrowser",), "UC Browser", r"(?:UCBrowser|UCWEB)/"),
        ((r"FxiOS",), "Firefox iOS", r"FxiOS/"),
        ((r"Safari", r"iPhone"), "Mobile Safari", r"Version/"),
        ((r"Safari",), "Safari", r"Version/"),
        ((r"Android",), "Android Mobile", r"android\s"),
        ((r"Konqueror",), "Konqueror", r"Konqueror:"),
        ((r"Firefox",), "Firefox", r"Firefox/"),
        ((r"MSIE|Trident/",), "Internet Explorer", r"(?:rv:|MSIE )"),
        ((r"Gecko",), "Mozilla", r"rv:"),
    )
]


def known(members):
    """Return the dict without the members that are UNSET; null is a value."""
    return {name: value for name, value in members.items() if value is not UNSET}


def event_of(payload, settings, now):
    """Return the event as Mixpanel takes it."""
    properties = {name: payload[field] for name, field in _PROPERTIES.items() if field in payload}
    properties["time"] = epoch_ms(payload.get("time")) or round(now.timestamp() * 1000)
    properties |= _browser(payload.get("userAgent"))
    hints = payload.get("userAgentData") or {}
    properties |= {f"${name}": hints[name] for name in _HINTS if name in hints}
    properties |= payload.get("utm_properties") or {}
    properties["$source"] = _source(payload)
    if payload.get("library_name"):
        properties["mp_lib"] = f"Segment Actions: {payload['library_name']}"
    if settings.get("sourceName"):
        properties["segment_source_name"] = settings["sourceName"]
    own = payload.get("event_properties") or {}
    properties |= {name: value for name, value in own.items() if name not in _RESERVED}
    properties["$insert_id"] = payload.get("insert_id") or _fingerprint(payload)
    return {"event": payload["event"], "properties": properties}


def _fingerprint(payload):
    """Stand in for a missing id: the same for every attempt to send the same event."""
    return hashing.sha256_hex(encode_json(payload).decode("utf-8", "replace"))[:16]


def _source(payload):
    integration = (payload.get("context") or {}).get("integration")
    name = integration.get("name") if type(integration) is dict else None
    return "Iterable" if name == "Iterable" else "segment"


def _browser(agent):
    if not agent:
        return {}
    for hints, name, version in _BROWSERS:
        if all(hint.search(agent) for hint in hints):
            found = version and re.search(version + _NUMBER, agent)
            number = {"$browser_version": found[1]} if found else {}
            return {"$browser": name, **number}
    return {"$browser": ""}


def purchase_of(payload, settings, now):
    """Return the event of an order, and of each of its products if these are wanted."""
    order = event_of(payload, settings, now)
    if not payload.get("generatePurchaseEventPerProduct"):
        return [order]
    shared = {
        name: value for name, value in order["properties"].items() if name not in _OF_THE_ORDER
    }
    insert_id, time = shared["$insert_id"], shared["time"]
    # A millisecond apart, and with ids of their own, or Mixpanel takes them for one event.
    return [order] + [
        {
            "event": "Product Purchased",
            "properties": {
                **shared,
                "$insert_id": f"{position}{insert_id}",
                "time": time - position - 1,
                **product,
            },
        }
        for position, product in enumerate(payload.get("products", ()))
    ]


def profile_of(traits):
    """Return the traits of a person under the names that Mixpanel shows."""
    created = next((traits[name] for name in _CREATED if traits.get(name) is not None), UNSET)
    special = {ours: traits.get(theirs, UNSET) for ours, theirs in _TRAITS.items()}
    kept = {*_CREATED, *_TRAITS.values(), "name"}
    rest = {name: value for name, value in traits.items() if name not in kept}
    return known({**rest, "$created": created, **special, "$name": _name(traits)})


def group_profile_of(traits):
    """Return the traits of a group, of which two have names of their own."""
    created = next((traits[name] for name in _CREATED if traits.get(name) is not None), UNSET)
    rest = {name: value for name, value in traits.items() if name not in {*_CREATED, "name"}}
    return known({**rest, "$name": traits.get("name", UNSET), "$created": created})


def _name(traits):
    if traits.get("name") is not None:
        return traits["name"]
    first, last = traits.get("firstName"), traits.get("lastName")
    return f"{first} {last}" if first and last else UNSET
