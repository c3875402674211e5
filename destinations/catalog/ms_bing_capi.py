"""Microsoft Bing CAPI: what people do on a website, for Microsoft Advertising.

API: https://learn.microsoft.com/en-us/advertising/guides/uet-conversion-api-integration (read
2026-11-23).
Facts: reference/destination-catalog/advertising.md, "Microsoft Bing CAPI (Actions)", and for what
it does not say Segment's open source (ms-bing-capi/sendEvent/index.ts); both read 2026-11-25.

`continueOnValidationError` stands in each event, as at Segment; Microsoft looks for it beside the
events, so one wrong event makes it answer 400 to the whole batch. What was right then goes again.

There is no credential check: Microsoft's guide knows no request that records nothing.
"""

from destinations.auth import bearer
from destinations.catalog._batches import sort_out, together
from destinations.catalog._currencies import CURRENCIES
from destinations.integration import (
    Batch,
    Field,
    Integration,
    InvalidPayload,
    Preset,
    Rejected,
    Request,
    ServerFault,
    Setting,
    each,
    epoch_s,
    first_of,
    hashing,
    path,
    required_if,
)

PAGE_TYPES = ("home", "product", "category", "searchresults", "cart", "purchase", "other")
CONSENT = (("G", "Granted"), ("D", "Denied"))
MSCLKID = "$.integrations.Microsoft Bing CAPI (Actions).msclkid"

_NAMED = ("Order Completed", "Add to Cart", "Products Searched")
_ELSE = " and ".join(f'event != "{name}"' for name in _NAMED)


def _preset(name, trigger):
    return Preset(name, "sendEvent", trigger)


integration = Integration(
    slug="ms-bing-capi",
    name="Microsoft Bing CAPI",
    category="advertising",
    docs_url="https://learn.microsoft.com/en-us/advertising/guides/uet-conversion-api-integration",
    base_url="https://capi.uet.microsoft.com/v1",
    auth=bearer("ApiToken"),
    names=("Microsoft Bing CAPI (Actions)",),
    description="Tells Microsoft Advertising what people did after seeing an ad.",
    settings=[
        Setting("UetTag", "UET tag ID", required=True, help="Tools → UET tag"),
        Setting(
            "ApiToken",
            "API token",
            required=True,
            secret=True,
            help="Tools → UET tag → Use Conversions API",
        ),
        Setting(
            "adStorageConsent", "Consent to storage", type="select", default="G", choices=CONSENT
        ),
    ],
    presets=[
        *(_preset(name, f'type = "track" and event = "{name}"') for name in _NAMED),
        _preset("Other track calls", f'type = "track" and {_ELSE}'),
        _preset("Page calls", 'type = "page"'),
    ],
)


def _property(name, where=None, type="string", **options):
    return Field(name, type, path(f"$.properties.{where or name}"), **options)


def _context(name, where):
    return Field(name, default=path(f"$.context.{where}"))


DATA = Field(
    "data",
    "object",
    properties=(
        Field("eventType", default="custom", required=True, choices=("pageLoad", "custom")),
        Field("eventId", default=path("$.messageId")),
        Field("eventName", default=path("$.event")),
        Field("eventTime", default=path("$.timestamp"), required=True),
        Field(
            "eventSourceUrl",
            default=path("$.context.page.url"),
            required=required_if("eventType", "is", "pageLoad"),
        ),
        _property("pageLoadId", "page_load_id"),
        _context("referrerUrl", "page.referrer"),
        _context("pageTitle", "page.title"),
        _property("keywords"),
        Field("adStorageConsent", default="G", choices=CONSENT),
        Field("dataProvider", default="SEGMENT"),
    ),
)
USER_DATA = Field(
    "userData",
    "object",
    required=True,
    properties=(
        _context("clientUserAgent", "userAgent"),
        Field("anonymousId", default=path("$.anonymousId")),
        Field("externalId", default=path("$.userId")),
        Field("em", default=first_of("$.context.traits.email", "$.properties.email")),
        Field("ph", default=first_of("$.context.traits.phone", "$.properties.phone")),
        _context("clientIpAddress", "ip"),
        Field("gaid"),
        Field("idfa"),
        Field("msclkid", default=first_of("$.properties.msclkid", MSCLKID)),
    ),
)
CUSTOM_DATA = Field(
    "customData",
    "object",
    properties=(
        _property("eventCategory", "event_category"),
        _property("eventLabel", "event_label"),
        _property("eventValue", "value", "number"),
        _property("searchTerm", "query"),
        _property("transactionId", "order_id"),
        _property("value", "value", "number"),
        _property("currency", choices=sorted(CURRENCIES)),
        _property("itemIds", "item_ids", multiple=True),
        _property("pageType", "page_type", choices=PAGE_TYPES),
        _property("ecommTotalValue", "ecomm_total_value", "number"),
        _property("ecommCategory", "ecomm_category"),
    ),
)
ITEMS = Field(
    "items",
    "object",
    each("$.properties.products"),
    multiple=True,
    properties=(
        Field("id", default=path("$.id")),
        Field("name", default=path("$.name")),
        Field("price", "integer"),
        Field("quantity", "integer", path("$.quantity")),
    ),
)
HOTEL_DATA = Field(
    "hotelData",
    "object",
    properties=(
        _property("totalPrice", "hotel_total_price", "integer"),
        _property("basePrice", "hotel_base_price", "integer"),
        _property("checkInDate", "hotel_check_in_date", format="date-time"),
        _property("checkOutDate", "hotel_check_out_date", format="date-time"),
        _property("lengthOfStay", "hotel_length_of_stay", "integer"),
        _property("partnerHotelId", "hotel_partner_id"),
        _property("bookingHref", "hotel_booking_href"),
    ),
)


