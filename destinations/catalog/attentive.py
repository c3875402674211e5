"""Attentive: SMS and e-mail for shops.

API: https://docs.attentive.com/openapi/reference/overview/.
Facts: reference/destination-catalog/marketing.md, "Attentive" (read 2026-11-25), with corrections
of two slips of Segment's: its mapping of Product Viewed says "view-item", which its own action
refuses; it is taken and sent as "product-view", as the API calls it. And it suggests the trigger
"User Subscibed".
"""

import re

from destinations.auth import bearer
from destinations.integration import (
    Field,
    Integration,
    InvalidPayload,
    Preset,
    Request,
    Setting,
    each,
    first_of,
    path,
)

_SUBSCRIBED = 'type = "track" and event = "User Subscribed"'
_SHOP = 'event = "Product Viewed" or event = "Product Added" or event = "Order Completed"'
_NOT_CUSTOM = ("Product Viewed", "Product Added", "Order Completed", "User Subscribed")
_CUSTOM = 'type = "track" and ' + " and ".join(f'event != "{name}"' for name in _NOT_CUSTOM)

EVENT_TYPES = {
    "product-view": "product-view",
    "view-item": "product-view",
    "add-to-cart": "add-to-cart",
    "purchase": "purchase",
}


def _item(prefix):
    return [
        Field("productId", default=path(f"{prefix}product_id"), required=True),
        Field("productVariantId", default=path(f"{prefix}variant"), required=True),
        Field("value", "number", path(f"{prefix}price"), required=True),
        Field("productImage", default=path(f"{prefix}image_url"), format="uri"),
        Field("productUrl", default=path(f"{prefix}url"), format="uri"),
        Field("name", default=path(f"{prefix}name")),
        Field("currency", default=path(f"{prefix}currency")),
        Field("quantity", "integer", path(f"{prefix}quantity")),
    ]


_THE_PRODUCT = {field.name: field.default for field in _item("$.properties.")}

integration = Integration(
    slug="attentive",
    name="Attentive",
    category="marketing",
    docs_url="https://docs.attentive.com/openapi/reference/overview/",
    base_url="https://api.attentivemobile.com/v1",
    auth=bearer("apiKey"),
    check=Request("GET", "/me"),
    names=("Attentive",),
    description="SMS and e-mail for shops.",
    settings=[
        Setting("apiKey", "API key", required=True, secret=True, help="Marketplace → Create app")
    ],
    presets=[
        Preset("User Subscribed", "subscribeUser", _SUBSCRIBED),
        Preset("Identify calls", "upsertUserAttributes", 'type = "identify"'),
        Preset(
            "Product Viewed",
            "ecommEvent",
            'event = "Product Viewed"',
            {"items": _THE_PRODUCT, "eventType": "view-item"},
        ),
        Preset(
            "Product Added",
            "ecommEvent",
            'event = "Product Added"',
            {"items": _THE_PRODUCT, "eventType": "add-to-cart"},
        ),
        Preset(
            "Order Completed",
            "ecommEvent",
            'event = "Order Completed"',
            {"eventType": "purchase"},
        ),
    ],
)

USER = Field(
    "userIdentifiers",
    "object",
    required=True,
    properties=(
        Field("phone", default=first_of("$.context.traits.phone", "$.properties.phone")),
        Field(
            "email",
            default=first_of("$.context.traits.email", "$.properties.email"),
            format="email",
        ),
        Field("clientUserId", default=path("$.userId")),
    ),
    additional_properties=True,
)
OCCURRED = Field("occurredAt", default=path("$.timestamp"))
EVENT_ID = Field("externalEventId", default=path("$.messageId"))


_KNOWN_AS = ("phone", "email", "clientUserId")


def _user(payload):
    given = payload["userIdentifiers"].items()
    known = {name: value for name, value in given if value or name not in _KNOWN_AS}
    if not known:
        raise InvalidPayload([("userIdentifiers", "need a phone, an email or another identifier")])
    found = {name: known.pop(name) for name in ("phone", "email") if name in known}
    external = {"clientUserId": known.pop("clientUserId")} if "clientUserId" in known else {}
    if known:
        external["customIdentifiers"] = known
    return found | ({"externalIdentifiers": external} if external else {})


def _refuse(payload, *kinds):
    """Raise InvalidPayload for properties of a kind that Attentive does not take."""
    wrong = [name for name, v in (payload.get("properties") or {}).items() if type(v) in kinds]
    if wrong:
        problem = "must be a plain value" if dict in kinds else "cannot be a list"
        raise InvalidPayload([(f"properties.{name}", problem) for name in wrong])


def _request(url, payload, body):
    parts = {name: payload[name] for name in ("externalEventId", "occurredAt") if name in payload}
    return Request("POST", url, json={**body, **parts, "user": _user(payload)})


@integration.action(
    "Send Custom Events",
    slug="customEvents",
    trigger=_CUSTOM,
    fields=[
        USER,
        OCCURRED,
        EVENT_ID,
        Field("type", default=path("$.event"), required=True),
        Field("properties", "object", path("$.properties")),
    ],
)
def custom_events(payload, settings):
    _refuse(payload, list)
    body = {name: payload[name] for name in ("type", "properties") if name in payload}
    return _request("/events/custom", payload, body)


@integration.action(
    "Send Ecommerce Event",
    slug="ecommEvent",
    trigger=_SHOP,
    fields=[
        USER,
        OCCURRED,
        Field("eventType", required=True, choices=tuple(EVENT_TYPES)),
        Field(
            "items",
            "object",
            each("$.properties.products"),
            required=True,
            multiple=True,
            properties=_item("$."),
        ),
    ],
)
def ecomm_event(payload, settings):
    items = []
    for item in payload["items"]:
        price = {"value": item["value"]}
        if "currency" in item:
            price["currency"] = item["currency"]
        kept = {name: value for name, value in item.items() if name not in ("value", "currency")}
        items.append({**kept, "price": [price]})
    return _request(
        f"/events/ecommerce/{EVENT_TYPES[payload['eventType']]}", payload, {"items": items}
    )


@integration.action(
    "Upsert Custom Attributes",
    slug="upsertUserAttributes",
    trigger='type = "identify"',
    fields=[USER, Field("properties", "object", path("$.traits"), required=True)],
)
def upsert_user_attributes(payload, settings):
    _refuse(payload, list, dict, type(None))
    return _request("/attributes/custom", payload, {"properties": payload["properties"]})


@integration.action(
    "Subscribe User to Attentive",
    slug="subscribeUser",
    trigger=_SUBSCRIBED,
    fields=[
        USER,
        OCCURRED,
        EVENT_ID,
        Field(
            "subscriptionType",
            default="TRANSACTIONAL",
            required=True,
            choices=("MARKETING", "TRANSACTIONAL"),
        ),
        Field("locale", default=path("$.context.locale"), help="Such as en-US"),
        Field("signUpSourceId", help="Instead of a locale"),
        Field("singleOptIn", "boolean", False),
    ],
)
def subscribe_user(payload, settings):
    names = ("subscriptionType", "singleOptIn")
    body = {name: payload[name] for name in names if name in payload}
    if "signUpSourceId" in payload:
        body["signUpSourceId"] = payload["signUpSourceId"]
    else:
        language, country = _locale(payload.get("locale") or "")
        body["locale"] = {"language": language, "country": country}
    return _request("/subscriptions", payload, body)


def _locale(text):
    if not re.fullmatch(r"[A-Za-z]{2}-[A-Za-z]{2}", text):
        raise InvalidPayload([("locale", "must be like en-US, or give a signUpSourceId")])
    return text.split("-")
