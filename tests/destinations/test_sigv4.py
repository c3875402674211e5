"""AWS's own examples of version 4 signatures: what they print, compared whole.

- IAM ListUsers: "Signature Version 4 signing process", AWS General Reference
- S3: https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
"""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from destinations.auth import sign_aws, sigv4
from destinations.integration import Request
from destinations.sigv4 import Keys, signed_headers

IAM = Keys("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")
S3 = Keys("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")
BUCKET = "https://examplebucket.s3.amazonaws.com"
NOW = datetime(2026, 8, 20, 12, 0, tzinfo=UTC)


def test_the_example_of_iam():
    headers = signed_headers(
        "GET",
        "https://iam.amazonaws.com/?Action=ListUsers&Version=2010-05-08",
        {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"},
        b"",
        keys=IAM,
        region="us-east-1",
        service="iam",
        now=datetime(2015, 8, 30, 12, 36, tzinfo=UTC),
    )

    assert headers == {
        "Content-Type": "application/x-www-form-urlencoded; charset=utf-8",
        "X-Amz-Date": "20150830T123600Z",
        "Authorization": (
            "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/iam/aws4_request, "
            "SignedHeaders=content-type;host;x-amz-date, "
            "Signature=5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7"
        ),
    }


@pytest.mark.parametrize(
    ("method", "path", "headers", "body", "signature"),
    [
        (
            "GET",
            "/test.txt",
            {"Range": "bytes=0-9"},
            b"",
            "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41",
        ),
        (
            "PUT",
            "/test%24file.text",
            {
                "Date": "Fri, 24 May 2013 00:00:00 GMT",
                "x-amz-storage-class": "REDUCED_REDUNDANCY",
            },
            b"Welcome to Amazon S3.",
            "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd",
        ),
        (
            "GET",
            "/?lifecycle",
            {},
            b"",
            "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543",
        ),
        (
            "GET",
            "/?max-keys=2&prefix=J",
            {},
            b"",
            "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7",
        ),
    ],
)
def test_the_examples_of_s3(method, path, headers, body, signature):
    signed = signed_headers(
        method,
        BUCKET + path,
        headers,
        body,
        keys=S3,
        region="us-east-1",
        service="s3",
        now=datetime(2013, 5, 24, tzinfo=UTC),
    )

    assert signed["Authorization"].endswith(f"Signature={signature}")


def test_the_time_is_that_of_utc():
    now = datetime(2015, 8, 30, 14, 36, tzinfo=timezone(timedelta(hours=2)))

    headers = signed_headers(
        "GET", "https://h/", {}, b"", keys=IAM, region="r", service="s", now=now
    )

    assert headers["X-Amz-Date"] == "20150830T123600Z"


def test_the_body_is_covered_as_it_is_sent():
    settings = {"accessKeyId": "AKID", "secretAccessKey": "s", "region": "eu-west-1"}
    as_json = Request("POST", "https://sqs.example/", json={"a": "ü", "n": 1.0})
    as_bytes = Request("POST", "https://sqs.example/", body='{"a":"ü","n":1.0}'.encode())
    sign = sigv4("sqs").sign

    assert sign(as_json, settings, None, NOW).headers == sign(as_bytes, settings, None, NOW).headers


def test_the_query_is_part_of_what_is_signed_and_sent():
    settings = {"accessKeyId": "AKID", "secretAccessKey": "s"}
    request = Request("GET", "https://b.example/", query={"prefix": "a b/ü", "max-keys": 0})

    signed = sign_aws(request, settings, None, NOW, "s3", "eu-west-1")

    assert signed.url == "https://b.example/?prefix=a%20b%2F%C3%BC&max-keys=0"
    assert signed.query is None


def test_temporary_keys_bring_their_token_along():
    settings = {"accessKeyId": "AKID", "secretAccessKey": "s", "region": "eu-west-1"}
    auth = {"accessKeyId": "ASIA", "secretAccessKey": "t", "sessionToken": "of-the-session"}

    signed = sigv4("sqs").sign(Request("POST", "https://sqs.example/"), settings, auth, NOW)

    assert signed.headers["X-Amz-Security-Token"] == "of-the-session"
    assert "Credential=ASIA/20260820/eu-west-1/sqs/aws4_request" in signed.headers["Authorization"]


@pytest.mark.parametrize("port", ["", ":443"])
def test_a_port_that_goes_without_saying_is_no_part_of_the_host(port):
    one, other = (
        signed_headers("GET", url, {}, b"", keys=IAM, region="r", service="s", now=NOW)
        for url in (f"https://h.example{port}/", "https://h.example/")
    )

    assert one == other
