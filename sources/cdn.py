"""The browser SDK and what it asks for before the first event: script, settings, counters.

Any key gets them, known or not: they hold no secret, and a lookup would cost more than the answer.
An event with an unknown key is refused at the door. Facts: browser-sdk §2, §8, §11 and sdk-wire
"Settings"; docs/analytics-js.md for people.
"""

import gzip
import json
from functools import cache, lru_cache
from hashlib import blake2b
from typing import NamedTuple
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.staticfiles import finders
from django.http import HttpResponse
from django.utils.cache import get_conditional_response

from .api import allow_origin, answer
from .slimming import shorten, slim

SCRIPT = "js/analytics.js"
# An hour would be cheaper, but this is how long a repaired script takes to reach visitors.
SCRIPT_CACHE = "public, max-age=300, stale-while-revalidate=86400"
SETTINGS_CACHE = "public, max-age=60"
THIS_MACHINE = {"localhost", "127.0.0.1", "::1"}


class Served(NamedTuple):
    """The script for one key, ready to send."""

    etag: str
    plain: bytes
    gzipped: bytes


def script(request, write_key: str, readable: bool = False):
    """Answer with the browser SDK, the key filled in."""
    served = served_script(write_key, readable)
    zipped = "gzip" in request.META.get("HTTP_ACCEPT_ENCODING", "")
    etag = f'"{served.etag}{"-gzip" if zipped else ""}"'
    response = HttpResponse(served.gzipped if zipped else served.plain)
    response["Content-Type"] = "text/javascript; charset=utf-8"
    if zipped:
        response["Content-Encoding"] = "gzip"
    response["Vary"] = "Accept-Encoding"
    response["ETag"] = etag
    response["Cache-Control"] = SCRIPT_CACHE
    return _for_any_page(get_conditional_response(request, etag=etag, response=response))


def project_settings(request, write_key: str):
    """Answer with where events go, for our script and Segment's.

    A second integration would make the latter look for files that only Segment has.
    """
    if request.method == "OPTIONS":
        return allow_origin(request, HttpResponse(status=204))
    address = public_address(request)
    api = {
        "apiKey": write_key,
        "apiHost": f"{address.netloc}{address.path}/v1",
        "protocol": address.scheme,
    }
    response = answer(200, {"integrations": {"Segment.io": api}, "metrics": {"sampleRate": 0}})
    response["Cache-Control"] = SETTINGS_CACHE
    return _for_any_page(response)


def metrics(request):
    """Take the counters that Segment's own script sends of itself, and forget them."""
    request.read(64 * 1024)
    return allow_origin(request, answer(200, {"success": True}))


def absent(request):
    """Answer what old and foreign parts of SDKs ask for: they do without it."""
    return _for_any_page(HttpResponse("There is no such file.\n", "text/plain", 404))


def public_address(request):
    """Return where pages reach us: PUBLIC_URL, or the way the request came while that is local."""
    address = urlsplit(settings.PUBLIC_URL)
    if address.hostname in THIS_MACHINE:
        return urlsplit(f"{request.scheme}://{request.get_host()}")
    return address


@lru_cache(maxsize=128)  # anybody can make up keys
def served_script(write_key: str, readable: bool = False) -> Served:
    source = source_of_script()
    text = source if readable else slim(shorten(source))
    # Inside a JavaScript string, whatever is in the key.
    inside = json.dumps(write_key)[1:-1].replace("<", "\\u003c")
    plain = text.replace("__WRITE_KEY__", inside).encode()
    etag = blake2b(plain, digest_size=12).hexdigest()
    return Served(etag, plain, gzip.compress(plain, 9, mtime=0))


@cache
def source_of_script() -> str:
    with open(finders.find(SCRIPT), encoding="utf-8") as file:
        return file.read()


def _for_any_page(response):
    response["Access-Control-Allow-Origin"] = "*"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response
