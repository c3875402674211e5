"""The books of delivery: what work there is, and what became of it.

A chunk's outcome is one transaction: the position moves, failures become rows, successes are
counted. A kill -9 before it means that the chunk is sent again, after it that it is done.

Who works on a range holds a session-level advisory lock on it, on the connection that writes the
outcome. When the process dies PostgreSQL drops the lock with the connection, so the range is free
at once; and as long as the connection lives the lock is held, so nobody writes for a range that
somebody else has taken over.
"""

import random
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from sources import log

from ..errors import Throttled
from ..models import DeliveryCount, DeliverySample, Destination, Failure, Outcome, Range
from ..plan import Plan, compile_plan
from . import failures
from .delivery import Report
from .failures import LONGEST_RETRY_AFTER_S
from .work import Work

CHUNK = 1_000  # events taken at a time
PROBE = 5  # events taken while the tool is suspected of being away
RETRIES = 500  # failures taken at a time
LOCK_RANGE, LOCK_SLOT = 0x5357_0001, 0x5357_0002

LONGEST_PAUSE_S = 300
KEEP_SAMPLES = 100  # for each destination


class LostRange(Exception):
    """The range has moved on without us: nothing of this chunk is written."""


def try_lock(kind: int, number: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [kind, number])
        return cursor.fetchone()[0]


def unlock(kind: int, number: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [kind, number])


def find_due(now: datetime) -> list[int]:
    """Return the ids of ranges that have something to send now."""
    horizon = log.horizon()
    ranges = list(
        Range.objects.filter(finished_at=None, destination__enabled=True)
        .filter(Q(paused_until=None) | Q(paused_until__lte=now))
        .prefetch_related("destination__connections")
    )
    wanted = [
        (each.id, connected.source_id, _after(each, connected), min(each.until or horizon, horizon))
        for each in ranges
        for connected in each.destination.connections.all()
    ]
    waiting = log.waiting([row[1:] for row in wanted])
    due = {row[0] for row, has_more in zip(wanted, waiting, strict=True) if has_more}
    due.update(each.id for each in ranges if each.until is not None and each.id not in due)
    failing = set(
        Failure.objects.filter(state=Failure.State.WAITING, next_attempt_at__lte=now)
        .values_list("destination_id", flat=True)
        .distinct()
    )
    due.update(each.id for each in ranges if each.until is None and each.destination_id in failing)
    return sorted(due)


def _after(range_: Range, connected) -> int:
    """A live range starts where the source was connected; a replay goes back before that."""
    return max(range_.position, connected.since) if range_.until is None else range_.position


def take(range_id: int, now: datetime) -> Work | None:
    """Return the next chunk of a range that we hold the lock of, or None when there is none."""
    range_ = Range.objects.select_related("destination").filter(pk=range_id).first()
    if range_ is None or range_.finished_at or not range_.destination.enabled:
        return None
    if range_.paused_until and range_.paused_until > now:
        return None
    plan = compile_plan(range_.destination)
    work = _take_events(range_, plan)
    if work is None and range_.until is None:
        work = _take_failures(range_, plan, now)
    return work


def _take_events(range_: Range, plan: Plan) -> Work | None:
    horizon = log.horizon()
    until = min(range_.until or horizon, horizon)
    after = {each.source_id: _after(range_, each) for each in range_.destination.connections.all()}
    limit = PROBE if range_.setbacks else CHUNK
    entries = log.read(list(after), min(after.values(), default=until), until, limit)
    if len(entries) == limit:
        until = entries[-1].id
    if not entries:
        if range_.until is not None and range_.until <= until:
            Range.objects.filter(pk=range_.pk).update(
                finished_at=timezone.now(), position=range_.until
            )
        return None
    wanted = [(entry, None) for entry in entries if entry.id > after[entry.source_id]]
    return Work(range_, range_.destination, plan, wanted, until, {})


def _take_failures(range_: Range, plan: Plan, now: datetime) -> Work | None:
    due = range_.destination.failures.filter(
        state=Failure.State.WAITING, next_attempt_at__lte=now
    ).order_by("event_id")[:RETRIES]
    retries = {(each.event_id, each.subscription_id): each for each in due}
    if not retries:
        return None
    source_ids = list({each.source_id for each in retries.values()})
    stored = log.get(source_ids, [event_id for event_id, _ in retries])
    entries = [
        (stored[event_id], subscription_id)
        for event_id, subscription_id in retries
        if event_id in stored
    ]
    return Work(range_, range_.destination, plan, entries, range_.position, retries)


