"""Snap Conversions API: what people do on a site or in an app, for Snapchat's ads.

API: https://developers.snap.com/api/marketing-api/Conversions-API (read 2026-11-23).
Facts: reference/destination-catalog/advertising.md, "Snap Conversions Api" (read 2026-11-23), with
these additions:

- Segment connects through an app of its own; here a client with a refresh token, or a long-lived
  Conversions API token (as `access_token`), are settings.
- `dateOfBirth`, which the reference does not speak of, is sent hashed as `db`, as Snap asks.

There is no credential check: Snap's test endpoint also judges the moment of the event it is sent.
"""

import re
from dataclasses import replace

from destinations.auth import Auth, OAuth2
from destinations.catalog._bodies import as_is, chosen, needed, present
from destinations.catalog._oauth import CLIENT, token_of
from destinations.catalog._places import country_code, state_code
from destinations.catalog._snap_fields import CONVERSION, TRAVEL
from destinations.integration import (
    Integration,
    InvalidPayload,
    Preset,
    Request,
    Setting,
    epoch_ms,
    hashing,
)

_CODES = """
    AED ALL AUD BGN BHD BRL CAD CHF CLP CNY COP CZK DKK DZD EGP EUR GBP GHS GIP HKD HRK HUF IDR ILS
    INR IQD ISK JOD JPY KES KRW KWD KZT LBP MAD MXN MYR NGN NOK NZD OMR PEN PHP PKR PLN QAR RON RUB
    SAR SEK SGD THB TRY TWD TZS UAH USD VND XOF ZAR
"""
CURRENCIES = frozenset(_CODES.split())

# (event, name at Snap)
EVENTS = (
    ("Payment Info Entered", "ADD_BILLING"),
    ("Product Added", "ADD_CART"),
    ("Product Added to Wishlist", "ADD_TO_WISHLIST"),
    ("Application Installed", "APP_INSTALL"),
    ("Product List Viewed", "LIST_VIEW"),
    ("Application Opened", "APP_OPEN"),
    ("Signed In", "LOGIN"),
    (None, "PAGE_VIEW"),
    ("Order Completed", "PURCHASE"),
    ("Products Searched", "SEARCH"),
    ("Product Shared", "SHARE"),
    ("Signed Up", "SIGN_UP"),
    ("Checkout Started", "START_CHECKOUT"),
    ("Product Viewed", "VIEW_CONTENT"),
)
CONVERSION_TYPES = {"WEB": "website", "MOBILE_APP": "app", "OFFLINE": "OFFLINE"}


def _preset(event, name):
    trigger = f'event = "{event}"' if event else 'type = "page"'
    mapping = {"event_name": name, "action_source": "website"}
    return Preset(event or "Page calls", "reportConversionEvent", trigger, mapping)


def _sign(request, settings, auth, now):
    query = {"access_token": token_of(settings, auth), **(request.query or {})}
    return replace(request, query=query)


integration = Integration(
    slug="snap-conversions-api",
    name="Snap Conversions API",
    category="advertising",
    docs_url="https://developers.snap.com/api/marketing-api/Conversions-API",
    base_url="https://tr.snapchat.com/v3",
    auth=Auth(
        "oauth2",
        _sign,
        OAuth2(
            "https://accounts.snapchat.com/login/oauth2/access_token",
            authorize_url="https://accounts.snapchat.com/login/oauth2/authorize",
            scope="snapchat-offline-conversions-api",
        ),
    ),
    names=("Snap Conversions Api", "Snap Conversions API", "Snapchat Conversions API"),
    description="Tells Snapchat's ads what people did after seeing them.",
    settings=[
        Setting("pixel_id", "Pixel ID", help="For events of a website, and offline"),
        Setting("snap_app_id", "Snap app ID", help="For events of an app"),
        Setting("app_id", "App ID", help="Of the app in its store"),
        *CLIENT,
    ],
    presets=[_preset(*event) for event in EVENTS],
)


def _phone(text):
    return hashing.digits(text).lstrip("0")


def _gender(text):
    text = hashing.compact(text)
    return {"male": "m", "female": "f"}.get(text, text)


# field → (key, normalisation)
HASHED = {
    "gender": ("ge", _gender),
    "dateOfBirth": ("db", as_is),
    "lastName": ("ln", hashing.compact),
    "firstName": ("fn", hashing.compact),
    "city": ("ct", hashing.compact),
    "state": ("st", state_code),
    "zip": ("zp", hashing.compact),
    "country": ("country", country_code),
}
# field → (key, its older name)
AS_GIVEN = {
    "client_ip_address": ("client_ip_address", "ip_address"),
    "client_user_agent": ("client_user_agent", "user_agent"),
    "externalId": ("external_id", None),
    "sc_click_id": ("sc_click_id", "click_id"),
    "sc_cookie1": ("sc_cookie1", "uuid_c1"),
    "subscriptionID": ("subscription_id", None),
    "leadID": ("lead_id", None),
    "idfv": ("idfv", "idfv"),
}
EXTINFO = (
    "packageName",
    "shortVersion",
    "longVersion",
    "osVersion",
    "deviceName",
    "locale",
    "timezone",
    "carrier",
    "width",
    "height",
    "density",
    "cpuCores",
    "storageSize",
    "freeStorage",
    "deviceTimezone",
)


