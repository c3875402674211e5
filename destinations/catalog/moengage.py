"""MoEngage: customer engagement across channels.

API: https://developers.moengage.com/ (its intake for Segment).
Facts: reference/destination-catalog/marketing.md, "Moengage (Actions)" (read 2026-11-25).
"""

from destinations.auth import basic
from destinations.integration import Field, Integration, Request, Setting, path

REGIONS = ("DC_01", "DC_02", "DC_03", "DC_04", "DC_05")
INTAKE = "/v1/integrations/segment"

integration = Integration(
    slug="moengage",
    name="MoEngage",
    category="marketing",
    docs_url="https://developers.moengage.com/",
    base_url=lambda settings: f"https://api-{settings['region'][-2:]}.moengage.com",
    auth=basic("api_id", "api_key"),
    check=lambda settings: Request("GET", f"{INTAKE}/auth", query=_app(settings)),
    names=("Moengage (Actions)",),
    description="Customer engagement across channels.",
    settings=[
        Setting("api_id", "App ID", required=True, help="Settings → Account → APIs"),
        Setting("api_key", "API key", required=True, secret=True, help="Settings → Account → APIs"),
        Setting(
            "region", "Data center", type="select", required=True, default="DC_01", choices=REGIONS
        ),
    ],
)


def _app(settings):
    return {"appId": settings["api_id"]}


def _identity(**options):
    return [
        Field("userId", default=path("$.userId"), **options),
        Field("anonymousId", default=path("$.anonymousId"), **options),
    ]


TYPE = Field("type", default=path("$.type"), required=True)
ORIGIN = [
    Field("os_name", default=path("$.context.os.name")),
    Field("app_version", default=path("$.context.app.version")),
    Field("library_version", default=path("$.context.library.version")),
    Field("timestamp", "datetime", path("$.timestamp")),
]
UPDATE_ONLY = Field("update_existing_only", "boolean", False)


def _part(theirs, payload, ours):
    return {theirs: payload[ours]} if ours in payload else {}


def _request(payload, settings, content):
    body = {
        **_part("type", payload, "type"),
        **_part("user_id", payload, "userId"),
        **_part("anonymous_id", payload, "anonymousId"),
        **_part("event", payload, "event"),
        "context": {
            "app": _part("version", payload, "app_version"),
            "os": _part("name", payload, "os_name"),
            "library": _part("version", payload, "library_version"),
        },
        **content,
        **_part("timestamp", payload, "timestamp"),
        "update_existing_only": payload.get("update_existing_only", False),
    }
    return Request("POST", INTAKE, query=_app(settings), json=body)


@integration.action(
    "Track Event",
    slug="trackEvent",
    trigger='type = "track"',
    fields=[
        TYPE,
        Field("event", default=path("$.event"), required=True),
        *_identity(),
        *ORIGIN,
        Field("properties", "object", path("$.properties")),
        Field("project_name"),
        UPDATE_ONLY,
    ],
)
def track_event(payload, settings):
    project = _part("moe_project_name", payload, "project_name")
    return _request(payload, settings, {"properties": {**payload.get("properties", {}), **project}})


@integration.action(
    "Identify User",
    slug="identifyUser",
    trigger='type = "identify"',
    fields=[
        TYPE,
        *_identity(allow_null=True),
        *ORIGIN,
        Field("traits", "object", path("$.traits")),
        UPDATE_ONLY,
    ],
)
def identify_user(payload, settings):
    return _request(payload, settings, _part("traits", payload, "traits"))
