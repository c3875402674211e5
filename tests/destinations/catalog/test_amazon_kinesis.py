"""Amazon Kinesis (classic), against moto."""

import json
from base64 import b64decode

import pytest

from destinations.catalog import get_integration
from destinations.errors import Rejected, ServerFault, Throttled, Unauthorized
from destinations.integration import Response
from tests.aws import REGION

from ..bench import NOW, conversation, request_for, translator_for

EVENT = {"type": "track", "event": "E", "userId": "ann", "messageId": "m-1"}
SETTINGS = {"accessKeyId": "AKID", "secretAccessKey": "s3cr3t", "stream": "events"}


@pytest.fixture
def stream(aws):
    aws.ask("kinesis", "Kinesis_20131202.CreateStream", {"StreamName": "events", "ShardCount": 1})
    return "events"


def records(aws):
    """(partition key, event) pairs of the stream's shard."""
    shard = {"StreamName": "events", "ShardId": "shardId-000000000000"}
    iterator = aws.ask(
        "kinesis",
        "Kinesis_20131202.GetShardIterator",
        {**shard, "ShardIteratorType": "TRIM_HORIZON"},
    )
    found = aws.ask("kinesis", "Kinesis_20131202.GetRecords", iterator)["Records"]
    return [(each["PartitionKey"], json.loads(b64decode(each["Data"]))) for each in found]


def test_events_of_a_batch_are_in_the_stream(aws, stream):
    events = [EVENT, {**EVENT, "userId": None, "anonymousId": "anon", "messageId": "m-2"}]

    outcomes = aws.deliver("amazon-kinesis", "putRecord", events, region=REGION, stream=stream)

    assert outcomes == [None, None]
    assert records(aws) == [("ann", events[0]), ("anon", events[1])]


def test_records_may_be_spread_by_message_id(aws, stream):
    settings = {"region": REGION, "stream": stream, "useMessageId": True}

    assert aws.deliver("amazon-kinesis", "putRecord", [EVENT], **settings) == [None]

    assert records(aws) == [("m-1", EVENT)]


def test_a_stream_that_is_not_there_yet_is_tried_again(aws):
    [error] = aws.deliver("amazon-kinesis", "putRecord", [EVENT], region=REGION, stream="no")

    assert (type(error), error.code) == (ServerFault, "500")


RECORD = {"Data": "eyJ0eXBlIjoicGFnZSIsInVzZXJJZCI6InUifQ==", "PartitionKey": "u"}


def test_one_event_is_a_record():
    request = request_for(
        "amazon-kinesis", "putRecord", {"type": "page", "userId": "u"}, **SETTINGS
    )

    assert (request.method, request.url) == ("POST", "https://kinesis.us-west-2.amazonaws.com/")
    assert request.headers["X-Amz-Target"] == "Kinesis_20131202.PutRecord"
    assert request.headers["Content-Type"] == "application/x-amz-json-1.1"
    assert request.json == {"StreamName": "events", **RECORD}


def test_several_events_are_records():
    translator = translator_for("amazon-kinesis", "putRecord", **SETTINGS)
    payload = translator.payload({"type": "page", "userId": "u"})

    [request] = conversation(translator, [payload, payload])

    assert request.headers["X-Amz-Target"] == "Kinesis_20131202.PutRecords"
    assert request.json == {"StreamName": "events", "Records": [RECORD, RECORD]}


def test_records_that_failed_are_named():
    translator = translator_for("amazon-kinesis", "putRecord", **SETTINGS)
    codes = [
        *("", "ProvisionedThroughputExceededException", "InternalFailure", "Odd"),
        *("AccessDeniedException", "ExpiredTokenException", "KMSAccessDeniedException"),
        *("ResourceInUseException", "InvalidArgumentException"),
    ]
    answer = {"FailedRecordCount": 8, "Records": [{"ErrorCode": code} for code in codes]}

    outcomes = translator.outcomes(Response(200, body=json.dumps(answer).encode()), [{}] * 9)

    assert [error and (type(error), error.code) for error in outcomes] == [
        None,
        (Throttled, "429"),
        (ServerFault, "503"),
        (ServerFault, "500"),
        (ServerFault, "502"),
        (ServerFault, "511"),
        (Unauthorized, "403"),
        (Rejected, "409"),
        (Rejected, "400"),
    ]


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("ProvisionedThroughputExceededException", Throttled),
        ("UnrecognizedClientException", Unauthorized),
        ("com.amazonaws.kinesis#AccessDeniedException", Unauthorized),
        ("com.amazonaws.kinesis#ExpiredTokenException", Unauthorized),
        ("ValidationException", ServerFault),
        ("InternalFailure", ServerFault),
    ],
)
def test_a_400_means_what_its_code_says(code, kind):
    translator = translator_for("amazon-kinesis", "putRecord", **SETTINGS)
    body = json.dumps({"__type": code, "message": "no"}).encode()

    assert [type(e) for e in translator.outcomes(Response(400, body=body), [{}, {}])] == [kind] * 2


def test_the_check_asks_for_the_stream(aws, stream):
    settings = {**aws.settings, "region": REGION, "stream": stream}
    request = get_integration("amazon-kinesis").check_request(settings, now=NOW)

    assert request.headers["X-Amz-Target"] == "Kinesis_20131202.DescribeStreamSummary"
    assert request.json == {"StreamName": "events"}
