"""Signatures of AWS, version 4, in the headers of a request. Pure: keys and the time are given.

Facts: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
(read 2026-11-23).
"""

import hashlib
import hmac
from datetime import UTC, datetime
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import parse_qsl, quote, unquote, urlsplit

ALGORITHM = "AWS4-HMAC-SHA256"
DEFAULT_PORTS = {"http": 80, "https": 443}


class Keys(NamedTuple):
    access_key_id: str
    secret_access_key: str
    session_token: str = ""  # of temporary keys only


def signed_headers(
    method: str,
    url: str,
    headers: dict,
    body: bytes,
    *,
    keys: Keys,
    region: str,
    service: str,
    now: datetime,
) -> dict:
    """Return `headers` with those that prove who sends exactly this: all given ones are covered.

    `url` and `body` have to be sent as they are here.
    """
    moment = now.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    digest = hashlib.sha256(body).hexdigest()
    added = {"X-Amz-Date": moment}
    if service == "s3":
        added["X-Amz-Content-Sha256"] = digest
    if keys.session_token:
        added["X-Amz-Security-Token"] = keys.session_token
    covered = {**headers, **added, "Host": _host(url)}
    canonical, names = _canonical_request(method, url, covered, digest, service)
    scope = f"{moment[:8]}/{region}/{service}/aws4_request"
    hashed = hashlib.sha256(canonical.encode()).hexdigest()
    to_sign = "\n".join((ALGORITHM, moment, scope, hashed))
    key = _signing_key(keys.secret_access_key, moment[:8], region, service)
    signature = hmac.new(key, to_sign.encode(), hashlib.sha256).hexdigest()
    authorization = (
        f"{ALGORITHM} Credential={keys.access_key_id}/{scope}, "
        f"SignedHeaders={names}, Signature={signature}"
    )
    return {**headers, **added, "Authorization": authorization}


def _canonical_request(method, url, headers, digest, service) -> tuple[str, str]:
    parts = urlsplit(url)
    lines = sorted((name.lower(), " ".join(value.split())) for name, value in headers.items())
    names = ";".join(name for name, _ in lines)
    listed = "".join(f"{name}:{value}\n" for name, value in lines)
    path = _canonical_path(parts.path or "/", service)
    return "\n".join((method, path, _canonical_query(parts.query), listed, names, digest)), names


def _canonical_path(path: str, service: str) -> str:
    """S3 encodes the path once, and leaves it alone otherwise; the others encode what they get."""
    return quote(unquote(path) if service == "s3" else path, safe="/-_.~")


def _canonical_query(query: str) -> str:
    pairs = [
        (quote(name, safe="-_.~"), quote(value, safe="-_.~"))
        for name, value in parse_qsl(query, keep_blank_values=True)
    ]
    return "&".join(f"{name}={value}" for name, value in sorted(pairs))


def _host(url: str) -> str:
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2].lower()
    port = DEFAULT_PORTS.get(parts.scheme)
    return host.removesuffix(f":{port}") if parts.port == port else host


@lru_cache(maxsize=256)
def _signing_key(secret: str, day: str, region: str, service: str) -> bytes:
    key = f"AWS4{secret}".encode()
    for part in (day, region, service, "aws4_request"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    return key
