"""Nextdoor Conversions API: what people do after seeing an ad on Nextdoor.

API: https://developer.nextdoor.com/reference/conversion-error-handling (read 2026-11-23).
Facts: reference/destination-catalog/advertising.md, "Nextdoor Conversions API" (read 2026-11-25).

Nextdoor's hashes are of the values as they come, always, even of what is a hash already. Segment
ships no mappings; ours report orders, sign-ups and leads of a website.
"""

from destinations.auth import bearer
from destinations.catalog._bodies import chosen, present
from destinations.integration import (
    Field,
    Integration,
    Preset,
    Request,
    Setting,
    each,
    first_of,
    hashing,
    path,
    required_if,
    text_of,
)

EVENT_NAMES = (
    *(f"custom_conversion_{n}" for n in range(1, 11)),
    "lead",
    "purchase",
    "sign_up",
)
ACTION_SOURCES = (
    "email",
    "website",
    "app",
    "phone_call",
    "chat",
    "physical_store",
    "system_generated",
    "custom_conversion_8",
)
# (event, name at Nextdoor)
EVENTS = (
    ("Order Completed", "purchase"),
    ("Signed Up", "sign_up"),
    ("Lead Generated", "lead"),
)
NOT_HASHED = ("click_id", "client_ip_address")


def _preset(event, name):
    mapping = {
        "event_name": name,
        "action_source": "website",
        "event_id": path("$.messageId"),
    }
    return Preset(event, "sendConversion", f'type = "track" and event = "{event}"', mapping)


integration = Integration(
    slug="nextdoor-capi",
    name="Nextdoor Conversions API",
    category="advertising",
    docs_url="https://developer.nextdoor.com/reference/conversion-api",
    base_url="https://ads.nextdoor.com/v2/api",
    auth=bearer("apiKey"),
    check=Request("GET", "/me"),
    names=("Nextdoor Conversions API",),
    description="Tells Nextdoor's ads what people did after seeing them.",
    settings=[
        Setting("apiKey", "API key", required=True, secret=True, help="Nextdoor Ads → API key"),
        Setting("client_id", "Client ID", required=True, help="The advertiser's ID"),
        Setting("pixel_id", "Pixel ID", required=True),
    ],
    presets=[_preset(*event) for event in EVENTS],
)


def _customer(name, trait=None):
    trait = trait or name
    return Field(name, default=first_of(f"$.context.traits.{trait}", f"$.properties.{trait}"))


CUSTOMER = Field(
    "customer",
    "object",
    required=True,
    properties=(
        _customer("email"),
        _customer("phone_number", "phone"),
        _customer("first_name"),
        _customer("last_name"),
        _customer("date_of_birth", "birthday"),
        _customer("street_address", "address.street"),
        _customer("city", "address.city"),
        _customer("state", "address.state"),
        _customer("country", "address.country"),
        _customer("zip_code", "address.postal_code"),
        Field(
            "click_id",
            default=first_of(
                "$.integrations.Nextdoor Conversions API.click_id", "$.properties.click_id"
            ),
        ),
        Field("client_ip_address", default=path("$.context.ip")),
    ),
)
CUSTOM = Field(
    "custom",
    "object",
    properties=(
        Field("order_value", "number", path("$.properties.total")),
        Field("currency", default=path("$.properties.currency")),
        Field("order_id", default=path("$.properties.order_id")),
        Field(
            "delivery_category",
            default="not_specified",
            required=True,
            choices=("not_specified", "in_store", "curbside", "home_delivery"),
        ),
    ),
)
PRODUCTS = Field(
    "product_context",
    "object",
    each("$.properties.products"),
    multiple=True,
    properties=(
        Field("id", default=path("$.product_id"), required=True),
        Field("quantity", "number", path("$.quantity")),
        Field("item_price", "number", path("$.price")),
    ),
)
APP = Field(
    "app",
    "object",
    properties=(
        Field("app_id", default=path("$.context.app.name")),
        Field("app_tracking_enabled", "boolean", path("$.context.device.adTrackingEnabled")),
        Field("platform", default=path("$.context.app.type"), choices=("ios", "android")),
        Field("app_version", default=path("$.context.app.version")),
    ),
)


@integration.action(
    "Send Conversion",
    slug="sendConversion",
    fields=[
        Field("event_name", required=True, choices=EVENT_NAMES),
        Field("event_id"),
        Field("event_time", default=path("$.timestamp"), required=True),
        Field("action_source", required=True, choices=ACTION_SOURCES),
        Field(
            "action_source_url",
            default=path("$.context.page.url"),
            required=required_if("action_source", "is", "website"),
        ),
        Field("delivery_optimization", "boolean", True, required=True),
        Field("test_event", "boolean", False, required=True),
        Field("partner_id", default="segment", required=True, choices=("segment",), hidden=True),
        CUSTOMER,
        CUSTOM,
        PRODUCTS,
        APP,
    ],
)
def send_conversion(payload, settings):
    event = {
        **chosen(payload, "event_name", "event_id", "event_time", "action_source"),
        **chosen(payload, "action_source_url", "delivery_optimization", "partner_id"),
        "client_id": settings["client_id"],
        "customer": {
            "pixel_id": settings["pixel_id"],
            **present({name: _hashed(name, value) for name, value in payload["customer"].items()}),
        },
        "custom": _custom(payload),
        "app": payload.get("app") or {},
        "test_event": text_of(payload["test_event"]),
    }
    return Request("POST", "/conversions/track", {"Accept": "application/json"}, json=event)


def _hashed(name, value):
    return (value or None) if name in NOT_HASHED else hashing.sha256_hex(value)


def _custom(payload):
    data = payload.get("custom") or {}
    value, currency = data.get("order_value"), data.get("currency")
    category = data.get("delivery_category")
    return present(
        {
            # Nextdoor wants the currency before the value, in one text.
            "order_value": f"{currency}{text_of(value)}" if value and currency else None,
            "order_id": data.get("order_id"),
            "delivery_category": None if category == "not_specified" else category,
            "product_context": payload.get("product_context"),
        }
    )
