"""Segment: events into another source, of Segment's, of ours, or of whoever speaks its protocol.

Facts: reference/destination-catalog/raw-data.md, "Segment" (read 2026-11-25); that a property goes
before the field of the same name: segmentio/action-destinations, destinations/segment (read
2026-11-25). Where Segment takes the host from the workspace's region, here it is a setting. Segment
ships no mappings; ours take every field from its place in the event. A device is passed on whole,
since Segment's names for two of its members (advertising_id, adTracking_Enabled) are not those that
the spec has.

Two sources that forward to each other go round in circles: nothing here can see that.
"""

from destinations.auth import basic
from destinations.catalog._segment_fields import GROUP, IDENTIFY, MAPPINGS, PAGE, SCREEN, TRACK
from destinations.integration import Integration, InvalidPayload, Preset, Request, Setting

SEGMENT_HOSTS = ("api.segment.io", "events.eu1.segmentapis.com")

# Of the payload, under the names that a context has.
CONTEXT = {
    "application": "app",
    "campaign_parameters": "campaign",
    "device": "device",
    "ip_address": "ip",
    "locale": "locale",
    "location": "location",
    "network": "network",
    "operating_system": "os",
    "page": "page",
    "screen": "screen",
    "user_agent": "userAgent",
    "timezone": "timezone",
    "group_id": "groupId",
}
OF_PAGES = ("path", "referrer", "search", "title", "url")


def check(settings):
    """Ask for the source's settings: unknown write keys have none."""
    endpoint = settings["endpoint"]
    if any(host in endpoint for host in SEGMENT_HOSTS):
        endpoint = "https://cdn.segment.com/v1"
    url = f"{endpoint.rstrip('/')}/projects/{settings['source_write_key']}/settings"
    return Request("GET", url)


integration = Integration(
    slug="segment",
    name="Segment",
    category="raw-data",
    docs_url="https://segment.com/docs/connections/destinations/catalog/actions-segment/",
    base_url=lambda settings: settings["endpoint"],
    auth=basic("source_write_key"),
    check=check,
    names=("Segment", "Segment Connections"),
    description="Forwards events into another source.",
    settings=[
        Setting("source_write_key", "Write key of the source", required=True, secret=True),
        Setting(
            "endpoint",
            "Tracking API",
            type="url",
            required=True,
            default="https://api.segment.io/v1",
            help="Segment in Europe: https://events.eu1.segmentapis.com/v1",
        ),
    ],
    presets=[
        Preset(f"{kind.capitalize()} calls", action, f'type = "{kind}"', MAPPINGS[action])
        for kind, action in (
            ("identify", "sendIdentify"),
            ("track", "sendTrack"),
            ("page", "sendPage"),
            ("screen", "sendScreen"),
            ("group", "sendGroup"),
        )
    ],
)


@integration.action(
    "Send Identify", slug="sendIdentify", trigger='type = "identify"', fields=IDENTIFY
)
def send_identify(payload, settings):
    traits = dict(payload.get("traits") or {})
    if payload.get("address"):
        traits["address"] = payload["address"]
    return _batch(payload, "identify", traits=traits)


@integration.action("Send Group", slug="sendGroup", trigger='type = "group"', fields=GROUP)
def send_group(payload, settings):
    group = {"groupId": payload["group_id"], "traits": payload.get("traits") or {}}
    # A group is no part of the context that led to it.
    payload = {name: value for name, value in payload.items() if name != "group_id"}
    return _batch(payload, "group", **group)


@integration.action("Send Screen", slug="sendScreen", trigger='type = "screen"', fields=SCREEN)
def send_screen(payload, settings):
    name = _named(name=payload.get("screen_name"))
    properties = {**name, **(payload.get("properties") or {})}
    return _batch(payload, "screen", **name, properties=properties)


@integration.action("Send Page", slug="sendPage", trigger='type = "page"', fields=PAGE)
def send_page(payload, settings):
    name = _named(name=payload.get("page_name"))
    page = payload.get("page") or {}
    properties = {
        **name,
        **_named(category=payload.get("page_category")),
        **{one: page[one] for one in OF_PAGES if one in page},
        **(payload.get("properties") or {}),
    }
    return _batch(payload, "page", **name, properties=properties)


@integration.action("Send Track", slug="sendTrack", trigger='type = "track"', fields=TRACK)
def send_track(payload, settings):
    event = {"event": payload["event_name"], "properties": payload.get("properties") or {}}
    return _batch(payload, "track", context={"traits": payload.get("traits") or {}}, **event)


def _batch(payload, kind, *, context=None, **parts):
    if not (payload.get("user_id") or payload.get("anonymous_id")):
        raise InvalidPayload([("user_id", "is required without an anonymous_id")])
    event = {
        **_named(
            userId=payload.get("user_id"),
            anonymousId=payload.get("anonymous_id"),
            timestamp=payload.get("timestamp"),
            messageId=payload.get("message_id"),
        ),
        "context": {**(context or {}), **_context_of(payload)},
        **parts,
        "type": kind,
    }
    return Request("POST", "/batch", json={"batch": [event]})


def _context_of(payload):
    found = {ours: payload[name] for name, ours in CONTEXT.items() if name in payload}
    if _is_consent(payload.get("consent")):
        found["consent"] = payload["consent"]
    return found


def _is_consent(consent):
    choices = consent.get("categoryPreferences") if consent else None
    return type(choices) is dict and all(type(choice) is bool for choice in choices.values())


def _named(**values):
    return {name: value for name, value in values.items() if value is not None}
