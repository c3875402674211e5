"""Pinterest Conversions: what people do on a site or in an app, for Pinterest's ads.

API: https://developers.pinterest.com/docs/api/v5/events-create (read 2026-11-23); the statuses of
single events: github.com/pinterest/pinterest-python-generated-api-client, ConversionApiResponse
(read 2026-11-23).
Facts: reference/destination-catalog/advertising.md, "Pinterest Conversions API", and, where it is
silent, Segment's open source (destinations/pinterest-conversions, read 2026-11-25). Amounts and
moments are the same; single events that Pinterest says it did not process count as refused, which
Segment does not look at.
"""

from destinations.auth import bearer
from destinations.catalog._bodies import chosen, hashes, present
from destinations.catalog._pinterest_fields import CONVERSION
from destinations.integration import (
    Integration,
    InvalidPayload,
    Preset,
    Rejected,
    Request,
    Setting,
    epoch_s,
    hashing,
    text_of,
)

PARTNER = "ss-segment"
# (event, name at Pinterest)
EVENTS = (
    ("Payment Info Entered", "add_payment_info"),
    ("Product Added", "add_to_cart"),
    ("Product Added to Wishlist", "add_to_wishlist"),
    ("Application Installed", "app_install"),
    ("Application Opened", "app_open"),
    ("Order Completed", "checkout"),
    ("Checkout Started", "initiate_checkout"),
    ("Generate Lead", "lead"),
    (None, "page_visit"),
    ("Products Searched", "search"),
    ("Signed Up", "signup"),
    ("Trial Started", "start_trial"),
    ("Subscription Created", "subscribe"),
    ("Product Category Viewed", "view_category"),
    ("Product Viewed", "view_content"),
    ("Product Video Watched", "watch_video"),
)


def _preset(event, name):
    trigger = f'type = "track" AND event = "{event}"' if event else 'type = "page"'
    return Preset(event or "Page calls", "reportConversionEvent", trigger, {"event_name": name})


def _where(settings):
    return f"/ad_accounts/{settings['ad_account_id']}/events"


def check(settings):
    # With `test` Pinterest looks at the event and forgets it; the moment is that of its example.
    event = {
        "event_name": "checkout",
        "action_source": "web",
        "event_time": 1451431341,
        "event_id": "switchyard-test",
        "user_data": {"em": [hashing.sha256_hex("test@example.com")]},
    }
    return Request("POST", _where(settings), query={"test": "true"}, json={"data": [event]})


def check_answer(response):
    """The token is right when Pinterest looked at the event of the check, whatever it found."""
    answer = response.json()
    looked = type(answer) is dict and type(answer.get("events")) is list
    return None if looked or 200 <= response.status < 300 else ""


integration = Integration(
    slug="pinterest-conversions",
    name="Pinterest Conversions",
    category="advertising",
    docs_url="https://developers.pinterest.com/docs/api/v5/events-create",
    base_url="https://api.pinterest.com/v5",
    auth=bearer("conversion_token"),
    check=check,
    check_answer=check_answer,
    names=("Pinterest Conversions API",),
    description="Tells Pinterest's ads what people did after seeing them.",
    settings=[
        Setting("ad_account_id", "Ad account ID", required=True),
        Setting(
            "conversion_token",
            "Conversion token",
            required=True,
            secret=True,
            help="Ads → Conversions → Conversion access token",
        ),
    ],
    presets=[_preset(*event) for event in EVENTS],
)

# field → key
HASHED = {
    "email": "em",
    "date_of_birth": "db",
    "last_name": "ln",
    "first_name": "fn",
    "city": "ct",
    "state": "st",
    "zip": "zp",
    "country": "country",
    "external_id": "external_id",
    "hashed_maids": "hashed_maids",
}
GENDERS = {"male": "m", "female": "f", "non-binary": "n"}
AS_GIVEN = ("client_ip_address", "client_user_agent", "click_id", "partner_id")
CUSTOM_DATA = (
    "currency",
    "content_ids",
    "num_items",
    "order_id",
    "search_string",
    "opt_out_type",
    "content_brand",
    "content_category",
    "content_name",
)
LEGACY = (
    "app_id",
    "app_name",
    "app_version",
    "device_brand",
    "device_carrier",
    "device_model",
    "device_type",
    "os_version",
)


@integration.action("Report Conversion Event", slug="reportConversionEvent", fields=CONVERSION)
def report_conversion_event(payload, settings):
    is_latest = payload.get("data_format") == "latest"
    event = {
        **chosen(payload, "event_name", "action_source", "event_id", "event_source_url"),
        "event_time": epoch_s(payload["event_time"]),
        "partner_name": PARTNER,
        **chosen(payload, "opt_out", "advertiser_tracking_enabled", "wifi", "language"),
        "user_data": _user_data(payload.get("user_data") or {}),
    }
    if is_latest:
        event["custom_data"] = _custom_data(
            payload.get("custom_data_2") or {}, payload.get("contents")
        )
        event |= {name: part for name, part in _app_and_device(payload).items() if part}
    else:
        custom_data = payload.get("custom_data") or {}
        event["custom_data"] = _custom_data(custom_data, custom_data.get("contents"))
        event |= chosen(payload, *LEGACY)
    return Request("POST", _where(settings), json={"data": [event]})


@report_conversion_event.answer
def read_answer(response, payloads):
    # Pinterest may receive a request and still not process its event.
    answer = response.json()
    events = answer.get("events") if type(answer) is dict else None
    failed = [
        event
        for event in (events if type(events) is list else ())
        if type(event) is dict and event.get("status") == "failed"
    ]
    if not failed or response.status not in (200, 422):
        return None
    message = f"Pinterest did not process the event: {failed[0].get('error_message')}"
    return [Rejected(message, status=422)] * len(payloads)


def _gender(text):
    text = hashing.compact(text)
    return GENDERS.get(text, text)


def _user_data(user):
    who = user.get("client_ip_address") and user.get("client_user_agent")
    if not (user.get("email") or user.get("hashed_maids") or who):
        needed = "needs an email, hashed_maids, or client_ip_address with client_user_agent"
        raise InvalidPayload([("user_data", needed)])
    hashed = {key: hashes(user.get(name), hashing.compact) for name, key in HASHED.items()}
    hashed["ph"] = hashes(user.get("phone"), hashing.digits)
    hashed["ge"] = hashes(user.get("gender"), _gender)
    return {**present(hashed), **{name: user[name] for name in AS_GIVEN if name in user}}


def _custom_data(data, contents):
    # Pinterest wants amounts of money as text.
    found = {**chosen(data, *CUSTOM_DATA), **_as_text(data, "value", "predicted_ltv")}
    if contents is not None:
        found["contents"] = [{**item, **_as_text(item, "item_price")} for item in contents]
    return {**found, "np": PARTNER}


def _as_text(members, *names):
    return {name: text_of(value) for name, value in chosen(members, *names).items()}


def _app_and_device(payload):
    app = dict(payload.get("app_info") or {})
    if type(app.get("install_time")) is str:  # a number goes as it is
        app["install_time"] = epoch_s(app["install_time"])
    device = payload.get("device_info") or {}
    if any(len(language) != 2 for language in device.get("languages", ())):
        message = "must be codes of two letters (ISO 639-1)"
        raise InvalidPayload([("device_info.languages", message)])
    return {"app_info": app, "device_info": device}