@integration.action("Report Conversion Event", slug="reportConversionEvent", fields=CONVERSION)
def report_conversion_event(payload, settings):
    source = _action_source(payload)
    moment = payload.get("event_time", payload.get("timestamp"))
    event = {
        "integration": "segment",
        "event_id": payload.get("event_id") or payload.get("client_dedup_id"),
        "event_name": payload.get("event_name") or payload.get("event_type"),
        "event_source_url": payload.get("event_source_url") or payload.get("page_url"),
        "event_time": epoch_ms(moment),
        "user_data": _user_data(payload),
        "custom_data": _custom_data(payload) or None,
        "action_source": source,
        "app_data": _app_data(payload, settings) if source == "app" else None,
        "data_processing_options": ["LDU"] if payload.get("data_processing_options") else None,
        **chosen(payload, "data_processing_options_country", "data_processing_options_state"),
    }
    _check(event)
    asset = needed(settings, "snap_app_id" if source == "app" else "pixel_id")
    return Request("POST", f"/{asset}/events", json={"data": [present(event)]})


def _check(event):
    names = ("action_source", "event_name", "event_time")
    problems = [(name, "is required") for name in names if event[name] is None]
    user = event["user_data"]
    who = user.get("client_ip_address") and user.get("client_user_agent")
    if not (user.get("em") or user.get("ph") or user.get("madid") or who):
        wanted = "needs email, phone, madid, or client_ip_address with client_user_agent"
        problems.append(("user_data", wanted))
    currency = (event["custom_data"] or {}).get("currency")
    if currency and currency not in CURRENCIES:
        problems.append(("custom_data.currency", f"cannot be {currency} at Snap"))
    if problems:
        raise InvalidPayload(problems)


def _action_source(payload):
    source = payload.get("action_source")
    if source:
        # Snap knows no more than these two; all else happened offline.
        return source if source in ("website", "app") else "OFFLINE"
    return CONVERSION_TYPES.get(payload.get("event_conversion_type"))


def _user_data(payload):
    user = payload.get("user_data") or {}
    email = hashing.hashed(user.get("email") or payload.get("email"), hashing.compact)
    phone = hashing.hashed(user.get("phone") or payload.get("phone_number"), _phone)
    madid = user.get("madid") or payload.get("mobile_ad_id")
    given = {
        key: user.get(name) or payload.get(older or name) for name, (key, older) in AS_GIVEN.items()
    }
    hashed = {key: hashing.hashed(user.get(name), rule) for name, (key, rule) in HASHED.items()}
    return {
        "em": [email] if email else [],
        "ph": [phone] if phone else [],
        **present({**hashed, **given, "madid": madid.lower() if madid else None}),
    }


def _list(text):
    """Read a list in text: with semicolons, else with commas."""
    parts = re.split(";" if ";" in text else ",", text)
    return [part.strip() for part in parts if part.strip()] or None


def _custom_data(payload):
    data = payload.get("custom_data") or {}
    if "products" in payload:
        products = [item for item in payload["products"] if item.get("item_id")]
        found = {
            "content_ids": [item["item_id"] for item in products],
            "content_category": [item.get("item_category") or "" for item in products],
            "brands": [item.get("brand") or "" for item in products],
            "num_items": len(products),
        }
    else:
        found = {
            "content_ids": _list(payload.get("item_ids") or ""),
            "content_category": _list(payload.get("item_category") or ""),
            "brands": payload.get("brands"),
            "num_items": _number(payload.get("number_items")),
        }
    found |= chosen(payload, "search_string", "sign_up_method")
    found["order_id"] = payload.get("transaction_id")
    found["value"] = payload.get("price")
    found |= chosen(
        data, "num_items", "order_id", "search_string", "sign_up_method", "value", *TRAVEL
    )
    currency = data.get("currency") or payload.get("currency")
    found["currency"] = currency.upper() if currency else None
    return {name: value for name, value in found.items() if value is not None and value != ""}


def _number(text):
    return int(text) if text and text.isascii() and text.isdigit() else None


def _app_data(payload, settings):
    app = payload.get("app_data") or {}
    app_id = settings.get("app_id")
    older = {"osVersion": payload.get("os_version"), "deviceName": payload.get("device_model")}
    # App Store IDs are numbers, packages of Android are not.
    version = app.get("version") or ("i2" if (app_id or "").isdigit() else "a2")
    return present(
        {
            "app_id": app_id,
            "advertiser_tracking_enabled": int(bool(app.get("advertiser_tracking_enabled"))),
            "application_tracking_enabled": int(bool(app.get("application_tracking_enabled"))),
            "extinfo": [version, *(app.get(name) or older.get(name) or "" for name in EXTINFO)],
        }
    )
