"""Facebook Conversions API: what people do on a site or in an app, for Meta's ads.

API: https://developers.facebook.com/docs/marketing-api/conversions-api and, for what answers mean,
https://developers.facebook.com/docs/graph-api/guides/error-handling (read 2026-11-23).
Facts: reference/destination-catalog/advertising.md, "Facebook Conversions API (Actions)", and,
where it is silent, Segment's open source (destinations/facebook-conversions-api/shared, read
2026-11-25). Deliberate differences:

- Segment's token belongs to its own app; here it is the secret setting `accessToken`.
- An item of `contents` in which the mapping found nothing is left out. The default mapping makes
  one of every event, and Segment then rejects a search that names no product.
- Errors that the Graph API answers with 400 though they pass are tried again.
- Segment ships no mappings. Ours are its suggested triggers, on events of a website.
"""

from destinations.auth import bearer
from destinations.catalog._bodies import as_is, chosen, present
from destinations.catalog._currencies import CURRENCIES
from destinations.catalog._facebook_fields import (
    ADD_TO_CART,
    CUSTOM,
    INITIATE_CHECKOUT,
    PAGE_VIEW,
    PURCHASE,
    SEARCH,
    VIEW_CONTENT,
)
from destinations.catalog._places import country_code, state_code
from destinations.integration import (
    Integration,
    InvalidPayload,
    Preset,
    Request,
    ServerFault,
    Setting,
    Throttled,
    Unauthorized,
    hashing,
)

DELIVERY_CATEGORIES = ("in_store", "curbside", "home_delivery")
# The Graph API answers these with status 400.
TOO_MANY_CALLS = (4, 17, 341, 613)
TEMPORARY = (1, 2)
TOKEN_INVALID = (102, 190)

# (slug, label, name of the event, fields, event that triggers it)
ACTIONS = (
    ("purchase", "Purchase", "Purchase", PURCHASE, "Order Completed"),
    (
        "initiateCheckout",
        "Initiate Checkout",
        "InitiateCheckout",
        INITIATE_CHECKOUT,
        "Checkout Started",
    ),
    ("addToCart", "Add to Cart", "AddToCart", ADD_TO_CART, "Product Added"),
    ("viewContent", "View Content", "ViewContent", VIEW_CONTENT, "Product Viewed"),
    ("search", "Search", "Search", SEARCH, "Products Searched"),
    ("pageView", "Page View", "PageView", PAGE_VIEW, None),
)


def _trigger(event):
    return f'type = "track" and event = "{event}"' if event else 'type = "page"'


integration = Integration(
    slug="facebook-conversions-api",
    name="Facebook Conversions API",
    category="advertising",
    docs_url="https://developers.facebook.com/docs/marketing-api/conversions-api",
    base_url="https://graph.facebook.com/v24.0",
    auth=bearer("accessToken"),
    check=Request("GET", "/me", query={"fields": "id"}),
    names=("Facebook Conversions API (Actions)",),
    description="Tells Meta's ads what people did after seeing them.",
    settings=[
        Setting("pixelId", "Pixel ID", required=True, help="Events Manager → Data sources"),
        Setting(
            "accessToken",
            "Access token",
            required=True,
            secret=True,
            help="Of a system user who may manage the pixel. Events Manager → Settings",
        ),
        Setting("testEventCode", "Test event code", help="Events Manager → Test events"),
    ],
    presets=[
        Preset(label, slug, _trigger(event), {"action_source": "website"})
        for slug, label, _, _, event in ACTIONS
    ],
)


def _gender(text):
    text = hashing.compact(text)
    return text[0] if text in ("m", "male", "f", "female") else ""


