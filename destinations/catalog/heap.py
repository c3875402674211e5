"""Heap: product analytics.

Facts: reference/destination-catalog/analytics.md, "Heap Cloud (Actions)" (read 2026-11-25).
Heap knows no request that only checks the app ID, and needs no key to write.
"""

from destinations.integration import (
    Field,
    Integration,
    InvalidPayload,
    Preset,
    Request,
    Setting,
    find_moment,
    path,
    text_of,
)

HOSTS = {"US": "https://heapanalytics.com", "EU": "https://c.eu.heap-api.com"}
EVERYTHING = 'type = "track" or type = "page" or type = "screen"'

integration = Integration(
    slug="heap",
    name="Heap",
    category="analytics",
    docs_url="https://segment.com/docs/connections/destinations/catalog/actions-heap-cloud/",
    base_url=lambda settings: HOSTS.get(settings.get("region"), HOSTS["US"]),
    names=("Heap Cloud (Actions)",),
    description="Product analytics.",
    settings=[
        Setting("appId", "App ID", required=True, help="Account → Manage → Projects"),
        Setting("region", "Region", type="select", default="US", choices=tuple(HOSTS)),
    ],
    presets=[
        Preset("Track, page and screen calls", "trackEvent", EVERYTHING),
        Preset("Identify calls", "identifyUser", 'type = "identify"'),
    ],
)

_ANONYMOUS_ID = Field("anonymous_id", default=path("$.anonymousId"), allow_null=True)


@integration.action(
    "Track Event",
    slug="trackEvent",
    trigger=EVERYTHING,
    fields=[
        Field("message_id", default=path("$.messageId"), required=True),
        Field("identity", allow_null=True),
        _ANONYMOUS_ID,
        Field("event", default=path("$.event")),
        Field("properties", "object", path("$.properties")),
        Field("timestamp", "datetime", path("$.timestamp")),
        Field("type", default=path("$.type")),
        Field("name", default=path("$.name")),
        Field("traits", "object", path("$.context.traits")),
    ],
)
def track_event(payload, settings):
    event = {
        "event": _name_of(payload),
        "custom_properties": _properties_of(payload),
        "idempotency_key": payload["message_id"],
        "user_identifier": _identifier(payload),
    }
    moment = find_moment(payload.get("timestamp"))
    if moment is not None:
        event["timestamp"] = moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    body = {"app_id": settings["appId"], "events": [event], "library": "server"}
    requests = []
    if payload.get("identity") and (payload.get("anonymous_id") or payload.get("traits")):
        requests.append(_describe(payload["identity"], payload, settings))
    requests.append(Request("POST", "/api/integrations/track", json=body))
    return requests


def _name_of(payload):
    kind = payload.get("type")
    if kind in ("page", "screen"):
        return f"{kind.capitalize()} viewed"
    return (kind == "track" and payload.get("event")) or "track"


def _properties_of(payload):
    found = {"segment_library": "cloud-mode-destination", **flat(payload.get("properties"))}
    return {**found, "name": payload["name"]} if "name" in payload else found


def _identifier(payload):
    for name in ("identity", "anonymous_id"):
        if payload.get(name):
            return {name: payload[name]}
    raise InvalidPayload([("identity", "or anonymous_id is required")])


@integration.action(
    "Identify User",
    slug="identifyUser",
    trigger='type = "identify"',
    fields=[
        Field("user_id", default=path("$.userId"), allow_null=True),
        _ANONYMOUS_ID,
        Field("traits", "object", path("$.traits")),
    ],
)
def identify_user(payload, settings):
    if not payload.get("user_id"):
        raise InvalidPayload([("user_id", "is required")])
    return _describe(payload["user_id"], payload, settings)


def _describe(identity, payload, settings):
    anonymous_id = payload.get("anonymous_id")
    properties = {
        **({"anonymous_id": anonymous_id} if anonymous_id else {}),
        **flat(payload.get("traits")),
    }
    body = {"app_id": settings["appId"], "identity": identity, "properties": properties}
    return Request("POST", "/api/add_user_properties", json=body)


def flat(values):
    """Return an object of one level whose values are texts: {"a": {"b": 1}} → {"a.b": "1"}."""
    found = {}
    _flatten(values or {}, "", found)
    return found


def _flatten(value, place, found):
    if isinstance(value, dict):
        for key, each in value.items():
            _flatten(each, f"{place}.{key}" if place else key, found)
    elif isinstance(value, list):
        _flatten({str(position): each for position, each in enumerate(value)}, place, found)
    else:
        found[place] = "null" if value is None else text_of(value)
