"""Podscribe: which podcast brought the people who visit a website and buy.

API: a pixel, https://verifi.podscribe.com/tag; it has no credentials that could be checked.
Facts: reference/destination-catalog/advertising.md, "Podscribe (Actions)" (read 2026-11-25). What
Segment sends as `properties` when nothing is left of them could not be found; "the rest, as JSON"
is {} then, and not left out.
"""

from destinations.integration import (
    Field,
    Integration,
    Preset,
    Request,
    Setting,
    fields_but,
    first_of,
    hashing,
    json_text,
    path,
    text_of,
)

# property → name in the query
PROPERTIES = {
    "total": "order_value",
    "order_id": "order_number",
    "currency": "currency",
    "coupon": "discount_code",
    "num_items_purchased": "num_items_purchased",
    "is_new_customer": "is_new_customer",
    "is_subscription": "is_subscription",
}
PROPERTY_TYPES = {
    "total": "number",
    "num_items_purchased": "integer",
    "is_new_customer": "boolean",
    "is_subscription": "boolean",
}


def _preset(event, name):
    trigger = f'type = "track" and event = "{event}"'
    return Preset(event, "track", trigger, {"podscribeEvent": name})


integration = Integration(
    slug="podscribe",
    name="Podscribe",
    category="advertising",
    docs_url="https://segment.com/docs/connections/destinations/catalog/actions-podscribe/",
    base_url="https://verifi.podscribe.com",
    names=("Podscribe (Actions)",),
    description="Tells Podscribe who visited and bought.",
    settings=[
        Setting("advertiser", "Advertiser", required=True, help="Your name at Podscribe"),
        Setting("userId", "User ID", help="Your ID at Podscribe"),
    ],
    presets=[
        _preset("Order Completed", "purchase"),
        _preset("Signed Up", "signup"),
        Preset("Page calls", "page", 'type = "page"'),
    ],
)

TRACK = [
    Field("anonymousId", default=path("$.anonymousId"), allow_null=True),
    Field("timestamp", default=path("$.timestamp"), required=True, format="date-time"),
    Field(
        "referrer",
        default=first_of("$.context.page.referrer", "$.properties.referrer"),
        allow_null=True,
    ),
    Field(
        "url",
        default=first_of("$.context.page.url", "$.properties.url"),
        allow_null=True,
        format="uri",
    ),
    Field("ip", default=path("$.context.ip"), required=True),
    Field("library", "object", path("$.context.library")),
    Field("userAgent", default=path("$.context.userAgent")),
    Field(
        "email",
        default=first_of("$.context.traits.email", "$.properties.email"),
        allow_null=True,
    ),
    Field(
        "properties",
        "object",
        properties=tuple(
            Field(name, PROPERTY_TYPES.get(name, "string"), path(f"$.properties.{name}"))
            for name in PROPERTIES
        ),
        additional_properties=True,
    ),
    Field("podscribeEvent", default=path("$.properties.podscribeEvent"), required=True),
]


def _visit(payload, settings, action):
    library = payload.get("library")
    return {
        "action": action,
        "advertiser": settings["advertiser"],
        "user_id": settings.get("userId"),
        "timestamp": payload["timestamp"],
        "device_id": payload.get("anonymousId"),
        "referrer": payload.get("referrer"),
        "url": payload.get("url"),
        "ip": payload["ip"],
        "user_agent": payload.get("userAgent"),
        "library": None if library is None else json_text(library),
    }


def _tag(query):
    query = {name: text_of(value) for name, value in query.items() if value}
    return Request("GET", "/tag", query=query)


def _email(text):
    """Trimmed, lower case; at Gmail without dots and +tag."""
    local, at, domain = text.strip().lower().partition("@")
    if domain == "gmail.com":
        local = local.replace(".", "").split("+")[0]
    return local + at + domain


@integration.action("Track", trigger='type = "track"', fields=TRACK)
def track(payload, settings):
    properties = dict(payload.get("properties") or {})
    known = {key: properties.pop(name, None) for name, key in PROPERTIES.items()}
    return _tag(
        {
            **_visit(payload, settings, payload["podscribeEvent"]),
            **known,
            "hashed_email": hashing.hashed(payload.get("email"), _email),
            "properties": json_text(properties) if "properties" in payload else None,
        }
    )


@integration.action(
    "Page",
    trigger='type = "page"',
    fields=fields_but(TRACK, "email", "properties", "podscribeEvent"),
)
def page(payload, settings):
    return _tag(_visit(payload, settings, "view"))
