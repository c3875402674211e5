"""AppsFlyer: events of apps that did not happen in the app, for attribution.

API: https://support.appsflyer.com/hc/en-us/articles/207034486 and, for v3,
https://dev.appsflyer.com/hc/reference/s2s-events-api3-overview (read 2026-11-23).
Facts: reference/destination-catalog/advertising.md, "AppsFlyer (classic, server-side)" (read
2026-11-25). A classic destination translates by itself; here that translation is the default
mapping of one action. `os` is sent for iOS, since AppsFlyer asks for it from iOS 14 on. Events
whose device tells of no app, such as those of a website, are not for AppsFlyer and not sent.

AppsFlyer answers 200 to an app it does not know, and has no request that only checks.
"""

from destinations.catalog._bodies import needed, present
from destinations.integration import (
    Field,
    Integration,
    InvalidPayload,
    Request,
    Setting,
    find_moment,
    first_of,
    json_text,
    path,
)

V2, V3 = "https://api2.appsflyer.com", "https://api3.appsflyer.com"
APPLE = ("ios", "tvos", "ipados")
APP_IDS = {
    **dict.fromkeys(APPLE, "appleAppID"),
    "android": "androidAppID",
    "roku": "rokuAppID",
}
# Told elsewhere than among the values of an event.
NOT_VALUES = ("revenue", "total", "currency")

integration = Integration(
    slug="appsflyer",
    name="AppsFlyer",
    category="advertising",
    docs_url="https://support.appsflyer.com/hc/en-us/articles/207034486",
    base_url=lambda settings: V3 if settings.get("useApiV3") else V2,
    names=("AppsFlyer",),
    description="Tells AppsFlyer about events that did not happen in the app.",
    settings=[
        Setting(
            "appsFlyerDevKey",
            "Dev key",
            required=True,
            secret=True,
            help="AppsFlyer → App settings → Dev key",
        ),
        Setting("appleAppID", "Apple app ID", help="The number in the App Store, without id"),
        Setting("androidAppID", "Android app ID", help="The name of the package"),
        Setting("rokuAppID", "Roku app ID"),
        Setting("useApiV3", "Use API v3", type="boolean", default=False),
        Setting(
            "appsFlyerS2SToken",
            "S2S token",
            secret=True,
            depends_on=("useApiV3", True),
            help="AppsFlyer → Security center → S2S keys",
        ),
        Setting(
            "canOmitAppsFlyerId",
            "Send events without an AppsFlyer ID",
            type="boolean",
            default=False,
            help="They then need an advertising ID",
        ),
        Setting(
            "fallbackToIdfv",
            "Take the IDFV when there is no advertising ID",
            type="boolean",
            default=False,
        ),
        Setting(
            "trackAttributionData",
            "Track attribution data",
            type="boolean",
            default=False,
            help="Counts in apps only, not here",
        ),
    ],
)


@integration.action(
    "Track Event",
    slug="trackEvent",
    trigger='type = "track"',
    fields=[
        Field("appsFlyerId", default=path("$.integrations.AppsFlyer.appsFlyerId")),
        Field("userId", default=path("$.userId")),
        Field("event", default=path("$.event"), required=True),
        Field("properties", "object", path("$.properties")),
        Field("timestamp", "datetime", path("$.timestamp"), required=True),
        Field("ip", default=path("$.context.ip")),
        Field("deviceType", default=path("$.context.device.type")),
        Field("advertisingId", default=path("$.context.device.advertisingId")),
        Field("deviceId", default=path("$.context.device.id")),
        Field("osVersion", default=path("$.context.os.version")),
        Field("bundleIdentifier", default=path("$.context.app.namespace")),
        Field(
            "consentData",
            "object",
            first_of("$.integrations.AppsFlyer.consent_data", "$.integrations.consent_data"),
        ),
    ],
)
def track_event(payload, settings):
    device = payload.get("deviceType", "").lower()
    if device not in APP_IDS:
        return []
    app_id = needed(settings, APP_IDS[device])
    if device in APPLE:
        # Without "id" AppsFlyer answers 200 and forgets the event.
        app_id = f"id{app_id.removeprefix('id')}"
    properties = payload.get("properties") or {}
    body = {
        "appsflyer_id": payload.get("appsFlyerId"),
        "customer_user_id": payload.get("userId"),
        "eventName": payload["event"],
        "eventValue": _event_value(payload["event"], properties),
        "eventTime": _moment(payload["timestamp"]),
        "eventCurrency": properties.get("currency") or "USD",
        "ip": payload.get("ip"),
        **_device_ids(payload, settings, device),
        "os": payload.get("osVersion") if device in APPLE else None,
        "bundleIdentifier": payload.get("bundleIdentifier"),
        "consent_data": payload.get("consentData"),
    }
    key = needed(settings, "appsFlyerS2SToken" if settings.get("useApiV3") else "appsFlyerDevKey")
    return Request("POST", f"/inappevent/{app_id}", {"authentication": key}, json=present(body))


def _event_value(event, properties):
    revenue = properties.get("total" if event == "Order Completed" else "revenue")
    values = {name: value for name, value in properties.items() if name not in NOT_VALUES}
    return json_text(values if revenue is None else {**values, "af_revenue": revenue})


def _moment(value):
    moment = find_moment(value)
    return f"{moment:%Y-%m-%d %H:%M:%S}.{moment.microsecond // 1000:03d}"


def _device_ids(payload, settings, device):
    advertising_id, idfv = payload.get("advertisingId"), None
    if advertising_id is None and settings.get("fallbackToIdfv") and device in APPLE:
        idfv = payload.get("deviceId")
    if not payload.get("appsFlyerId"):
        if not settings.get("canOmitAppsFlyerId"):
            raise InvalidPayload([("appsFlyerId", "is required")])
        if not (advertising_id or idfv):
            raise InvalidPayload([("advertisingId", "is required without an appsFlyerId")])
    name = "idfa" if device in APPLE else "advertising_id"
    return {name: advertising_id, "idfv": idfv}
