"""Count events per source, minute and type: from the log, in bulk, after the commit.

The append pays nothing for it. A batch of positions is counted and the reader's position moved in
one transaction, so each event counts once, whatever is killed in between. Rejections have no
positions: their minutes are counted once they have settled, the newer ones as they lie there.
"""

from collections import Counter
from datetime import UTC, datetime, timedelta

from django.db import connection, transaction

from . import log, tallies
from .models import LogReader, Tally

READER = "counts"
MOST_POSITIONS = 200_000  # in one transaction
REJECTIONS_READER = "rejections"  # its position is the second up to which they are counted
SETTLED_AFTER = timedelta(seconds=90)  # longer than any append takes until it gives up
MOST_SETTLED = timedelta(hours=6)  # in one transaction

_COUNT = """
INSERT INTO sources_eventcount (source_id, minute, type, count)
SELECT source_id, date_trunc('minute', received_at), type, count(*) FROM sources_event
JOIN sources_source ON sources_source.id = source_id
WHERE sources_event.id > %s AND sources_event.id <= %s GROUP BY 1, 2, 3
ON CONFLICT (source_id, minute, type)
DO UPDATE SET count = sources_eventcount.count + excluded.count
"""


def count_new_events() -> int:
    """Count what has come since the last time; return how many positions were looked at."""
    seen = 0
    while step := _count_some():
        seen += step
    return seen


def _count_some() -> int:
    with transaction.atomic():
        LogReader.objects.get_or_create(name=READER)
        reader = LogReader.objects.select_for_update(skip_locked=True).filter(name=READER).first()
        if reader is None:
            return 0  # another worker is at it
        until = min(log.horizon(), reader.position + MOST_POSITIONS)
        if until <= reader.position:
            return 0
        with connection.cursor() as cursor:
            cursor.execute(_COUNT, [reader.position, until])
        step = until - reader.position
        reader.position = until
        reader.save(update_fields=["position"])
        return step


_REJECTIONS = """
SELECT source.id, rejected.* FROM sources_source AS source CROSS JOIN LATERAL (
    SELECT date_trunc('minute', received_at), code, count(*) FROM sources_rejection
    WHERE source_id = source.id AND received_at >= %s AND received_at < %s AND NOT blocked
    GROUP BY 1, 2
) AS rejected
"""


def count_rejections(now: datetime) -> None:
    """Add the rejections of all minutes that have settled to the tallies."""
    while _settle_some(now):
        pass


def settled_until() -> datetime:
    """Return up to when rejections are in the tallies."""
    reader = LogReader.objects.filter(name=REJECTIONS_READER).first()
    return datetime.fromtimestamp(reader.position if reader else 0, UTC)


def rejections(since: datetime, until: datetime) -> tallies.Counts:
    """Return the rejections that came in [since, until), as they lie there."""
    counts: tallies.Counts = Counter()
    with connection.cursor() as cursor:
        cursor.execute(_REJECTIONS, [since, until])
        for source_id, minute, code, count in cursor.fetchall():
            at = (source_id, minute, Tally.Step.FAILED)
            counts[*at, Tally.Kind.ALL, ""] += count
            counts[*at, Tally.Kind.CODE, code] += count
    return counts


def _settle_some(now: datetime) -> bool:
    until = tallies.minute_of(now - SETTLED_AFTER)
    with transaction.atomic():
        start = {"position": int((until - timedelta(days=28)).timestamp())}
        LogReader.objects.get_or_create(name=REJECTIONS_READER, defaults=start)
        readers = LogReader.objects.select_for_update(skip_locked=True)
        reader = readers.filter(name=REJECTIONS_READER).first()
        if reader is None:
            return False
        since = datetime.fromtimestamp(reader.position, UTC)
        until = min(until, since + MOST_SETTLED)
        if until <= since:
            return False
        tallies.add(rejections(since, until))
        reader.position = int(until.timestamp())
        reader.save(update_fields=["position"])
        return True
