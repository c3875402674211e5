"""Aws Kinesis, against moto."""

import pytest

from destinations.catalog import get_integration
from destinations.errors import InvalidPayload
from destinations.sending import http
from tests.aws import REGION, check_signature

from ..bench import NOW, request_for, translator_for
from .test_amazon_kinesis import EVENT, records, stream  # noqa: F401

MAPPING = {"streamName": "events", "awsRegion": REGION}
KEYS = {"accessKeyId": "AKID", "secretAccessKey": "s3cr3t"}


def test_payloads_are_in_the_stream_of_the_mapping(aws, stream):  # noqa: F811
    mapping = {**MAPPING, "payload": {"what": {"@path": "$.event"}}}

    assert aws.deliver("aws-kinesis", "send", [EVENT], mapping) == [None]

    assert records(aws) == [("m-1", {"what": "E"})]


def test_the_region_of_the_mapping_is_called_and_signed_for():
    request = request_for("aws-kinesis", "send", EVENT, MAPPING, **KEYS)

    assert request.url == "https://kinesis.eu-west-1.amazonaws.com/"
    assert "/eu-west-1/kinesis/aws4_request" in request.headers["Authorization"]


def test_a_batch_has_one_stream_in_one_region():
    limits = translator_for("aws-kinesis", "send", MAPPING, **KEYS).batch

    assert (limits.size, limits.bytes, limits.keys) == (500, 1_000_000, ("awsRegion", "streamName"))


def test_without_a_stream_nothing_is_sent():
    with pytest.raises(InvalidPayload, match="streamName is required"):
        request_for("aws-kinesis", "send", EVENT, **KEYS)


def test_the_check_asks_whose_keys_they_are(aws):
    request = get_integration("aws-kinesis").check_request(aws.settings, now=NOW)

    check_signature(request)
    assert request.body == "Action=GetCallerIdentity&Version=2011-06-15"
    assert b"<Arn>" in http.call(request).body


def test_without_an_endpoint_the_check_goes_to_aws():
    request = get_integration("aws-kinesis").check_request(KEYS, now=NOW)

    assert request.url == "https://sts.us-east-1.amazonaws.com/"
    assert "/us-east-1/sts/aws4_request" in request.headers["Authorization"]
