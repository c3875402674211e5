"""Amazon SQS, against moto."""

import json

import pytest

from destinations.errors import Rejected, ServerFault
from destinations.integration import Response
from tests.aws import REGION

from ..bench import request_for, translator_for

EVENT = {"type": "track", "event": "E", "userId": "ann", "messageId": "m-1"}
KEYS = {"accessKeyId": "AKID", "secretAccessKey": "s3cr3t"}


def make_queue(aws, name, **attributes):
    body = {"QueueName": name, "Attributes": attributes}
    return ask(aws, "CreateQueue", body)["QueueUrl"]


def ask(aws, operation, body):
    return aws.ask("sqs", f"AmazonSQS.{operation}", body, version="1.0")


def messages(aws, url):
    wanted = {"QueueUrl": url, "MaxNumberOfMessages": 10, "MessageAttributeNames": ["All"]}
    wanted["MessageSystemAttributeNames"] = ["All"]
    return ask(aws, "ReceiveMessage", wanted)["Messages"]


def test_events_are_in_the_queue_with_their_type_and_name(aws):
    url = make_queue(aws, "events")
    events = [EVENT, {"type": "page", "messageId": "m-2"}]

    outcomes = aws.deliver("amazon-sqs", "sendMessage", events, queueUrl=url, region=REGION)

    assert outcomes == [None, None]
    found = messages(aws, url)
    assert sorted((json.loads(each["Body"]) for each in found), key=str) == sorted(events, key=str)
    track = next(each for each in found if "ann" in each["Body"])["MessageAttributes"]
    assert {name: each["StringValue"] for name, each in track.items()} == {
        "type": "track",
        "event": "E",
    }


def test_a_fifo_queue_gets_groups_and_drops_what_comes_twice(aws):
    url = make_queue(aws, "events.fifo", FifoQueue="true")
    settings = {"queueUrl": url, "region": REGION}

    assert aws.deliver("amazon-sqs", "sendMessage", [EVENT], **settings) == [None]
    assert aws.deliver("amazon-sqs", "sendMessage", [EVENT], **settings) == [None]

    [message] = messages(aws, url)
    assert message["Attributes"]["MessageGroupId"] == "ann"
    assert message["Attributes"]["MessageDeduplicationId"] == "m-1"


def test_messages_that_failed_are_named_with_whose_fault_it_is():
    translator = translator_for("amazon-sqs", "sendMessage", **KEYS)
    body = (
        b'{"Successful": [{"Id": "1"}], "Failed": ['
        b'{"Id": "0", "Code": "InvalidMessageContents", "SenderFault": true},'
        b'{"Id": "2", "Code": "InternalError", "SenderFault": false}]}'
    )

    outcomes = translator.outcomes(Response(200, body=body), [{}] * 3)

    assert [error and type(error) for error in outcomes] == [Rejected, None, ServerFault]


def test_a_queue_that_is_not_there_is_a_refusal(aws):
    url = f"{aws.url}/123456789012/none"

    [error] = aws.deliver("amazon-sqs", "sendMessage", [EVENT], queueUrl=url, region=REGION)

    assert isinstance(error, Rejected)


def test_an_attribute_that_sqs_refuses_is_left_out():
    event = {**EVENT, "event": "a\x00b"}
    url = "https://sqs.us-west-2.amazonaws.com/1/q"

    request = request_for("amazon-sqs", "sendMessage", event, queueUrl=url, **KEYS)

    assert list(request.json["Entries"][0]["MessageAttributes"]) == ["type"]


def test_ids_for_fifo_hold_only_what_sqs_takes():
    event = {**EVENT, "userId": "ann ü@example.com" + "x" * 200}
    url = "https://sqs.us-west-2.amazonaws.com/1/q.fifo"

    request = request_for("amazon-sqs", "sendMessage", event, queueUrl=url, **KEYS)

    group = request.json["Entries"][0]["MessageGroupId"]
    assert (group[:17], len(group)) == ("ann__@example.com", 128)


@pytest.mark.parametrize(("enabled", "size"), [(True, 10), (False, None)])
def test_batches_can_be_switched_off_for_the_sake_of_order(enabled, size):
    limits = translator_for("amazon-sqs", "sendMessage", enable_batching=enabled, **KEYS).batch

    assert (limits and limits.size) == size
