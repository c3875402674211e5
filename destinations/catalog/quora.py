"""Quora Conversions API: what people do after seeing an ad on Quora.

API: https://www.quora.com/ads/conversion_api_doc (read 2026-11-23).
Facts: reference/destination-catalog/advertising.md, "Quora Conversions API", and for what it does
not say Segment's open source (quora/trackConversion/utils.ts); both read 2026-11-25.

Who it was is sent as it is: Quora wants no hashes. There is no credential check: Quora has no
request that records nothing, so Segment only looks whether the account is a number.
"""

from destinations.auth import bearer
from destinations.catalog._batches import sort_out, together
from destinations.catalog._bodies import present
from destinations.integration import (
    Batch,
    Field,
    Integration,
    InvalidPayload,
    Preset,
    Rejected,
    Request,
    Setting,
    epoch_ms,
    find_moment,
    first_of,
    path,
)

EVENT_NAMES = (
    "Generic",
    "AppInstall",
    "Purchase",
    "GenerateLead",
    "CompleteRegistration",
    "AddPaymentInfo",
    "AddToCart",
    "AddToWishlist",
    "InitiateCheckout",
    "Search",
)
_VALUE = {"value": path("$.properties.value")}
_PRICE = {"value": path("$.properties.price")}
# (event, name at Quora, where its value is)
EVENTS = (
    ("Application Installed", "AppInstall", _VALUE),
    ("Order Completed", "Purchase", {}),
    ("Signed Up", "CompleteRegistration", _VALUE),
    ("Payment Info Entered", "AddPaymentInfo", {}),
    ("Product Added", "AddToCart", _PRICE),
    ("Product Added to Wishlist", "AddToWishlist", _PRICE),
    ("Checkout Started", "InitiateCheckout", {}),
    ("Products Searched", "Search", _VALUE),
)


def _preset(event, name, value):
    trigger = f'type = "track" and event = "{event}"'
    return Preset(event, "trackConversion", trigger, {**value, "event_name": name})


integration = Integration(
    slug="quora",
    name="Quora Conversions API",
    category="advertising",
    docs_url="https://www.quora.com/ads/conversion_api_doc",
    base_url="https://api.quora.com/ads/v0",
    auth=bearer("api_token"),
    names=("Quora Conversions API",),
    description="Tells Quora's ads what people did after seeing them.",
    settings=[
        Setting(
            "api_token",
            "API token",
            required=True,
            secret=True,
            help="Quora Ads Manager → Conversion API → Generate token",
        ),
        Setting("account_id", "Account ID", required=True, pattern=r"\d+", help="A number"),
    ],
    presets=[_preset(*event) for event in EVENTS],
)


def _trait(name, trait=None, type="string"):
    return Field(name, type, path(f"$.context.traits.{trait or name}"))


def _context(name, where):
    return Field(name, default=path(f"$.context.{where}"))


@integration.action(
    "Send Conversion",
    slug="trackConversion",
    trigger='type = "track"',
    batch=Batch(size=1000, max_size=1000),
    fields=[
        Field("event_name", required=True, choices=EVENT_NAMES),
        Field("timestamp", "datetime", path("$.timestamp")),
        Field(
            "click_id",
            default=first_of("$.properties.qclid", "$.integrations.Quora Conversions API.qclid"),
        ),
        Field("value", "number", first_of("$.properties.revenue", "$.properties.total")),
        Field("event_id", default=path("$.messageId")),
        Field(
            "user",
            "object",
            properties=(
                _trait("email"),
                _trait("name"),
                _trait("phone_number", "phone"),
                _trait("date_of_birth", "birthday", "datetime"),
                _context("ip", "ip"),
                _trait("country", "address.country"),
                _trait("region", "address.state"),
                _trait("city", "address.city"),
                _trait("postal_code", "address.postalCode"),
            ),
        ),
        Field(
            "device",
            "object",
            properties=(
                _context("mobile_device_id", "device.advertisingId"),
                _context("user_agent", "userAgent"),
                _context("language", "locale"),
                _context("referrer", "page.referrer"),
            ),
        ),
        Field("enable_batching", "boolean", True),
        Field("batch_size", "number", 1000, maximum=1000, hidden=True),
    ],
)
def track_conversion(payload, settings):
    body = {"account_id": _account_id(settings), **_conversion(payload)}
    return Request("POST", "/conversion", json=body)


@track_conversion.batch
def track_conversions(payloads, settings):
    """Send what Quora can take; the others have their own problem each."""
    account_id = _account_id(settings)
    data, problems = sort_out(payloads, _conversion)
    if not data:
        return problems
    response = yield Request("POST", "/conversions", json={"account_id": account_id, "data": data})
    return together(problems, read_answer(response, data))


@track_conversion.answer
def read_answer(response, payloads):
    # Quora answers 200 also to events it refuses.
    answer = response.json()
    if not 200 <= response.status < 300 or type(answer) is not dict:
        return None
    events = answer.get("events")
    refused = {
        event.get("index", position): Rejected(
            f"Quora refused: {event.get('error_message') or event.get('error_code')}", status=400
        )
        for position, event in enumerate(events if type(events) is list else ())
        if type(event) is dict and event.get("status") != "OK"
    }
    if not refused and len(payloads) == 1 and answer.get("events_errored"):
        refused = {0: Rejected("Quora refused the event without saying why", status=400)}
    return [refused.get(i) for i in range(len(payloads))]


def _account_id(settings):
    number = str(settings["account_id"]).strip()
    if not (number.isascii() and number.isdigit()):
        raise InvalidPayload([("account_id", "among the settings must be a number")])
    return int(number)


def _conversion(payload):
    """Return one conversion. Whom Quora cannot know anything of is left out."""
    conversion = {
        "event_name": payload["event_name"],
        "timestamp": _microseconds(payload.get("timestamp")),
        "click_id": _trimmed(payload.get("click_id")),
        "value": payload.get("value"),
        "event_id": _trimmed(payload.get("event_id")),
    }
    user = {name: _trimmed(value) for name, value in (payload.get("user") or {}).items()}
    if user.get("date_of_birth") is not None:
        user["date_of_birth"] = _birthday(user["date_of_birth"])
    device = {name: _trimmed(value) for name, value in (payload.get("device") or {}).items()}
    device["referer"] = device.pop("referrer", None)
    found = {"conversion": present(conversion), "user": present(user), "device": present(device)}
    return {name: part for name, part in found.items() if part}


def _microseconds(moment):
    if type(moment) in (int, float) and len(str(abs(int(moment)))) not in (10, 13):
        return None  # neither seconds nor milliseconds of these days
    return None if moment is None else epoch_ms(moment) * 1000


def _trimmed(value):
    return (value.strip() or None) if type(value) is str else value


def _birthday(value):
    if type(value) is not str:
        raise InvalidPayload([("user.date_of_birth", "must be a date such as 2001-11-24")])
    return find_moment(value).strftime("%Y-%m-%d")
