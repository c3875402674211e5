"""ABsmartly: experiments, measured by goals.

Facts: reference/destination-catalog/experimentation.md, "ABsmartly (Actions)" (read 2026-11-25).
"""

from destinations.auth import header
from destinations.integration import (
    Field,
    Integration,
    InvalidPayload,
    Preset,
    Request,
    Setting,
    epoch_ms,
    path,
    template,
    text_of,
)

OTHERS = 'type = "track" and event != "Experiment Viewed"'
EXPOSURES = 'type = "track" and event = "Experiment Viewed"'

integration = Integration(
    slug="absmartly",
    name="ABsmartly",
    category="experimentation",
    docs_url="https://segment.com/docs/connections/destinations/catalog/actions-absmartly/",
    base_url=lambda settings: settings["collectorEndpoint"],
    auth=header("X-API-Key", "apiKey"),
    check=lambda settings: Request("GET", "/context/authed", _environment(settings)),
    names=("ABsmartly (Actions)",),
    description="Experiments, measured by your events.",
    settings=[
        Setting(
            "collectorEndpoint",
            "Collector endpoint",
            type="url",
            required=True,
            help="https://<your name>.absmartly.io/v1",
        ),
        Setting("apiKey", "API key", required=True, secret=True, help="Settings → API keys"),
        Setting("environment", "Environment", required=True, help="Settings → Environments"),
    ],
    presets=[
        Preset("Track calls", "trackGoal", OTHERS),
        Preset("Page calls", "trackGoal", 'type = "page"', {"name": template("Page: {{ name }}")}),
        Preset(
            "Screen calls", "trackGoal", 'type = "screen"', {"name": template("Screen: {{ name }}")}
        ),
        Preset("Experiments", "trackExposure", EXPOSURES),
    ],
)

_LIBRARY = path("$.context.library.name")
ORIGIN = [
    Field("agent", default={"@if": {"exists": _LIBRARY, "then": _LIBRARY, "else": "segment"}}),
    Field("application"),
]


@integration.action(
    "Track Goal",
    slug="trackGoal",
    trigger=OTHERS,
    fields=[
        Field(
            "units",
            "object",
            {"anonymousId": path("$.anonymousId"), "userId": path("$.userId")},
            required=True,
        ),
        Field("name", default=path("$.event"), required=True),
        Field("properties", "object", path("$.properties"), required=True),
        *ORIGIN,
    ],
)
def track_goal(payload, settings, *, event):
    moment = _moment_of(event)
    units = [
        {"type": kind, "uid": text_of(uid)}
        for kind, uid in payload["units"].items()
        if type(uid) in (str, int, float) and uid != ""
    ]
    if not units:
        raise InvalidPayload([("units", "must hold an ID")])
    goal = {"name": payload["name"], "achievedAt": moment, "properties": payload["properties"]}
    return _publish({"publishedAt": moment, "units": units, "goals": [goal]}, payload, settings)


@integration.action(
    "Track Exposure",
    slug="trackExposure",
    trigger=EXPOSURES,
    fields=[
        Field("exposure", "object", path("$.properties.exposure"), required=True),
        *ORIGIN,
    ],
)
def track_exposure(payload, settings, *, event):
    exposure, moment = payload["exposure"], _moment_of(event)
    for name in ("units", "exposures"):
        if type(exposure.get(name)) is not list or not exposure[name]:
            raise InvalidPayload([(f"exposure.{name}", "must be a list with something in it")])
    if exposure.get("goals"):
        raise InvalidPayload([("exposure.goals", "cannot be sent with exposures")])
    published = epoch_ms(exposure.get("publishedAt"))
    if published is None:
        raise InvalidPayload([("exposure.publishedAt", "must be a moment")])
    # The clock that wrote the exposure may be wrong; that of the event has been corrected.
    offset = moment - published
    shifted = {
        name: [_shifted(item, field, offset) for item in exposure[name]]
        for name, field in (("exposures", "exposedAt"), ("attributes", "setAt"))
        if type(exposure.get(name)) is list
    }
    return _publish({**exposure, **shifted, "publishedAt": moment}, payload, settings)


def _shifted(item, field, offset):
    moment = epoch_ms(item.get(field)) if type(item) is dict else None
    return item if moment is None else {**item, field: moment + offset}


def _moment_of(event):
    moment = epoch_ms((event or {}).get("timestamp"))
    if moment is None:
        raise InvalidPayload([("timestamp", "must be a moment")])
    return moment


def _environment(settings):
    return {"X-Environment": settings["environment"]}


def _publish(body, payload, settings):
    headers = {
        **_environment(settings),
        "X-Agent": (payload.get("agent") or "").strip() or "segment",
    }
    application = (payload.get("application") or "").strip()
    if application:
        headers |= {"X-Application": application, "X-Application-Version": "0"}
    return Request("PUT", "/context", headers, json={"historic": True, **body})
