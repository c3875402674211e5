"""Numbers over time, as bars."""

from datetime import UTC, datetime

from workspaces.charts import Point, bars, hourly
from workspaces.templatetags.panel import bar_chart, monogram

NOW = datetime(2026, 3, 1, 12, 30, tzinfo=UTC)


def test_hours_without_events_have_bars_of_nothing():
    rows = [
        (datetime(2026, 3, 1, 12, 0, tzinfo=UTC), "accent", 3),
        (datetime(2026, 3, 1, 12, 5, tzinfo=UTC), "accent", 2),
        (datetime(2026, 3, 1, 10, 0, tzinfo=UTC), "bad", 1),
        (datetime(2026, 3, 1, 9, 59, tzinfo=UTC), "bad", 9),
    ]

    assert hourly(rows, NOW, hours=3) == [
        Point("10:00", {"bad": 1}),
        Point("11:00", {}),
        Point("12:00", {"accent": 5}),
    ]


def test_the_highest_bar_fills_the_height_and_parts_stand_on_each_other():
    drawn = bars([Point("10:00", {"ok": 3, "bad": 1}), Point("11:00", {"ok": 1})])

    assert drawn == [
        {
            "x": 0,
            "title": "10:00: 4",
            "parts": [
                {"fill": "ok", "x": 2, "y": 25.0, "height": 75.0},
                {"fill": "bad", "x": 2, "y": 0.0, "height": 25.0},
            ],
        },
        {
            "x": 20,
            "title": "11:00: 1",
            "parts": [{"fill": "ok", "x": 22, "y": 75.0, "height": 25.0}],
        },
    ]


def test_a_chart_of_nothing_is_drawn_too():
    assert bar_chart([], "Events per hour")["most"] == 0
    assert bars([Point("10:00")]) == [{"x": 0, "title": "10:00: 0", "parts": []}]


def test_a_monogram_is_made_of_initials_and_escaped():
    assert ">Oh</span>" in monogram("Order hook")
    assert ">Sl</span>" in monogram("Slack")
    assert ">?</span>" in monogram("<>")
