"""Gleap: feedback and support inside an app.

Facts: reference/destination-catalog/support-messaging.md, "Gleap (Action)" (read 2026-11-25); what
custom attributes may replace, and how screens are named: segmentio/action-destinations,
destinations/gleap (read 2026-11-25). Where Segment writes "Ann undefined" for a contact with a
first name alone, we write "Ann".
"""

from urllib.parse import quote

from destinations.auth import header
from destinations.integration import (
    Batch,
    Field,
    Integration,
    Preset,
    Request,
    Setting,
    first_of,
    path,
)

# What a contact has in Gleap; a custom attribute never replaces one of these.
CONTACT = (
    "userId",
    "email",
    "phone",
    "companyName",
    "companyId",
    "lang",
    "plan",
    "value",
    "createdAt",
    "lastActivity",
)

integration = Integration(
    slug="gleap",
    name="Gleap",
    category="support-messaging",
    docs_url="https://segment.com/docs/connections/destinations/catalog/gleap-cloud-actions/",
    base_url="https://api.gleap.io/admin",
    auth=header("Api-Token", "apiToken"),
    check=Request("GET", "/auth"),
    delete_user=lambda user_id, settings: Request("DELETE", f"/contacts/{quote(user_id, safe='')}"),
    names=("Gleap (Action)",),
    description="Keeps contacts up to date and records what they do.",
    settings=[
        Setting(
            "apiToken",
            "Secret API token",
            required=True,
            secret=True,
            help="Gleap → Project settings → Security",
        )
    ],
    presets=[
        Preset("Identify calls", "identifyContact", 'type = "identify"'),
        Preset(
            "Track, page and screen calls",
            "trackEvent",
            'type = "track" or type = "page" or type = "screen"',
        ),
    ],
)


@integration.action(
    "Identify Contact",
    slug="identifyContact",
    trigger='type = "identify"',
    fields=[
        Field("userId", default=path("$.userId"), required=True),
        Field("firstName", default=path("$.properties.first_name")),
        Field("lastName", default=path("$.properties.last_name")),
        Field("email", default=path("$.traits.email"), format="email"),
        Field("phone", default=path("$.traits.phone")),
        Field("companyName", default=path("$.traits.company.name")),
        Field("companyId", default=path("$.traits.company.id")),
        Field("lang", default=path("$.context.locale")),
        Field("plan", default=path("$.traits.plan")),
        Field("value", "number"),
        Field("lastPageView", default=path("$.context.page.url")),
        Field("createdAt", "datetime"),
        Field("lastActivity", "datetime", path("$.timestamp")),
        Field("customAttributes", "object", path("$.traits")),
    ],
)
def identify_contact(payload, settings):
    contact = {name: payload[name] for name in CONTACT if name in payload}
    names = [payload[name] for name in ("firstName", "lastName") if name in payload]
    if names:
        contact["name"] = " ".join(names)
    taken = {*CONTACT, "firstName", "lastName"}
    custom = payload.get("customAttributes") or {}
    contact |= {name: value for name, value in custom.items() if name not in taken}
    if "lastPageView" in payload:
        contact["lastPageView"] = {"page": payload["lastPageView"]}
        if "lastActivity" in payload:
            contact["lastPageView"]["date"] = payload["lastActivity"]
    return Request("POST", "/identify", json=contact)


@integration.action(
    "Track Event",
    slug="trackEvent",
    trigger='type = "track" or type = "page" or type = "screen"',
    batch=Batch(),
    fields=[
        Field("eventName", default=first_of("$.event", "$.name")),
        Field(
            "type",
            default=path("$.type"),
            required=True,
            choices=("track", "page", "screen"),
            hidden=True,
        ),
        Field("pageUrl", default=path("$.context.page.url"), format="uri", hidden=True),
        Field("date", "datetime", path("$.timestamp"), required=True),
        Field("userId", default=path("$.userId"), required=True),
        Field("data", "object", path("$.properties")),
    ],
)
def track_event(payload, settings):
    return Request("POST", "/track", json={"events": [_event_of(payload)]})


@track_event.batch
def track_events(payloads, settings):
    return Request("POST", "/track", json={"events": [_event_of(each) for each in payloads]})


def _event_of(payload):
    if payload["type"] == "track":
        event = {"name": payload.get("eventName"), "data": payload.get("data")}
    else:
        url = payload.get("pageUrl") if payload["type"] == "page" else None
        page = url or payload.get("eventName")
        event = {"name": "pageView", "data": {"page": page} if page else {}}
    event |= {"date": payload["date"], "userId": payload["userId"]}
    return {name: value for name, value in event.items() if value is not None}
