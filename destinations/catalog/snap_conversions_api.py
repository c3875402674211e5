"""Snap Conversions API: what people do on a site or in an app, for Snapchat's ads.

API: https://developers.snap.com/api/marketing-api/Conversions-API (read 2026-11-23).
Facts: reference/destination-catalog/advertising.md, "Snap Conversions Api" (read 2026-11-25). What
it does not say is as in Segment's open source (snap-capi-v3.ts and index.ts, read 2026-11-25):

- `externalId` is hashed like a name, `dateOfBirth` is hashed as it is and sent as `db`.
- The token is sent twice: in the query and as `Authorization: Bearer …`.
- A time that is a bare number is sent as it is.

Segment connects through an app of its own; here a client with a refresh token, or a long-lived
Conversions API token (as `access_token`), are settings.

There is no credential check: how Snap's test endpoint (/events/validate) answers a wrong token is
not documented (looked for on 2026-11-25), and it judges the event that it is sent as well.
"""

import re
from dataclasses import replace

from destinations.auth import Auth, OAuth2
from destinations.catalog._bodies import as_is, chosen, hashes, needed, present
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
    token = token_of(settings, auth)
    return replace(
        request,
        headers={"Authorization": f"Bearer {token}", **request.headers},
        query={"access_token": token, **(request.query or {})},
    )


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
            access_token="access_token",
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
    return re.sub(r"[^0-9]|^0+", "", text)


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
BARE_NUMBER = re.compile(r"([0-9]{5,15})(\.[0-9]*)?")
WHOLE_NUMBER = re.compile(r"\s*([+-]?[0-9]{1,15})")


def _first(*values):
    """Return the first value that is there, trimmed if it is text; nothing for empty text."""
    value = next((value for value in values if value is not None), None)
    return (value.strip() or None) if type(value) is str else value


@integration.action("Report Conversion Event", slug="reportConversionEvent", fields=CONVERSION)
def report_conversion_event(payload, settings):
    source = _action_source(payload)
    event = {
        "integration": "segment",
        "event_id": _first(payload.get("event_id")) or _first(payload.get("client_dedup_id")),
        "event_name": payload.get("event_name") or payload.get("event_type"),
        "event_source_url": payload.get("event_source_url") or payload.get("page_url"),
        "event_time": _time(payload.get("event_time") or payload.get("timestamp")),
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
    problems = [(name, "is required") for name in names if event.get(name) is None]
    user = event["user_data"]
    who = "client_ip_address" in user and "client_user_agent" in user
    if not (who or any(name in user for name in ("em", "ph", "madid"))):
        wanted = "needs email, phone, madid, or client_ip_address with client_user_agent"
        problems.append(("user_data", wanted))
    currency = (event["custom_data"] or {}).get("currency")
    if currency and currency not in CURRENCIES:
        problems.append(("custom_data.currency", f"cannot be {currency} at Snap"))
    if problems:
        raise InvalidPayload(problems)


def _action_source(payload):
    source = _first(payload.get("action_source"))
    if source:
        # Snap knows no more than these two; all else happened offline.
        return source if source in ("website", "app") else "OFFLINE"
    return CONVERSION_TYPES.get(payload.get("event_conversion_type"))


def _time(text):
    number = BARE_NUMBER.fullmatch(text or "")
    return int(number[1]) if number else epoch_ms(text)


def _user_data(payload):
    user = payload.get("user_data") or {}
    email = hashing.hashed(_newer(user, "email", payload, "email"), hashing.compact)
    phone = hashing.hashed(_newer(user, "phone", payload, "phone_number"), _phone)
    madid = _newer(user, "madid", payload, "mobile_ad_id")
    hashed = {key: hashing.hashed(user.get(name), rule) for name, (key, rule) in HASHED.items()}
    given = {key: _newer(user, name, payload, older) for name, (key, older) in AS_GIVEN.items()}
    return present(
        {
            "em": [email] if email else None,
            "ph": [phone] if phone else None,
            "external_id": hashes(user.get("externalId"), hashing.compact),
            **hashed,
            **given,
            "madid": madid.lower() if madid else None,
        }
    )


def _newer(user, name, payload, older):
    """Return a value from its field, or else from the field that it had in the older API."""
    value = user.get(name)
    return payload.get(older) if value is None else value


def _list(text):
    """Read a list in text: with semicolons, else with commas."""
    parts = re.split(";" if ";" in text else ",", text)
    return [part.strip() for part in parts if part.strip()] or None


def _custom_data(payload):
    data = payload.get("custom_data") or {}
    currency = _first(data.get("currency"), payload.get("currency"))
    found = {
        **_products(payload),
        "currency": currency.upper() if currency else None,
        "order_id": _first(data.get("order_id"), payload.get("transaction_id")),
        "search_string": _first(data.get("search_string"), payload.get("search_string")),
        "sign_up_method": _first(data.get("sign_up_method"), payload.get("sign_up_method")),
        "value": _first(data.get("value"), payload.get("price")),
        **{name: _first(data.get(name)) for name in TRAVEL},
    }
    if "num_items" in data:
        found["num_items"] = data["num_items"]
    return present(found)


def _products(payload):
    if "products" in payload:
        products = [item for item in payload["products"] if "item_id" in item]
        return {
            "content_ids": [item["item_id"] for item in products],
            "content_category": [item.get("item_category", "") for item in products],
            "brands": [item.get("brand", "") for item in products],
            "num_items": len(products),
        }
    number = WHOLE_NUMBER.match(payload.get("number_items") or "")
    return {
        "content_ids": _list(payload.get("item_ids") or ""),
        "content_category": _list(payload.get("item_category") or ""),
        "brands": payload.get("brands"),
        "num_items": int(number[1]) if number else None,
    }


def _app_data(payload, settings):
    app = payload.get("app_data") or {}
    app_id = _first(settings.get("app_id"))
    older = {"osVersion": payload.get("os_version"), "deviceName": payload.get("device_model")}
    # App Store IDs are numbers, packages of Android are not.
    version = app.get("version") or ("i2" if (app_id or "").isdigit() else "a2")
    tracking = int(app.get("application_tracking_enabled", False))
    return present(
        {
            "app_id": app_id,
            "advertiser_tracking_enabled": int(app.get("advertiser_tracking_enabled", False)),
            "application_tracking_enabled": tracking if "app_data" in payload else None,
            "extinfo": [version, *(app.get(name) or older.get(name) or "" for name in EXTINFO)],
        }
    )
