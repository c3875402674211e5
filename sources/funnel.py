"""The overview of a source: what came in, what of it got on, and what it was made of.

Counts alone are read, never events: the answer takes as long with ten events as with ten million.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from django.db.models import Count, Q, Sum
from django.db.models.functions import Trunc

from workspaces import charts

from . import counting, tallies
from .models import Rejection, Source, Tally

MOST_ROWS = 50  # of one breakdown
RECEIVED = "received"
STEPS = {
    RECEIVED: ("Received", "All that came in with a valid write key."),
    Tally.Step.FAILED: ("Failed on ingest", "Could not be stored; the reason is kept."),
    Tally.Step.FILTERED: ("Filtered at source", "Blocked by the rules of the schema."),
    Tally.Step.STORED: ("Eligible", "Stored, and ready for destinations and warehouses."),
}
BREAKDOWNS = {
    Tally.Kind.TYPE: "Event type",
    Tally.Kind.NAME: "Event name",
    Tally.Kind.LIBRARY: "Library",
    Tally.Kind.CODE: "Reason",
}
_COLOURS = {RECEIVED: "accent", Tally.Step.FAILED: "bad", Tally.Step.FILTERED: "warn"}


class Period(NamedTuple):
    """A time to look back: its label, the grain that is read, and the slots that are drawn."""

    label: str
    length: timedelta
    grain: str
    slot: str  # minute, hour or day


PERIODS = {
    "10m": Period("10 min", timedelta(minutes=10), Tally.Grain.MINUTE, "minute"),
    "1h": Period("1 h", timedelta(hours=1), Tally.Grain.MINUTE, "minute"),
    "24h": Period("24 h", timedelta(hours=24), Tally.Grain.HOUR, "hour"),
    "7d": Period("7 d", timedelta(days=7), Tally.Grain.HOUR, "hour"),
    "14d": Period("14 d", timedelta(days=14), Tally.Grain.HOUR, "day"),
}
_SLOTS = {
    "minute": (timedelta(minutes=1), "%H:%M"),
    "hour": (timedelta(hours=1), "%-d %b %H:%M"),
    "day": (timedelta(days=1), "%-d %b"),
}


class Stage(NamedTuple):
    """One step of the funnel. `change` is in percent against the period before, if it had any."""

    slug: str
    label: str
    note: str
    count: int
    change: int | None


class Row(NamedTuple):
    value: str
    count: int
    before: int
    change: int | None


@dataclass
class Overview:
    period: str
    step: str
    stages: list[Stage]
    chart: charts.Line
    breakdowns: list[tuple[str, list[Row]]]


def overview(source: Source, period: str, step: str, now: datetime) -> Overview:
    """Return what the overview shows of `step` in the last `period`."""
    span = PERIODS[period]
    since, until = window(span, now)
    before = since - (until - since)
    series = _series(source, span, before, until)
    steps = [Tally.Step.FAILED, Tally.Step.FILTERED, Tally.Step.STORED]
    chosen = steps if step == RECEIVED else [step]
    return Overview(
        period=period,
        step=step,
        stages=_stages(series, since),
        chart=_chart(series, chosen, step, span, since, until),
        breakdowns=_breakdowns(source, span, chosen, before, since, until),
    )


def window(span: Period, now: datetime) -> tuple[datetime, datetime]:
    """Return [since, until) in whole slots, the running one included."""
    now, (slot, _) = now.astimezone(UTC), _SLOTS[span.slot]
    last = tallies.minute_of(now) if span.slot == "minute" else tallies.hour_of(now)
    if span.slot == "day":
        last = last.replace(hour=0)
    until = last + slot
    return until - span.length, until


def _series(source, span, since, until) -> dict[tuple[datetime, str], int]:
    """Return counts by (slot, step), rejections that are not in the tallies yet included."""
    rows = _tallies(source, span, since, until).filter(kind=Tally.Kind.ALL)
    rows = rows.annotate(slot=Trunc("at", span.slot)).values_list("slot", "step")
    series = defaultdict(int, {(slot, step): n for slot, step, n in rows.annotate(Sum("count"))})
    rejections = _unsettled(source, since, until).annotate(slot=Trunc("received_at", span.slot))
    for slot, count in rejections.values_list("slot").annotate(Count("id")):
        series[slot, Tally.Step.FAILED] += count
    return series


def _tallies(source, span, since, until):
    return Tally.objects.filter(
        source=source, grain=span.grain, at__gte=since, at__lt=until
    ).order_by()


def _unsettled(source, since, until):
    since = max(since, counting.settled_until())
    return Rejection.objects.filter(
        source=source, received_at__gte=since, received_at__lt=until, blocked=False
    ).order_by()


def _stages(series, since) -> list[Stage]:
    now, before = defaultdict(int), defaultdict(int)
    for (slot, step), count in series.items():
        side = now if slot >= since else before
        side[step] += count
        side[RECEIVED] += count
    return [
        Stage(slug, label, note, now[slug], change(now[slug], before[slug]))
        for slug, (label, note) in STEPS.items()
    ]


def _chart(series, chosen, step, span, since, until) -> charts.Line:
    slot, form = _SLOTS[span.slot]
    moments = [since + slot * number for number in range((until - since) // slot)]
    points = [(f"{at:{form}}", sum(series.get((at, each), 0) for each in chosen)) for at in moments]
    return charts.line(points, _COLOURS.get(step, "ok"))


def _breakdowns(source, span, chosen, before, since, until) -> list[tuple[str, list[Row]]]:
    kinds = [
        kind for kind in BREAKDOWNS if kind != Tally.Kind.CODE or Tally.Step.STORED not in chosen
    ]
    rows = _tallies(source, span, before, until).filter(kind__in=kinds, step__in=chosen)
    found = defaultdict(list)
    counts = rows.values_list("kind", "value").annotate(
        now=Sum("count", filter=Q(at__gte=since), default=0),
        before=Sum("count", filter=Q(at__lt=since), default=0),
    )
    for kind, value, now, earlier in counts:
        found[kind].append(Row(value, now, earlier, change(now, earlier)))
    if chosen == [Tally.Step.FAILED]:
        found[Tally.Kind.CODE] = _with_unsettled(source, found[Tally.Kind.CODE], since, until)
    return [
        (
            BREAKDOWNS[kind],
            sorted(found[kind], key=lambda row: (-row.count, -row.before))[:MOST_ROWS],
        )
        for kind in BREAKDOWNS
        if found[kind]
    ]


def _with_unsettled(source, rows: list[Row], since, until) -> list[Row]:
    known = {row.value: row for row in rows}
    for code, more in _unsettled(source, since, until).values_list("code").annotate(Count("id")):
        row = known.get(code, Row(code, 0, 0, None))
        known[code] = Row(code, row.count + more, row.before, change(row.count + more, row.before))
    return list(known.values())


def change(now: int, before: int) -> int | None:
    """Return the change in percent, or None when there was nothing to change from."""
    return round((now - before) / before * 100) if before else None
