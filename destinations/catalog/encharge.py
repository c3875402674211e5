"""Encharge: marketing automation for software companies.

API: https://app-encharge-resources.s3.amazonaws.com/redoc.html (REST), and its intake of events.
Facts: reference/destination-catalog/marketing.md, "Encharge (Actions)" (read 2026-11-25).
"""

from dataclasses import replace

from destinations.auth import Auth
from destinations.integration import (
    Field,
    Integration,
    InvalidPayload,
    Preset,
    Request,
    Setting,
    fields_but,
    first_of,
    path,
)

INGEST = "https://ingest.encharge.io/v1"


def _sign(request, settings, auth, now):
    headers = {"X-Encharge-Token": settings["apiKey"], "X-Segment-Actions": "1"}
    return replace(request, headers={**headers, **request.headers})


def delete_user(user_id, settings):
    return Request("DELETE", "/v1/people", query={"people[0][userId]": user_id})


integration = Integration(
    slug="encharge",
    name="Encharge",
    category="marketing",
    docs_url="https://help.encharge.io/",
    base_url="https://api.encharge.io",
    auth=Auth("header", _sign),
    check=Request("GET", "/v1/accounts/info"),
    delete_user=delete_user,
    names=("Encharge Cloud (Actions)", "Encharge (Actions)"),
    description="Marketing automation for software companies.",
    settings=[Setting("apiKey", "API key", required=True, secret=True, help="Settings → Account")],
    presets=[
        Preset("Track calls", "trackEvent", 'type = "track"'),
        Preset("Identify calls", "identifyUser", 'type = "identify"'),
        Preset("Page calls", "trackPageView", 'type = "page"'),
        Preset("Alias calls", "aliasUser", 'type = "alias"'),
        Preset("Group calls", "createUpdateObject", 'type = "group"'),
    ],
)


def _of_context(name, *members):
    properties = tuple(Field(each, default=path(f"$.context.{name}.{each}")) for each in members)
    return Field(name, "object", properties=properties)


EMAIL = Field("email", default=first_of("$.context.traits.email", "$.properties.email"))
WHEN = [
    Field("timestamp", default=path("$.timestamp"), format="date-time"),
    Field("messageId", default=path("$.messageId")),
]
ANONYMOUS = Field("segmentAnonymousId", default=path("$.anonymousId"))
USER_ID = Field("userId", default=path("$.userId"))
EVENT = [
    Field("event", default=path("$.event"), required=True),
    Field("properties", "object", path("$.properties")),
    Field("userFields", "object", path("$.context.traits")),
    Field("type", default=path("$.type"), required=True),
    EMAIL,
    ANONYMOUS,
    USER_ID,
    Field("groupId", default=path("$.context.groupId")),
    *WHEN,
    Field("ip", default=path("$.context.ip")),
    Field("userAgent", default=path("$.context.userAgent")),
    _of_context("campaign", "name", "source", "medium", "term", "content"),
    _of_context("page", "url", "title", "referrer", "path", "search"),
    _of_context("location", "city", "region", "country"),
]
IDENTIFY = [
    *fields_but(EVENT, "event", "properties", "userFields", "email"),
    Field("user", "object", path("$.traits")),
    Field("email", default=first_of("$.traits.email", "$.context.traits.email")),
]

_CONTEXT = ("ip", "userAgent", "campaign", "page", "location", "groupId")
_NOT_SENT = {*_CONTEXT, "user"}


def _identifiers(payload, *names):
    return {name: payload[name] for name in names if name in payload}


def _ingest(payload, settings):
    body = {name: value for name, value in payload.items() if name not in _NOT_SENT}
    body["context"] = _identifiers(payload, *_CONTEXT)
    traits = payload.get("user") or payload.get("userFields") or {}
    body["user"] = {**_identifiers(payload, "email", "userId", "segmentAnonymousId"), **traits}
    return Request("POST", INGEST, json=body)


for _slug, _label, _type, _fields in (
    ("trackEvent", "Track Event", "track", EVENT),
    ("identifyUser", "Identify User", "identify", IDENTIFY),
    ("trackPageView", "Track Page View", "page", fields_but(EVENT, "event")),
):
    integration.action(_label, slug=_slug, trigger=f'type = "{_type}"', fields=_fields)(_ingest)


@integration.action(
    "Alias User",
    slug="aliasUser",
    trigger='type = "alias"',
    fields=[
        USER_ID.with_(required=True),
        Field("previousUserId", default=path("$.previousId"), required=True),
        *WHEN,
    ],
)
def alias_user(payload, settings):
    return Request("POST", INGEST, json={**payload, "type": "alias"})


_OBJECT_IDS = ("externalId", "id")


@integration.action(
    "Create or Update Object",
    slug="createUpdateObject",
    trigger='type = "group"',
    fields=[
        Field("objectType", default="company", required=True),
        Field("externalId", default=path("$.groupId")),
        Field("id"),
        Field("objectData", "object", path("$.traits")),
        USER_ID,
        Field("email", default=path("$.email")),
    ],
)
def create_update_object(payload, settings):
    data = payload.get("objectData") or {}
    # An id among the traits is not the object's: that is Encharge's own.
    described = {name: value for name, value in data.items() if name not in _OBJECT_IDS}
    described |= _identifiers(payload, *_OBJECT_IDS)
    body = {
        "type": "group",
        "objectType": payload["objectType"],
        "properties": described,
        "user": _identifiers(payload, "email", "userId"),
    }
    return Request("POST", INGEST, json=body)


TAG = [Field("tag", default=path("$.traits.tag"), required=True), EMAIL, USER_ID, ANONYMOUS]


def _change_tags(method, payload):
    if not _identifiers(payload, "email", "userId", "segmentAnonymousId"):
        raise InvalidPayload([("email", "is needed, or userId, or segmentAnonymousId")])
    return Request(method, "/v1/tags", json=payload)


@integration.action("Tag User", slug="addTag", fields=TAG)
def add_tag(payload, settings):
    return _change_tags("POST", payload)


@integration.action("Untag User", slug="removeTag", fields=TAG)
def remove_tag(payload, settings):
    return _change_tags("DELETE", payload)
