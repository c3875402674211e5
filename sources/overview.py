"""A source's last day in lists and on its page: counts from the log's readers, and rejections."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import Count, Max, Sum
from django.db.models.functions import TruncHour
from django.utils import timezone

from workspaces import charts

from . import log
from .models import EventCount, Rejection, Source

DAY = timedelta(hours=24)


@dataclass
class Day:
    """Events and rejections of 24 hours, the running one included."""

    points: list[charts.Point] = field(default_factory=list)
    by_type: list[tuple[str, int]] = field(default_factory=list)
    total: int = 0
    rejected: int = 0


def first_hour(now: datetime) -> datetime:
    return now.replace(minute=0, second=0, microsecond=0) - DAY + timedelta(hours=1)


def days(sources: list[Source], now: datetime | None = None) -> dict[int, Day]:
    """Return the last Day of each source by its id, in two queries whatever their number."""
    now = now or timezone.now()
    rows = _event_rows(sources, now)
    refused = _rejection_rows(sources, now)
    return {
        source.id: _day(
            [row[1:] for row in rows if row[0] == source.id],
            [row[1:] for row in refused if row[0] == source.id],
            now,
        )
        for source in sources
    }


def day_of_all(sources: list[Source], now: datetime | None = None) -> Day:
    """Return the last Day of all these sources together."""
    now = now or timezone.now()
    rows = [row[1:] for row in _event_rows(sources, now)]
    return _day(rows, [row[1:] for row in _rejection_rows(sources, now)], now)


def _day(rows, refused, now) -> Day:
    types = Counter()
    for _, type, count in rows:
        types[type] += count
    bars = [(hour, "accent", count) for hour, _, count in rows]
    bars += [(hour, "bad", count) for hour, count in refused]
    return Day(
        points=charts.hourly(bars, now),
        by_type=types.most_common(),
        total=types.total(),
        rejected=sum(count for _, count in refused),
    )


def _event_rows(sources, now) -> list[tuple]:
    counts = EventCount.objects.filter(source__in=sources, minute__gte=first_hour(now))
    hours = counts.annotate(hour=TruncHour("minute")).values_list("source_id", "hour", "type")
    return list(hours.annotate(Sum("count")).order_by())


def _rejection_rows(sources, now) -> list[tuple]:
    since = first_hour(now)
    rejections = Rejection.objects.filter(source__in=sources, received_at__gte=since, blocked=False)
    hours = rejections.annotate(hour=TruncHour("received_at")).values_list("source_id", "hour")
    return list(hours.annotate(Count("id")).order_by())


def last_received_at(source: Source) -> datetime | None:
    """Return when the newest event came: from the log, as the counts are a moment behind."""
    newest = log.latest(source.id, limit=1)
    return newest[0].received_at if newest else None


def rejections_by_code(source: Source, now: datetime | None = None, samples: int = 3) -> list[dict]:
    """Return the last day's rejections: code, count, the last time, and the newest samples."""
    recent = source.rejections.filter(received_at__gte=(now or timezone.now()) - DAY, blocked=False)
    codes = recent.values("code").annotate(count=Count("id"), last_at=Max("received_at"))
    return [
        row | {"samples": recent.filter(code=row["code"]).order_by("-received_at")[:samples]}
        for row in codes.order_by("-count")
    ]
