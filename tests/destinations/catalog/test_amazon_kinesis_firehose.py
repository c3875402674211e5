"""Amazon Kinesis Firehose, against moto: the stream writes to a bucket, where it can be read."""

import json

import pytest

from destinations.errors import Rejected, ServerFault
from destinations.integration import Response
from tests.aws import REGION

from ..bench import requests_for, translator_for

EVENT = {"type": "track", "event": "Order Completed", "userId": "ann", "messageId": "m-1"}
STREAMS = {"order completed": "orders", "Page": "pages", "*": "rest"}
KEYS = {"accessKeyId": "AKID", "secretAccessKey": "s3cr3t"}


@pytest.fixture
def orders(aws):
    aws.ask("s3", method="PUT", path="/lake", body=LOCATION)
    destination = {"RoleARN": "arn:aws:iam::123456789012:role/r", "BucketARN": "arn:aws:s3:::lake"}
    body = {"DeliveryStreamName": "orders", "ExtendedS3DestinationConfiguration": destination}
    aws.ask("firehose", "Firehose_20150804.CreateDeliveryStream", body)


LOCATION = (
    f"<CreateBucketConfiguration><LocationConstraint>{REGION}</LocationConstraint>"
    "</CreateBucketConfiguration>"
)


def test_events_arrive_as_lines_where_the_stream_writes(aws, orders):
    events = [EVENT, {**EVENT, "messageId": "m-2"}]

    outcomes = aws.deliver(
        "amazon-kinesis-firehose", "putRecord", events, region=REGION, mappedStreams=STREAMS
    )

    assert outcomes == [None, None]
    listing = aws.ask("s3", method="GET", path="/lake?list-type=2").body.decode()
    key = listing.split("<Key>")[1].split("</Key>")[0]
    lines = aws.ask("s3", method="GET", path=f"/lake/{key}").body.splitlines()
    assert [json.loads(line) for line in lines] == events


@pytest.mark.parametrize(
    ("event", "stream"),
    [
        ({"type": "track", "event": "ORDER completed"}, "orders"),
        ({"type": "page", "name": "Order Completed"}, "pages"),
        ({"type": "track", "event": "Else"}, "rest"),
        ({"type": "identify"}, "rest"),
    ],
)
def test_the_stream_is_found_without_regard_to_case(event, stream):
    [request] = requests_for(
        "amazon-kinesis-firehose", "putRecord", event, mappedStreams=STREAMS, **KEYS
    )

    assert request.json["DeliveryStreamName"] == stream


def test_one_event_is_a_record(aws, orders):
    settings = {"region": REGION, "mappedStreams": {"*": "orders"}}
    [request] = requests_for(
        "amazon-kinesis-firehose", "putRecord", {"type": "page"}, **settings, **KEYS
    )

    assert request.headers["X-Amz-Target"] == "Firehose_20150804.PutRecord"
    assert request.json == {
        "DeliveryStreamName": "orders",
        "Record": {"Data": "eyJ0eXBlIjoicGFnZSJ9Cg=="},
    }
    assert aws.deliver("amazon-kinesis-firehose", "putRecord", [EVENT], **settings) == [None]


def test_an_event_without_a_stream_is_not_sent():
    assert not requests_for(
        "amazon-kinesis-firehose", "putRecord", EVENT, mappedStreams={"page": "p"}, **KEYS
    )


def test_records_that_failed_are_named():
    translator = translator_for("amazon-kinesis-firehose", "putRecord", **KEYS)
    body = (
        b'{"FailedPutCount": 1, "RequestResponses": '
        b'[{"RecordId": "1"}, {"ErrorCode": "ServiceUnavailableException"}]}'
    )

    delivered, failed = translator.outcomes(Response(200, body=body), [{}, {}])

    assert delivered is None
    assert (type(failed), failed.code) == (ServerFault, "503")


def test_a_stream_that_is_not_there_is_a_refusal(aws):
    settings = {"region": REGION, "mappedStreams": {"*": "none"}}

    [error] = aws.deliver("amazon-kinesis-firehose", "putRecord", [EVENT], **settings)

    assert (type(error), error.code) == (Rejected, "404")
