"""The page of deliveries: numbers, reasons, failures, and trying again."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from pytest_django.asserts import assertTemplateNotUsed, assertTemplateUsed

from destinations import control, report
from destinations.models import DeliveryCount, DeliverySample, Failure
from sources import ingest, log
from sources.ingest import Caller
from sources.models import Source


@pytest.fixture
def hook(workspace, source):
    return control.create(
        workspace, "webhook", "hook", "Hook", {"url": "https://hooks.example.com/in"}, [source]
    )


@pytest.fixture
def as_editor(client, editor):
    client.force_login(editor)
    return client


def url(name, *args):
    return reverse(name, args=["acme", *args])


def fail(hook, event_id, state="rejected", code="422", **fields):
    defaults = {
        "source_id": hook.sources.get().pk,
        "action": "send",
        "message_id": f"m{event_id}",
        "event_name": "Signed Up",
        "reason": f"Webhook answered {code}",
    }
    return Failure.objects.create(
        destination=hook,
        subscription=hook.subscriptions.first(),
        event_id=event_id,
        state=state,
        code=code,
        **defaults | fields,
    )


def count(hook, outcome, number, code="", minutes_ago=0):
    minute = timezone.now() - timedelta(minutes=minutes_ago)
    DeliveryCount.objects.create(
        destination=hook, minute=minute, outcome=outcome, code=code, count=number
    )


def test_the_numbers_are_those_of_the_period(as_editor, hook):
    count(hook, "delivered", 10)
    count(hook, "rejected", 3, "422")
    count(hook, "expired", 1, "503")
    count(hook, "filtered", 4, "FILTERED_BY_RULES")
    count(hook, "retried", 7, "503")
    count(hook, "delivered", 100, minutes_ago=120)
    fail(hook, 1, "waiting", "503")

    numbers = {
        slug: as_editor.get(url("destination_deliveries", "hook"), {"period": slug}).context[
            "numbers"
        ]
        for slug in ("1h", "24h")
    }

    assert numbers["1h"] == report.Numbers(delivered=10, failed=4, filtered=4, waiting=1)
    assert numbers["24h"] == report.Numbers(delivered=110, failed=4, filtered=4, waiting=1)


def test_an_unknown_period_is_a_day(as_editor, hook):
    response = as_editor.get(url("destination_deliveries", "hook"), {"period": "century"})

    assert response.context["period"] == report.DAY


def test_the_chart_has_a_bar_for_each_hour(as_editor, hook):
    count(hook, "delivered", 10)
    count(hook, "rejected", 3)
    count(hook, "filtered", 50)
    count(hook, "delivered", 5, minutes_ago=25 * 60)

    chart = as_editor.get(url("destination_deliveries", "hook")).context["chart"]

    assert len(chart) == 24
    assert chart[-1].counts == {"ok": 10, "bad": 3}
    assert sum(point.total for point in chart) == 13


@pytest.mark.parametrize(("period", "bars"), [("1h", 12), ("24h", 24), ("7d", 28)])
def test_the_chart_counts_everything_of_its_period_once(hook, period, bars):
    chosen = report.PERIODS[period]
    for step in range(bars):
        count(hook, "delivered", 1, minutes_ago=step * chosen.step.total_seconds() / 60)

    chart = report.chart(hook, chosen)

    assert [point.counts["ok"] for point in chart] == [1] * bars


def test_reasons_say_how_often_why_and_what_can_be_retried(as_editor, hook):
    count(hook, "rejected", 5, "422")
    count(hook, "filtered", 9, "NO_MATCHING_MAPPING")
    fail(hook, 1, reason="older")
    fail(hook, 2, reason="total has to be a number")

    reasons = as_editor.get(url("destination_deliveries", "hook")).context["reasons"]

    assert [(each.outcome, each.code, each.count, each.open_count) for each in reasons] == [
        ("filtered", "NO_MATCHING_MAPPING", 9, 0),
        ("rejected", "422", 5, 2),
    ]
    assert reasons[1].text == "total has to be a number"


def test_failures_are_chosen_by_state_and_code(as_editor, hook):
    fail(hook, 1)
    fail(hook, 2, "waiting", "503")
    third = fail(hook, 3, code="400")

    def chosen(**query):
        page = as_editor.get(url("destination_deliveries", "hook"), query).context["page"]
        return [each.event_id for each in page]

    assert chosen() == [3, 2, 1]
    assert chosen(state="waiting") == [2]
    assert chosen(state="rejected", code="400") == [third.event_id]
    assert chosen(state="nonsense", page="nonsense") == [3, 2, 1]


def test_failures_come_in_pages(as_editor, hook):
    for event_id in range(30):
        fail(hook, event_id)

    response = as_editor.get(url("destination_deliveries", "hook"), {"page": "2"})

    assert len(response.context["page"].object_list) == 5


def test_htmx_receives_the_deliveries_without_the_page_around(as_editor, hook):
    response = as_editor.get(url("destination_deliveries", "hook"), headers={"HX-Request": "true"})

    assertTemplateUsed(response, "destinations/_deliveries.html")
    assertTemplateNotUsed(response, "workspaces/base.html")


# --- one failure ------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_a_failure_shows_event_request_and_response(as_editor, source, hook):
    message = {"type": "track", "event": "Signed Up", "userId": "u1", "messageId": "m1"}
    ingest.accept(Caller(source.id), [message], {}, timezone.now())
    failure = fail(
        hook,
        log.horizon(),
        request={"method": "POST", "url": "https://hooks.example.com/in"},
        response={"status": 422, "body": '{"error": "<b>no</b>"}'},
    )

    response = as_editor.get(url("destination_failure", "hook", failure.pk))

    text = response.content.decode()
    assert response.context["event"]["messageId"] == "m1"
    assert "https://hooks.example.com/in" in text
    assert "&lt;b&gt;no&lt;/b&gt;" in text
    assert "<b>no</b>" not in text


def test_hostile_names_and_answers_are_escaped(as_editor, hook):
    hostile = "<script>alert(1)</script>"
    failure = fail(hook, 1, event_name=hostile, reason=hostile, code=hostile, message_id=hostile)

    for where in [url("destination_deliveries", "hook"), failure_url(failure)]:
        assert hostile not in as_editor.get(where).content.decode()


def failure_url(failure):
    return url("destination_failure", "hook", failure.pk)


def test_a_sample_is_shown(as_editor, hook):
    sample = DeliverySample.objects.create(
        destination=hook,
        at=timezone.now(),
        action="send",
        outcome="delivered",
        source_id=hook.sources.get().pk,
        event_id=1,
        message_id="m1",
        event_name="Signed Up",
        duration_ms=41,
        request={"method": "POST"},
        response={"status": 200, "body": ""},
    )

    response = as_editor.get(url("destination_sample", "hook", sample.pk))

    assert "in 41 ms" in response.content.decode()
    assert response.context["event"] is None


@pytest.mark.django_db(transaction=True)
def test_an_event_of_another_workspace_is_never_shown(as_editor, outsider, hook):
    other = Source.objects.create(workspace=outsider.workspaces.get(), slug="x", name="X")
    message = {"type": "track", "event": "Private", "userId": "u1", "messageId": "m1"}
    ingest.accept(Caller(other.id), [message], {}, timezone.now())
    failure = fail(hook, log.horizon(), source_id=other.pk)

    assert as_editor.get(failure_url(failure)).context["event"] is None


def test_a_failure_is_reached_through_its_own_destination_only(as_editor, workspace, hook):
    failure = fail(hook, 1)
    control.create(workspace, "webhook", "second", "Second", {})

    assert as_editor.get(url("destination_failure", "second", failure.pk)).status_code == 404


# --- trying again -----------------------------------------------------------------------------


def retry(client, **form):
    return client.post(url("destination_retry", "hook"), form)


def test_one_failure_is_retried(as_editor, hook):
    first, second = fail(hook, 1), fail(hook, 2)

    retry(as_editor, failure=first.pk)

    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, second.state) == ("waiting", "rejected")
    assert first.next_attempt_at <= timezone.now()


def test_all_failures_of_a_reason_are_retried(as_editor, hook):
    for event_id in range(3):
        fail(hook, event_id)
    fail(hook, 3, code="400")

    retry(as_editor, state="rejected", code="422")

    assert Failure.objects.filter(state="waiting", code="422").count() == 3
    assert Failure.objects.get(code="400").state == "rejected"


@pytest.mark.parametrize("form", [{}, {"failure": "x"}, {"state": "rejected"}, {"code": "422"}])
def test_a_retry_of_nobody_knows_what_is_refused(as_editor, hook, form):
    fail(hook, 1)

    assert retry(as_editor, **form).status_code == 400
    assert not Failure.objects.filter(state="waiting").exists()


def test_failures_of_other_destinations_are_left_alone(as_editor, workspace, source, hook):
    second = control.create(workspace, "webhook", "second", "Second", {}, [source])
    theirs = fail(second, 1)

    retry(as_editor, failure=theirs.pk)
    retry(as_editor, state="rejected", code="422")

    theirs.refresh_from_db()
    assert theirs.state == "rejected"
