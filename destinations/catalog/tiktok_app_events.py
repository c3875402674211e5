"""TikTok App Events: what people do in an app, for TikTok's ads.

API: https://business-api.tiktok.com/portal/docs (Events API 2.0, read 2026-11-23).
Facts: reference/destination-catalog/advertising.md, "TikTok App Events" (read 2026-11-23).
"""

from destinations.catalog._bodies import chosen
from destinations.catalog._tiktok import (
    ACCESS_TOKEN,
    BASE_URL,
    CONTENT_TYPE,
    CONTENTS,
    NOTHING,
    ONE_PRODUCT,
    PRODUCTS,
    TRACK,
    auth,
    check_answer,
    event_time,
    people_fields,
    people_of,
    presets_of,
    read_answer,
    track,
)
from destinations.integration import (
    Field,
    Integration,
    InvalidPayload,
    Request,
    Setting,
    first_of,
    hashing,
    path,
    required_if,
)

EVENT_NAMES = (
    "AchieveLevel",
    "AddPaymentInfo",
    "AddToCart",
    "AddToWishlist",
    "Checkout",
    "CompleteTutorial",
    "CreateGroup",
    "CreateRole",
    "GenerateLead",
    "InAppADClick",
    "InAppADImpr",
    "InstallApp",
    "JoinGroup",
    "LaunchAPP",
    "LoanApplication",
    "LoanApproval",
    "LoanDisbursal",
    "Login",
    "Purchase",
    "Rate",
    "Registration",
    "Search",
    "SpendCredits",
    "StartTrial",
    "Subscribe",
    "UnlockAchievement",
    "ViewContent",
)
WITH_CONTENTS = required_if(
    "event", "is", ("AddToCart", "AddToWishlist", "Checkout", "Purchase", "Subscribe")
)
WITH_VALUE = required_if(
    "event", "is", ("AddToCart", "AddToWishlist", "Checkout", "Purchase", "ViewContent")
)
# What Segment's presets give products.
WITH_CONTENT_ID = (
    "AddPaymentInfo",
    "AddToCart",
    "AddToWishlist",
    "Checkout",
    "Purchase",
    "ViewContent",
)
# (event, name at TikTok, where its contents are)
EVENTS = (
    ("Order Completed", "Purchase", PRODUCTS),
    ("Payment Info Entered", "AddPaymentInfo", PRODUCTS),
    ("Checkout Started", "Checkout", PRODUCTS),
    ("Products Searched", "Search", NOTHING),
    ("Product Viewed", "ViewContent", ONE_PRODUCT),
    ("Product Added", "AddToCart", ONE_PRODUCT),
    ("Product Added to Wishlist", "AddToWishlist", ONE_PRODUCT),
    ("Application Installed", "InstallApp", NOTHING),
    ("Application Opened", "LaunchAPP", NOTHING),
    ("Signed In", "Login", NOTHING),
    ("Signed Up", "Registration", NOTHING),
)
STATUSES = ("AUTHORIZED", "DENIED", "NOT_DETERMINED", "RESTRICTED", "NOT_APPLICABLE", "AUTO")
AD = (
    "callback",
    "campaign_id",
    "ad_id",
    "creative_id",
    "is_retargeting",
    "attributed",
    "attribution_type",
    "attribution_provider",
)
PROPERTIES = (
    "content_type",
    "currency",
    "value",
    "description",
    "content_ids",
    "num_items",
    "search_string",
)
# The first iOS that asks people whether apps may track them.
FIRST_TO_ASK = 14


def check(settings):
    body = {"event_source": "app", "event_source_id": settings["appID"], "data": []}
    return Request("POST", TRACK, json=body)


integration = Integration(
    slug="tiktok-app-events",
    name="TikTok App Events",
    category="advertising",
    docs_url="https://business-api.tiktok.com/portal/docs",
    base_url=BASE_URL,
    auth=auth,
    check=check,
    check_answer=check_answer,
    names=("TikTok App Events",),
    description="Tells TikTok's ads what people did in your app.",
    settings=[
        ACCESS_TOKEN,
        Setting("appID", "TikTok app ID", required=True, help="TikTok Ads Manager → Events"),
    ],
    presets=presets_of(EVENTS, "reportAppEvent"),
)


def _context(name, where, type="string"):
    return Field(name, type, path(f"$.context.{where}"))


def _property(name, type="string", where=None, **options):
    return Field(name, type, path(f"$.properties.{where or name}"), **options)