@transaction.atomic
def settle(work: Work, report: Report, now: datetime) -> None:
    """Write down what became of a chunk. Raises LostRange."""
    _move(work, report, now)
    rows = failures.rows_of(work, report, now)
    failures.save(rows)
    for event_id, subscription_id in report.delivered if work.retries else ():
        Failure.objects.filter(
            destination=work.destination, event_id=event_id, subscription_id=subscription_id
        ).delete()
    _count(work.destination.id, report, rows, now)
    failures.keep_samples(work.destination.id, report, now)


def _move(work: Work, report: Report, now: datetime) -> None:
    range_ = work.range
    position = range_.position
    if not work.retries:
        position = work.until if report.complete else max(report.position, range_.position)
    pause = _pause(range_.setbacks, report)
    moved = Range.objects.filter(pk=range_.pk, position=range_.position).update(
        position=position,
        paused_until=now + timedelta(seconds=pause) if report.tripped else None,
        setbacks=range_.setbacks + 1 if report.tripped else 0,
        reason=f"{report.tripped.code}: {report.tripped}"[:1000] if report.tripped else "",
    )
    if not moved:
        raise LostRange
    range_.position = position


def shelve(range_id: int, error: Exception, now: datetime) -> None:
    """Leave a range alone for a while after an error of ours, with the error to be seen."""
    range_ = Range.objects.get(pk=range_id)
    range_.paused_until = now + timedelta(
        seconds=min(2 ** min(range_.setbacks, 20), LONGEST_PAUSE_S)
    )
    range_.setbacks += 1
    range_.reason = f"INTERNAL: {type(error).__name__}: {error}".replace("\0", "")[:1000]
    range_.save(update_fields=["paused_until", "setbacks", "reason"])
    unlock(LOCK_RANGE, range_id)


def _pause(setbacks: int, report: Report) -> float:
    """Seconds for which a destination that does not answer is left alone."""
    if isinstance(report.tripped, Throttled) and report.tripped.retry_after_s:
        return min(max(report.tripped.retry_after_s, 1), LONGEST_RETRY_AFTER_S)
    return _growing(setbacks) * random.uniform(0.8, 1.2)


def _growing(setbacks: int) -> float:
    return min(2 ** min(setbacks, 20), LONGEST_PAUSE_S)


_ADD_COUNTS = """
INSERT INTO destinations_deliverycount (destination_id, minute, action, outcome, code, count)
SELECT %s, date_trunc('minute', %s::timestamptz), action, outcome, code, number
FROM unnest(%s::text[], %s::text[], %s::text[], %s::int[]) AS new (action, outcome, code, number)
ON CONFLICT (destination_id, minute, action, outcome, code)
DO UPDATE SET count = destinations_deliverycount.count + excluded.count
"""


def _count(destination_id: int, report: Report, rows: list[Failure], now: datetime) -> None:
    counts = report.counts
    for row in rows:
        if row.state == Failure.State.EXPIRED:
            counts[row.action, Outcome.EXPIRED, row.code] += 1
    if not counts:
        return
    actions, outcomes, codes = zip(*counts, strict=True)
    columns = [list(actions), list(map(str, outcomes)), list(codes), list(counts.values())]
    with connection.cursor() as cursor:
        cursor.execute(_ADD_COUNTS, [destination_id, now, *columns])


def forget_old(now: datetime) -> None:
    """Drop counts, samples and given-up failures that are past retention."""
    oldest = now - timedelta(days=settings.RETENTION_DAYS)
    DeliveryCount.objects.filter(minute__lt=oldest).delete()
    Failure.objects.filter(failed_at__lt=oldest).exclude(state=Failure.State.WAITING).delete()
    for destination in Destination.objects.all():
        kept = destination.samples.order_by("-at").values_list("at", flat=True)
        if (last := kept[KEEP_SAMPLES : KEEP_SAMPLES + 1].first()) is not None:
            DeliverySample.objects.filter(destination=destination, at__lte=last).delete()
