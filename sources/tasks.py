"""Doors for the worker."""

from django.conf import settings
from django.utils import timezone

from . import counting, partitions


def count_events():
    return counting.count_new_events()


def rotate_log():
    return partitions.rotate(timezone.now(), settings.RETENTION_DAYS)
