"""Signatures over the bytes that are sent."""

import hashlib
import hmac


def hmac_hex(secret, message, algorithm):
    """Return the hex HMAC of `message` (bytes) under `secret` (text): "sha1", "sha256"."""
    return hmac.new(secret.encode(), message, getattr(hashlib, algorithm)).hexdigest()


def switchyard_headers(secret, body, now):
    """Return the headers with which a receiver can check both origin and age of `body` (bytes).

    The timestamp is Unix seconds; the signature is over "<timestamp>.<body>".
    """
    timestamp = str(int(now.timestamp()))
    signed = hmac_hex(secret, timestamp.encode() + b"." + body, "sha256")
    return {"X-Switchyard-Timestamp": timestamp, "X-Switchyard-Signature": f"v1={signed}"}
