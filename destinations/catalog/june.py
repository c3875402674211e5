"""June: product analytics for companies that sell to companies.

Facts: reference/destination-catalog/analytics.md, "June (Actions)" (read 2026-11-25). The vendor
announced the end of the service for 2025.
"""

from destinations.auth import bearer
from destinations.integration import Field, Integration, Preset, Request, Setting, path

integration = Integration(
    slug="june",
    name="June",
    category="analytics",
    docs_url="https://segment.com/docs/connections/destinations/catalog/june-actions/",
    base_url="https://api.june.so/api",
    # The key is sent as it is; encoded once more it would not be known.
    auth=bearer("apiKey", scheme="Basic"),
    check=Request("GET", "/validate-write-key"),
    names=("June (Actions)",),
    description="Product analytics for companies that sell to companies.",
    settings=[
        Setting("apiKey", "Write key", required=True, secret=True, help="Settings → API keys"),
    ],
    presets=[
        Preset("Track calls", "track", 'type = "track"'),
        Preset("Page calls", "page", 'type = "page"'),
        Preset("Identify calls", "identify", 'type = "identify"'),
        Preset("Group calls", "group", 'type = "group"'),
    ],
)

PERSON = [
    Field("anonymousId", default=path("$.anonymousId")),
    Field("userId", default=path("$.userId")),
]
TRAITS = Field("traits", "object", path("$.traits"))
PROPERTIES = Field("properties", "object", path("$.properties"))
CONTEXT = Field("context", "object", path("$.context"))
TIMESTAMP = Field("timestamp", default=path("$.timestamp"), required=True, format="date-time")
MESSAGE_ID = Field("messageId", default=path("$.messageId"), required=True)


@integration.action(
    "Track Event",
    trigger='type = "track"',
    fields=[
        Field("event", default=path("$.event"), required=True),
        PROPERTIES,
        TIMESTAMP,
        *PERSON,
        CONTEXT,
        MESSAGE_ID,
    ],
)
def track(payload, settings):
    return Request("POST", "/track", json=payload)


@integration.action(
    "Identify", trigger='type = "identify"', fields=[*PERSON, TRAITS, TIMESTAMP, MESSAGE_ID]
)
def identify(payload, settings):
    return Request("POST", "/identify", json=payload)


@integration.action(
    "Group",
    trigger='type = "group"',
    fields=[
        *PERSON,
        Field("groupId", default=path("$.groupId"), required=True),
        TRAITS,
        TIMESTAMP,
        MESSAGE_ID,
    ],
)
def group(payload, settings):
    return Request("POST", "/group", json=payload)


@integration.action(
    "Page Event",
    trigger='type = "page"',
    fields=[
        *PERSON,
        PROPERTIES,
        Field("name", default=path("$.properties.name")),
        CONTEXT,
        TIMESTAMP,
        MESSAGE_ID.with_(required=False),
    ],
)
def page(payload, settings):
    # Pages alone are sent without the messageId that they have.
    sent = {name: value for name, value in payload.items() if name != "messageId"}
    return Request("POST", "/page", json=sent)
