"""Count what leaves no event behind: repeated requests, and those over a rate limit.

In memory, and written a few times a minute by the thread that wakes readers: these are figures for
people, and not worth a write on the way of a request.
"""

import threading
import time
from collections import Counter
from datetime import UTC, datetime

from django.db import connection

from .models import DoorCount

WRITE_EVERY_S = 10

_ADD = """
INSERT INTO sources_doorcount (source_id, hour, what, count)
SELECT noted.* FROM unnest(%s::bigint[], %s::timestamptz[], %s::text[], %s::bigint[])
AS noted (source_id, hour, what, count) JOIN sources_source ON sources_source.id = source_id
ON CONFLICT (source_id, hour, what) DO UPDATE SET count = sources_doorcount.count + excluded.count
"""
_counts: Counter[tuple[int, datetime, str]] = Counter()
_lock = threading.Lock()
_written_at = 0.0


def note(source_id: int, what: str) -> None:
    hour = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    with _lock:
        _counts[source_id, hour, str(what)] += 1


def note_repeated(source_id: int, header: str) -> None:
    """Count a request whose X-Retry-Count says that it is not the first attempt."""
    if header.strip().lstrip("0").isdecimal():
        note(source_id, DoorCount.What.REPEATED)


def write(at_once: bool = False) -> None:
    """Add what was noted to the table, unless that was done just now."""
    global _written_at
    if not _counts or (not at_once and time.monotonic() - _written_at < WRITE_EVERY_S):
        return
    _written_at = time.monotonic()
    with _lock:
        noted = list(_counts.items())
        _counts.clear()
    rows = [(*key, count) for key, count in noted]
    with connection.cursor() as cursor:
        cursor.execute(_ADD, [list(column) for column in zip(*rows, strict=True)])
