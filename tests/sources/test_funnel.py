"""The overview: four steps, a line, and what it was made of."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from sources import counting, funnel, tallies
from sources.models import Rejection

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 1, 12, 34, 56, tzinfo=UTC)


@pytest.fixture
def count(source):
    def count(amount, ago, kind="all", value="", step="stored"):
        key = (source.id, tallies.minute_of(NOW - ago), step, kind, value)
        with transaction.atomic():
            tallies.add(tallies.Counts({key: amount}))

    return count


def reject(source, ago=timedelta(0), code="x", **fields):
    return Rejection.objects.create(
        source=source, received_at=NOW - ago, code=code, message="", payload="{}", **fields
    )


def stages(source, period="24h"):
    found = funnel.overview(source, period, "received", NOW).stages
    return {stage.slug: (stage.count, stage.change) for stage in found}


def test_the_funnel_counts_each_step_against_the_period_before(source, count):
    count(30, timedelta(hours=1))
    count(20, timedelta(hours=30))
    count(10, timedelta(hours=2), step="filtered")
    reject(source)

    assert stages(source) == {
        "received": (41, 105),
        "failed": (1, None),
        "filtered": (10, None),
        "stored": (30, 50),
    }


def test_rejections_count_the_same_before_and_after_they_settle(source):
    for ago in (timedelta(minutes=5), timedelta(minutes=50), timedelta(seconds=1)):
        reject(source, ago)
    reject(source, blocked=True)
    before = stages(source, "1h")

    counting.count_rejections(NOW)
    counting.count_rejections(NOW)

    assert stages(source, "1h") == before
    assert before["failed"] == (3, None)


def test_a_rejection_that_comes_late_still_counts(source):
    counting.count_rejections(NOW)
    reject(source, timedelta(seconds=60))

    assert stages(source, "1h")["failed"] == (1, None)


@pytest.mark.parametrize(
    ("period", "slots", "first"),
    [
        ("10m", 10, "12:25"),
        ("1h", 60, "11:35"),
        ("24h", 24, "31 Oct 13:00"),
        ("7d", 168, "25 Oct 13:00"),
        ("14d", 14, "19 Oct"),
    ],
)
def test_each_period_has_its_slots(source, count, period, slots, first):
    count(7, timedelta(0))

    line = funnel.overview(source, period, "stored", NOW).chart

    assert (len(line.points), line.points[0][0]) == (slots, first)
    assert (line.points[-1][1], line.total) == (7, 7)


def test_breakdowns_are_of_the_chosen_step_with_their_change(source, count):
    count(6, timedelta(hours=1), "name", "A")
    count(4, timedelta(hours=26), "name", "A")
    count(9, timedelta(hours=1), "name", "B")
    count(5, timedelta(hours=1), "name", "A", step="filtered")

    eligible = dict(funnel.overview(source, "24h", "stored", NOW).breakdowns)
    received = dict(funnel.overview(source, "24h", "received", NOW).breakdowns)

    assert eligible["Event name"] == [("B", 9, 0, None), ("A", 6, 4, 50)]
    assert received["Event name"] == [("A", 11, 4, 175), ("B", 9, 0, None)]


def test_what_failed_is_broken_down_by_its_reason(source):
    reject(source, timedelta(hours=1), "old")
    counting.count_rejections(NOW)
    reject(source, code="new")

    found = dict(funnel.overview(source, "24h", "failed", NOW).breakdowns)

    assert found == {"Reason": [("old", 1, 0, None), ("new", 1, 0, None)]}


def test_other_sources_do_not_count(source, count, workspace):
    count(5, timedelta(0))

    other = workspace.sources.create(slug="other", name="Other")

    assert stages(other)["received"] == (0, None)


def test_the_number_of_queries_does_not_grow(source, count):
    for number in range(30):
        count(1, timedelta(hours=number), "name", f"E{number}")

    with CaptureQueriesContext(
        connection,
    ) as queries:
        funnel.overview(source, "14d", "received", NOW)

    assert len(queries) <= 5


def test_the_page_offers_steps_and_periods_as_links(client, viewer, source):
    client.force_login(viewer)

    page = client.get("/acme/sources/web/?period=7d&step=failed").content.decode()
    odd = client.get("/acme/sources/web/?period=x&step=y")

    assert 'href="?period=7d&amp;step=stored"' in page
    assert 'aria-label="Failed on ingest: 0 in all' in page
    assert odd.status_code == 200
