"""TikTok Conversions: what people do on a website or later in a CRM, for TikTok's ads.

API: https://business-api.tiktok.com/portal/docs (Events API 2.0, read 2026-11-23).
Facts: reference/destination-catalog/advertising.md, "Tiktok Conversions" (read 2026-11-23).
"""

from destinations.catalog._bodies import chosen
from destinations.catalog._tiktok import (
    ACCESS_TOKEN,
    BASE_URL,
    SHOP_EVENTS,
    auth,
    check_answer,
    click_in,
    event_time,
    hashed,
    origin_of,
    people_of,
    presets_of,
    read_answer,
    track,
)
from destinations.catalog._tiktok_fields import WEB_EVENT
from destinations.integration import Integration, Request, Setting, hashing

PROPERTIES = (
    "content_type",
    "currency",
    "value",
    "query",
    "description",
    "order_id",
    "shop_id",
    "content_ids",
    "delivery_category",
    "num_items",
    "predicted_ltv",
    "search_string",
)


def check(settings):
    body = {"pixel_code": settings["pixelCode"], "event": "Test Event", "timestamp": ""}
    return Request("POST", "/pixel/track/", json={**body, "context": {}})


integration = Integration(
    slug="tiktok-conversions",
    name="TikTok Conversions",
    category="advertising",
    docs_url="https://business-api.tiktok.com/portal/docs",
    base_url=BASE_URL,
    auth=auth,
    check=check,
    check_answer=check_answer,
    names=("Tiktok Conversions", "TikTok Conversions"),
    description="Tells TikTok's ads what people did on your website.",
    settings=[
        ACCESS_TOKEN,
        Setting("pixelCode", "Pixel code", required=True, help="TikTok Ads Manager → Events"),
    ],
    presets=presets_of(SHOP_EVENTS, "reportWebEvent"),
)


@integration.action("Report Web Event", slug="reportWebEvent", fields=WEB_EVENT)
def report_web_event(payload, settings, *, now):
    source = payload.get("event_source") or "web"
    event = {
        "event": payload["event"],
        "event_time": event_time(payload, now),
        **chosen(payload, "event_id"),
        "user": _user(payload),
        "properties": {
            "contents": payload.get("contents") or [],
            **chosen(payload, *PROPERTIES),
            **(_special(payload) if source == "web" else {}),
        },
        "limited_data_use": payload.get("limited_data_use", False),
    }
    page = chosen(payload, "url", "referrer")
    if page:
        event["page"] = page
    lead = payload.get("lead_fields") or {}
    if source == "crm" and lead.get("lead_id"):
        event["lead"] = chosen(lead, "lead_id", "lead_event_source")
    return track(source, settings["pixelCode"], event, payload.get("test_event_code"))


report_web_event.answer(read_answer)


def _user(payload):
    address = payload.get("address") or {}
    people = (payload.get(name) for name in ("external_id", "phone_number", "email"))
    user = {
        **people_of(*people),
        "first_name": _hashed(payload.get("first_name")),
        "last_name": _hashed(payload.get("last_name")),
        # Places are not hashed, the postal code is.
        "city": _plain(address.get("city")),
        "state": _plain(address.get("state")),
        "country": _plain(address.get("country")),
        "zip_code": _hashed(address.get("zip_code")),
        **origin_of(payload),
    }
    click = click_in(payload.get("url")) or payload.get("ttclid")
    return {**user, "ttclid": click} if click else user


def _hashed(text):
    return hashed(text, hashing.compact) or ""


def _plain(text):
    return "".join(one for one in (text or "").lower() if one.isascii() and one.isalnum())


def _special(payload):
    if payload.get("event_spec_type") == "travel_fields":
        return payload.get("travel_fields") or {}
    if payload.get("event_spec_type") == "vehicle_fields":
        return _vehicle(dict(payload.get("vehicle_fields") or {}))
    return {}


def _vehicle(vehicle):
    """Put together what TikTok wants in one piece: the mileage, the range of prices."""
    unit, mileage = vehicle.pop("mileage_unit", None), vehicle.pop("mileage_value", None)
    least = vehicle.pop("preferred_price_range_min", None)
    most = vehicle.pop("preferred_price_range_max", None)
    if unit is not None and mileage is not None:
        vehicle["mileage"] = {"unit": unit, "value": mileage}
    if least is not None and most is not None:
        vehicle["preferred_price_range"] = [least, most]
    return vehicle
