"""How long a source keeps its events, where that is shorter than on the whole server.

Days of the log are dropped as a whole for all sources (sources/partitions.py); what one source
wants gone sooner is deleted row by row.
"""

from datetime import datetime, timedelta

from . import log
from .models import Source


def delete_old_events(now: datetime, global_days: int) -> int:
    """Delete what is past its source's own retention; return how many events that were."""
    deleted = 0
    for source in Source.objects.filter(retention_days__lt=global_days):
        oldest = now - timedelta(days=source.retention_days)
        deleted += log.delete_before(source.id, oldest)
        source.rejections.filter(received_at__lt=oldest).delete()
    return deleted
