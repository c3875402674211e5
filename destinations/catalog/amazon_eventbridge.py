"""Amazon EventBridge: events on a bus.

API: https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html (read
2026-11-23): at most 10 entries and 256 KB. Facts: reference/destination-catalog/raw-data.md,
"Amazon Eventbridge" (read 2026-11-25).

Segment puts events on a partner's bus, which only partners of AWS may. Here they go to an ordinary
bus by PutEvents, signed with keys of one's own (_aws.py), so the settings have the bus and the
source's name beside the reference's.
"""

from destinations.auth import sigv4
from destinations.catalog import _aws, _kinesis
from destinations.integration import (
    Batch,
    Field,
    Integration,
    Rejected,
    Setting,
    encode_json,
    epoch_s,
    path,
)

integration = Integration(
    slug="amazon-eventbridge",
    name="Amazon Eventbridge",
    category="raw-data",
    docs_url="https://segment.com/docs/connections/destinations/catalog/actions-amazon-eventbridge/",
    auth=sigv4("events", role="iamRoleArn", external_id="iamExternalId"),
    check=lambda settings: _request("DescribeEventBus", {"Name": _bus(settings)}, settings),
    names=("Amazon Eventbridge", "Amazon EventBridge (Actions)"),
    description="Puts each event on an EventBridge bus.",
    settings=[
        Setting("accountId", "Account ID", required=True, help="12 digits"),
        Setting("region", "Region", type="select", default="us-west-2", choices=_aws.REGIONS),
        Setting("eventBusName", "Event bus", default="default"),
        Setting("source", "Source", default="switchyard", help="Rules on the bus see it as source"),
        *_aws.key_settings("iamRoleArn", "iamExternalId"),
    ],
)


def _bus(settings):
    name = settings.get("eventBusName") or "default"
    if name.startswith("arn:"):
        return name
    return f"arn:aws:events:{settings['region']}:{settings['accountId']}:event-bus/{name}"


def _request(operation, body, settings):
    return _aws.json_request("events", f"AWSEvents.{operation}", settings["region"], settings, body)


@integration.action(
    "Send",
    trigger=_aws.ALL_CALLS,
    # The reference's 20 is for partners; PutEvents takes 10.
    batch=Batch(size=10, max_size=10, bytes=200_000),
    fields=[
        Field("data", "object", path("$."), required=True),
        Field("detailType", default=path("$.type"), required=True, maximum=128),
        Field("resources", multiple=True),
        Field("time", "datetime", path("$.timestamp")),
        Field("enable_batching", "boolean", True, hidden=True),
        Field("batch_size", "number", 20, minimum=1, maximum=20, hidden=True),
    ],
)
def send(payload, settings):
    return send_batch([payload], settings)


@send.batch
def send_batch(payloads, settings):
    bus = _bus(settings)
    return _request(
        "PutEvents", {"Entries": [_entry(p, bus, settings) for p in payloads]}, settings
    )


def _entry(payload, bus, settings):
    entry = {
        "Source": settings.get("source") or "switchyard",
        "DetailType": payload["detailType"],
        "Detail": encode_json(payload["data"]).decode(),
        "Resources": payload.get("resources") or [],
        "EventBusName": bus,
    }
    time = epoch_s(payload.get("time"))
    return entry if time is None else {**entry, "Time": time}


@send.answer
def outcomes(response, payloads):
    errors = _kinesis.errors_of(response.json(), "Entries", status=400)
    outcomes = _aws.outcomes_of(response, payloads, errors)
    return outcomes and [_of_eventbridge(error) for error in outcomes]


def _of_eventbridge(error):
    """A limit of EventBridge's is one of how much there may be, not of the pace."""
    if error is None or not error.message.startswith("AWS: LimitExceededException"):
        return error
    return Rejected(error.message, status=400)
