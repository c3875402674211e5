"""Amazon Kinesis Firehose: whole events as lines of JSON, to a delivery stream by event.

API: https://docs.aws.amazon.com/firehose/latest/APIReference/API_PutRecordBatch.html (read
2026-11-23): at most 500 records and 4 MiB. Facts: reference/destination-catalog/raw-data.md,
"Amazon Kinesis Firehose" (read 2026-11-25). Credentials: see _aws.py. One event is sent by
PutRecord, several by PutRecordBatch; an event without a stream is not sent.
"""

from destinations.auth import sigv4
from destinations.catalog import _aws, _kinesis
from destinations.catalog._routes import find_route
from destinations.integration import Batch, Field, Integration, Setting, path

integration = Integration(
    slug="amazon-kinesis-firehose",
    name="Amazon Kinesis Firehose",
    category="raw-data",
    docs_url="https://segment.com/docs/connections/destinations/catalog/amazon-kinesis-firehose/",
    auth=sigv4("firehose", role="roleAddress", external_id="secretId"),
    check=lambda settings: _request("ListDeliveryStreams", {"Limit": 1}, settings),
    description="Puts events, as lines of JSON, into Firehose delivery streams.",
    settings=[
        Setting("region", "Region", required=True, default="us-west-2"),
        Setting(
            "mappedStreams",
            "Streams by event",
            type="map",
            help="An event's name, a type of call such as page, or *; then the delivery stream",
        ),
        *_aws.key_settings("roleAddress", "secretId"),
    ],
)


def _request(operation, body, settings):
    target = f"Firehose_20150804.{operation}"
    return _aws.json_request("firehose", target, settings["region"], settings, body)


@integration.action(
    "Put a record",
    slug="putRecord",
    trigger=_aws.ALL_CALLS,
    # The stream follows from these two, so that a batch has one stream.
    batch=Batch(size=500, max_size=500, bytes=3_000_000, keys=("type", "event")),
    fields=[
        Field("payload", "object", path("$."), required=True),
        Field("type", default=path("$.type"), hidden=True),
        Field("event", default=path("$.event"), hidden=True),
    ],
)
def put_record(payload, settings):
    return put_records([payload], settings)


@put_record.batch
def put_records(payloads, settings):
    stream = find_route(settings.get("mappedStreams"), payloads[0])
    if stream is None:
        return []
    # The line break is for those who read the files that Firehose writes.
    records = [{"Data": _kinesis.data_of(each["payload"], b"\n")} for each in payloads]
    body = {"DeliveryStreamName": stream}
    if len(records) == 1:
        return _request("PutRecord", {**body, "Record": records[0]}, settings)
    return _request("PutRecordBatch", {**body, "Records": records}, settings)


@put_record.answer
def outcomes(response, payloads):
    errors = _kinesis.errors_of(response.json(), "RequestResponses")
    return _aws.outcomes_of(response, payloads, errors)
