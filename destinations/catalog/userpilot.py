"""Userpilot: guides and analytics inside a product.

Facts: reference/destination-catalog/analytics.md, "Userpilot Cloud (Actions)" (read 2026-11-25).
"""

from urllib.parse import urlsplit

from destinations.auth import bearer
from destinations.integration import (
    Field,
    Integration,
    Preset,
    Request,
    Setting,
    first_of,
    path,
)

ENDPOINT = "https://analytex.userpilot.io/"
HEADERS = {"X-API-Version": "2020-09-22"}


def _endpoint(settings):
    endpoint = settings.get("endpoint") or ENDPOINT
    try:
        valid = urlsplit(endpoint).scheme and urlsplit(endpoint).hostname
    except ValueError:
        valid = False
    return endpoint if valid else ENDPOINT


def delete_user(user_id, settings):
    return Request("DELETE", "/v1/users", HEADERS, json={"users": [user_id]})


integration = Integration(
    slug="userpilot",
    name="Userpilot",
    category="analytics",
    docs_url="https://segment.com/docs/connections/destinations/catalog/actions-userpilot-cloud/",
    base_url=_endpoint,
    auth=bearer("apiKey", scheme="Token"),
    check=Request("GET", "/v1/validate", HEADERS),
    delete_user=delete_user,
    names=("Userpilot Cloud (Actions)",),
    description="Guides, surveys and analytics inside a product.",
    settings=[
        Setting(
            "apiKey", "API key", required=True, secret=True, help="Environments → API → Write key"
        ),
        Setting(
            "endpoint",
            "API endpoint",
            type="url",
            required=True,
            default=ENDPOINT,
            help="Environments → API",
        ),
    ],
    presets=[
        Preset("Identify calls", "identifyUser", 'type = "identify"'),
        Preset("Group calls", "identifyCompany", 'type = "group"'),
        Preset("Track calls", "trackEvent", 'type = "track"'),
    ],
)

USER_ID = Field("userId", default=first_of("$.userId", "$.anonymousId"), required=True)
TRAITS = [
    Field("createdAt", "datetime", path("$.traits.createdAt")),
    Field("traits", "object", path("$.traits")),
]


def _metadata(payload):
    """The traits, with the date of creation under the one name that Userpilot knows."""
    traits = payload.get("traits") or {}
    kept = {name: value for name, value in traits.items() if name != "createdAt"}
    return {**kept, **({"created_at": payload["createdAt"]} if "createdAt" in payload else {})}


@integration.action(
    "Identify User", slug="identifyUser", trigger='type = "identify"', fields=[USER_ID, *TRAITS]
)
def identify_user(payload, settings):
    body = {"user_id": payload["userId"], "metadata": _metadata(payload)}
    return Request("POST", "/v1/identify", HEADERS, json=body)


@integration.action(
    "Track Event",
    slug="trackEvent",
    trigger='type = "track"',
    fields=[
        USER_ID.with_(required=False),
        Field("name", default=path("$.event"), required=True),
        Field("properties", "object", path("$.properties")),
    ],
)
def track_event(payload, settings):
    named = (("user_id", "userId"), ("event_name", "name"), ("metadata", "properties"))
    body = {theirs: payload[ours] for theirs, ours in named if ours in payload}
    return Request("POST", "/v1/track", HEADERS, json=body)


@integration.action(
    "Identify Company",
    slug="identifyCompany",
    trigger='type = "group"',
    fields=[Field("groupId", default=path("$.groupId"), required=True), *TRAITS],
)
def identify_company(payload, settings):
    body = {"company_id": payload["groupId"], "metadata": _metadata(payload)}
    return Request("POST", "/v1/companies/identify", HEADERS, json=body)
