"""Rate limits of sources: a token bucket in PostgreSQL, shared by all web processes and machines.

A token is an event. A bucket holds `burst` of them and is filled with `rate` a second. A batch
passes when the bucket holds its events, or is full; what it lacks is then owed, so that a batch
larger than the bucket is slowed down and not refused for ever.

A process fetches a tenth of a second's worth with each query and spends it by itself. So a busy
source costs ten queries a second in each process, and a source without a limit none.
"""

import math
import threading
from typing import NamedTuple

from django.db import connection, transaction

LEASE_S = 0.1

_TAKE = """
INSERT INTO sources_ratebucket AS bucket (source_id, level, filled_at)
VALUES (%(source_id)s, %(burst)s, clock_timestamp()) ON CONFLICT (source_id) DO UPDATE
SET level = least(%(burst)s, bucket.level + %(rate)s * greatest(0, extract(
    epoch FROM clock_timestamp() - bucket.filled_at))), filled_at = clock_timestamp()
RETURNING level
"""
_SPEND = "UPDATE sources_ratebucket SET level = level - %s WHERE source_id = %s"


class Limit(NamedTuple):
    """The limit of one source: `rate` events a second, `burst` at once."""

    source_id: int
    rate: int
    burst: int


_leased: dict[int, float] = {}
_lock = threading.Lock()


def wait_s(limit: Limit, count: int) -> int:
    """Take `count` events out of the bucket and return 0, or after how many seconds to come."""
    with _lock:
        left = _leased.get(limit.source_id, 0)
        if left >= count:
            _leased[limit.source_id] = left - count
            return 0
    return _fetch(limit, count)


def forget() -> None:
    """Forget what this process has fetched and not spent: for tests."""
    _leased.clear()


def _fetch(limit: Limit, count: int) -> int:
    # One transaction, in which a row lock makes the processes take turns.
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_TAKE, limit._asdict())
        level = cursor.fetchone()[0]
        needed = min(count, limit.burst)
        extra = max(0, min(level - count, limit.rate * LEASE_S))
        if level >= needed:
            cursor.execute(_SPEND, [count + extra, limit.source_id])
    if level < needed:
        return max(1, math.ceil((needed - level) / limit.rate))
    with _lock:
        _leased[limit.source_id] = _leased.get(limit.source_id, 0) + extra
    return 0
