"""Drip: e-mail for shops.

API: https://developer.drip.com/.
Facts: reference/destination-catalog/marketing.md, "Drip (Actions)" (read 2026-11-25). `tags`, which
the action asks for, go along as the list that Drip takes. Segment gives each action with batches a
field `enable_batching` that is off (packages/cli/src/commands/push.ts, read 2026-11-25).
"""

from urllib.parse import quote

from destinations.auth import bearer
from destinations.integration import (
    Batch,
    Field,
    Integration,
    Preset,
    Request,
    Setting,
    first_of,
    json_text,
    path,
    text_of,
)

_STATUS = path("$.traits.initial_status")

integration = Integration(
    slug="drip",
    name="Drip",
    category="marketing",
    docs_url="https://developer.drip.com/",
    base_url=lambda settings: f"https://api.getdrip.com/v2/{quote(settings['accountId'], safe='')}",
    # Sent as it is typed: the setting is the base64 of the API token and a colon.
    auth=bearer("apiKey", scheme="Basic"),
    check=Request("GET", "https://api.getdrip.com/v2/user"),
    names=("Drip (Actions)",),
    description="E-mail for shops.",
    settings=[
        Setting("accountId", "Account ID", required=True, help="Settings → Account"),
        Setting(
            "apiKey",
            "API key",
            required=True,
            secret=True,
            help="The base64 of your API token and a colon: printf token: | base64",
        ),
    ],
    presets=[
        Preset("Identify calls", "identify", 'type = "identify"'),
        Preset("Track calls", "trackEvent", 'type = "track"'),
    ],
)


@integration.action(
    "Identify",
    trigger='type = "identify"',
    batch=Batch(size=1000, max_size=1000, enabled=False),
    fields=[
        Field("custom_fields", "object", path("$.traits.custom_fields")),
        Field("email", default=path("$.traits.email"), required=True, format="email"),
        Field("ip", default=path("$.context.ip"), format="ipv4"),
        Field("phone", default=path("$.traits.phone")),
        Field(
            "initial_status",
            default={"@if": {"exists": _STATUS, "then": _STATUS, "else": "unsubscribed"}},
        ),
        Field("status", default=path("$.traits.status")),
        Field("status_updated_at", "datetime", path("$.traits.status_updated_at")),
        Field("tags", default=path("$.traits.tags"), help="Separated by commas"),
        Field("timezone", default=path("$.context.timezone")),
        Field("enable_batching", "boolean", False),
        Field("batch_size", "integer", 1000, minimum=1, maximum=1000),
    ],
)
def identify(payload, settings):
    return Request("POST", "/subscribers", json={"subscribers": [_subscriber(payload)]})


@identify.batch
def identify_many(payloads, settings):
    subscribers = [_subscriber(payload) for payload in payloads]
    return Request("POST", "/subscribers/batches", json={"batches": [{"subscribers": subscribers}]})


_STEERING = ("enable_batching", "batch_size")
_RENAMED = {"ip": "ip_address", "timezone": "time_zone"}


def _subscriber(payload):
    found = {_RENAMED.get(k, k): v for k, v in payload.items() if k not in _STEERING}
    fields = found.pop("custom_fields", {})
    texts = {k: _text(v) for k, v in fields.items() if v is not None}
    if texts:
        found["custom_fields"] = texts
    if "tags" in found:
        found["tags"] = [tag.strip() for tag in found["tags"].split(",")]
    return found


def _text(value):
    return json_text(value) if type(value) in (dict, list) else text_of(value)


@integration.action(
    "Track Event",
    slug="trackEvent",
    trigger='type = "track"',
    fields=[
        Field("action", default=path("$.event"), required=True),
        Field(
            "email",
            default=first_of("$.properties.email", "$.context.traits.email"),
            required=True,
            format="email",
        ),
        Field("properties", "object", path("$.properties")),
    ],
)
def track_event(payload, settings):
    return Request("POST", "/events", json={"events": [payload]})
