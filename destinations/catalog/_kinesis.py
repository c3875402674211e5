"""Records for Kinesis: https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecords.html
(read 2026-11-23). At most 500 records and 5 MB a call, partition keys of 1 to 256 characters.

Of a call that fails as a whole the reference ("Aws Kinesis", read 2026-11-25) tries all again but
what is a matter of access."""

from base64 import b64encode

from destinations.catalog import _aws
from destinations.integration import encode_json

MOST_RECORDS = 500


def data_of(value, end=b""):
    """JSON as AWS takes bytes: in base64."""
    return b64encode(encode_json(value) + end).decode()


def put_record(stream, region, settings, key, value):
    body = {"StreamName": stream, **_record(key, value)}
    return _aws.json_request("kinesis", "Kinesis_20131202.PutRecord", region, settings, body)


def put_records(stream, region, settings, records):
    """`records` are (partition key, JSON value) pairs."""
    body = {"StreamName": stream, "Records": [_record(key, value) for key, value in records]}
    return _aws.json_request("kinesis", "Kinesis_20131202.PutRecords", region, settings, body)


def _record(key, value):
    return {"Data": data_of(value), "PartitionKey": key[:256]}


# One record's AccessDenied is the reference's 502, and its ExpiredToken 511: both are retried.
_OF_A_RECORD = {"AccessDeniedException": 502, "ExpiredTokenException": 511}


def outcomes(response, payloads):
    """The records that failed are named by an ErrorCode in their place."""
    if not 200 <= response.status < 300:
        error = _aws.error_of_answer(response)
        if error is None or error.retryable or error.status in (401, 403):
            return error and [error] * len(payloads)
        return [_aws.for_status(500, error.message)] * len(payloads)
    answer = response.json()
    return _aws.outcomes_of(response, payloads, errors_of(answer, "Records"))


def errors_of(answer, name, status=500):
    """A list with None or the DeliveryError for each record of an answer; `status` is what a code
    means that is not known."""
    records = answer.get(name) if type(answer) is dict else None
    return [_error(each, status) for each in records or []]


def _error(record, status):
    code = record.get("ErrorCode")
    if not code:
        return None
    message = record.get("ErrorMessage") or ""
    if code in _OF_A_RECORD:
        return _aws.for_status(_OF_A_RECORD[code], f"AWS: {code}: {message}"[:500])
    return _aws.error_of(code, message, status)
