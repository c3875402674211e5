"""VWO: experiments on web pages and in apps, measured by these events.

Facts: reference/destination-catalog/experimentation.md, "VWO Cloud Mode (Actions)" (read
2026-11-25). The moments VWO takes are those of sending, not of the event. Its test of the account
ID is a look at its length, which the setting makes itself.
"""

from uuid import UUID, uuid5

from destinations.integration import (
    Field,
    Integration,
    Preset,
    Request,
    Setting,
    epoch_s,
    path,
    text_of,
)

_HOST = "https://dev.visualwebsiteoptimizer.com"
HOSTS = {"US": _HOST, "EU": f"{_HOST}/eu01", "AS": f"{_HOST}/as01"}
NAMESPACE = UUID("11e13cd7-6c48-53ec-8679-7e9c752273c5")
AUDIENCE = 'event = "Audience Entered" or event = "Audience Exited"'

integration = Integration(
    slug="vwo",
    name="VWO",
    category="experimentation",
    docs_url="https://segment.com/docs/connections/destinations/catalog/actions-vwo-cloud/",
    base_url=lambda settings: HOSTS.get(settings.get("region"), HOSTS["US"]),
    names=("VWO Cloud Mode (Actions)",),
    description="Experiments on web pages and in apps.",
    settings=[
        Setting(
            "vwoAccountId",
            "Account ID",
            type="number",
            required=True,
            minimum=1,
            maximum=9_999_999,
        ),
        Setting("apikey", "SDK key", secret=True, help="For feature experimentation only"),
        Setting("region", "Region", type="select", default="US", choices=tuple(HOSTS)),
    ],
    presets=[
        Preset("Track calls", "trackEvent", 'type = "track"'),
        Preset("Identify calls", "identifyUser", 'type = "identify"'),
        Preset("Page calls", "pageVisit", 'type = "page"'),
        Preset("Audiences", "syncAudience", AUDIENCE),
    ],
)


def _visitor(where):
    return [
        Field("vwoUuid", default=path(where), required=True, label="VWO UUID"),
        Field("page", "object", path("$.context.page")),
        Field("ip", default=path("$.context.ip")),
        Field("userAgent", default=path("$.context.userAgent")),
        Field("timestamp", default=path("$.timestamp")),
    ]


@integration.action(
    "Track Event",
    slug="trackEvent",
    trigger='type = "track"',
    fields=[
        Field("name", default=path("$.event"), required=True),
        Field("properties", "object", path("$.properties")),
        *_visitor("$.properties.vwo_uuid"),
    ],
)
def track_event(payload, settings, *, now):
    properties = _without_uuid(payload.get("properties") or {})
    meta = {"ogName": payload["name"]}
    return _send(f"segment.{payload['name']}", payload, settings, now, properties, meta)


@integration.action(
    "Identify User",
    slug="identifyUser",
    trigger='type = "identify"',
    fields=[
        Field("attributes", "object", path("$.traits"), required=True),
        *_visitor("$.traits.vwo_uuid"),
    ],
)
def identify_user(payload, settings, *, now):
    attributes = _without_uuid(payload["attributes"])
    visitor = {f"segment.{name}": value for name, value in attributes.items()}
    return _send("vwo_syncVisitorProp", payload, settings, now, visitor=visitor)


@integration.action(
    "Page Visit",
    slug="pageVisit",
    trigger='type = "page"',
    fields=[
        Field("url", default=path("$.context.page.url"), label="URL"),
        *_visitor("$.properties.vwo_uuid"),
    ],
)
def page_visit(payload, settings, *, now):
    properties = {"url": payload["url"]} if "url" in payload else {}
    # A visit is VWO's own kind of event, under a name of Segment's.
    return _send("segment.pageView", payload, settings, now, properties, custom=False)


@integration.action(
    "Sync Audience",
    slug="syncAudience",
    trigger=AUDIENCE,
    fields=[
        Field("name", default=path("$.event"), required=True),
        Field("userId", default=path("$.userId")),
        Field("anonymousId", default=path("$.anonymousId")),
        Field("audienceId", default=path("$.properties.audience_key"), required=True),
    ],
)
def sync_audience(payload, settings, *, now):
    properties = {
        "action": _MOVES.get(payload["name"]),
        "audienceName": payload["audienceId"],
        "audienceId": payload["audienceId"],
        "identifier": payload.get("userId") or payload.get("anonymousId"),
        "accountId": settings["vwoAccountId"],
        "integration": "segment",
    }
    event = {
        "name": "vwo_integration",
        "time": _milliseconds(now),
        "props": {name: value for name, value in properties.items() if value is not None},
    }
    return _post("/collect/events/t", "vwo_integration", {"d": {"event": event}}, settings)


_MOVES = {"Audience Entered": "audience_entered", "Audience Exited": "audience_exited"}


def _without_uuid(values):
    return {name: value for name, value in values.items() if name != "vwo_uuid"}


def _milliseconds(now):
    return round(now.timestamp() * 1000)


def _uuid(payload, settings):
    """Return VWO's ID of a visitor: its cookie's, or made from the user's for its SDKs."""
    if not settings.get("apikey"):
        return payload["vwoUuid"]
    account = uuid5(NAMESPACE, text_of(settings["vwoAccountId"]))
    return uuid5(account, payload["vwoUuid"]).hex.upper()


def _send(name, payload, settings, now, properties=None, meta=None, visitor=None, custom=True):
    visitor = visitor or {}
    if settings.get("apikey"):
        visitor = {"vwo_fs_environment": settings["apikey"], **visitor}
    page = payload.get("page") or {}
    if "referrer" in page:
        page = {**page, "referrerUrl": page["referrer"]}
    props = {
        **(properties or {}),
        "page": page,
        "isCustomEvent": custom,
        "vwoMeta": {"source": "segment.cloud", "metric": {}, **(meta or {})},
    }
    uuid, session = _uuid(payload, settings), epoch_s(now.timestamp())
    event = {"name": name, "time": _milliseconds(now), "props": props}
    body = {"msgId": f"{uuid}-{session}", "visId": uuid, "sessionId": session, "event": event}
    if visitor:
        # VWO looks for a visitor in the event, and beside it.
        props["$visitor"] = {"props": visitor}
        body["visitor"] = {"props": visitor}
    headers = {"User-Agent": payload.get("userAgent"), "X-Forwarded-For": payload.get("ip")}
    return _post("/events/t", name, {"d": body}, settings, headers)


def _post(where, name, body, settings, headers=None):
    headers = {header: value for header, value in (headers or {}).items() if value}
    query = {"en": name, "a": text_of(settings["vwoAccountId"])}
    return Request("POST", where, headers, query=query, json=body)
