"""Amazon EventBridge, against moto: a rule on the bus sends to a queue, where it can be read."""

import json

import pytest

from destinations.errors import Rejected, ServerFault, Throttled, Unauthorized
from destinations.integration import Response
from tests.aws import REGION

from ..bench import request_for, translator_for
from .test_amazon_sqs import make_queue, messages

EVENT = {
    "type": "track",
    "event": "E",
    "messageId": "m-1",
    "timestamp": "2026-08-20T10:00:00.000Z",
}
SETTINGS = {
    "accessKeyId": "AKID",
    "secretAccessKey": "s3cr3t",
    "accountId": "123456789012",
    "region": REGION,
}


def test_events_reach_the_targets_of_a_rule(aws):
    url = make_queue(aws, "seen")
    pattern = json.dumps({"source": ["switchyard"], "detail-type": ["track"]})
    aws.ask("events", "AWSEvents.PutRule", {"Name": "all", "EventPattern": pattern})
    target = {"Id": "1", "Arn": f"arn:aws:sqs:{REGION}:123456789012:seen"}
    aws.ask("events", "AWSEvents.PutTargets", {"Rule": "all", "Targets": [target]})

    outcomes = aws.deliver(
        "amazon-eventbridge", "send", [EVENT], accountId="123456789012", region=REGION
    )

    assert outcomes == [None]
    [message] = messages(aws, url)
    assert json.loads(message["Body"])["detail"] == EVENT


def test_the_request_is_that_of_put_events():
    request = request_for("amazon-eventbridge", "send", EVENT, **SETTINGS)

    assert request.url == "https://events.eu-west-1.amazonaws.com/"
    assert request.headers["X-Amz-Target"] == "AWSEvents.PutEvents"
    assert request.json == {
        "Entries": [
            {
                "Source": "switchyard",
                "DetailType": "track",
                "Detail": json.dumps(EVENT, separators=(",", ":")),
                "Resources": [],
                "EventBusName": "arn:aws:events:eu-west-1:123456789012:event-bus/default",
                "Time": 1787220000,
            }
        ]
    }


def test_a_batch_has_no_more_entries_than_put_events_takes():
    assert translator_for("amazon-eventbridge", "send", **SETTINGS).batch.size == 10


def test_entries_that_failed_are_named():
    translator = translator_for("amazon-eventbridge", "send", **SETTINGS)
    codes = ("InternalFailure", "ThrottlingException", "InvalidArgument", "LimitExceededException")
    entries = [{"EventId": "1"}, *({"ErrorCode": code} for code in codes)]
    body = json.dumps({"FailedEntryCount": 4, "Entries": entries}).encode()

    outcomes = translator.outcomes(Response(200, body=body), [{}] * 5)

    kinds = [None, ServerFault, Throttled, Rejected, Rejected]
    assert [error and type(error) for error in outcomes] == kinds


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("LimitExceededException", Rejected),
        ("ValidationException", Rejected),
        ("AccessDeniedException", Unauthorized),
        ("ThrottlingException", Throttled),
        ("ConcurrentModificationException", ServerFault),
    ],
)
def test_a_400_means_what_its_code_says(code, kind):
    translator = translator_for("amazon-eventbridge", "send", **SETTINGS)
    body = json.dumps({"__type": code, "message": "no"}).encode()

    assert [type(e) for e in translator.outcomes(Response(400, body=body), [{}])] == [kind]
