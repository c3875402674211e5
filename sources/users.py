"""The index of users: which positions of the log belong to a user of a source.

Rows are written in bulk by a reader of the log, so that the append pays nothing for them.
"""

from collections.abc import Iterable
from datetime import datetime
from hashlib import blake2b

import psycopg
from django.db import connection

from . import log

FIELDS = ("userId", "anonymousId", "previousId")
_COPY = "COPY sources_eventuser (user_key, position, received_at) FROM STDIN"
_FIND = """
SELECT position, received_at FROM sources_eventuser
WHERE user_key = %s AND position > %s AND position < %s AND received_at >= %s AND received_at < %s
ORDER BY position DESC LIMIT %s
"""


def key_of(source_id: int, user: str) -> int:
    """Return 64 bits that stand for this user of this source."""
    text = f"{source_id}:{user}".encode("utf-8", "replace")
    return int.from_bytes(blake2b(text, digest_size=8).digest(), "big", signed=True)


def rows(entry: log.Entry, event: dict) -> Iterable[tuple[int, int, datetime]]:
    """Yield the rows of one event: one for each different id that it carries."""
    ids = {event.get(field) for field in FIELDS}
    for user in ids:
        if isinstance(user, str) and user:
            yield key_of(entry.source_id, user), entry.id, entry.received_at


def add(found: list[tuple[int, int, datetime]]) -> None:
    """Write rows into the index, in the transaction of the caller."""
    if not found:
        return
    # By hash, as neighbours in the index are then written together.
    lines = [f"{key}\t{position}\t{at.isoformat()}\n" for key, position, at in sorted(found)]
    connection.ensure_connection()
    with (
        psycopg.Cursor(connection.connection) as cursor,
        cursor.copy(_COPY) as copy,
    ):
        copy.write("".join(lines))


def positions(
    source_id: int,
    user: str,
    before: int,
    after: int,
    since: datetime,
    until: datetime,
    limit: int,
) -> list[tuple[int, datetime]]:
    """Return the newest positions of a user, newest first, each with when it was received."""
    with connection.cursor() as cursor:
        key = key_of(source_id, user)
        cursor.execute(_FIND, [key, after, before, since, until, limit])
        return cursor.fetchall()
