"""Amazon Conversions API: what people do away from Amazon, for Amazon's ads.

API: https://advertising.amazon.com/API/docs/en-us/guides/events/events (read 2026-11-23).
Facts: reference/destination-catalog/advertising.md, "Amazon Conversions Api", and for what an event
is made of Segment's open source (amazon-conversions-api/trackConversion/utils.ts); both read
2026-11-25. As there, currency and units are told of purchases only, and a page call needs a `name`
that its mapping must find: the default looks for that of a track call.

Segment connects through an app of its own; here the client and a token are settings.
"""

import re

from destinations.catalog._batches import sort_out, together
from destinations.catalog._bodies import chosen, needed, present
from destinations.catalog._oauth import CLIENT, oauth
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
    first_of,
    hashing,
    path,
)

EUROPE = "https://advertising-api-eu.amazon.com"
REGIONS = (
    ("https://advertising-api.amazon.com", "North America"),
    (EUROPE, "Europe"),
    ("https://advertising-api-fe.amazon.com", "Far East"),
)
# (event, name at Amazon)
EVENTS = (
    ("Product Added", "ADD_TO_SHOPPING_CART"),
    ("Application Submitted", "APPLICATION"),
    ("Checkout Started", "CHECKOUT"),
    ("Callback Started", "CONTACT"),
    ("Lead Generated", "LEAD"),
    ("Order Completed", "OFF_AMAZON_PURCHASES"),
    ("Application Opened", "MOBILE_APP_FIRST_START"),
    (None, "PAGE_VIEW"),
    ("Products Searched", "SEARCH"),
    ("Signed Up", "SIGN_UP"),
    ("Subscription Created", "SUBSCRIBE"),
    ("Other", "OTHER"),
)
_CODES = "AED AUD BRL CAD CNY EUR GBP INR JPY MXN SAR SEK SGD TRY USD DKK NOK NZD"
CURRENCIES = tuple(_CODES.split())
LOCALE = re.compile(r"[A-Za-z]{2,3}-([A-Z]{2})")
COUNTRY = re.compile(r"[A-Z]{2}")
_DEVICE = path("$.context.device.type")


def _preset(event, name):
    trigger = f'type = "track" AND event = "{event}"' if event else 'type = "page"'
    return Preset(event or "Page calls", "trackConversion", trigger, {"eventType": name})


def check(settings):
    return Request("GET", "/v2/profiles", {"Amazon-Advertising-API-ClientId": _client(settings)})


def _client(settings):
    return needed(settings, "client_id")


integration = Integration(
    slug="amazon-conversions-api",
    name="Amazon Conversions API",
    category="advertising",
    docs_url="https://advertising.amazon.com/API/docs/en-us/guides/events/events",
    base_url=lambda settings: settings["region"],
    auth=oauth(
        "https://api.amazon.com/auth/o2/token",
        authorize_url="https://www.amazon.com/ap/oa",
        scope="advertising::campaign_management",
    ),
    check=check,
    names=("Amazon Conversions Api",),
    description="Tells Amazon's ads what people did elsewhere.",
    settings=[
        Setting(
            "region",
            "Region",
            type="select",
            required=True,
            default=REGIONS[0][0],
            choices=REGIONS,
        ),
        Setting("advertiserId", "Advertiser ID", required=True),
        Setting("dataSetName", "Name of the data set", help="Groups events at Amazon"),
        *CLIENT,
    ],
    presets=[_preset(*event) for event in EVENTS],
)


def _known(name, where=None):
    where = where or name
    return Field(name, default=first_of(f"$.context.traits.{where}", f"$.properties.{where}"))


def _property(name, type="string", where=None, **options):
    return Field(name, type, path(f"$.properties.{where or name}"), **options)


CUSTOM_ATTRIBUTES = ("brand", "category", "productId", *(f"attr{n}" for n in range(1, 11)))
GRANTED_OR_DENIED = ("GRANTED", "DENIED")


def _alphanumeric(text):
    return re.sub(r"[^a-z0-9]", "", text.lower())


def _email(text):
    return re.sub(r"[^a-z0-9.@+-]", "", text.lower())


# field → (type at Amazon, normalisation before hashing)
HASHED = {
    "email": ("EMAIL", _email),
    "phone": ("PHONE", hashing.digits),
    "firstName": ("FIRST_NAME", _alphanumeric),
    "lastName": ("LAST_NAME", _alphanumeric),
    "address": ("ADDRESS", _alphanumeric),
    "city": ("CITY", _alphanumeric),
    "state": ("STATE", _alphanumeric),
    "postalCode": ("POSTAL", hashing.compact),
}
NOT_HASHED = {"maid": "MAID", "rampId": "RAMP_ID", "matchId": "MATCH_ID"}


