"""Optimizely Data Platform: customer profiles, fed with events and contacts.

Facts: reference/destination-catalog/experimentation.md, "Optimizely Data Platform" (read
2026-11-25). The intake is an app of the vendor's and not described in public; it takes lists.
"""

from destinations.auth import bearer
from destinations.integration import (
    Batch,
    Field,
    Integration,
    Preset,
    Request,
    Setting,
    each,
    find_moment,
    first_of,
    path,
)

HOSTS = {
    "US": "https://function.zaius.app/twilio_segment",
    "EU": "https://function.eu1.ocp.optimizely.com/twilio_segment",
    "AU": "https://function.au1.ocp.optimizely.com/twilio_segment",
}
BATCH = Batch(size=100, max_size=100)

_PRODUCT = [
    Field("product_id", default=path("$.product_id")),
    Field("qty", "number", path("$.quantity")),
]
_THE_PRODUCT = {
    "@arrayPath": [
        "$.properties",
        {"product_id": path("$.product_id"), "qty": path("$.quantity")},
    ]
}


def _product(event, action):
    mapping = {"event_type": "product", "products": _THE_PRODUCT, "event_action": action}
    return Preset(event, "customEvent", f'type = "track" and event = "{event}"', mapping)


def _email(event, action):
    trigger = f'type = "track" and event = "{event}"'
    return Preset(event, "emailEvent", trigger, {"event_action": action})


integration = Integration(
    slug="optimizely-data-platform",
    name="Optimizely Data Platform",
    category="experimentation",
    docs_url="https://segment.com/docs/connections/destinations/catalog/actions-optimizely-data-platform/",
    base_url=lambda settings: HOSTS.get(settings.get("region"), HOSTS["US"]),
    auth=bearer("apiKey"),
    check=Request("POST", "/auth"),
    names=("Optimizely Data Platform",),
    description="Customer profiles and segments.",
    settings=[
        Setting(
            "apiKey",
            "API key",
            required=True,
            secret=True,
            help="App directory → Twilio Segment → Settings",
        ),
        Setting(
            "region", "Region", type="select", required=True, default="US", choices=tuple(HOSTS)
        ),
    ],
    presets=[
        _product("Product Viewed", "detail"),
        _product("Product Added", "add_to_cart"),
        _product("Product Removed", "remove_from_cart"),
        Preset(
            "Order Completed",
            "customEvent",
            'type = "track" and event = "Order Completed"',
            {"event_type": "order", "event_action": "purchase"},
        ),
        _email("Email Sent", "sent"),
        _email("Email Link Clicked", "click"),
        _email("Email Opened", "open"),
        _email("Unsubscribed", "unsubscribe"),
        _email("Email Marked as Spam", "spam_report"),
    ],
)


def _identifiers(traits="$.traits", email_required=False):
    def found(name):
        return first_of(f"$.properties.{name}", f"{traits}.{name}")

    return Field(
        "user_identifiers",
        "object",
        required=True,
        properties=[
            Field("anonymousId", default=path("$.anonymousId")),
            Field("userId", default=path("$.userId")),
            Field("email", default=found("email"), required=email_required),
            Field("optimizely_vuid", default=found("optimizely_vuid")),
            Field("fs_user_id", default=path("$.userId")),
            Field("web_user_id", default=path("$.userId")),
        ],
    )


TIMESTAMP = Field("timestamp", default=path("$.timestamp"), required=True)
BATCHING = [
    Field("enable_batching", "boolean", True, hidden=True),
    Field("batch_size", "integer", 100, hidden=True),
]


def _register(label, slug, where, item_of, fields, trigger=""):
    """Register an action that sends a list: of one payload, or of a batch."""

    def build(payload, settings):
        return Request("POST", where, json=[item_of(payload)])

    def build_batch(payloads, settings):
        return Request("POST", where, json=[item_of(payload) for payload in payloads])

    action = integration.action(
        label, slug=slug, trigger=trigger, fields=[*fields, *BATCHING], batch=BATCH
    )(build)
    action.batch(build_batch)


