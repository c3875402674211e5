"""Doors for the worker."""

from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from . import counting, observing, partitions, retention, tallies
from .models import EventCount, Rejection


def count_events():
    return counting.count_new_events()


def observe_events():
    """Learn from new events what the overview, the schema and the debugger show."""
    counting.count_rejections(timezone.now())
    return observing.observe_new_events()


def rotate_log():
    """Make partitions ahead; drop those past retention, and what was counted in that time."""
    partitions.rotate(timezone.now(), settings.RETENTION_DAYS)
    retention.delete_old_events(timezone.now(), settings.RETENTION_DAYS)
    oldest = timezone.now() - timedelta(days=settings.RETENTION_DAYS)
    EventCount.objects.filter(minute__lt=oldest).delete()
    tallies.forget(timezone.now(), oldest)
    Rejection.objects.filter(received_at__lt=oldest).delete()