@integration.action(
    "Track Conversion",
    slug="trackConversion",
    trigger='type = "track"',
    batch=Batch(size=500, max_size=500),
    fields=[
        Field("name", default=path("$.event"), required=True),
        Field("eventType", required=True, choices=[name for _, name in EVENTS]),
        Field(
            "eventActionSource",
            default={"@if": {"exists": _DEVICE, "then": _DEVICE, "else": "website"}},
            required=True,
            choices=("android", "fire_tv", "ios", "offline", "website"),
        ),
        Field("countryCode", default=path("$.context.locale"), required=True),
        Field("timestamp", default=path("$.timestamp"), required=True),
        _property("value", "number"),
        _property("currencyCode", where="currency", choices=CURRENCIES),
        _property("unitsSold", "integer", "quantity"),
        Field("clientDedupeId", default=path("$.messageId")),
        Field(
            "matchKeys",
            "object",
            required=True,
            properties=(
                *(_known(name) for name in ("email", "phone", "firstName", "lastName")),
                _known("address", "street"),
                *(_known(name) for name in ("city", "state", "postalCode")),
                Field("maid", default=path("$.context.device.advertisingId")),
                _known("rampId"),
                _known("matchId"),
            ),
        ),
        _property("dataProcessingOptions", choices=("LIMITED_DATA_USE",), multiple=True),
        Field(
            "consent",
            "object",
            properties=(
                Field("ipAddress", default=path("$.context.ip")),
                _property("amznAdStorage", choices=GRANTED_OR_DENIED),
                _property("amznUserData", choices=GRANTED_OR_DENIED),
                _property("tcf"),
                _property("gpp"),
            ),
        ),
        Field(
            "customAttributes",
            "object",
            properties=tuple(_property(name) for name in CUSTOM_ATTRIBUTES),
        ),
        Field("enable_batching", "boolean", True, required=True),
        Field("batch_size", "number", 500, hidden=True),
    ],
)
def track_conversion(payload, settings):
    return _request([_event(payload, settings)], settings)


@track_conversion.batch
def track_conversions(payloads, settings):
    """Send what Amazon can take; the others have their own problem each."""
    events, problems = sort_out(payloads, lambda payload: _event(payload, settings))
    if not events:
        return problems
    response = yield _request(events, settings)
    return together(problems, read_answer(response, events))


def _request(events, settings):
    headers = {
        "Amazon-Ads-AccountId": settings["advertiserId"],
        "Amazon-Ads-ClientId": _client(settings),
    }
    return Request("POST", "/adsApi/v1/create/events", headers, json={"events": events})


@track_conversion.answer
def read_answer(response, payloads):
    """Read a 207, in which Amazon names each event among `success` or `error`."""
    answer = response.json()
    if response.status != 207 or type(answer) is not dict:
        return None
    missing = ServerFault("Amazon did not say what became of this event", status=500)
    outcomes = dict.fromkeys(_entries(answer.get("success")))
    refused = _entries(answer.get("error"))
    outcomes |= {index: _refusal(entry) for index, entry in refused.items()}
    return [outcomes.get(i, missing) for i in range(len(payloads))]


def _entries(entries):
    return {
        entry["index"]: entry
        for entry in (entries if type(entries) is list else ())
        if type(entry) is dict and type(entry.get("index")) is int
    }


def _refusal(entry):
    errors = entry.get("errors")
    errors = [error for error in errors or () if type(error) is dict]
    said = "; ".join(str(error.get("message")) for error in errors)
    if any(error.get("code") == "INTERNAL_ERROR" for error in errors):
        return ServerFault(f"Amazon could not take the event: {said}", status=500)
    return Rejected(f"Amazon refused: {said}", status=400)


def _event(payload, settings):
    kind = payload["eventType"]
    description = {
        "name": payload["name"],
        "conversionType": kind,
        "eventSource": payload["eventActionSource"].upper(),
        "eventIngestionMethod": "SERVER_TO_SERVER",
        "dataSetName": settings.get("dataSetName") or None,
    }
    options = payload.get("dataProcessingOptions")
    bought = ("currencyCode", "unitsSold") if kind == "OFF_AMAZON_PURCHASES" else ()
    return present(
        {
            "eventDescription": present(description),
            "countryCode": _country(payload["countryCode"]),
            "eventTime": payload["timestamp"],
            "matchKeys": _match_keys(payload["matchKeys"]),
            **chosen(payload, "value", *bought),
            "eventId": payload.get("clientDedupeId") or None,
            "dataProcessingOptions": {"options": options[0]} if options else None,
            "consent": _consent(payload.get("consent") or {}, settings),
            "customData": _custom_data(payload.get("customAttributes") or {}),
        }
    )


def _country(text):
    """Return the two letters of a country; a locale such as en-US has them."""
    text = text.strip()
    locale = LOCALE.fullmatch(text)
    if locale is None and not COUNTRY.fullmatch(text):
        raise InvalidPayload([("countryCode", "must be a country such as US or a locale as en-US")])
    return locale[1] if locale else text


def _match_keys(people):
    found = {
        kind: hashing.hashed(_text(people.get(name)), how) for name, (kind, how) in HASHED.items()
    }
    found |= {kind: people.get(name) for name, kind in NOT_HASHED.items()}
    keys = [{"type": kind, "values": [value]} for kind, value in found.items() if value]
    if not keys:
        raise InvalidPayload([("matchKeys", "needs at least one of its members")])
    return keys


def _text(value):
    """Return text, or None for what is white space only."""
    return value if value and value.strip() else None


def _consent(given, settings):
    names = ("ipAddress", "amznUserData", "amznAdStorage", "tcf", "gpp")
    ip_address, user_data, storage, tcf, gpp = (_text(given.get(name)) for name in names)
    own = present({"amznUserData": user_data, "amznAdStorage": storage})
    found = present(
        {
            "geo": {"ipAddress": ip_address} if ip_address else None,
            "amazonConsent": own if user_data else None,
            "tcf": tcf,
            "gpp": gpp,
        }
    )
    if not found and settings["region"] == EUROPE:
        raise InvalidPayload([("consent", "is required in Europe")])
    return found or None


def _custom_data(attributes):
    return [{"name": name, "value": value} for name, value in attributes.items()] or None
