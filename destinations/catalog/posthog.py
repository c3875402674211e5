"""PostHog: product analytics, in its cloud or your own.

API: https://posthog.com/docs/api and …/api/flags (read 2026-11-23). The check asks for flags, of
nobody: capturing takes every key without a word.
Facts: reference/destination-catalog/analytics.md, "Posthog" (read 2026-11-25). As in Segment,
`$process_person_profile` is the field `anonymous_event_capture` as it stands; PostHog reads a
false there as "make no person of this one".

Other than Segment: `ip_address` may be of any form. Segment asks for IPv4, and so refuses every
event of a device with an IPv6 address.
"""

from destinations.integration import (
    UNSET,
    Batch,
    Field,
    Integration,
    Preset,
    Request,
    Setting,
    path,
    required_if,
)

HOSTS = ("https://us.i.posthog.com", "https://eu.i.posthog.com")


def check(settings):
    body = {"api_key": settings["api_key"], "distinct_id": "switchyard", "disable_flags": True}
    return Request("POST", "/flags", query={"v": "2"}, json=body)


integration = Integration(
    slug="posthog",
    name="PostHog",
    category="analytics",
    docs_url="https://posthog.com/docs/api",
    base_url=lambda settings: settings["endpoint"],
    check=check,
    names=("Posthog",),
    description="Product analytics, session replay and feature flags.",
    settings=[
        Setting(
            "api_key",
            "Project API key",
            required=True,
            secret=True,
            help="Settings → Project → General. Starts with phc_",
        ),
        Setting("project_id", "Project ID", required=True, help="Settings → Project → General"),
        Setting(
            "endpoint",
            "Region",
            type="select",
            required=True,
            default=HOSTS[0],
            choices=((HOSTS[0], "United States"), (HOSTS[1], "European Union")),
        ),
        Setting(
            "historical_migration",
            "Historical migration",
            type="boolean",
            default=False,
            help="For a replay of old events: PostHog then takes them without its usual limits",
        ),
        Setting(
            "geoip_disable",
            "Do not look up places",
            type="boolean",
            default=False,
            help="PostHog then does not turn IP addresses into places",
        ),
    ],
    presets=[
        Preset("Track calls", "event", 'type = "track"'),
        Preset(
            "Page calls",
            "event",
            'type = "page"',
            {"event_type": "page", "event_name": "$pageview"},
        ),
        Preset(
            "Screen calls",
            "event",
            'type = "screen"',
            {"event_type": "screen", "event_name": "$screenview"},
        ),
        Preset("Identify calls", "identify", 'type = "identify"'),
    ],
)

IP_ADDRESS = Field("ip_address", default=path("$.context.ip"), allow_null=True, label="IP address")


@integration.action(
    "Track Event",
    trigger='type = "track"',
    batch=Batch(size=100, max_size=1000, enabled=False),
    fields=[
        Field(
            "event_type",
            default="track",
            required=True,
            choices=("track", "page", "screen"),
            hidden=True,
        ),
        Field("event_name", default=path("$.event"), required=True),
        Field("distinct_id", default=path("$.userId"), required=True, label="Distinct ID"),
        Field("properties", "object", path("$.properties")),
        Field(
            "current_url",
            default=path("$.context.page.url"),
            required=required_if("event_type", "is", "page"),
            label="Current URL",
        ),
        Field(
            "screen_name",
            default=path("$.name"),
            required=required_if("event_type", "is", "screen"),
        ),
        Field("anonymous_event_capture", "boolean", False, required=True),
        Field("timestamp", "datetime", path("$.receivedAt")),
        Field("enable_batching", "boolean", False, required=True),
        Field("batch_size", "number", 100, hidden=True),
        IP_ADDRESS,
    ],
)
def event(payload, settings):
    return events([payload], settings)


@event.batch
def events(payloads, settings):
    body = {
        "api_key": settings["api_key"],
        "historical_migration": settings["historical_migration"],
        "batch": [_event_of(payload, settings) for payload in payloads],
    }
    return Request("POST", "/batch/", json=body)


_NAMES = {"page": "$pageview", "screen": "$screen"}


def _event_of(payload, settings):
    kind = payload["event_type"]
    properties = {
        **(payload.get("properties") or {}),
        **({"$current_url": payload["current_url"]} if kind == "page" else {}),
        **({"$screen_name": payload["screen_name"]} if kind == "screen" else {}),
        "distinct_id": payload["distinct_id"],
        "$process_person_profile": payload["anonymous_event_capture"],
        **_place(payload, settings),
    }
    found = {
        "event": _NAMES.get(kind, payload["event_name"]),
        "timestamp": payload.get("timestamp", UNSET),
        "properties": properties,
    }
    return {name: value for name, value in found.items() if value is not UNSET}


@integration.action(
    "Identify",
    fields=[
        Field("distinct_id", default=path("$.userId"), required=True, label="Distinct ID"),
        Field("properties", "object", path("$.traits"), required=True),
        Field("timestamp", "datetime", path("$.timestamp")),
        IP_ADDRESS,
    ],
)
def identify(payload, settings):
    body = {
        "event": "$identify",
        "api_key": settings["api_key"],
        "distinct_id": payload["distinct_id"],
        "properties": {"$set": payload["properties"], **_place(payload, settings)},
    }
    if "timestamp" in payload:
        body["timestamp"] = payload["timestamp"]
    return Request("POST", "/i/v0/e/", json=body)


def _place(payload, settings):
    found = {}
    if settings.get("geoip_disable"):
        found["$geoip_disable"] = True
    if payload.get("ip_address"):
        found["$ip"] = payload["ip_address"]
    return found
