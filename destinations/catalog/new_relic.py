"""New Relic: events beside the measurements of what runs, to be queried and alerted on.

API: https://docs.newrelic.com/docs/data-apis/custom-data/custom-events/, its page on "Data
requirements and limits for custom event data" (the reserved words; read 2026-11-23).
Facts: reference/destination-catalog/analytics.md, "New Relic (classic)" (read 2026-11-25), with
these choices: "the device context" is `context.device`, its members sent as `device.type` and so
on; a moment is sent in milliseconds. The tool knows no request that only checks the key.
"""

from destinations.auth import header
from destinations.integration import (
    Field,
    Integration,
    Rejected,
    Request,
    Setting,
    epoch_ms,
    path,
    text_of,
)

HOSTS = {
    "US": "https://insights-collector.newrelic.com",
    "EU": "https://insights-collector.eu01.nr-data.net",
}

# Names that New Relic keeps for itself.
RESERVED = frozenset({"accountId", "appId", "eventType", "timestamp"})

_WORDS = """
    ago and as auto begin begintime compare day days end endtime explain facet from hour hours in is
    like limit minute minutes month months not null offset or raw second seconds select since
    timeseries until week weeks where with
"""
KEYWORDS = frozenset(_WORDS.split())

integration = Integration(
    slug="new-relic",
    name="New Relic",
    category="analytics",
    docs_url="https://docs.newrelic.com/docs/data-apis/custom-data/custom-events/",
    base_url=lambda settings: HOSTS.get(settings.get("region"), HOSTS["US"]),
    auth=header("X-Insert-Key", "insertKey"),
    names=("New Relic",),
    description="Events beside the measurements of what runs; also a way to alert.",
    settings=[
        Setting("accountId", "Account ID", required=True, help="Administration → Access"),
        Setting(
            "insertKey", "Insert key", required=True, secret=True, help="API keys → Insights insert"
        ),
        Setting(
            "region", "Region", type="select", required=True, default="US", choices=tuple(HOSTS)
        ),
        Setting(
            "defaultEventType",
            "Default event type",
            default="Segment",
            help="The table of the events that the list below does not name",
        ),
        Setting("events", "Event types", type="map", help="Event name: event type (table)"),
        Setting("sendContext", "Send the device", type="boolean", default=False),
        Setting("sendIds", "Send user ID and anonymous ID", type="boolean", default=False),
    ],
)


@integration.action(
    "Record an event",
    trigger='type = "track"',
    fields=[
        Field("event", default=path("$.event"), required=True),
        Field("timestamp", "datetime", path("$.timestamp")),
        Field("properties", "object", path("$.properties")),
        Field("userId", default=path("$.userId")),
        Field("anonymousId", default=path("$.anonymousId")),
        Field("device", "object", path("$.context.device")),
    ],
)
def track(payload, settings):
    types = settings.get("events")
    kind = types.get(payload["event"]) if type(types) is dict else None
    attributes = dict(payload.get("properties") or {})
    if settings.get("sendIds"):
        attributes |= {name: payload[name] for name in ("userId", "anonymousId") if name in payload}
    if settings.get("sendContext"):
        device = payload.get("device") or {}
        attributes |= {f"device.{name}": value for name, value in device.items()}
    event = {
        "eventType": kind or settings.get("defaultEventType") or "Segment",
        **_attributes(attributes),
    }
    moment = epoch_ms(payload.get("timestamp"))
    if moment is not None:
        event["timestamp"] = moment
    return Request("POST", f"/v1/accounts/{text_of(settings['accountId'])}/events", json=[event])


@track.answer
def read_answer(response, payloads):
    answer = response.json()
    if response.status == 200 and type(answer) is dict and answer.get("success") is False:
        return [Rejected("New Relic did not take the event", status=400)] * len(payloads)
    return None


def _attributes(values):
    """Return what New Relic can store: texts and numbers, under names it can query."""
    return {
        f"`{name}`" if name.lower() in KEYWORDS else name: (
            text_of(value) if type(value) is bool else value
        )
        for name, value in values.items()
        if name not in RESERVED and value is not None and type(value) not in (dict, list)
    }
