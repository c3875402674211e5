"""Reddit Conversions API: what people do on a site or in an app, for Reddit's ads.

API: https://ads-api.reddit.com/docs/v2/ (read 2026-11-23).
Facts: reference/destination-catalog/advertising.md, "Reddit Conversions API", and for what it does
not say Segment's open source (reddit-conversions-api/utils.ts and index.ts); both read 2026-11-25.

The presets are Segment's to the letter. Those of "Product Added" and "Product Added to Wishlist"
name members that the action does not have (`itemCount`, `value`), so only their currency is sent.

Batches are off until a mapping sets `enable_batching`: Reddit takes all events of a request or
none of them.

A telephone number without digits is left out; Segment sends the hash of a lone "+".

The credential check is the one request that Reddit has, in test mode and without an event, since an
event would be judged by its moment: 401 is a wrong token and 403 a wrong account (Segment's
index.ts); that 400, to an empty list, comes after both is not documented.
"""

from destinations.auth import bearer
from destinations.catalog._bodies import as_is, present
from destinations.catalog._currencies import CURRENCIES
from destinations.catalog._places import COUNTRIES
from destinations.integration import (
    Batch,
    Field,
    Integration,
    Preset,
    Request,
    Setting,
    each,
    first_of,
    hashing,
    path,
)

TRACKING_TYPES = (
    "PageVisit",
    "ViewContent",
    "Search",
    "AddToCart",
    "AddToWishlist",
    "Purchase",
    "Lead",
    "SignUp",
)
# Countries that Reddit knows beside those with a name in _places.py.
_MORE = "BQ CC CD CW FK FM HM KP LY SS SX UN"
COUNTRY_CODES = sorted({code.upper() for code in COUNTRIES.values()} | set(_MORE.split()))
APPLE = ("ios", "iphone", "ipad", "ipados")
# What the extension of a telephone number begins with; the first word here that is found counts.
EXTENSIONS = ("ext", "x", "anexo", "#", "poste", "int")

_CART = {
    "currency": path("$.properties.currency"),
    "itemCount": path("$.properties.quantity"),
    "value": path("$.properties.price"),
}
_LEAD = {
    "currency": path("$.properties.currency"),
    "value_decimal": path("$.properties.price"),
}
# (event, name at Reddit, what is told of it)
EVENTS = (
    (None, "PageVisit", {"event_metadata": {}}),
    ("Product Viewed", "ViewContent", {"event_metadata": {}}),
    ("Products Searched", "Search", {"event_metadata": {}}),
    ("Product Added", "AddToCart", {"event_metadata": _CART}),
    ("Product Added to Wishlist", "AddToWishlist", {"event_metadata": _CART}),
    ("Order Completed", "Purchase", {}),
    ("Lead Generated", "Lead", {"event_metadata": _LEAD}),
    ("Signed Up", "SignUp", {"event_metadata": _LEAD}),
)


def _preset(event, name, mapping):
    trigger = f'type = "track" and event = "{event}"' if event else 'type = "page"'
    mapping = {"tracking_type": name, **mapping}
    return Preset(event or "Page calls", "standardEvent", trigger, mapping)


def check(settings):
    return Request("POST", _where(settings), json={"test_mode": True, "events": []})


def check_answer(response):
    if response.status == 403:
        return "Reddit does not know this ad account for this token"
    return None if response.status < 300 or response.status == 400 else ""


def _where(settings):
    return f"/conversions/events/{settings['ad_account_id']}"


integration = Integration(
    slug="reddit-conversions-api",
    name="Reddit Conversions API",
    category="advertising",
    docs_url="https://ads-api.reddit.com/docs/v2/",
    base_url="https://ads-api.reddit.com/api/v2.0",
    auth=bearer("conversion_token"),
    check=check,
    check_answer=check_answer,
    names=("Reddit Conversions Api", "Reddit Conversions API"),
    description="Tells Reddit's ads what people did after seeing them.",
    settings=[
        Setting(
            "ad_account_id",
            "Ad account ID",
            required=True,
            help="Reddit Ads → Events Manager, also called Pixel ID",
        ),
        Setting(
            "conversion_token",
            "Conversion token",
            required=True,
            secret=True,
            help="Reddit Ads → Events Manager → Conversions API",
        ),
        Setting("test_mode", "Test mode", type="boolean", default=False),
    ],
    presets=[_preset(*event) for event in EVENTS],
)

