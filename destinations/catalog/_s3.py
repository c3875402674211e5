"""Objects in S3: https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html (read
2026-11-25). Its errors are XML; codes as in reference/destination-catalog/raw-data.md, "AWS S3
(Actions)" (read 2026-11-25): what is not about access, the bucket or the pace is tried again.
https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html has them all."""

import re
from urllib.parse import quote

from destinations.catalog import _aws
from destinations.integration import Request

TIMEOUT_S = 30
STATUS_OF = {
    **_aws.STATUS_OF,
    **dict.fromkeys(
        (
            "AccountProblem",
            "AllAccessDisabled",
            "InvalidAccessKeyId",
            "InvalidSecurity",
            "NotSignedUp",
            "AmbiguousGrantByEmailAddress",
            "AuthorizationHeaderMalformed",
            "RequestExpired",
            # Of keys that are wrong rather than without rights, which Segment's never are.
            "SignatureDoesNotMatch",
        ),
        403,
    ),
    "NoSuchBucket": 404,
}
_CODE = re.compile(rb"<Code>([A-Za-z]+)</Code>(?:\s*<Message>([^<]*)</Message>)?")


def bucket_url(bucket, region, settings):
    """A bucket with a dot in its name has no certificate of its own, so its name is in the path;
    so it is where the endpoint is somebody else's."""
    if settings.get("endpoint") or "." in bucket:
        return f"{_aws.url_of('s3', region, settings)}/{quote(bucket, safe='')}"
    return f"https://{bucket}.s3.{region}.amazonaws.com"


def put_object(bucket, key, region, settings, body, headers):
    url = f"{bucket_url(bucket, region, settings)}/{quote(key, safe='/-_.~')}"
    return Request("PUT", url, headers, body=body, timeout_s=TIMEOUT_S)


def list_nothing(bucket, region, settings):
    """Asks for no object at all, but asks: for the check of credentials."""
    query = {"list-type": "2", "max-keys": "0"}
    return Request("GET", f"{bucket_url(bucket, region, settings)}/", query=query)


def outcomes(response, payloads):
    found = _CODE.search(response.body)
    if 200 <= response.status < 300 or not found:
        return None
    code, message = (part.decode() if part else "" for part in found.groups())
    return [_aws.error_of_status(STATUS_OF.get(code, 500), code, message)] * len(payloads)
