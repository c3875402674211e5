"""Numbers over time, made ready to be drawn as bars. Pure.

A chart is a list of `Point`, oldest first; `bars` turns it into rectangles for the template
`workspaces/_bar_chart.html`.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

SLOT = 20  # width of one bar with its gap, in units of the drawing
HEIGHT = 100


@dataclass
class Point:
    """One bar: its label, and counts by fill (`accent`, `ok`, `warn`, `bad`, `off`), bottom up."""

    label: str
    counts: dict[str, int] = field(default_factory=dict)

    @property
    def total(self) -> int:
        return sum(self.counts.values())


def hourly(rows: Iterable[tuple[datetime, str, int]], now: datetime, hours: int = 24):
    """Return one Point an hour, up to the hour that `now` is in, from (moment, fill, count)."""
    first = now.replace(minute=0, second=0, microsecond=0) - timedelta(hours=hours - 1)
    points = [Point(f"{first + timedelta(hours=hour):%H:%M}") for hour in range(hours)]
    for moment, fill, count in rows:
        hour = int((moment - first) / timedelta(hours=1))
        if moment >= first and hour < hours:
            counts = points[hour].counts
            counts[fill] = counts.get(fill, 0) + count
    return points


def bars(points: list[Point]) -> list[dict]:
    """Return for each point its place, its title and its rectangles."""
    most = max((point.total for point in points), default=0) or 1
    return [
        {"x": index * SLOT, "title": _title(point), "parts": _parts(point, index, most)}
        for index, point in enumerate(points)
    ]


def _title(point):
    return f"{point.label}: {point.total:,}"


def _parts(point, index, most):
    parts, top = [], HEIGHT
    for fill, count in point.counts.items():
        if count:
            height = max(round(count / most * HEIGHT, 2), 1)
            top = round(top - height, 2)
            parts.append({"fill": fill, "x": index * SLOT + 2, "y": top, "height": height})
    return parts


@dataclass
class Line:
    """A line over time, ready to be drawn: `path` and `area` are SVG paths, 0 at the bottom."""

    fill: str
    points: list[tuple[str, int]]
    path: str = ""
    area: str = ""
    slots: list[dict] = field(default_factory=list)

    @property
    def most(self) -> int:
        return max((count for _, count in self.points), default=0)

    @property
    def total(self) -> int:
        return sum(count for _, count in self.points)

    @property
    def width(self) -> int:
        return len(self.points) * SLOT


def line(points: list[tuple[str, int]], fill: str = "accent") -> Line:
    """Return a Line through (label, count), oldest first; a slot is what a pointer rests on."""
    drawn = Line(fill, points)
    most = drawn.most or 1
    places = [
        (index * SLOT + SLOT // 2, round(HEIGHT - count / most * (HEIGHT - 4), 2))
        for index, (_, count) in enumerate(points)
    ]
    if places:
        drawn.path = "M" + "L".join(f"{x} {y}" for x, y in places)
        drawn.area = f"{drawn.path}L{places[-1][0]} {HEIGHT}L{places[0][0]} {HEIGHT}Z"
    drawn.slots = [
        {"x": index * SLOT, "title": f"{label}: {count:,}"}
        for index, (label, count) in enumerate(points)
    ]
    return drawn
