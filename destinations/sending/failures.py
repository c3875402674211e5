"""What was not delivered, as rows: why, what was sent and answered, and when it is tried again."""

import random
from collections.abc import Iterable
from datetime import datetime, timedelta

from sources.log import Entry

from ..models import DeliverySample, Failure, Outcome
from ..plan import Verdict
from .delivery import Failed, Report
from .work import Work

# Four hours in all, as Segment's (destinations.md §7); the wait before each further attempt.
WAITS_S = [10, 30, 60, 120, 240, 480, 900, 1800, 3600, 3600, 3600]
LONGEST_RETRY_AFTER_S = 3600


def storable(value):
    """Return a JSON value without NUL characters, which PostgreSQL's text and jsonb refuse."""
    if isinstance(value, str):
        return value.replace("\0", "\ufffd")
    if isinstance(value, dict):
        return {storable(key): storable(item) for key, item in value.items()}
    if isinstance(value, list):
        return [storable(item) for item in value]
    return value


def name_of(event: dict) -> str:
    return storable(str(event.get("event") or event.get("name") or event.get("type") or ""))


def rows_of(work: Work, report: Report, now: datetime) -> list[Failure]:
    """Return a row for each event of the chunk that has not arrived; not saved."""
    rows = [_failure(work, each, now) for each in report.failed]
    rows += [_refusal(work, *each, now) for each in report.refused]
    if work.retries:
        rows += _unaccounted(work, report, rows)
    return rows


def _failure(work: Work, failed: Failed, now: datetime) -> Failure:
    item, error = failed.item, failed.error
    subscription_id = failed.unit.route.subscription_id
    earlier = work.retries.get((item.entry.id, subscription_id))
    attempts = (earlier.attempts if earlier else 0) + (1 if failed.attempted else 0)
    row = _row(work, item.entry, item.event, failed.unit.route, now)
    row.attempts = attempts
    row.code, row.reason = error.code, storable(str(error))[:1000]
    row.request, row.response = storable(failed.request), storable(failed.response)
    if not error.retryable and failed.attempted:
        row.state = Failure.State.REJECTED
    elif attempts > len(WAITS_S):
        row.state = Failure.State.EXPIRED
    else:
        row.state = Failure.State.WAITING
        wait = WAITS_S[max(attempts - 1, 0)] * random.uniform(0.8, 1.2)
        wait = max(wait, min(error.retry_after_s or 0, LONGEST_RETRY_AFTER_S))
        row.next_attempt_at = now + timedelta(seconds=wait if failed.attempted else 0)
    if earlier:
        row.failed_at = earlier.failed_at
    return row


def _refusal(work: Work, entry: Entry, event: dict, verdict: Verdict, now: datetime) -> Failure:
    """An event that the plan itself rejected: its payload cannot be made."""
    row = _row(work, entry, event, verdict.route, now)
    row.state = Failure.State.REJECTED
    row.code, row.reason = verdict.code, storable(verdict.reason)[:1000]
    return row


def _row(work: Work, entry: Entry, event: dict, route, now: datetime) -> Failure:
    return Failure(
        destination=work.destination,
        subscription_id=route.subscription_id if route else 0,
        action=route.action if route else "",
        source_id=entry.source_id,
        event_id=entry.id,
        message_id=storable(str(event.get("messageId", "")))[:100],
        event_name=name_of(event),
        failed_at=now,
    )


def _unaccounted(work: Work, report: Report, rows: list[Failure]) -> Iterable[Failure]:
    """Failures that were due and can no longer be tried: say why, and keep them visible."""
    known = {(row.event_id, row.subscription_id) for row in rows} | set(report.delivered)
    stored = {entry.id for entry, _ in work.entries}
    taken = max(stored, default=0) if report.complete else report.position - 1
    for key, failure in work.retries.items():
        if key in known:
            continue
        if key[0] not in stored:
            failure.state = Failure.State.EXPIRED
            failure.code, failure.reason = "EVENT_GONE", "Retention has dropped the event."
        elif key[0] <= taken:
            failure.state = Failure.State.REJECTED
            failure.code = "NO_MATCHING_MAPPING"
            failure.reason = "The subscription is switched off or does not exist any more."
        else:
            continue
        failure.next_attempt_at = None
        yield failure


def save(rows: list[Failure]) -> None:
    """Save rows; one that was there already is brought up to date."""
    unique = {(row.event_id, row.subscription_id): row for row in rows}
    for row in unique.values():
        row.pk = None
    Failure.objects.bulk_create(
        unique.values(),
        batch_size=500,
        update_conflicts=True,
        unique_fields=["destination", "event_id", "subscription"],
        update_fields=[
            *("state", "code", "reason", "attempts", "next_attempt_at", "request", "response")
        ],
    )


def keep_samples(destination_id: int, report: Report, now: datetime) -> None:
    """Keep some deliveries to be looked at."""
    DeliverySample.objects.bulk_create(
        DeliverySample(
            destination_id=destination_id,
            at=now,
            action=sample.unit.route.action,
            outcome=Outcome.DELIVERED,
            code=sample.code,
            source_id=sample.item.entry.source_id,
            event_id=sample.item.entry.id,
            message_id=storable(str(sample.item.event.get("messageId", "")))[:100],
            event_name=name_of(sample.item.event),
            duration_ms=sample.duration_ms,
            request=storable(sample.request),
            response=storable(sample.response),
        )
        for sample in report.samples
    )
