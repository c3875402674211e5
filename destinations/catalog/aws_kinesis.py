"""Aws Kinesis: mapped payloads as records, to a stream and region of the mapping.

Facts: reference/destination-catalog/raw-data.md, "Aws Kinesis" (read 2026-11-25). Credentials: see
_aws.py; the role of the settings is not required here. The suggested trigger is a preset without a
stream, as only a person knows it. The check asks who the keys belong to, for want of a stream:
https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html (read 2026-11-25).
"""

from dataclasses import replace

from destinations.auth import sign_aws, sigv4
from destinations.catalog import _aws, _kinesis
from destinations.integration import Batch, Field, Integration, Request, path

STS_REGION = "us-east-1"


def check(settings):
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    url = _aws.url_of("sts", STS_REGION, settings) + "/"
    return Request("POST", url, headers, body="Action=GetCallerIdentity&Version=2011-06-15")


def _sign(request, settings, auth, now):
    if "Authorization" in request.headers:
        return request  # by its builder, which knows the region from the mapping
    return sign_aws(request, settings, auth, now, "sts", STS_REGION)


integration = Integration(
    slug="aws-kinesis",
    name="Aws Kinesis",
    category="raw-data",
    docs_url="https://segment.com/docs/connections/destinations/catalog/actions-aws-kinesis/",
    auth=replace(
        sigv4("kinesis", region="awsRegion", role="iamRoleArn", external_id="iamExternalId"),
        sign=_sign,
    ),
    check=check,
    description="Puts what a mapping makes of an event into a Kinesis data stream.",
    settings=_aws.key_settings("iamRoleArn", "iamExternalId"),
)


@integration.action(
    "Send",
    trigger=" or ".join(
        f'type = "{name}"' for name in ("track", "identify", "page", "screen", "group")
    ),
    batch=Batch(size=500, max_size=500, bytes=1_000_000, keys=("awsRegion", "streamName")),
    fields=[
        Field("payload", "object", path("$."), required=True),
        Field("partitionKey", default=path("$.messageId"), required=True),
        Field("streamName", required=True),
        Field("awsRegion", choices=_aws.REGIONS, required=True, label="Region"),
        Field("batch_size", "number", 500, minimum=1, maximum=500),
        Field("batch_keys", default=["awsRegion", "streamName"], multiple=True, hidden=True),
        Field("max_batch_size", "number", 500, minimum=1, maximum=500, hidden=True),
        Field("enable_batching", "boolean", True, hidden=True),
        Field("batch_bytes", "number", 1_000_000, hidden=True),
    ],
)
def send(payload, settings, *, now, auth):
    return send_batch([payload], settings, now=now, auth=auth)


@send.batch
def send_batch(payloads, settings, *, now, auth):
    stream, region = payloads[0]["streamName"], payloads[0]["awsRegion"]
    records = [(each["partitionKey"], each["payload"]) for each in payloads]
    request = _kinesis.put_records(stream, region, settings, records)
    return sign_aws(request, settings, auth, now, "kinesis", region)


send.answer(_kinesis.outcomes)
