"""Appcues: guides and surveys inside a product.

Facts: reference/destination-catalog/analytics.md, "Appcues (Actions)" (read 2026-11-25).
"""

from destinations.auth import basic
from destinations.integration import (
    Field,
    Integration,
    Preset,
    Request,
    Setting,
    first_of,
    path,
    required_if,
    text_of,
)

HOSTS = {"US": "https://segment.appcues.com", "EU": "https://segment.eu.appcues.com"}
TYPES = ("track", "page", "screen", "identify", "group")
ACTIVITY = ("track", "page", "screen")

integration = Integration(
    slug="appcues",
    name="Appcues",
    category="analytics",
    docs_url="https://segment.com/docs/connections/destinations/catalog/actions-appcues/",
    base_url=lambda settings: HOSTS.get(settings.get("region"), HOSTS["US"]),
    auth=basic("apiKey", "apiSecret"),
    names=("Appcues (Actions)",),
    description="Guides and surveys inside a product.",
    settings=[
        Setting("apiKey", "API key", required=True, secret=True, help="Settings → API keys"),
        Setting("apiSecret", "API secret", required=True, secret=True, help="Settings → API keys"),
        Setting("accountId", "Account ID", type="number", required=True),
        Setting(
            "region", "Region", type="select", required=True, default="US", choices=tuple(HOSTS)
        ),
    ],
    presets=[
        *(
            Preset(f"{kind.capitalize()} calls", "send", f'type = "{kind}"')
            for kind in ("track", "page", "screen", "identify")
        ),
        Preset("Group calls", "send", 'type = "group"', {"group_traits": path("$.traits")}),
    ],
)


@integration.action(
    "Send",
    trigger=" or ".join(
        f'type = "{kind}"' for kind in ("track", "identify", "page", "screen", "group")
    ),
    fields=[
        Field("type", default=path("$.type"), required=True, choices=TYPES),
        Field("userId", default=path("$.userId")),
        Field("anonymousId", default=path("$.anonymousId")),
        Field("event", default=path("$.event"), required=required_if("type", "is", "track")),
        Field("name", default=path("$.name")),
        Field("properties", "object", path("$.properties")),
        Field("user_traits", "object", first_of("$.context.traits", "$.traits")),
        Field("groupId", default=path("$.groupId")),
        Field("group_traits", "object"),
        Field("context", "object", path("$.context")),
        Field("integrations", "object", path("$.integrations")),
        Field("timestamp", default=path("$.timestamp")),
        Field("messageId", default=path("$.messageId")),
    ],
)
def send(payload, settings):
    """One event may tell of something done, of who did it, and of their company; a group without
    an ID tells of nothing."""
    kind, calls = payload["type"], []
    if kind in ACTIVITY:
        name = "event" if kind == "track" else "name"
        calls.append(_call(kind, payload, **_kept(payload, name, "properties")))
    traits, group_traits = payload.get("user_traits"), payload.get("group_traits")
    if kind == "identify" or (kind in ACTIVITY and traits):
        calls.append(_call("identify", payload, **({"traits": traits} if traits else {})))
    if kind != "identify" and payload.get("groupId"):
        described = {"traits": group_traits} if group_traits else {}
        calls.append(_call("group", payload, groupId=payload["groupId"], **described))
    where = f"/v2/accounts/{text_of(settings['accountId'])}/segment/direct"
    return [Request("POST", where, json=call) for call in calls]


_SHARED = ("userId", "anonymousId", "context", "integrations", "timestamp", "messageId")


def _call(kind, payload, **own):
    return {"type": kind, **own, **_kept(payload, *_SHARED)}


def _kept(payload, *names):
    return {name: payload[name] for name in names if name in payload}
