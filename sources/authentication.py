"""Write key → source, remembered for a few seconds so that a call needs no query."""

import base64
import binascii
import threading
import time
from typing import NamedTuple

from django.db.models import Q
from django.utils import timezone

from .enrichment import Enrichment
from .models import Source, WriteKey
from .rates import Limit

REMEMBER_S = 5  # a revoked key stops within this time
MOST_REMEMBERED = 10_000  # made-up keys must not fill the memory
NOTE_USE_EVERY_S = 30
BURST_S = 10  # of a rate limit that names no burst
NO_ENRICHMENT = Enrichment(Source.IpPolicy.KEEP, False, False, False)


class KnownSource(NamedTuple):
    """What the door has to know of the source behind a key."""

    source_id: int
    key_id: int
    enabled: bool
    strict: bool = False
    limit: Limit | None = None
    enrichment: Enrichment | None = None  # None when it would do nothing
    origins: tuple[str, ...] = ()  # whose pages may use the key; all when empty


_known: dict[str, tuple[float, KnownSource | None]] = {}
_used: set[int] = set()
_lock = threading.Lock()
_noted_at = 0.0


def basic_user(header: str) -> str | None:
    """Return the user name of an `Authorization: Basic` header, which carries the write key.

    The password is empty; the colon before it is missing in old clients (Segment's HTTP API page).
    """
    scheme, _, token = header.partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        decoded = base64.b64decode(token.strip() + "==").decode()
    except (binascii.Error, ValueError):
        return None
    return decoded.partition(":")[0] or None


def find_source(key: str) -> KnownSource | None:
    """Return the source that `key` writes to, or None for an unknown or revoked key."""
    now = time.monotonic()
    remembered = _known.get(key)
    if remembered is None or remembered[0] < now:
        remembered = (now + REMEMBER_S, _look_up(key))
        if len(_known) >= MOST_REMEMBERED:
            _known.clear()
        _known[key] = remembered
    if remembered[1] is not None:
        _used.add(remembered[1].key_id)
    return remembered[1]


def _look_up(key: str) -> KnownSource | None:
    if not key or len(key) > 100 or "\x00" in key:
        return None
    found = (
        WriteKey.objects.filter(key=key)
        .filter(Q(revoked_at=None) | Q(revoked_at__gt=timezone.now()))
        .select_related("source")
        .first()
    )
    if found is None:
        return None
    return _known_source(found.source, found.id)._replace(origins=tuple(found.allowed_origins))


def _known_source(source: Source, key_id: int) -> KnownSource:
    limit = source.rate_limit and Limit(
        source.id, source.rate_limit, source.rate_burst or source.rate_limit * BURST_S
    )
    switches = Enrichment(
        source.ip_policy, source.parse_user_agent, source.flag_bots, source.locate
    )
    enrichment = None if switches == NO_ENRICHMENT else switches
    return KnownSource(source.id, key_id, source.enabled, source.strict, limit or None, enrichment)


def forget() -> None:
    """Forget what is remembered: for tests, and for whoever changed a key in this process."""
    _known.clear()


def note_use() -> None:
    """Write down when keys were last used: at most twice a minute, all of them in one query."""
    global _noted_at
    if time.monotonic() - _noted_at < NOTE_USE_EVERY_S:
        return
    _noted_at = time.monotonic()
    with _lock:
        used = list(_used)
        _used.difference_update(used)
    WriteKey.objects.filter(id__in=used).update(last_used_at=timezone.now())