@integration.action(
    "Report App Event",
    slug="reportAppEvent",
    fields=[
        Field("event_source", default="app", required=True, choices=("app",)),
        Field("event", required=True, choices=EVENT_NAMES),
        Field("event_id", default=path("$.messageId")),
        Field("timestamp", "datetime", path("$.timestamp")),
        *people_fields("phone_number", "email", "external_id"),
        _context("advertising_id", "device.advertisingId"),
        Field(
            "app",
            "object",
            required=True,
            properties=(
                _context("app_id", "app.namespace").with_(required=True),
                _context("app_name", "app.name"),
                _context("app_version", "app.version"),
            ),
        ),
        Field(
            "ad",
            "object",
            properties=(
                Field("callback"),
                _property("campaign_id", where="campaign.name"),
                _property("ad_id", where="campaign.ad_group"),
                _property("creative_id", where="campaign.ad_creative"),
                Field("is_retargeting", "boolean"),
                Field("attributed", "boolean"),
                Field("attribution_type"),
                _property("attribution_provider", where="provider"),
            ),
        ),
        Field(
            "device_details",
            "object",
            properties=(
                _context("device_type", "device.type"),
                _context("device_id", "device.id"),
                _context("device_version", "os.version"),
                _context("ad_tracking_enabled", "device.adTrackingEnabled", "boolean"),
            ),
        ),
        _context("locale", "locale"),
        Field("att_status", default="AUTO", required=True, choices=STATUSES),
        _context("ip", "ip"),
        _context("user_agent", "userAgent"),
        CONTENTS.with_(required=WITH_CONTENTS),
        _property("content_ids", multiple=True),
        _property("num_items", "number"),
        CONTENT_TYPE.with_(required=WITH_VALUE),
        _property("currency", required=WITH_VALUE),
        Field(
            "value",
            "number",
            first_of("$.properties.value", "$.properties.revenue"),
            required=WITH_VALUE,
        ),
        Field("description"),
        _property("limited_data_use", "boolean"),
        Field("test_event_code"),
        _property("search_string"),
    ],
)
def report_app_event(payload, settings, *, now):
    event = {
        "event": payload["event"],
        "event_time": event_time(payload, now),
        **chosen(payload, "event_id"),
        "user": _user(payload),
        "properties": {"contents": _contents(payload), **chosen(payload, *PROPERTIES)},
        "app": _said(payload["app"], *payload["app"]),
        "ad": _said(payload.get("ad") or {}, *AD),
        "limited_data_use": payload.get("limited_data_use", False),
    }
    return track("app", settings["appID"], event, payload.get("test_event_code"))


report_app_event.answer(read_answer)


def _said(members, *names):
    """Return the named members that are there and not empty text."""
    return {name: value for name, value in chosen(members, *names).items() if value != ""}


def _contents(payload):
    """Return the products; those without a price have none."""
    contents, needed = payload.get("contents") or [], []
    if payload["event"] in WITH_CONTENT_ID:
        needed.append("content_id")
    if payload["event"] == "Purchase":
        needed.append("quantity")
    problems = [
        (f"contents[{i}].{name}", f"is required for {payload['event']}")
        for i, content in enumerate(contents)
        for name in needed
        if content.get(name) in (None, "")
    ]
    if problems:
        raise InvalidPayload(problems)
    return [
        {name: value for name, value in content.items() if value or name == "quantity"}
        for content in contents
    ]


def _user(payload):
    device = payload.get("device_details") or {}
    system = (device.get("device_type") or "").lower()
    people = people_of(*(payload.get(name) for name in ("external_id", "phone_number", "email")))
    user = {name: values for name, values in people.items() if values}
    advertising_id = hashing.hashed(payload.get("advertising_id"), hashing.compact)
    if advertising_id and system in ("ios", "android"):
        user["idfa" if system == "ios" else "gaid"] = advertising_id
    if system == "ios" and device.get("device_id"):
        user["idfv"] = device["device_id"]
    user["att_status"] = _att_status(payload["att_status"], device, system)
    return {**user, **chosen(payload, "ip", "user_agent", "locale")}


def _att_status(status, device, system):
    """Whether the app may track: what the mapping says, or what the device lets us tell."""
    if status != "AUTO":
        return status
    version = (device.get("device_version") or "").split(".")[0]
    if system != "ios" or (version.isdigit() and int(version) < FIRST_TO_ASK):
        return "NOT_APPLICABLE"
    allowed = device.get("ad_tracking_enabled")
    if allowed is None:
        return "NOT_DETERMINED"
    return "AUTHORIZED" if allowed else "DENIED"
