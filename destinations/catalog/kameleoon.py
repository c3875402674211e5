"""Kameleoon: experiments, measured by these events.

Facts: reference/destination-catalog/experimentation.md, "Kameleoon (Actions)" (read 2026-11-25).
The key is JSON in base64; the test of it sends what stands inside.
"""

from base64 import b64decode

import orjson

from destinations.auth import bearer
from destinations.integration import (
    Field,
    Integration,
    Preset,
    Request,
    Setting,
    first_of,
    path,
    text_of,
)


def _inside(settings):
    """Return what the key holds; nothing when it is none."""
    try:
        found = orjson.loads(b64decode(settings.get("apiKey") or ""))
    except ValueError:
        return {}
    return {name: text_of(value) for name, value in found.items()} if type(found) is dict else {}


integration = Integration(
    slug="kameleoon",
    name="Kameleoon",
    category="experimentation",
    docs_url="https://segment.com/docs/connections/destinations/catalog/actions-kameleoon/",
    base_url="https://integrations.kameleoon.com",
    # The key is sent as it is: it is encoded already.
    auth=bearer("apiKey", scheme="Basic"),
    check=lambda settings: Request("GET", "/segmentio/getapikey", query=_inside(settings)),
    secret_parts=lambda settings: list(_inside(settings).values()),
    names=("Actions Kameleoon", "Kameleoon (Actions)"),
    description="Experiments and personalisation.",
    settings=[
        Setting(
            "apiKey",
            "API key",
            required=True,
            secret=True,
            help="Kameleoon → Integrations → Segment, copied whole",
        ),
        Setting(
            "sitecode",
            "Site code",
            required=True,
            pattern=r"\S{10}",
            help="Ten characters, from the list of sites",
        ),
    ],
    presets=[
        Preset("Track calls", "logEvent", 'type = "track"'),
        Preset("Page calls", "page", 'type = "page"'),
        Preset("Group calls", "group", 'type = "group"'),
        Preset("Identify calls", "identify", 'type = "identify"'),
    ],
)

PERSON = [
    Field("anonymousId", default=path("$.anonymousId")),
    Field("userId", default=path("$.userId")),
]
TYPE = Field("type", default=path("$.type"), required=True)
CONTEXT = Field("context", "object", path("$.context"))
TIMESTAMP = Field("timestamp", default=path("$.timestamp"), required=True, format="date-time")
MESSAGE_ID = Field("messageId", default=path("$.messageId"), required=True)


def _properties(*where):
    """The properties, and Kameleoon's visitor code among them."""
    return [
        Field("properties", "object", first_of(*where)),
        Field(
            "kameleoonVisitorCode",
            default=first_of(*(f"{each}.kameleoonVisitorCode" for each in where)),
        ),
    ]


def _send(payload, settings):
    body = {name: value for name, value in payload.items() if name != "kameleoonVisitorCode"}
    body["properties"] = dict(payload.get("properties") or {})
    if "kameleoonVisitorCode" in payload:
        body["properties"]["kameleoonVisitorCode"] = payload["kameleoonVisitorCode"]
    headers = {"x-segment-settings": settings["sitecode"]}
    return Request("POST", "/segmentio", headers, json=body)


_IDENTIFY = [*PERSON, TYPE, *_properties("$.traits"), TIMESTAMP, MESSAGE_ID]

for _label, _slug, _call_type, _fields in (
    (
        "Log Event",
        "logEvent",
        "track",
        [
            *PERSON,
            Field("event", default=first_of("$.event", "$.name")),
            TYPE,
            *_properties("$.properties", "$.traits"),
            TIMESTAMP,
            CONTEXT,
            MESSAGE_ID,
        ],
    ),
    ("Identify Event", "identify", "identify", _IDENTIFY),
    (
        "Group Event",
        "group",
        "group",
        [*_IDENTIFY, Field("groupId", default=path("$.groupId"), required=True)],
    ),
    (
        "Page Event",
        "page",
        "page",
        [
            *PERSON,
            TYPE,
            *_properties("$.properties"),
            Field("name", default=path("$.name")),
            CONTEXT,
            TIMESTAMP,
            MESSAGE_ID.with_(required=False),
        ],
    ),
):
    integration.action(_label, slug=_slug, trigger=f'type = "{_call_type}"', fields=_fields)(_send)
