"""What the panel says of deliveries: numbers, reasons, and bars over time."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, DateTimeField, DurationField, F, Func, QuerySet, Sum, Value
from django.utils import timezone

from workspaces.charts import Point

from .models import DeliveryCount, Destination, Failure, Outcome
from .reasons import advice

# What an outcome counts as. A failed attempt that is tried again is no result yet.
RESULTS = {
    Outcome.DELIVERED: "delivered",
    Outcome.REJECTED: "failed",
    Outcome.EXPIRED: "failed",
    Outcome.FILTERED: "filtered",
}
FILLS = {Outcome.DELIVERED: "ok", Outcome.REJECTED: "bad", Outcome.EXPIRED: "bad"}
STATES = {
    Outcome.RETRIED: Failure.State.WAITING,
    Outcome.REJECTED: Failure.State.REJECTED,
    Outcome.EXPIRED: Failure.State.EXPIRED,
}
MOST_REASONS = 50


@dataclass(frozen=True)
class Period:
    """A stretch of time up to now, cut into steps for a chart with labels in strftime's words."""

    slug: str
    title: str
    length: timedelta
    step: timedelta
    label: str

    def since(self) -> datetime:
        return timezone.now() - self.length


PERIODS = {
    period.slug: period
    for period in [
        Period("1h", "1 hour", timedelta(hours=1), timedelta(minutes=5), "%H:%M"),
        Period("24h", "24 hours", timedelta(hours=24), timedelta(hours=1), "%H:%M"),
        Period("7d", "7 days", timedelta(days=7), timedelta(hours=6), "%-d %b, %H:%M"),
    ]
}
DAY = PERIODS["24h"]


def get_period(slug: str | None) -> Period:
    return PERIODS.get(slug, DAY)


@dataclass
class Numbers:
    delivered: int = 0
    failed: int = 0
    filtered: int = 0
    waiting: int = 0


def numbers_by_destination(
    destinations: QuerySet[Destination], since: datetime
) -> dict[int, Numbers]:
    """Return {destination's id: Numbers}, for every one of them."""
    found = {pk: Numbers() for pk in destinations.values_list("pk", flat=True)}
    counts = DeliveryCount.objects.filter(destination__in=found, minute__gte=since)
    for pk, outcome, count in counts.values_list("destination", "outcome").annotate(Sum("count")):
        if result := RESULTS.get(outcome):
            setattr(found[pk], result, getattr(found[pk], result) + count)
    waiting = Failure.objects.filter(destination__in=found, state=Failure.State.WAITING)
    for pk, count in waiting.values_list("destination").annotate(Count("pk")):
        found[pk].waiting = count
    return found


def numbers_of(destination: Destination, since: datetime) -> Numbers:
    only = Destination.objects.filter(pk=destination.pk)
    return numbers_by_destination(only, since)[destination.pk]


@dataclass
class Reason:
    """Why events were not delivered. `open_count` failures of it can be retried."""

    outcome: str
    code: str
    count: int
    text: str = ""
    advice: str = ""
    state: str = ""
    open_count: int = 0

    @property
    def title(self) -> str:
        return Outcome(self.outcome).label


def reasons(destination: Destination, since: datetime) -> list[Reason]:
    """Return the reasons of a period, the most frequent first.

    Failures from before the period that are still open come after them, with a count of 0.
    """
    counts = destination.counts.filter(minute__gte=since).exclude(outcome=Outcome.DELIVERED)
    grouped = counts.values_list("outcome", "code").annotate(total=Sum("count")).order_by("-total")
    found = {
        (outcome, code): Reason(outcome, code, total)
        for outcome, code, total in grouped[:MOST_REASONS]
    }
    still_open = destination.failures.values_list("state", "code").annotate(Count("pk"))
    outcomes = {state: outcome for outcome, state in STATES.items()}
    for state, code, count in still_open.order_by("state", "code")[:MOST_REASONS]:
        outcome = outcomes[state]
        reason = found.setdefault((outcome, code), Reason(outcome, code, 0))
        reason.state, reason.open_count = state, count
    for reason in found.values():
        reason.advice = advice(reason.outcome, reason.code)
        reason.text = _last_text(destination, reason)
    return list(found.values())


def _last_text(destination, reason):
    if not reason.open_count:
        return ""
    failures = destination.failures.filter(state=reason.state, code=reason.code)
    return failures.order_by("-pk").values_list("reason", flat=True).first() or ""


def chart(destination: Destination, period: Period) -> list[Point]:
    """Return one Point for each step of a period; the last one is still going on."""
    now = timezone.now()
    step = period.step.total_seconds()
    last = datetime.fromtimestamp(now.timestamp() // step * step, tz=now.tzinfo)
    steps = int(period.length / period.step)
    moments = [last - period.step * n for n in reversed(range(steps))]
    points = {at: Point(f"{at:{period.label}}", {"ok": 0, "bad": 0}) for at in moments}
    counts = (
        destination.counts.filter(minute__gte=moments[0], outcome__in=list(FILLS))
        .annotate(step=_binned(period.step, moments[0]))
        .values_list("step", "outcome")
        .annotate(Sum("count"))
        .order_by()
    )
    for at, outcome, count in counts:
        if at in points:
            points[at].counts[FILLS[outcome]] += count
    return list(points.values())


def _binned(step: timedelta, origin: datetime) -> Func:
    return Func(
        Value(step, output_field=DurationField()),
        F("minute"),
        Value(origin, output_field=DateTimeField()),
        function="date_bin",
        output_field=DateTimeField(),
    )
