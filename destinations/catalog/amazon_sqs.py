"""Amazon SQS: whole events as messages of a queue. Not a tool of Segment's catalogue.

API: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessageBatch.html
(read 2026-11-23): at most 10 messages and 256 KiB, which some regions have raised. Facts:
reference/destination-catalog/raw-data.md, "Amazon SQS" (read 2026-11-25).
Credentials: see _aws.py.

Batches of one destination are under way side by side, so a FIFO queue that has to keep the order
of each user needs `enable_batching` off: then the messages of one user follow each other.
"""

import re

from destinations.auth import sigv4
from destinations.catalog import _aws
from destinations.integration import (
    Batch,
    Field,
    Integration,
    Setting,
    encode_json,
    first_of,
    path,
    setting,
)

integration = Integration(
    slug="amazon-sqs",
    name="Amazon SQS",
    category="raw-data",
    docs_url="https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/",
    auth=sigv4("sqs", role="roleArn", external_id="externalId"),
    check=lambda settings: _request(
        "GetQueueAttributes", {"AttributeNames": ["QueueArn"]}, settings
    ),
    description="Sends each event as a message to an SQS queue.",
    settings=[
        Setting("queueUrl", "Queue URL", type="url", required=True),
        Setting("region", "Region", required=True, default="us-west-2"),
        Setting(
            "enable_batching",
            "Send batches",
            type="boolean",
            default=True,
            help="Off keeps the order of each user in a FIFO queue",
        ),
        *_aws.key_settings("roleArn", "externalId"),
    ],
)


def _request(operation, body, settings):
    body = {"QueueUrl": settings["queueUrl"], **body}
    target = f"AmazonSQS.{operation}"
    return _aws.json_request("sqs", target, settings["region"], settings, body, "1.0")


@integration.action(
    "Send a message",
    slug="sendMessage",
    trigger=_aws.ALL_CALLS,
    batch=Batch(size=10, max_size=10, bytes=240_000),
    fields=[
        Field("payload", "object", path("$."), required=True),
        Field("type", default=path("$.type")),
        Field("event", default=path("$.event")),
        Field(
            "messageGroupId",
            default=first_of("$.userId", "$.anonymousId", "$.messageId"),
            help="For FIFO queues: what belongs together, in order",
        ),
        Field("messageDeduplicationId", default=path("$.messageId"), help="For FIFO queues"),
        Field("enable_batching", "boolean", setting("enable_batching"), hidden=True),
    ],
)
def send_message(payload, settings):
    return send_messages([payload], settings)


@send_message.batch
def send_messages(payloads, settings):
    is_fifo = settings["queueUrl"].endswith(".fifo")
    entries = [_entry(number, each, is_fifo) for number, each in enumerate(payloads)]
    return _request("SendMessageBatch", {"Entries": entries}, settings)


def _entry(number, payload, is_fifo):
    entry = {"Id": str(number), "MessageBody": encode_json(payload["payload"]).decode()}
    attributes = {
        name: {"DataType": "String", "StringValue": payload[name]}
        for name in ("type", "event")
        if payload.get(name) and not _UNSENDABLE.search(payload[name])
    }
    if attributes:
        entry["MessageAttributes"] = attributes
    if is_fifo:
        for name in ("messageGroupId", "messageDeduplicationId"):
            if payload.get(name):
                entry[name[0].upper() + name[1:]] = _NOT_IN_IDS.sub("_", payload[name])[:128]
    return entry


# What SQS refuses in an attribute would refuse the whole batch; JSON in the body escapes it.
_UNSENDABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_NOT_IN_IDS = re.compile(r"[^0-9A-Za-z!-/:-@\[-`{-~]")


@send_message.answer
def outcomes(response, payloads):
    answer = response.json()
    errors = [None] * len(payloads)
    for each in (answer.get("Failed") if type(answer) is dict else None) or []:
        # SenderFault says whether the same message would fail again.
        status = 400 if each.get("SenderFault") else 503
        text = f"AWS: {each.get('Code')}: {each.get('Message') or ''}"[:500]
        errors[int(each["Id"])] = _aws.for_status(status, text)
    return _aws.outcomes_of(response, payloads, errors)
