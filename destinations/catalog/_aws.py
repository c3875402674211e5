"""What the tools of AWS share: settings, requests of the JSON protocol, what their errors mean.

Segment takes on a role in the customer's account from an account of its own. A self-hosted build
has no such account: it signs with the keys of a user (`accessKeyId`, `secretAccessKey`), and takes
on the role with these keys where one is given. `endpoint` leads to what speaks like AWS.

Error codes: https://docs.aws.amazon.com/kinesis/latest/APIReference/CommonErrors.html and
reference/destination-catalog/raw-data.md, "Aws Kinesis" (read 2026-11-23).
"""

from destinations.integration import (
    CALL_TYPES,
    Request,
    Setting,
    Unauthorized,
    for_status,
)

REGIONS = (
    *("us-east-1", "us-east-2", "us-west-1", "us-west-2", "eu-west-1", "eu-west-2", "eu-west-3"),
    *("ap-southeast-1", "ap-southeast-2", "sa-east-1", "ap-northeast-1", "ap-northeast-2"),
    *("ap-south-1", "ca-central-1", "eu-central-1"),
)

ALL_CALLS = " or ".join(f'type = "{name}"' for name in CALL_TYPES)

# A 400 of AWS may mean anything; the code says what. 401 has the keys of a role renewed.
STATUS_OF = {
    "ThrottlingException": 429,
    "Throttling": 429,
    "ThrottledException": 429,
    "RequestThrottled": 429,
    "LimitExceededException": 429,
    "ProvisionedThroughputExceededException": 429,
    "KMSThrottlingException": 429,
    "KmsThrottled": 429,
    "OverLimit": 429,
    "SlowDown": 429,
    "TooManyRequestsException": 429,
    "ExpiredTokenException": 401,
    "ExpiredToken": 401,
    "UnrecognizedClientException": 401,
    "InvalidSignatureException": 401,
    "IncompleteSignature": 401,
    "InvalidClientTokenId": 401,
    "MissingAuthenticationTokenException": 401,
    "AccessDeniedException": 403,
    "AccessDenied": 403,
    "KMSAccessDeniedException": 403,
    "RegionDisabledException": 403,
    "ResourceNotFoundException": 404,
    "KMSNotFoundException": 404,
    "QueueDoesNotExist": 404,
    "ResourceInUseException": 409,
    "KMSInvalidStateException": 409,
    "ValidationException": 400,
    "InvalidArgumentException": 400,
    "InternalFailure": 503,
    "InternalFailureException": 503,
    "InternalException": 503,
    "InternalError": 503,
    "InternalServerError": 503,
    "KMSDisabledException": 503,
    "ServiceUnavailable": 503,
    "ServiceUnavailableException": 503,
    "ConcurrentModificationException": 503,
}


def key_settings(role="", external_id=""):
    """The settings for keys, for a role under the reference's names, and for another endpoint."""
    keys = [
        Setting("accessKeyId", "Access key ID", required=True, help="AWS → IAM → Users → Keys"),
        Setting("secretAccessKey", "Secret access key", required=True, secret=True),
    ]
    if role:
        keys += [
            Setting(role, "Role", help="ARN of a role to take on with these keys, if you like"),
            Setting(external_id, "External ID", secret=True, help="If the role asks for one"),
        ]
    return [*keys, Setting("endpoint", "Endpoint", type="url", help="Empty for AWS itself")]


def url_of(service, region, settings):
    """Where a service of AWS is called, or the endpoint of the settings; no slash at the end."""
    return (settings.get("endpoint") or f"https://{service}.{region}.amazonaws.com").rstrip("/")


def json_request(service, target, region, settings, body, version="1.1"):
    """A call of AWS's JSON protocol."""
    headers = {"Content-Type": f"application/x-amz-json-{version}", "X-Amz-Target": target}
    return Request("POST", url_of(service, region, settings) + "/", headers, json=body)


def error_of(code, message, status=None):
    """The DeliveryError for an error code of AWS; `status` counts for codes that are not known."""
    return error_of_status(STATUS_OF.get(code, status or 500), code, message)


def error_of_status(status, code, message):
    text = f"AWS: {code}{message and ': '}{message}"
    if status == 401:
        return Unauthorized(text, status=401)
    return for_status(status, text[:500])


def error_of_answer(response):
    """The DeliveryError for an answer that is no success as a whole, or None."""
    if 200 <= response.status < 300:
        return None
    answer = response.json()
    answer = answer if type(answer) is dict else {}
    code = answer.get("__type") or response.headers.get("x-amzn-errortype") or ""
    # "com.amazonaws.sqs#QueueDoesNotExist", "AccessDeniedException:http://…"
    code = str(code).rpartition("#")[2].partition(":")[0]
    if not code:
        return None  # not AWS's own: the status says it
    message = answer.get("message") or answer.get("Message") or ""
    return error_of(code, str(message), response.status)


def outcomes_of(response, payloads, errors):
    """Outcomes of a batch: one error for all, or `errors` (a list, None for delivered).

    None when the answer is not understood and its status has to do.
    """
    if 200 <= response.status < 300:
        return errors if len(errors) == len(payloads) else None
    error = error_of_answer(response)
    return None if error is None else [error] * len(payloads)
