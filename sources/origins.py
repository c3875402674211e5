"""Which pages may use a write key. Pure.

A key on a website can be read by anybody; a list of origins keeps other websites from sending with
it. It is no lock: a program can claim any origin.
"""

import re
from collections.abc import Sequence
from urllib.parse import urlsplit

# A scheme, then a host that may begin with `*.`, then a port.
_ORIGIN = re.compile(r"(https?)://((?:\*\.)?[a-z0-9][a-z0-9.-]*|\[[0-9a-f:]+\])(?::(\d{1,5}))?")
_DEFAULT_PORTS = {("http", "80"), ("https", "443")}


def clean(text: str) -> str:
    """Return an origin as browsers write it. Raises ValueError when it is none."""
    found = _ORIGIN.fullmatch(text.strip().lower().rstrip("/"))
    if found is None:
        raise ValueError(f"“{text.strip()}” is no origin. One looks like https://shop.example.com.")
    scheme, host, port = found.groups()
    without_port = port is None or (scheme, port) in _DEFAULT_PORTS
    return f"{scheme}://{host}" if without_port else f"{scheme}://{host}:{port}"


def of_call(headers: dict) -> str | None:
    """Return the origin of the page that called, from a request's META; an image has a referrer."""
    if origin := headers.get("HTTP_ORIGIN"):
        return origin
    try:
        referrer = urlsplit(headers.get("HTTP_REFERER", ""))
    except ValueError:
        return None
    return f"{referrer.scheme}://{referrer.netloc}" if referrer.netloc else None


def allows(allowed: Sequence[str], origin: str | None) -> bool:
    """Say whether a page of `origin` may use a key; `https://*.a.example` means all below it."""
    if not allowed:
        return True
    if origin is None:
        return False
    origin = origin.lower()
    return any(origin == each or ("*" in each and _is_below(origin, each)) for each in allowed)


def _is_below(origin: str, pattern: str) -> bool:
    start, _, end = pattern.partition("*")
    name = origin[len(start) : len(origin) - len(end)]
    fits = origin.startswith(start) and origin.endswith(end) and len(origin) > len(start + end)
    return fits and re.fullmatch(r"[a-z0-9.-]+", name) is not None
