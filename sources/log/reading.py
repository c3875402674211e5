"""Reading the event log: up to where it can be trusted, and what stands where."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import NamedTuple

import psycopg
from django.db import connection
from psycopg.types.string import ByteaBinaryLoader

from .appending import LOCK_TAG, message_key

# pg_locks shows a bigint key as two halves.
_HORIZON = f"""
SELECT coalesce(
    (SELECT min(((classid::bigint & 65535) << 32) | objid::bigint) FROM pg_locks
     WHERE locktype = 'advisory' AND objsubid = 1 AND classid::bigint >> 16 = {LOCK_TAG}
     AND database = (SELECT oid FROM pg_database WHERE datname = current_database())),
    %s)
"""
# For each source by itself: then the index gives them in order, partition after partition. With
# ANY() all that is left to read would be sorted for each chunk.
_READ = """
SELECT event.* FROM unnest(%s::bigint[]) AS source (id) CROSS JOIN LATERAL (
    SELECT id, source_id, received_at, payload FROM sources_event
    WHERE source_id = source.id AND id > %s AND id <= %s ORDER BY id LIMIT %s
) AS event ORDER BY event.id LIMIT %s
"""
_GET = """
SELECT id, source_id, received_at, payload FROM sources_event
WHERE source_id = ANY(%s) AND id = ANY(%s) AND received_at >= %s AND received_at <= %s
"""
_LATEST = """
SELECT id, source_id, received_at, payload FROM sources_event
WHERE source_id = %s AND id > %s AND id < %s AND received_at >= %s AND received_at < %s
AND (%s = '' OR payload ILIKE %s) AND (%s = '' OR name = %s)
ORDER BY id DESC LIMIT %s
"""
_FIND = """
SELECT id, source_id, received_at, payload FROM sources_event
WHERE key = %s::uuid AND source_id = %s AND received_at >= %s AND received_at < %s
ORDER BY id DESC
"""
_COUNT = """
SELECT count(*) FROM
(SELECT 1 FROM sources_event WHERE source_id = %s AND id > %s LIMIT %s) AS waiting
"""
_SPAN = """
SELECT min(id), max(id) FROM sources_event
WHERE source_id = ANY(%s) AND received_at >= %s AND received_at < %s
"""
# LATERAL with LIMIT, so that each is one look into an index and never a join with the log.
_WAITING = """
SELECT number FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[])
WITH ORDINALITY AS wanted (source_id, after, until, number)
CROSS JOIN LATERAL (
    SELECT 1 FROM sources_event AS event WHERE event.source_id = wanted.source_id
    AND event.id > wanted.after AND event.id <= wanted.until LIMIT 1
) AS found
"""
_DELETE = """
WITH old AS (
    SELECT id FROM sources_event WHERE source_id = %s AND received_at < %s ORDER BY id LIMIT %s
)
DELETE FROM sources_event USING old
WHERE source_id = %s AND received_at < %s AND sources_event.id = old.id
"""
MOST_POSITION = 2**63 - 1
EVER = (datetime(1970, 1, 1, tzinfo=UTC), datetime(9999, 1, 1, tzinfo=UTC))


class Entry(NamedTuple):
    """One event as a reader gets it; `payload` is JSON."""

    id: int
    source_id: int
    received_at: datetime
    payload: bytes


def newest() -> int:
    """Return the newest position handed out, committed or not."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT last_value FROM sources_event_id_seq")
        return cursor.fetchone()[0]


def horizon() -> int:
    """Return the position up to which every event that will ever be there is there."""
    latest = newest()  # before the look at the locks: the order is what makes it safe
    with connection.cursor() as cursor:
        cursor.execute(_HORIZON, [latest])
        return min(cursor.fetchone()[0], latest)


def read(source_ids: list[int], after: int, until: int, limit: int) -> list[Entry]:
    """Return up to `limit` events of these sources in (after, until], by position.

    Fewer than `limit` means that there are no more up to `until`, which must not lie beyond
    `horizon()`.
    """
    if not source_ids or after >= until:
        return []
    return _entries(_READ, [source_ids, after, until, limit, limit])


def read_all(source_ids: list[int], after: int, until: int, chunk: int = 5000) -> Iterator[Entry]:
    """Yield every event of these sources in (after, until], reading `chunk` at a time."""
    while entries := read(source_ids, after, until, chunk):
        yield from entries
        after = entries[-1].id
        if len(entries) < chunk:
            return


def get(
    source_ids: list[int], ids: list[int], received: tuple[datetime, datetime] = EVER
) -> dict[int, Entry]:
    """Return the events of these sources at these positions; those dropped since are missing.

    Who knows the first and the last moment of them saves the look into other days.
    """
    return {entry.id: entry for entry in _entries(_GET, [source_ids, ids, *received])}


def latest(
    source_id: int,
    before: int | None = None,
    after: int = 0,
    text: str = "",
    limit: int = 50,
    name: str = "",
    received: tuple[datetime, datetime] = EVER,
) -> list[Entry]:
    """Return the newest events of a source, newest first; for people, who need no horizon.

    `before` and `after` are positions to page by; `text` is looked for anywhere in the event;
    `received` is a time [since, until).
    """
    pattern = "%" + text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
    values = [
        source_id,
        after,
        before or MOST_POSITION,
        *received,
        text,
        pattern,
        name,
        name,
        limit,
    ]
    return _entries(_LATEST, values)


def find(
    source_id: int, message_id: str, received: tuple[datetime, datetime] = EVER
) -> list[Entry]:
    """Return the events with this messageId, newest first; more than one when days lie between."""
    return _entries(_FIND, [message_key(source_id, message_id), source_id, *received])


def count(source_id: int, after: int, most: int = 1_000_000) -> int:
    """Return how many events a source has after a position, counting to `most` at the furthest."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, [source_id, after, most])
        return cursor.fetchone()[0]


def waiting(wanted: list[tuple[int, int, int]]) -> list[bool]:
    """Say for each (source_id, after, until) whether there is an event; one query for all."""
    if not wanted:
        return []
    with connection.cursor() as cursor:
        cursor.execute(_WAITING, [list(column) for column in zip(*wanted, strict=True)])
        found = {row[0] for row in cursor.fetchall()}
    return [number in found for number in range(1, len(wanted) + 1)]


def span(source_ids: list[int], since: datetime, until: datetime) -> tuple[int, int] | None:
    """Return the first and the last position received in [since, until), or None."""
    with connection.cursor() as cursor:
        cursor.execute(_SPAN, [source_ids, since, until])
        first, last = cursor.fetchone()
        return None if first is None else (first, last)


def delete_before(source_id: int, moment: datetime, chunk: int = 10_000) -> int:
    """Delete what a source sent before `moment`, `chunk` events at a time; return how many."""
    deleted = 0
    with connection.cursor() as cursor:
        while True:
            cursor.execute(_DELETE, [source_id, moment, chunk, source_id, moment])
            deleted += cursor.rowcount
            if cursor.rowcount < chunk:
                return deleted


def _entries(query: str, values: list) -> list[Entry]:
    connection.ensure_connection()
    # A cursor of psycopg's own: Django's binds on the client and knows no binary results.
    with psycopg.Cursor(connection.connection) as cursor:
        cursor.adapters.register_loader("text", ByteaBinaryLoader)  # the payload, undecoded
        cursor.execute(query, values, binary=True, prepare=True)
        return [Entry._make(row) for row in cursor.fetchall()]
