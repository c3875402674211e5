"""Google Analytics 4: web and app analytics, through the Measurement Protocol.

API: https://developers.google.com/analytics/devguides/collection/protocol/ga4
Facts: reference/destination-catalog/analytics.md, "Google Analytics 4 Cloud" (read 2026-11-25).
Where it is silent, as Segment does it: an action that takes items sends an empty list for none, a
white space in a name becomes an underscore, and refunds and leads need the currency of their value.
The other actions send a value without one, which Google counts as an event and not as revenue.

The tool answers 204 to everything, even to nonsense. So what it would drop in silence is refused
here: unknown currencies, parameters that are no plain values, items without a name. Segment ships
no mappings; each action starts with its suggested trigger, but for those that would count an event
twice: `customEvent` leaves out what has an action of its own, `generateLead` is not started.
"""

import re
from urllib.parse import quote

from destinations.catalog._currencies import CURRENCIES
from destinations.catalog._google_analytics_4_fields import EVENTS, frame, text
from destinations.integration import (
    Field,
    Integration,
    InvalidPayload,
    Preset,
    Rejected,
    Request,
    Setting,
    epoch_ms,
    path,
)

# The parameters of an event that are fields of its action.
PARAMS = (
    "affiliation",
    "coupon",
    "creative_name",
    "creative_slot",
    "currency",
    "item_list_id",
    "item_list_name",
    "items",
    "location_id",
    "method",
    "page_location",
    "page_referrer",
    "page_title",
    "payment_type",
    "promotion_id",
    "promotion_name",
    "search_term",
    "shipping",
    "tax",
    "transaction_id",
    "value",
    "engagement_time_msec",
)


# Of these a value needs a currency.
PRICED = ("refund", "generate_lead")


def _trigger(event):
    return f'type = "track" and event = "{event}"' if event else 'type = "track"'


_OWN = [event for _, _, event, _ in EVENTS.values() if event]
_OTHERS = " and ".join(['type = "track"', *(f'event != "{event}"' for event in _OWN)])


def check(settings):
    if not settings.get("measurementId") and not settings.get("firebaseAppId"):
        raise InvalidPayload([("measurementId", "or firebaseAppId is required")])


integration = Integration(
    slug="google-analytics-4",
    name="Google Analytics 4",
    category="analytics",
    docs_url="https://developers.google.com/analytics/devguides/collection/protocol/ga4",
    base_url="https://www.google-analytics.com",
    check=check,
    names=(
        "Actions Google Analytic 4",
        "Actions Google Analytics 4",
        "Google Analytics 4",
        "Google Analytics 4 Cloud",
    ),
    description="Web and app analytics, from the server.",
    settings=[
        Setting("measurementId", "Measurement ID", help="Of a web stream: G-…"),
        Setting("firebaseAppId", "Firebase app ID", help="Of an app stream: 1:…"),
        Setting(
            "apiSecret",
            "API secret",
            required=True,
            secret=True,
            help="Data streams → your stream → Measurement Protocol API secrets",
        ),
    ],
    presets=[
        Preset("Page calls", "pageView", 'type = "page"'),
        *(
            Preset(label, action, _trigger(event))
            for action, (label, _, event, _) in EVENTS.items()
            if event
        ),
        Preset("Other track calls", "customEvent", _OTHERS),
    ],
)


def _builder(name, fields):
    empty = {"items": []} if any(field.name == "items" for field in fields) else {}

    def build(payload, settings):
        payload = {**empty, **payload}
        if name in PRICED:
            _check_priced(payload)
        return _collect(name, payload, settings)

    return build


for _action, (_label, _name, _event, _fields) in EVENTS.items():
    integration.action(_label, slug=_action, trigger=_trigger(_event), fields=frame(_fields))(
        _builder(_name, _fields)
    )


