"""Slow down the guessing of passwords.

Failures are counted in the cache, per e-mail and address: after MOST_FAILURES the pair waits until
WINDOW_S have passed since its first failure. Counting per e-mail alone would let anybody lock
anybody out. The cache is one per process, so it is a brake and not a wall.
"""

from hashlib import sha256

from django.conf import settings
from django.core.cache import cache

MOST_FAILURES = 8
WINDOW_S = 300


def is_blocked(request, email: str) -> bool:
    return cache.get(_name(request, email), 0) >= MOST_FAILURES


def note_failure(request, email: str) -> None:
    name = _name(request, email)
    if not cache.add(name, 1, WINDOW_S):
        try:
            cache.incr(name)
        except ValueError:  # it has just expired
            pass


def forget_failures(request, email: str) -> None:
    cache.delete(_name(request, email))


def _name(request, email):
    pair = f"{email.strip().lower()} {client_address(request)}"
    return "sign-in:" + sha256(pair.encode("utf-8", "replace")).hexdigest()


def client_address(request) -> str:
    """Return who called; behind our own proxies, the address that they saw."""
    if count := settings.TRUSTED_PROXY_COUNT:
        hops = [hop.strip() for hop in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")]
        if len(hops) >= count and hops[-count]:
            return hops[-count]
    return request.META.get("REMOTE_ADDR", "")
