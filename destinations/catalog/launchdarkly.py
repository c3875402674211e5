"""LaunchDarkly: feature flags; it measures its experiments by these events.

Facts: reference/destination-catalog/experimentation.md, "LaunchDarkly" (read 2026-11-25). The
client-side ID is public: every browser of the site shows it.

Other than Segment: a further context whose key is null is left out. Segment sends the text "null",
by which all who have none would be one.
"""

from urllib.parse import quote

from destinations.integration import (
    Field,
    Integration,
    Preset,
    Request,
    Setting,
    epoch_ms,
    first_of,
    path,
    text_of,
)

EVENTS_HOST = "events.launchdarkly.com"
HEADERS = {"User-Agent": "SegmentDestination/2.2.0", "X-LaunchDarkly-Event-Schema": "4"}


def _host(settings):
    return settings.get("events_host_name") or EVENTS_HOST


def check(settings):
    # Only LaunchDarkly's own host has a brother that knows the IDs.
    if _host(settings) != EVENTS_HOST:
        return None
    client_id = quote(settings["client_id"], safe="")
    return Request("HEAD", f"https://clientsdk.launchdarkly.com/sdk/goals/{client_id}", HEADERS)


integration = Integration(
    slug="launchdarkly",
    name="LaunchDarkly",
    category="experimentation",
    docs_url="https://segment.com/docs/connections/destinations/catalog/actions-launchdarkly/",
    base_url=lambda settings: f"https://{_host(settings)}",
    check=check,
    names=("LaunchDarkly", "LaunchDarkly (Actions) Destination", "LaunchDarkly (Actions)"),
    description="Feature flags, and experiments that are measured by your events.",
    settings=[
        Setting(
            "client_id",
            "Client-side ID",
            required=True,
            help="Settings → Projects → your environment",
        ),
        Setting("events_host_name", "Host of events", default=EVENTS_HOST),
    ],
    presets=[
        Preset("Track calls", "trackEvent", 'type = "track"'),
        Preset("Identify and alias calls", "aliasUser", 'type = "identify" or type = "alias"'),
    ],
)

TIMESTAMP = Field("timestamp", "datetime", path("$.timestamp"))


@integration.action(
    "Alias User",
    slug="aliasUser",
    trigger='type = "identify" or type = "alias"',
    fields=[
        Field("user_key", default=path("$.userId"), required=True),
        Field("previous_key", default=first_of("$.previousId", "$.anonymousId"), required=True),
        TIMESTAMP,
    ],
)
def alias_user(payload, settings, *, now):
    event = {
        "kind": "alias",
        "key": payload["user_key"],
        "contextKind": "user",
        "previousKey": payload["previous_key"],
        "previousContextKind": "anonymousUser",
        "creationDate": _creation_date(payload, now),
    }
    return _send(event, settings)


@integration.action(
    "Track Event",
    slug="trackEvent",
    trigger='type = "track"',
    fields=[
        Field("context_kind", default="user"),
        Field("user_key", default=first_of("$.userId", "$.anonymousId"), required=True),
        Field(
            "additional_context_keys",
            "object",
            {"unauthenticatedUser": path("$.anonymousId")},
        ),
        Field("event_name", default=path("$.event"), required=True),
        Field("metric_value", "number", first_of("$.properties.revenue", "$.properties.value")),
        Field("event_properties", "object", path("$.properties")),
        TIMESTAMP,
    ],
)
def track_event(payload, settings, *, now):
    more = payload.get("additional_context_keys") or {}
    kind = payload.get("context_kind") or "user"
    event = {
        "kind": "custom",
        "key": payload["event_name"],
        "contextKeys": {
            **{name: text_of(key) for name, key in more.items() if key is not None},
            kind: payload["user_key"],
        },
        "creationDate": _creation_date(payload, now),
        "data": payload.get("event_properties", {}),
    }
    if "metric_value" in payload:
        event["metricValue"] = payload["metric_value"]
    return _send(event, settings)


def _creation_date(payload, now):
    moment = epoch_ms(payload.get("timestamp"))
    return round(now.timestamp() * 1000) if moment is None else moment


def _send(event, settings):
    client_id = quote(settings["client_id"], safe="")
    return Request("POST", f"/events/bulk/{client_id}", HEADERS, json=[event])