def _event_of(payload):
    return _sent(
        user_identifiers=payload["user_identifiers"],
        action=payload.get("event_action"),
        type=payload.get("event_type") or "custom",
        timestamp=payload["timestamp"],
        order_id=payload.get("order_id"),
        total=payload.get("total"),
        products=payload.get("products"),
        data=payload.get("data"),
    )


def _email_of(payload):
    return {
        **_sent(
            type="email",
            action=payload["event_action"],
            campaign=payload["campaign"],
            campaign_id=payload.get("campaign_id"),
            user_identifiers=payload["user_identifiers"],
            timestamp=payload["timestamp"],
        ),
        # The only member that is null rather than missing.
        "campaign_event_value": payload.get("link_url"),
    }


_SAME = ("title", "name", "age", "gender", "phone", "address", "company")
_RENAMED = {"firstname": "first_name", "lastname": "last_name", "avatar": "image_url"}


def _contact_of(payload):
    born = find_moment(payload.get("DOB"))
    parts = ("year", "month", "day") if born is not None else ()
    return {
        **(payload.get("additional_traits") or {}),
        "user_identifiers": payload["user_identifiers"],
        **{name: payload[name] for name in _SAME if name in payload},
        **{theirs: payload[ours] for ours, theirs in _RENAMED.items() if ours in payload},
        **{f"dob_{part}": getattr(born, part) for part in parts},
    }


def _sent(**members):
    return {name: value for name, value in members.items() if value is not None}


_register(
    "Ecommerce Event",
    "customEvent",
    "/batch_custom_event",
    _event_of,
    [
        _identifiers(),
        Field("event_type", default=path("$.event")),
        Field("event_action", required=True),
        Field(
            "products",
            "object",
            each("$.properties.products"),
            multiple=True,
            properties=_PRODUCT,
        ),
        Field("order_id", default=path("$.properties.order_id")),
        Field("total", default=path("$.properties.total")),
        TIMESTAMP,
    ],
)

_register(
    "Custom Event",
    "nonEcommCustomEvent",
    "/batch_custom_event",
    _event_of,
    [
        _identifiers(),
        Field("event_type", default=path("$.event")),
        Field("event_action"),
        Field("data", "object", path("$.properties")),
        TIMESTAMP,
    ],
)

_register(
    "Email Event",
    "emailEvent",
    "/batch_email_event",
    _email_of,
    [
        _identifiers("$.context.traits", email_required=True),
        Field("event_action", required=True),
        Field("campaign", default=path("$.properties.campaign_name"), required=True),
        Field("campaign_id", default=path("$.properties.campaign_id")),
        Field("link_url", default=path("$.properties.link_url"), label="Link URL"),
        TIMESTAMP,
    ],
)

_ADDRESS = {
    "street": "street",
    "city": "city",
    "state": "state",
    "zip": "postalCode",
    "country": "country",
}

_register(
    "Upsert Contact",
    "upsertContact",
    "/batch_upsert_contact",
    _contact_of,
    [
        _identifiers(),
        Field("company", default=path("$.traits.company")),
        Field("title", default=path("$.traits.title")),
        Field("name", default=path("$.traits.name")),
        Field("firstname", default=path("$.traits.first_name"), label="First name"),
        Field("lastname", default=path("$.traits.last_name"), label="Last name"),
        Field("gender", default=path("$.traits.gender")),
        Field("DOB", "datetime", path("$.traits.birthday"), label="Date of birth"),
        Field("phone", default=path("$.traits.phone")),
        Field("age", "number", path("$.traits.age")),
        Field(
            "address",
            "object",
            properties=[
                Field(name, default=path(f"$.traits.address.{where}"))
                for name, where in _ADDRESS.items()
            ],
        ),
        Field("avatar", default=path("$.traits.avatar")),
        Field("additional_traits", "object"),
    ],
    trigger='type = "identify"',
)
