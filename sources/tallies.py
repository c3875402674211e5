"""Counts by minute and hour for the overview, written in bulk with a bounded number of values."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import connection

from .models import Tally

MOST_VALUES = 200  # a kind of one source may have in an hour; the rest is OTHER
OTHER = "(other)"
MINUTES_KEPT = timedelta(hours=3)

_ADD = """
INSERT INTO sources_tally (source_id, grain, kind, at, step, value, count)
SELECT * FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::timestamptz[], %s::text[],
                     %s::text[], %s::bigint[])
ON CONFLICT (source_id, grain, kind, at, step, value)
DO UPDATE SET count = sources_tally.count + excluded.count
"""
# Whoever was deleted in between takes its counts along.
_EXISTING = "SELECT id FROM sources_source WHERE id = ANY(%s) FOR KEY SHARE"
Counts = Counter[tuple[int, datetime, str, str, str]]  # source, minute, step, kind, value


def minute_of(moment: datetime) -> datetime:
    return moment.replace(second=0, microsecond=0)


def hour_of(moment: datetime) -> datetime:
    return moment.replace(minute=0, second=0, microsecond=0)


def add(counts: Counts) -> None:
    """Add counts by minute to the minutes and hours of their sources; call in a transaction."""
    existing = existing_sources({key[0] for key in counts})
    counts = Counter({key: count for key, count in counts.items() if key[0] in existing})
    if not counts:
        return
    known = _known_values(counts)
    rows: Counter[tuple] = Counter()
    # The most frequent first: should not all fit, it is the rare ones that are thrown together.
    for (source, minute, step, kind, value), count in counts.most_common():
        hour = hour_of(minute)
        value = _bounded(known[source, hour, kind], value)
        rows[source, Tally.Grain.MINUTE, kind, minute, step, value] += count
        rows[source, Tally.Grain.HOUR, kind, hour, step, value] += count
    # Always in the same order, so that two writers cannot wait for each other.
    ordered = sorted((*key, count) for key, count in rows.items())
    with connection.cursor() as cursor:
        cursor.execute(_ADD, [list(column) for column in zip(*ordered, strict=True)])


def existing_sources(ids: Iterable[int]) -> set[int]:
    """Return which of these sources there are, and hold them until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(_EXISTING, [sorted(ids)])
        return {row[0] for row in cursor.fetchall()}


def _known_values(counts: Counts) -> defaultdict[tuple, set[str]]:
    known = defaultdict(set)
    rows = Tally.objects.filter(
        source__in={key[0] for key in counts},
        grain=Tally.Grain.HOUR,
        at__in={hour_of(key[1]) for key in counts},
    )
    for source, at, kind, value in rows.values_list("source_id", "at", "kind", "value"):
        known[source, at, kind].add(value)
    return known


def _bounded(known: set[str], value: str) -> str:
    if value not in known:
        if len(known) >= MOST_VALUES:
            return OTHER
        known.add(value)
    return value


def forget(now: datetime, oldest: datetime) -> None:
    """Delete minutes that nothing shows any more, and hours older than `oldest`."""
    Tally.objects.filter(grain=Tally.Grain.MINUTE, at__lt=now - MINUTES_KEPT).delete()
    Tally.objects.filter(grain=Tally.Grain.HOUR, at__lt=oldest).delete()
