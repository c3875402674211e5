"""TikTok Offline Conversions: what people do in shops and on the telephone, for TikTok's ads.

API: https://business-api.tiktok.com/portal/docs (Events API 2.0, read 2026-11-23).
Facts: reference/destination-catalog/advertising.md, "TikTok Offline Conversions" (read 2026-11-23).
"""

from destinations.catalog._bodies import chosen
from destinations.catalog._tiktok import (
    ACCESS_TOKEN,
    BASE_URL,
    CONTENT_TYPE,
    CONTENTS,
    SHOP_EVENTS,
    auth,
    check_answer,
    click_in,
    event_time,
    origin_of,
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
    path,
)

PROPERTIES = ("content_type", "currency", "value", "query", "description", "order_id", "shop_id")


def check(settings):
    body = {"event_set_id": settings["eventSetID"], "event": "Test Event", "timestamp": ""}
    return Request("POST", "/offline/track/", json={**body, "context": {}})


integration = Integration(
    slug="tiktok-offline-conversions",
    name="TikTok Offline Conversions",
    category="advertising",
    docs_url="https://business-api.tiktok.com/portal/docs",
    base_url=BASE_URL,
    auth=auth,
    check=check,
    check_answer=check_answer,
    names=("Tiktok Offline Conversions (Actions)", "Tiktok Offline Conversions"),
    description="Tells TikTok's ads what people did away from the website.",
    settings=[
        ACCESS_TOKEN,
        Setting("eventSetID", "Event set ID", required=True, help="TikTok Ads Manager → Events"),
    ],
    presets=presets_of(SHOP_EVENTS, "reportOfflineEvent"),
)


def _property(name, type="string"):
    return Field(name, type, path(f"$.properties.{name}"))


def _click(name):
    where = f"$.integrations.TikTok Offline Conversions.{name}"
    return Field(name, default=first_of(f"$.properties.{name}", where))


EVENT = [
    Field("event", required=True),
    Field("event_id", default=path("$.messageId")),
    Field("timestamp", "datetime", path("$.timestamp")),
    *people_fields("phone_numbers", "email_addresses", "external_ids"),
    _property("order_id"),
    _property("shop_id"),
    _click("ttclid"),
    _click("ttp"),
    _property("lead_id"),
    Field("locale", default=path("$.context.locale")),
    Field("url", default=path("$.context.page.url")),
    Field("referrer", default=path("$.context.page.referrer")),
    Field("ip", default=path("$.context.ip")),
    Field("user_agent", default=path("$.context.userAgent")),
    CONTENTS,
    CONTENT_TYPE,
    _property("currency"),
    Field("value", "number", first_of("$.properties.value", "$.properties.revenue")),
    Field("description"),
    _property("query"),
    _property("limited_data_use", "boolean"),
    Field("test_event_code"),
]


def report(payload, settings, *, now):
    people = people_of(
        *(payload.get(name) for name in ("external_ids", "phone_numbers", "email_addresses"))
    )
    if not any(people.values()):
        needed = "or phone_numbers or external_ids is required"
        raise InvalidPayload([("email_addresses", needed)])
    event = {
        "event": payload["event"],
        "event_time": event_time(payload, now),
        **chosen(payload, "event_id"),
        "user": {**people, **chosen(payload, "lead_id"), **origin_of(payload)},
        "properties": {
            "contents": payload.get("contents") or [],
            **chosen(payload, *PROPERTIES),
        },
        "page": chosen(payload, "url", "referrer"),
        "limited_data_use": payload.get("limited_data_use", False),
        # Here the code is told in the event; TikTok's other tools tell it beside the events.
        **chosen(payload, "test_event_code"),
    }
    click = payload.get("ttclid") or click_in(payload.get("url"))
    if click:
        event["user"]["ttclid"] = click
    return track("offline", settings["eventSetID"], event)


for _slug, _label in (
    ("reportOfflineEvent", "Track Offline Conversion"),
    ("trackPaymentOfflineConversion", "[Deprecated] Track Payment Offline Conversion"),
    ("trackNonPaymentOfflineConversion", "[Deprecated] Track Non Payment Offline Conversion"),
):
    integration.action(_label, slug=_slug, fields=EVENT)(report).answer(read_answer)
