"""Count events per source, minute and type: from the log, in bulk, after the commit.

The append pays nothing for it. A batch of positions is counted and the reader's position moved in
one transaction, so each event counts once, whatever is killed in between.
"""

from django.db import connection, transaction

from . import log
from .models import LogReader

READER = "counts"
MOST_POSITIONS = 200_000  # in one transaction

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