EVENT = [
    Field("event_at", "datetime", path("$.timestamp"), required=True),
    Field(
        "click_id",
        default=first_of("$.integrations.Reddit Conversions Api.click_id", "$.properties.click_id"),
    ),
    Field(
        "products",
        "object",
        each("$.properties.products"),
        multiple=True,
        properties=(
            Field("category", default=path("$.category")),
            Field("id", default=path("$.product_id")),
            Field("name", default=path("$.name")),
        ),
    ),
    Field(
        "user",
        "object",
        properties=(
            Field("advertising_id", default=path("$.context.device.advertisingId")),
            Field("device_type", default=path("$.context.device.type")),
            Field("email", default=first_of("$.context.traits.email", "$.properties.email")),
            Field("external_id", default=first_of("$.userId", "$.anonymousId")),
            Field("ip_address", default=path("$.context.ip")),
            Field("user_agent", default=path("$.context.userAgent")),
            Field(
                "uuid",
                default=first_of("$.integrations.Reddit Conversions Api.uuid", "$.properties.uuid"),
            ),
            Field("phone_number", default=first_of("$.context.traits.phone", "$.properties.phone")),
        ),
    ),
    Field(
        "data_processing_options",
        "object",
        properties=(
            Field("country", choices=COUNTRY_CODES),
            Field("modes", choices=("LDU",)),
            Field("region"),
        ),
    ),
    Field(
        "screen_dimensions",
        "object",
        properties=(
            Field("height", "integer", path("$.context.screen.height")),
            Field("width", "integer", path("$.context.screen.width")),
        ),
    ),
    Field(
        "event_metadata",
        "object",
        properties=(
            Field("currency", default=path("$.properties.currency"), choices=sorted(CURRENCIES)),
            Field("item_count", "integer", path("$.properties.quantity")),
            Field(
                "value_decimal", "number", first_of("$.properties.revenue", "$.properties.total")
            ),
        ),
    ),
    Field("conversion_id", default=path("$.messageId")),
]
BATCH = Batch(size=1000, max_size=1000, enabled=False)


def _clean(text):
    return text.strip() if text else None


def _email(text):
    """Without the dots and the +tag of the local part."""
    local, at, domain = text.strip().lower().partition("@")
    return local.replace(".", "").split("+")[0] + at + domain


def _phone(text):
    lower = text.lower()
    ends = (lower.find(word) for word in EXTENSIONS)
    digits = hashing.digits(text[: next((end for end in ends if end >= 0), len(text))])
    return f"+{digits}" if digits else ""


def _user(payload):
    if "user" not in payload:
        return None
    user = payload["user"]
    screen = payload.get("screen_dimensions") or {}
    found = {
        "email": hashing.hashed(user.get("email"), _email),
        "external_id": hashing.hashed(user.get("external_id"), str.strip),
        "ip_address": hashing.hashed(user.get("ip_address"), str.strip),
        "phone_number": hashing.hashed(user.get("phone_number"), _phone),
        "user_agent": _clean(user.get("user_agent")),
        "uuid": _clean(user.get("uuid")),
        "data_processing_options": _options(payload.get("data_processing_options")),
        "screen_dimensions": screen if len(screen) == 2 else None,
    }
    device = (user.get("device_type") or "").lower()
    if device:
        name = "idfa" if device in APPLE else "aaid"
        found[name] = hashing.hashed(user.get("advertising_id"), as_is)
    return present(found)


def _options(options):
    if options is None:
        return None
    modes = options.get("modes")
    found = {"modes": [modes] if modes else None}
    return present({**found, **{name: _clean(options.get(name)) for name in ("country", "region")}})


def _metadata(payload):
    names = ("event_metadata", "products", "conversion_id")
    if not any(name in payload for name in names):
        return None
    metadata = dict(payload.get("event_metadata") or {})
    if "products" in payload:
        metadata["products"] = [
            {name: _clean(value) for name, value in product.items() if value != ""}
            for product in payload["products"]
        ]
    metadata["conversion_id"] = hashing.hashed(payload.get("conversion_id"), str.strip)
    return present(metadata)


def _event(payload):
    custom = _clean(payload.get("custom_event_name"))
    kind = {"tracking_type": "Custom" if custom else payload.get("tracking_type")}
    return present(
        {
            "event_at": payload["event_at"],
            "event_type": {**kind, **present({"custom_event_name": custom})},
            "click_id": _clean(payload.get("click_id")),
            "event_metadata": _metadata(payload),
            "user": _user(payload),
        }
    )


def send(payload, settings):
    return send_batch([payload], settings)


def send_batch(payloads, settings):
    body = {
        "events": [_event(payload) for payload in payloads],
        "test_mode": settings.get("test_mode") or False,
        "partner": "SEGMENT",
    }
    return Request("POST", _where(settings), json=body)


integration.action(
    "Send Standard Event",
    slug="standardEvent",
    fields=[*EVENT, Field("tracking_type", required=True, choices=TRACKING_TYPES)],
    batch=BATCH,
)(send).batch(send_batch)
integration.action(
    "Send Custom Event",
    slug="customEvent",
    fields=[*EVENT, Field("custom_event_name", required=True)],
    batch=BATCH,
)(send).batch(send_batch)
