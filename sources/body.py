"""Read the body of a tracking call: bounded before and after decompression, JSON whatever it says.

Browsers post JSON as text/plain and rudder-sdk-node as a form (sdk-wire §Requests), so the content
type is not looked at.
"""

import json
import time
import zlib

import orjson

from .errors import Refused

MOST_BODY_BYTES = 512_000  # after decompression (sdk-wire, point 8)
WAITED_S = 0.9  # a body that ends early after this was given up by us


def read(request) -> bytes:
    """Return the body, decompressed. Raises Refused for what is too large or no gzip."""
    stream = request
    if request.META.get("wsgi.input_terminated") and not request.META.get("CONTENT_LENGTH"):
        stream = request.META["wsgi.input"]  # chunked: Django takes no length for an empty body
    started = time.monotonic()
    try:
        body = stream.read(MOST_BODY_BYTES + 1)
    except OSError:
        raise incomplete(started) from None
    if len(body) > MOST_BODY_BYTES:
        raise too_large()
    # The server gives what has come when a connection ends early, be it by us (sources/stalled.py).
    if len(body) < length_of(request):
        raise incomplete(started)
    if request.META.get("HTTP_CONTENT_ENCODING", "").lower() == "gzip" or body[:2] == b"\x1f\x8b":
        return _gunzip(body)
    return body


def length_of(request) -> int:
    length = request.META.get("CONTENT_LENGTH") or "0"
    return int(length) if length.isdecimal() else 0


def incomplete(started: float) -> Refused:
    """Say so of a body that has ended early: who was merely slow is asked to come again."""
    if time.monotonic() - started < WAITED_S:
        return Refused(400, "body_incomplete", "The body ended before it was complete.")
    return Refused(408, "body_timeout", "The body had stopped coming. Send it again.")


def too_large() -> Refused:
    message = "Exceed payload limit: 32 KB an event, 500 KB a batch."
    return Refused(400, "payload_too_large", message)


def _gunzip(body: bytes) -> bytes:
    inflate = zlib.decompressobj(wbits=31)
    try:
        data = inflate.decompress(body, MOST_BODY_BYTES + 1)
    except zlib.error:
        raise Refused(400, "invalid_gzip", "The body is not valid gzip.") from None
    if len(data) > MOST_BODY_BYTES:
        raise too_large()
    if not inflate.eof:
        raise Refused(400, "invalid_gzip", "The gzip body ended before it was complete.")
    return data


def parse(body: bytes) -> dict:
    """Return the JSON object in `body`. Raises Refused for anything else."""
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError:
        value = _parse_leniently(body)
    if not isinstance(value, dict):
        raise invalid("The body has to be a JSON object.")
    return value


def _parse_leniently(body: bytes):
    """Take what orjson refuses and SDKs do send: lone surrogates, a byte order mark."""
    try:
        text = body.decode("utf-8-sig")
        value = json.loads(text, parse_constant=_refuse_constant)
        # Half a character cannot be stored: it becomes U+FFFD, and its neighbours stay.
        whole = json.dumps(value, ensure_ascii=False, allow_nan=False)
        return orjson.loads(whole.encode("utf-16", "surrogatepass").decode("utf-16", "replace"))
    except (ValueError, RecursionError) as error:
        raise invalid(f"The body is not valid JSON: {str(error)[:200]}") from None


def _refuse_constant(name):
    raise ValueError(f"{name} is not JSON")


def invalid(message: str) -> Refused:
    return Refused(400, "invalid_json", message)
