"""Fullstory: session replay and behavioural data.

Facts: reference/destination-catalog/analytics.md, "Fullstory Cloud Mode (Actions)" (read
2026-11-25). As in Segment, a list of mixed types is sent as an object with positions for names.
"""

from urllib.parse import quote, unquote, urlsplit

from destinations.auth import bearer
from destinations.catalog._fullstory_names import renamed
from destinations.integration import (
    Field,
    Integration,
    Preset,
    Request,
    Setting,
    find_moment,
    path,
)

HEADERS = {"Integration-Source": "segment"}


def delete_user(user_id, settings):
    return Request("DELETE", "/v2/users", HEADERS, query={"uid": user_id})


integration = Integration(
    slug="fullstory",
    name="Fullstory",
    category="analytics",
    docs_url="https://segment.com/docs/connections/destinations/catalog/actions-fullstory-cloud/",
    base_url="https://api.fullstory.com",
    # The key is sent as it is; encoded once more it would not be known.
    auth=bearer("apiKey", scheme="Basic"),
    check=Request("GET", "/me", HEADERS),
    delete_user=delete_user,
    names=("Fullstory Cloud Mode (Actions)",),
    description="Session replay, with your events and users in it.",
    settings=[
        Setting(
            "apiKey",
            "API key",
            required=True,
            secret=True,
            help="Settings → Integrations and API keys → API keys",
        ),
    ],
    presets=[
        Preset("Track calls", "trackEventV2", 'type = "track"'),
        Preset("Identify calls", "identifyUserV2", 'type = "identify"'),
    ],
)

EVENT = [
    Field("userId", default=path("$.userId"), required=True),
    Field("name", default=path("$.event"), required=True),
    Field("properties", "object", path("$.properties")),
    Field("timestamp", "datetime", path("$.timestamp")),
    Field("useRecentSession", "boolean"),
    Field("sessionUrl", label="Session URL"),
]
NAMED = [
    Field("anonymousId", default=path("$.anonymousId")),
    Field("displayName", default=path("$.traits.name")),
    Field("email", default=path("$.traits.email")),
]


def _post(where, body, query=None):
    return Request("POST", where, HEADERS, query=query, json=body)


def _individual(user_id, what, body):
    where = f"/users/v1/individual/{quote(user_id, safe='')}/{what}"
    return _post(where, body, {"integration": "segment"})


def _time(payload):
    moment = find_moment(payload.get("timestamp"))
    if moment is None:
        return {}
    return {"timestamp": moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")}


@integration.action("Track Event", slug="trackEvent", trigger='type = "track"', fields=EVENT)
def track_event(payload, settings):
    event = {
        "event_name": payload["name"],
        "event_data": renamed(payload.get("properties"), endings=True),
        **_time(payload),
    }
    # A false here is read as true, so it is left out.
    if payload.get("useRecentSession"):
        event["use_recent_session"] = True
    if payload.get("sessionUrl"):
        event["session_url"] = payload["sessionUrl"]
    return _individual(payload["userId"], "customevent", {"event": event})


@integration.action(
    "Identify User",
    slug="identifyUser",
    trigger='type = "identify"',
    fields=[
        Field("userId", default=path("$.userId"), required=True),
        *NAMED,
        Field("traits", "object", path("$.traits")),
    ],
)
def identify_user(payload, settings):
    body = renamed(payload.get("traits"), endings=True, camel=True)
    if payload.get("anonymousId"):
        body["segmentAnonymousId_str"] = payload["anonymousId"]
    body |= {name: payload[name] for name in ("email", "displayName") if name in payload}
    return _individual(payload["userId"], "customvars", body)


@integration.action(
    "Track Event V2",
    slug="trackEventV2",
    trigger='type = "track"',
    fields=[EVENT[0].with_(required=False), *EVENT[1:]],
)
def track_event_v2(payload, settings):
    body = {
        "name": payload["name"],
        "properties": renamed(payload.get("properties")),
        **({"user": {"uid": payload["userId"]}} if payload.get("userId") else {}),
        **_time(payload),
    }
    session = {}
    if payload.get("sessionUrl"):
        session["id"] = unquote(_last_part(payload["sessionUrl"]))
    if payload.get("useRecentSession"):
        session["use_most_recent"] = True
    return _post("/v2/events", {**body, "session": session} if session else body)


def _last_part(url):
    try:
        return urlsplit(url).path.rpartition("/")[2]
    except ValueError:
        return url.rpartition("/")[2]


@integration.action(
    "Identify User V2",
    slug="identifyUserV2",
    trigger='type = "identify"',
    fields=[
        Field("uid", default=path("$.userId"), label="User ID"),
        *NAMED,
        Field("properties", "object", path("$.traits")),
    ],
)
def identify_user_v2(payload, settings):
    properties = renamed(payload.get("properties"))
    if payload.get("anonymousId"):
        properties["segmentAnonymousId"] = payload["anonymousId"]
    body = {
        "uid": payload.get("uid"),
        "email": payload.get("email"),
        "display_name": payload.get("displayName"),
        "properties": properties,
    }
    return _post("/v2/users", {name: value for name, value in body.items() if value is not None})
