"""Courier: notifications on many channels, started by events.

Facts: reference/destination-catalog/support-messaging.md, "Courier (Actions)" (read 2026-11-25).
The check, the headers, and that an audience is not forwarded as an event:
segmentio/action-destinations, destinations/courier (read 2026-11-25).
"""

from urllib.parse import quote

from destinations.auth import bearer
from destinations.integration import (
    Field,
    Integration,
    InvalidPayload,
    Preset,
    Request,
    Setting,
    first_of,
    path,
)

FORWARDED = ("track", "identify", "group")
HOSTS = {"US": "https://api.courier.com", "EU": "https://api.eu.courier.com"}
HEADERS = {"Content-Type": "application/json", "User-Agent": "SegmentCourier"}
# What stands in a path as it is, such as the @ of an e-mail address.
PLAIN_IN_A_PATH = "!$&'()*+,:;=@"

integration = Integration(
    slug="courier",
    name="Courier",
    category="support-messaging",
    docs_url="https://segment.com/docs/connections/destinations/catalog/actions-courier/",
    base_url=lambda settings: HOSTS.get(settings.get("region"), HOSTS["US"]),
    auth=bearer("apiKey"),
    check=Request("POST", "/debug", HEADERS),
    names=("Courier (Actions)",),
    description="Starts notifications from events.",
    settings=[
        Setting("apiKey", "API key", required=True, secret=True, help="Courier → Segment page"),
        Setting(
            "region", "Region", type="select", required=True, default="US", choices=("US", "EU")
        ),
    ],
    # Audiences are not among them: most events belong to none.
    presets=[
        Preset(
            "Track, identify and group calls",
            "postToCourier",
            'type = "track" or type = "identify" or type = "group"',
        )
    ],
)


@integration.action(
    "Forward to Courier",
    slug="postToCourier",
    trigger='type = "track" or type = "identify" or type = "group"',
    fields=[
        Field("data", "object", path("$."), required=True, hidden=True),
        Field(
            "segment_computation_action",
            default=path("$.context.personas.computation_class"),
            hidden=True,
        ),
    ],
)
def post_to_courier(payload, settings):
    event = payload["data"]
    if payload.get("segment_computation_action") == "audience":
        raise InvalidPayload([("data", "is about an audience: that is for Sync Audience")])
    if event.get("type") not in FORWARDED:
        raise InvalidPayload([("data", f"must be one of {', '.join(FORWARDED)}")])
    return Request("POST", "/inbound/segment", HEADERS, json=event)


@integration.action(
    "Sync Audience",
    slug="audienceToList",
    trigger='type = "identify" or type = "track"',
    fields=[
        Field(
            "segment_audience_id",
            default=path("$.context.personas.computation_id"),
            required=True,
            hidden=True,
        ),
        Field(
            "segment_audience_key",
            default=path("$.context.personas.computation_key"),
            required=True,
            hidden=True,
        ),
        Field(
            "segment_computation_action",
            default=path("$.context.personas.computation_class"),
            required=True,
            choices=("audience", "journey_step"),
            hidden=True,
        ),
        Field("segment_user_id", default=path("$.userId"), hidden=True),
        Field("segment_anonymous_id", default=path("$.anonymousId"), hidden=True),
        Field(
            "traits_or_props",
            "object",
            first_of("$.properties", "$.traits"),
            required=True,
            hidden=True,
        ),
        Field("audience_action", choices=("ADD", "REMOVE"), hidden=True),
    ],
)
def audience_to_list(payload, settings):
    key = payload["segment_audience_key"]
    user = payload.get("segment_user_id") or payload.get("segment_anonymous_id")
    if not user:
        raise InvalidPayload([("segment_user_id", "is required without an anonymous id")])
    list_id = quote(f"{key}-{payload['segment_audience_id']}", safe=PLAIN_IN_A_PATH)
    user = quote(user, safe=PLAIN_IN_A_PATH)
    method = "PUT" if payload["traits_or_props"].get(key) else "DELETE"
    return Request(method, f"/lists/{list_id}/subscriptions/{user}", HEADERS)
