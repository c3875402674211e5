"""Vero: messages from what customers do.

API: https://help.getvero.com/track-api-reference/ (read 2026-11-25). It has no call that would tell
a right token from a wrong one without writing anything, so credentials are not checked.
Facts: reference/destination-catalog/marketing.md, "Vero (classic)" (read 2026-11-25). A classic
destination has one fixed translation; here it is one action per call, on by default, and the tags
of `integrations.Vero.tags` follow in a request of their own.

Vero drops an event that is repeated within 5 minutes, so a second attempt does no harm.
"""

import re

from destinations.integration import Field, Integration, Request, Setting, first_of, path, template

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")

integration = Integration(
    slug="vero",
    name="Vero",
    category="marketing",
    docs_url="https://help.getvero.com/track-api-reference/",
    base_url="https://api.getvero.com/api/v2",
    names=("Vero",),
    description="Messages from what customers do.",
    settings=[
        Setting("authToken", "Auth token", required=True, secret=True, help="Settings → Account"),
        Setting("apiKey", "API key", secret=True, help="For browsers only; not used here"),
    ],
)

USER = Field("id", default=path("$.userId"), required=True)
TAGS = Field(
    "tags",
    "object",
    path("$.integrations.Vero.tags"),
    properties=(
        Field("id"),
        Field("action", required=True, choices=("add", "remove")),
        Field("values", required=True, multiple=True),
    ),
)
OCCURRENCE = [
    USER,
    Field("email", default=path("$.context.traits.email")),
    Field("data", "object", path("$.properties")),
    Field("created_at", default=path("$.timestamp")),
    TAGS,
]


def _request(method, url, settings, **body):
    return Request(method, url, json={"auth_token": settings["authToken"], **body})


def _with_tags(request, payload, settings):
    tags = payload.get("tags")
    if not tags:
        return request
    change = {tags["action"]: tags["values"]}
    user = tags.get("id") or payload["id"]
    return [request, _request("PUT", "/users/tags/edit", settings, id=user, **change)]


@integration.action(
    "Identify a user",
    trigger='type = "identify"',
    fields=[
        USER,
        Field("email", default=path("$.traits.email")),
        Field("data", "object", path("$.traits")),
        TAGS,
    ],
)
def identify(payload, settings):
    body = {name: payload[name] for name in ("id", "email", "data") if name in payload}
    if "email" not in body and _EMAIL.fullmatch(payload["id"]):
        body["email"] = payload["id"]
    return _with_tags(_request("POST", "/users/track", settings, **body), payload, settings)


def _track(payload, settings):
    body = {
        "identity": {name: payload[name] for name in ("id", "email") if name in payload},
        "event_name": payload["event_name"],
        "data": payload.get("data") or {},
    }
    if "created_at" in payload:
        body["extras"] = {"created_at": payload["created_at"]}
    return _with_tags(_request("POST", "/events/track", settings, **body), payload, settings)


@integration.action(
    "Track an event",
    trigger='type = "track" and event != "Unsubscribe"',
    fields=[*OCCURRENCE, Field("event_name", default=path("$.event"), required=True)],
)
def track(payload, settings):
    return _track(payload, settings)


_VIEWED = {
    "@if": {
        "exists": path("$.name"),
        "then": template("Viewed {{name}} Page"),
        "else": "Loaded a Page",
    }
}


@integration.action(
    "Track a page view",
    trigger='type = "page"',
    fields=[*OCCURRENCE, Field("event_name", default=_VIEWED, required=True)],
)
def page(payload, settings):
    return _track(payload, settings)


@integration.action(
    "Unsubscribe a user",
    trigger='type = "track" and event = "Unsubscribe"',
    fields=[
        Field("id", default=first_of("$.properties.id", "$.userId"), required=True),
        TAGS,
    ],
)
def unsubscribe(payload, settings):
    request = _request("POST", "/users/unsubscribe", settings, id=payload["id"])
    return _with_tags(request, payload, settings)


@integration.action(
    "Describe a user's group",
    trigger='type = "group"',
    fields=[USER, Field("group", "object", path("$.traits"), required=True), TAGS],
)
def group(payload, settings):
    changes = {"group": payload["group"]}
    request = _request("PUT", "/users/edit", settings, id=payload["id"], changes=changes)
    return _with_tags(request, payload, settings)


@integration.action(
    "Change a user's id",
    trigger='type = "alias"',
    fields=[
        Field("previous_id", default=path("$.previousId"), required=True),
        USER,
        TAGS,
    ],
)
def alias(payload, settings):
    ids = {"id": payload["previous_id"], "new_id": payload["id"]}
    request = _request("PUT", "/users/reidentify", settings, **ids)
    return _with_tags(request, payload, settings)
