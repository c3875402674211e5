"""Pushwoosh: push messages.

API: Pushwoosh's intake for Segment; https://docs.pushwoosh.com/developer/api-reference/.
Facts: reference/destination-catalog/marketing.md, "Pushwoosh" (read 2026-11-25). A
batch is of at most 100 events, as the action's own description asks for.
"""

from dataclasses import replace

from destinations.auth import Auth
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


def _sign(request, settings, auth, now):
    headers = {
        "Authorization": f"Token {settings['pushwooshAPIKey']}",
        "X-PW-Appcode": settings["pushwooshAppCode"],
    }
    return replace(request, headers={**headers, **request.headers})


def delete_user(user_id, settings):
    return Request("POST", "/delete-user", json={"external_id": user_id})


_EVENTS = 'type = "track" or type = "page" or type = "screen"'

integration = Integration(
    slug="pushwoosh",
    name="Pushwoosh",
    category="marketing",
    docs_url="https://docs.pushwoosh.com/developer/api-reference/",
    base_url="https://integration-segment.svc-nue.pushwoosh.com/integration-segment/v1",
    auth=Auth("header", _sign),
    check=Request("POST", "/ping"),
    delete_user=delete_user,
    names=("Pushwoosh",),
    description="Push messages.",
    settings=[
        Setting(
            "pushwooshAPIKey", "API key", required=True, secret=True, help="Settings → API access"
        ),
        Setting("pushwooshAppCode", "Application code", required=True, help="Such as XXXXX-XXXXX"),
    ],
    presets=[
        Preset("Events", "trackEvent", _EVENTS),
        Preset("Identify calls", "updateUserProfile", 'type = "identify"'),
    ],
)


def _nullable(name, where):
    return Field(name, default=path(where), allow_null=True)


DEVICE = [
    _nullable("device_id", "$.context.device.id"),
    _nullable("device_platform", "$.context.device.type"),
]


@integration.action(
    "Create or Update User Profiles",
    slug="updateUserProfile",
    trigger='type = "identify"',
    fields=[
        Field("external_id", default=path("$.userId")),
        _nullable("email", "$.traits.email"),
        _nullable("app_version", "$.context.app.version"),
        *DEVICE,
        _nullable("device_model", "$.context.device.model"),
        _nullable("device_token", "$.context.device.token"),
        _nullable("device_os_version", "$.context.os.version"),
        _nullable("language", "$.context.locale"),
        _nullable("country", "$.context.location.country"),
        _nullable("city", "$.context.location.city"),
        Field(
            "current_location",
            "object",
            properties=(
                Field("latitude", "number", path("$.context.location.latitude")),
                Field("longitude", "number", path("$.context.location.longitude")),
            ),
            allow_null=True,
        ),
        _nullable("timezone", "$.context.timezone"),
        _nullable("user_agent", "$.context.userAgent"),
        Field("custom_attributes", "object", path("$.traits")),
    ],
)
def update_user_profile(payload, settings):
    body = {name: value for name, value in payload.items() if name not in _RENAMED}
    if "external_id" in payload:
        body["user_id"] = payload["external_id"]
    if body.get("current_location") == {}:
        del body["current_location"]
    # What the mapping says, or leaves unsaid, of a field is not contradicted by a trait.
    reserved = {field.name for field in update_user_profile.fields}
    traits = payload.get("custom_attributes") or {}
    body["attributes"] = {name: value for name, value in traits.items() if name not in reserved}
    return Request("POST", "/track-user", json=body)


_RENAMED = ("external_id", "custom_attributes")


def _event(payload, app):
    names = ("device_id", "device_platform")
    return {
        "user_id": payload["external_id"],
        **{name: payload[name] for name in names if name in payload},
        **app,
        "name": payload["name"],
        "timestamp": payload["timestamp"],
        **({"attributes": payload["properties"]} if "properties" in payload else {}),
    }


@integration.action(
    "Track Event",
    slug="trackEvent",
    trigger=_EVENTS,
    batch=Batch(size=100, max_size=100, enabled=False),
    fields=[
        Field("external_id", default=path("$.userId"), required=True),
        *DEVICE,
        Field("name", default=first_of("$.event", "$.name"), required=True),
        Field("timestamp", "datetime", path("$.timestamp"), required=True),
        Field("properties", "object", path("$.properties")),
        Field("enable_batching", "boolean", False),
    ],
)
def track_event(payload, settings):
    event = _event(payload, {"app_code": settings["pushwooshAppCode"]})
    return Request("POST", "/post-events", json={"events": [event]})


@track_event.batch
def track_events(payloads, settings):
    # The application's code goes by another name in a batch.
    app = {"app_id": settings["pushwooshAppCode"]}
    events = [_event(payload, app) for payload in payloads]
    return Request("POST", "/post-events", json={"events": events})