@integration.action(
    "Page View",
    slug="pageView",
    trigger='type = "page"',
    fields=frame(
        [
            text("page_location", "$.context.page.url"),
            text("page_referrer", "$.context.page.referrer"),
            text("page_title", "$.context.page.title"),
        ],
        client="clientId",
    ),
)
def page_view(payload, settings):
    return _collect("page_view", payload, settings)


@integration.action(
    "Custom Event",
    slug="customEvent",
    trigger='type = "track"',
    fields=frame(
        [
            Field("name", default=path("$.event"), required=True),
            Field("lowercase", "boolean", False),
        ],
        client="clientId",
    ),
)
def custom_event(payload, settings):
    name = re.sub(r"\s", "_", payload["name"].strip())
    return _collect(name.lower() if payload.get("lowercase") else name, payload, settings)


def _collect(name, payload, settings):
    _check_currency("currency", payload.get("currency"))
    for position, item in enumerate(payload.get("items", ())):
        if "item_id" not in item and "item_name" not in item:
            raise InvalidPayload([(f"items[{position}]", "needs item_id or item_name")])
        _check_currency(f"items[{position}].currency", item.get("currency"))
    free = payload.get("params") or {}
    plain = {name: value for name, value in free.items() if name != "items"}
    _check_plain("params", plain, (dict, list, type(None)))
    traits = payload.get("user_properties") or {}
    _check_plain("user_properties", traits, (dict, list))
    stream, identity = _stream(payload, settings)
    own = {field: payload[field] for field in PARAMS if field in payload}
    body = {
        **identity,
        "user_id": payload.get("user_id"),
        "events": [{"name": name, "params": {**own, **free}}],
        "user_properties": {key: {"value": value} for key, value in traits.items()},
        "timestamp_micros": _microseconds(payload.get("timestamp_micros")),
        "consent": _consent(payload),
    }
    body = {key: value for key, value in body.items() if value not in (None, {})}
    # Not as a query: the colons of an app's ID must stay as they are.
    secret = quote(settings["apiSecret"], safe=":")
    return Request("POST", f"/mp/collect?api_secret={secret}&{stream}", json=body)


def _stream(payload, settings):
    """Return (the stream in the URL, who did it)."""
    if payload.get("data_stream_type") == "Mobile App":
        setting, name, identity = "firebaseAppId", "firebase_app_id", "app_instance_id"
        who = payload.get("app_instance_id")
    else:
        setting, name, identity = "measurementId", "measurement_id", "client_id"
        who = payload.get("client_id") or payload.get("clientId")
    if not settings.get(setting):
        raise InvalidPayload([("data_stream_type", f"needs the setting {setting}")])
    if not who:
        raise InvalidPayload([(identity, "is required")])
    return f"{name}={quote(settings[setting], safe=':')}", {identity: who}


def _microseconds(value):
    if value is None:
        return None
    # A number is taken for microseconds already.
    if re.fullmatch(r"\d{1,20}", value.strip(), re.ASCII):
        return int(value)
    moment = epoch_ms(value)
    return None if moment is None else moment * 1000


def _consent(payload):
    given = {
        "ad_user_data": payload.get("ad_user_data_consent"),
        "ad_personalization": payload.get("ad_personalization_consent"),
    }
    return {name: value for name, value in given.items() if value}


def _check_priced(payload):
    if "currency" in payload:
        return
    if payload.get("value"):
        raise InvalidPayload([("currency", "is required with a value")])
    # A refund of items, and no amount, is one in the currency of its first item.
    if "items" in payload and not any("currency" in item for item in payload["items"][:1]):
        raise InvalidPayload([("currency", "is required, here or in the first item")])


def _check_currency(place, code):
    if code is not None and code.upper() not in CURRENCIES:
        raise Rejected(
            f"{place}: {code} is not a currency code", code="INVALID_CURRENCY_CODE", status=400
        )


def _check_plain(place, values, wrong):
    for name, value in values.items():
        if isinstance(value, wrong):
            raise InvalidPayload([(f"{place}.{name}", "must be a plain value")])
