"""AWS S3 (raw logs), against moto."""

import gzip
import json

import pytest

from destinations.errors import Rejected, Throttled, Unauthorized
from destinations.integration import Response
from tests.aws import REGION

from ..bench import conversation, request_for, translator_for

EVENT = {"type": "track", "messageId": "m-1", "receivedAt": "2026-08-20T10:00:00.000Z"}
SETTINGS = {"accessKeyId": "AKID", "secretAccessKey": "s3cr3t", "awsRegion": REGION}
LOCATION = (
    f"<CreateBucketConfiguration><LocationConstraint>{REGION}</LocationConstraint>"
    "</CreateBucketConfiguration>"
)


@pytest.fixture
def bucket(aws):
    aws.ask("s3", method="PUT", path="/lake", body=LOCATION)
    return "lake"


def keys(aws):
    listing = aws.ask("s3", method="GET", path="/lake?list-type=2").body.decode()
    return [part.split("</Key>")[0] for part in listing.split("<Key>")[1:]]


def read(aws, key):
    return aws.ask("s3", method="GET", path=f"/lake/{key}").body


def test_events_are_lines_of_a_gzipped_file(aws, bucket):
    events = [EVENT, {**EVENT, "messageId": "m-2", "properties": {"x": "ü"}}]

    outcomes = aws.deliver("aws-s3", "store", events, bucket="lake/raw", awsRegion=REGION)

    assert outcomes == [None, None]
    [key] = keys(aws)
    assert key.startswith("raw/segment-logs/switchyard/1787184000000/1787220000000.")
    assert [json.loads(line) for line in gzip.decompress(read(aws, key)).splitlines()] == events


def test_a_file_that_is_sent_twice_replaces_itself(aws, bucket):
    for _ in range(2):
        aws.deliver("aws-s3", "store", [EVENT], bucket="lake", awsRegion=REGION)

    assert len(keys(aws)) == 1


def test_each_day_has_files_of_its_own():
    events = [EVENT, {**EVENT, "receivedAt": "2026-08-21T00:00:00.000Z"}]
    translator = translator_for("aws-s3", "store", bucket="lake", **SETTINGS)

    requests = conversation(translator, [translator.payload(event) for event in events])

    assert [request.url.split("/")[5] for request in requests] == ["1787184000000", "1787270400000"]


@pytest.mark.parametrize(
    ("bucket", "url"),
    [
        ("lake", "https://lake.s3.eu-west-1.amazonaws.com/segment-logs/"),
        ("my.lake", "https://s3.eu-west-1.amazonaws.com/my.lake/segment-logs/"),
    ],
)
def test_a_bucket_with_a_dot_is_in_the_path(bucket, url):
    assert request_for("aws-s3", "store", EVENT, bucket=bucket, **SETTINGS).url.startswith(url)


def test_a_bucket_that_is_not_there_is_a_refusal(aws):
    [error] = aws.deliver("aws-s3", "store", [EVENT], bucket="none", awsRegion=REGION)

    assert (type(error), error.code) == (Rejected, "404")


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [(403, "AccessDenied", Unauthorized), (503, "SlowDown", Throttled)],
)
def test_answers(status, code, kind):
    body = f"<Error><Code>{code}</Code><Message>no</Message></Error>".encode()
    translator = translator_for("aws-s3", "store", bucket="lake", **SETTINGS)

    assert [type(e) for e in translator.outcomes(Response(status, body=body), [{}])] == [kind]


def test_what_is_shown_of_a_compressed_body_is_its_size():
    translator = translator_for("aws-s3", "store", bucket="lake", **SETTINGS)
    request = request_for("aws-s3", "store", EVENT, bucket="lake", **SETTINGS)

    shown = translator.redact(request).as_dict()

    assert shown["body"] == f"({len(request.body)} bytes)"
