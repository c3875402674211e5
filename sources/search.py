"""Find stored events by user, messageId, name or text within a time; also what was rejected.

By user and messageId there are indexes, so ten million events answer as fast as ten. A name is
looked for in the days in which it was counted. Free text is looked for from the newest event on.
"""

from contextlib import contextmanager
from datetime import UTC, datetime, time, timedelta
from typing import NamedTuple

import orjson
import psycopg
from django.db import OperationalError, connection, transaction
from django.db.models import Q
from django.utils import timezone

from . import log, observed, observing, tallies, users
from .models import LogReader, Source, Tally

TIMEOUT = "4s"


class Search(NamedTuple):
    """What to look for: `by` is text, user, message or event; `show` one of debugger's lists."""

    text: str = ""
    by: str = "text"
    show: str = "all"
    since: datetime | None = None
    until: datetime | None = None


class SearchTooSlow(Exception):
    """Looking through all that is stored took longer than a page may take."""


@contextmanager
def bounded_time():
    """Raise SearchTooSlow when a query inside takes longer than TIMEOUT."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL statement_timeout = '{TIMEOUT}'")
            yield
    except (psycopg.errors.QueryCanceled, OperationalError) as error:
        # Django wraps it, `log` with its own cursor does not.
        if isinstance(error.__cause__ or error, psycopg.errors.QueryCanceled):
            raise SearchTooSlow from error
        raise


def events(source: Source, search: Search, before: int, after: int, limit: int) -> list[log.Entry]:
    """Return the newest events between two positions that match, newest first."""
    received = _received(source, search)
    before = before or log.MOST_POSITION
    if search.by == "message" and search.text:
        found = log.find(source.id, search.text, received)
        return [entry for entry in found if after < entry.id < before][:limit]
    if search.by == "user" and search.text:
        return _of_user(source, search.text, before, after, limit, received)
    if search.by == "event" and search.text:
        return _of_name(source, search.text, before, after, limit, received)
    return log.latest(source.id, before, after, search.text, limit, received=received)


def rejections(source: Source, search: Search, before: int, after: int):
    """Return what was rejected or blocked between two ids and matches, newest first."""
    found = source.rejections.filter(id__gt=after)
    if before:
        found = found.filter(id__lt=before)
    if search.show in ("rejected", "blocked"):
        found = found.filter(blocked=search.show == "blocked")
    since, until = _received(source, search)
    found = found.filter(received_at__gte=since, received_at__lt=until)
    if search.text and search.by == "text":
        text = search.text
        anywhere = Q(payload__icontains=text) | Q(message__icontains=text) | Q(code__icontains=text)
        found = found.filter(anywhere)
    elif search.text:
        found = found.filter(payload__contains=_quoted(search.text))
    return found.order_by("-received_at", "-id")


def _received(source, search) -> tuple[datetime, datetime]:
    """Return the time to look in: what retention has not deleted yet is hidden all the same."""
    since = search.since or log.EVER[0]
    if source.retention_days:
        since = max(since, timezone.now() - timedelta(days=source.retention_days))
    return since, search.until or log.EVER[1]


def _indexed_until() -> int:
    """Return the position up to which the readers have written their indexes."""
    reader = LogReader.objects.filter(name=observing.READER).first()
    return reader.position if reader else 0


def _of_user(source, user, before, after, limit, received) -> list[log.Entry]:
    indexed = _indexed_until()
    # What is newer than the index is little, and looked through.
    newer = log.latest(
        source.id, before, max(after, indexed), _quoted(user), limit, received=received
    )
    found = [entry for entry in newer if _is_of(entry, user)]
    if len(newer) < limit and indexed > after:
        before = min(before, indexed + 1)
        places = users.positions(source.id, user, before, after, *received, limit)
        found += _at(source, places)
    return found[:limit]


def _is_of(entry, user) -> bool:
    event = orjson.loads(entry.payload)
    return any(event.get(field) == user for field in users.FIELDS)


def _at(source, places) -> list[log.Entry]:
    if not places:
        return []
    moments = [moment for _, moment in places]
    ids = [position for position, _ in places]
    entries = log.get([source.id], ids, (min(moments), max(moments)))
    return [entries[id] for id in ids if id in entries]


def _of_name(source, name, before, after, limit, received) -> list[log.Entry]:
    indexed = _indexed_until()
    found = log.latest(
        source.id, before, max(after, indexed), limit=limit, name=name, received=received
    )
    before = min(before, indexed + 1)
    for day in _days_of(source, name) if indexed > after else ():
        if len(found) >= limit:
            break
        since, until = max(received[0], day), min(received[1], day + timedelta(days=1))
        if since < until:
            missing = limit - len(found)
            found += log.latest(
                source.id, before, after, limit=missing, name=name, received=(since, until)
            )
    return found


def _days_of(source, name) -> list[datetime]:
    """Return the days in which events of this name may lie, newest first."""
    counted = Tally.objects.filter(
        source=source,
        grain=Tally.Grain.HOUR,
        kind=Tally.Kind.NAME,
        step=Tally.Step.STORED,
        value__in=[observed.clip(name), tallies.OTHER],
    )
    days = {at.astimezone(UTC).date() for at in counted.values_list("at", flat=True)}
    return [datetime.combine(day, time(), UTC) for day in sorted(days, reverse=True)]


def _quoted(text: str) -> str:
    """Return the text as it stands in JSON."""
    return orjson.dumps(text).decode()