# field → (key, normalisation). A digest is known as one after it: white space goes, and capitals.
HASHED = {
    "email": ("em", hashing.compact),
    "dateOfBirth": ("db", hashing.compact),
    "lastName": ("ln", hashing.compact),
    "firstName": ("fn", hashing.compact),
    "city": ("ct", hashing.compact),
    "state": ("st", state_code),
    "zip": ("zp", hashing.compact),
    "country": ("country", country_code),
}
NOT_HASHED = {
    "client_ip_address": "client_ip_address",
    "client_user_agent": "client_user_agent",
    "fbc": "fbc",
    "fbp": "fbp",
    "subscriptionID": "subscription_id",
    "leadID": "lead_id",
    "anonId": "anon_id",
    "madId": "madid",
    "fbLoginID": "fb_login_id",
    "partner_id": "partner_id",
    "partner_name": "partner_name",
    "ctwa_clid": "ctwa_clid",
}
EXTINFO = (
    "version",
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
CUSTOM_DATA = (
    "currency",
    "value",
    "net_revenue",
    "content_ids",
    "content_name",
    "content_type",
    "content_category",
    "num_items",
    "search_string",
)


def _hash(text, normalise=hashing.compact):
    return None if text is None else hashing.hashed(normalise(text), as_is)


def _user_data(user):
    external_ids = [_hash(one) for one in user.get("externalId") or ()]
    return present(
        {
            **{key: _hash(user.get(name), rule) for name, (key, rule) in HASHED.items()},
            "ph": hashing.hashed(user.get("phone"), hashing.digits),
            "ge": hashing.hashed(user.get("gender"), _gender),
            "external_id": [one for one in external_ids if one] or None,
            **{key: user.get(name) for name, key in NOT_HASHED.items() if user.get(name) != ""},
        }
    )


def _app_data(app):
    if not app.get("use_app_data"):
        return None
    return present(
        {
            "advertiser_tracking_enabled": int(bool(app.get("advertiser_tracking_enabled"))),
            "application_tracking_enabled": int(bool(app.get("application_tracking_enabled"))),
            "madid": app.get("madId"),
            "extinfo": [app.get(name) or "" for name in EXTINFO],
        }
    )


def _contents(payload):
    """Return the products, or None when the mapping found none."""
    if "contents" not in payload:
        return None
    contents = [item for item in payload["contents"] if item]
    if payload["contents"] and not contents:
        return None
    problems = []
    for i, item in enumerate(contents):
        if not item.get("id"):
            problems.append((f"contents[{i}].id", "is required"))
        category = item.get("delivery_category")
        if category and category not in DELIVERY_CATEGORIES:
            allowed = ", ".join(DELIVERY_CATEGORIES)
            problems.append((f"contents[{i}].delivery_category", f"must be one of {allowed}"))
    if problems:
        raise InvalidPayload(problems)
    return contents


def _check(payload, event_name):
    currency = payload.get("currency")
    if currency and currency not in CURRENCIES:
        raise InvalidPayload([("currency", f"must be a code of ISO 4217, not {currency}")])
    is_website = payload["action_source"] == "website"
    if is_website and event_name and "client_user_agent" not in payload["user_data"]:
        raise InvalidPayload(
            [("user_data.client_user_agent", "is required for events of a website")]
        )


def _event(payload, event_name):
    """Return the event; without `event_name` it is a custom one, which names itself."""
    _check(payload, event_name)
    custom_data = {
        **(payload.get("custom_data") or {}),
        **present({name: payload.get(name) or None for name in CUSTOM_DATA}),
        **chosen(payload, "value", "net_revenue", "num_items"),
        **present({"contents": _contents(payload)}),
    }
    event = {
        "event_name": event_name or payload["event_name"],
        **chosen(payload, "event_time", "event_source_url", "event_id", "action_source"),
        "user_data": _user_data(payload["user_data"]),
        "app_data": _app_data(payload.get("app_data_field") or {}),
        "custom_data": None if event_name == "PageView" else custom_data,
    }
    if payload.get("data_processing_options"):
        for part in ("country", "state"):
            name = f"data_processing_options_{part}"
            event[name] = payload.get(name) or 0
        event["data_processing_options"] = ["LDU"]
    return present(event)


def _builder(event_name):
    def build(payload, settings):
        test_code = payload.get("test_event_code") or settings.get("testEventCode")
        body = {"data": [_event(payload, event_name)], "test_event_code": test_code or None}
        return Request("POST", f"/{settings['pixelId']}/events", json=present(body))

    return build


def read_answer(response, payloads):
    answer = response.json()
    error = answer.get("error") if type(answer) is dict else None
    if response.status < 400 or type(error) is not dict:
        return None
    said = f"Facebook answered {response.status}: {error.get('message')}"
    if error.get("code") in TOO_MANY_CALLS:
        return [Throttled(said, status=response.status)] * len(payloads)
    if error.get("code") in TEMPORARY or error.get("is_transient") is True:
        return [ServerFault(said, status=response.status)] * len(payloads)
    if error.get("code") in TOKEN_INVALID:
        return [Unauthorized(said, status=response.status)] * len(payloads)
    return None


# The newer actions differ in nothing but that their mappings name a sync mode, which is "add".
for _suffix, _version in (("", ""), ("2", " V2")):
    for _slug, _label, _name, _fields, _trigger_event in ACTIONS:
        integration.action(
            _label + _version,
            slug=_slug + _suffix,
            trigger=_trigger(_trigger_event),
            fields=_fields,
        )(_builder(_name)).answer(read_answer)
    integration.action(f"Custom Event{_version}", slug=f"custom{_suffix}", fields=CUSTOM)(
        _builder(None)
    ).answer(read_answer)
