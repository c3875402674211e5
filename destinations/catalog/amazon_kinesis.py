"""Amazon Kinesis (classic): whole events as records of a stream.

Facts: reference/destination-catalog/raw-data.md, "Amazon Kinesis (classic)" (read 2026-11-25).
Credentials: see _aws.py. One event is sent by PutRecord, several by PutRecords. `secretId` may be
left empty where the role asks for no external id.
"""

from destinations.auth import sigv4
from destinations.catalog import _aws, _kinesis
from destinations.integration import Batch, Field, Integration, Setting, first_of, path

integration = Integration(
    slug="amazon-kinesis",
    name="Amazon Kinesis",
    category="raw-data",
    docs_url="https://segment.com/docs/connections/destinations/catalog/amazon-kinesis/",
    auth=sigv4("kinesis", role="roleAddress", external_id="secretId"),
    check=lambda settings: _aws.json_request(
        "kinesis",
        "Kinesis_20131202.DescribeStreamSummary",
        settings["region"],
        settings,
        {"StreamName": settings["stream"]},
    ),
    description="Puts each event into a Kinesis data stream.",
    settings=[
        Setting("region", "Region", required=True, default="us-west-2"),
        Setting("stream", "Stream", required=True),
        Setting(
            "useMessageId",
            "Spread by message ID",
            type="boolean",
            default=False,
            help="Else the events of one user go to one shard, in order",
        ),
        *_aws.key_settings("roleAddress", "secretId"),
    ],
)


@integration.action(
    "Put a record",
    slug="putRecord",
    trigger=_aws.ALL_CALLS,
    batch=Batch(size=_kinesis.MOST_RECORDS, max_size=_kinesis.MOST_RECORDS),
    fields=[
        Field("payload", "object", path("$."), required=True),
        Field(
            "partitionKey",
            default=first_of("$.userId", "$.anonymousId", "$.messageId"),
            required=True,
        ),
        Field("messageId", default=path("$.messageId"), hidden=True),
    ],
)
def put_record(payload, settings):
    return put_records([payload], settings)


@put_record.batch
def put_records(payloads, settings):
    by_message = settings.get("useMessageId")
    records = [
        ((by_message and each.get("messageId")) or each["partitionKey"], each["payload"])
        for each in payloads
    ]
    stream, region = settings["stream"], settings["region"]
    if len(records) == 1:
        return _kinesis.put_record(stream, region, settings, *records[0])
    return _kinesis.put_records(stream, region, settings, records)


put_record.answer(_kinesis.outcomes)
