"""Optimizely Feature Experimentation: feature flags and experiments, measured by these events.

API: https://docs.developers.optimizely.com/feature-experimentation (the event API takes what its
SDKs send).
Facts: reference/destination-catalog/experimentation.md, "Optimizely Feature Experimentation
(Actions)" (read 2026-11-25); the account, and whether to hide addresses, come from the datafile.

Other than Segment: the datafile is asked for anew with each event, for a builder keeps nothing; and
a request to delete names the person, where Segment's names the account.
"""

from destinations.catalog._bodies import needed
from destinations.integration import (
    Field,
    Integration,
    InvalidPayload,
    Rejected,
    Request,
    Setting,
    epoch_ms,
    first_of,
    path,
)

DEACTIVATED = "the datafile is no JSON: is the project still active?"


def check_answer(response):
    if response.status != 200:
        return ""
    return None if _datafile_of(response) else DEACTIVATED


def delete_user(user_id, settings):
    headers = {"Authorization": f"Bearer {needed(settings, 'accessToken')}"}
    body = {
        "data_type": "visitor",
        "identifier": user_id,
        "identifier_type": "dcp_id",
        "request_type": "delete",
    }
    return Request(
        "POST", "https://api.optimizely.com/v2/subject-access-requests", headers, json=body
    )


integration = Integration(
    slug="optimizely-feature-experimentation-actions",
    name="Optimizely Feature Experimentation",
    category="experimentation",
    docs_url="https://docs.developers.optimizely.com/feature-experimentation",
    base_url="https://logx.optimizely.com",
    check=lambda settings: Request("GET", settings["dataFileUrl"]),
    check_answer=check_answer,
    delete_user=delete_user,
    names=("Optimizely Feature Experimentation (Actions)",),
    description="Feature flags and experiments, measured by your events.",
    settings=[
        Setting(
            "accessToken",
            "Personal access token",
            secret=True,
            help="Profile → API access. Only to delete people",
        ),
        Setting("accountId", "Account ID", required=True, help="Account settings → Plan"),
        Setting(
            "dataFileUrl",
            "Datafile URL",
            type="url",
            required=True,
            help="Settings → Environments: https://cdn.optimizely.com/datafiles/….json",
        ),
    ],
)


@integration.action(
    "Track Event",
    slug="trackEvent",
    trigger='type = "track"',
    fields=[
        Field("eventKey", default=path("$.event"), required=True),
        Field("userId", default=first_of("$.userId", "$.anonymousId"), required=True),
        Field("attributes", "object", path("$.context.traits")),
        Field("revenue", "integer", path("$.properties.revenue"), help="In cents"),
        Field("value", "number", path("$.properties.value")),
        Field("eventTags", "object", path("$.properties")),
        Field("timestamp", "datetime", path("$.timestamp"), required=True),
        Field("uuid", default=path("$.messageId"), required=True, hidden=True),
    ],
)
def track_event(payload, settings):
    datafile = _datafile_of((yield Request("GET", settings["dataFileUrl"])))
    if not datafile:
        raise Rejected(DEACTIVATED, code="PROJECT_DEACTIVATED", status=400)
    event_id = _ids(datafile.get("events")).get(payload["eventKey"])
    if event_id is None:
        raise InvalidPayload([("eventKey", f"{payload['eventKey']} is not in the datafile")])
    tags = payload.get("eventTags") or {}
    event = {
        "entity_id": event_id,
        "timestamp": epoch_ms(payload["timestamp"]),
        "uuid": payload["uuid"],
        "key": payload["eventKey"],
        **{name: payload[name] for name in ("revenue", "value") if name in payload},
        "tags": {name: tag for name, tag in tags.items() if name not in ("revenue", "value")},
    }
    visitor = {
        "visitor_id": payload["userId"],
        "attributes": _attributes(payload.get("attributes") or {}, datafile),
        "snapshots": [{"decisions": [], "events": [event]}],
    }
    body = {
        "account_id": datafile.get("accountId"),
        "anonymize_ip": datafile.get("anonymizeIP"),
        "client_name": "Segment",
        "enrich_decisions": True,
        "visitors": [visitor],
    }
    body = {name: value for name, value in body.items() if value is not None}
    yield Request("POST", "/v1/events", json=body)


def _datafile_of(response):
    """Return the datafile, or None for an answer that holds none."""
    datafile = response.json()
    return datafile if type(datafile) is dict and datafile else None


def _ids(entries):
    """Return the IDs of a datafile's events or attributes by key; the first of a key counts."""
    entries = entries if type(entries) is list else []
    return {
        entry["key"]: entry["id"]
        for entry in reversed(entries)
        if type(entry) is dict and "key" in entry and "id" in entry
    }


def _attributes(values, datafile):
    """Return those attributes that Optimizely knows, as far as they are plain values."""
    ids = _ids(datafile.get("attributes"))
    found = [
        _attribute(ids[key], key, value)
        for key, value in values.items()
        if key in ids and type(value) in (str, int, float, bool)
    ]
    if type(datafile.get("botFiltering")) is bool:
        key = "$opt_bot_filtering"
        found.append(_attribute(key, key, datafile["botFiltering"]))
    return found


def _attribute(entity_id, key, value):
    return {"entity_id": entity_id, "key": key, "value": value, "type": "custom"}