def _event(payload, settings, now):
    data, user = payload.get("data") or {}, payload["userData"]
    event = {
        **data,
        "eventTime": _time(data.get("eventTime"), now),
        "userData": {
            **user,
            "em": hashing.hashed(user.get("em"), hashing.email),
            "ph": hashing.hashed(user.get("ph"), hashing.digits),
        },
        "continueOnValidationError": True,
    }
    event.setdefault("adStorageConsent", settings.get("adStorageConsent"))
    if "customData" in payload:
        event["customData"] = {**payload["customData"], "items": payload.get("items", [])}
        if "hotelData" in payload:
            event["customData"]["hotelData"] = payload["hotelData"]
    return event


def _time(text, now):
    if text is None:
        return int(now.timestamp())
    seconds = epoch_s(text)
    if seconds is None:
        raise InvalidPayload([("data.eventTime", "must be a time such as 2026-08-20T10:00:00Z")])
    return seconds


@integration.action(
    "Send CAPI Event",
    slug="sendEvent",
    trigger='type = "track" or type = "page"',
    batch=Batch(size=1000, max_size=1000),
    fields=[
        DATA,
        USER_DATA,
        CUSTOM_DATA,
        ITEMS,
        HOTEL_DATA,
        Field("enable_batching", "boolean", True),
        Field("batch_size", "number", 1000, hidden=True),
    ],
)
def send_event(payload, settings, *, now):
    return _request([_event(payload, settings, now)], settings)


@send_event.batch
def send_events(payloads, settings, *, now):
    """Send what Microsoft can take; the others have their own problem each."""
    events, problems = sort_out(payloads, lambda payload: _event(payload, settings, now))
    if not events:
        return problems
    try:
        response = yield _request(events, settings)
    except Rejected as refusal:
        outcomes = read_answer(refusal.response, events)
        if outcomes is None:
            raise
    else:
        outcomes = read_answer(response, events)
    return together(problems, outcomes)


def _request(events, settings):
    return Request("POST", f"/{settings['UetTag']}/events", json={"data": events})


@send_event.answer
def read_answer(response, payloads):
    wrong = _wrong(response.json())
    if not wrong or response.status not in (200, 400):
        return None
    refused = {i: Rejected(f"Microsoft refused: {said}", status=400) for i, said in wrong.items()}
    # With 400 nothing was taken, so what was right goes again, without what was wrong.
    again = None
    if response.status == 400:
        again = ServerFault("another event of the batch was wrong", status=400)
    return [refused.get(i, again) for i in range(len(payloads))]


def _wrong(answer):
    """Return {position of a refused event: what Microsoft says about it}."""
    error = answer.get("error") if type(answer) is dict else None
    details = error.get("details") if type(error) is dict else None
    return {
        detail["index"]: detail.get("errorMessage")
        for detail in (details if type(details) is list else ())
        if type(detail) is dict and type(detail.get("index")) is int and not detail.get("isWarning")
    }
