"""From the log to the tool: through a real log, real shifts, and a tool on a socket."""

import json
import threading
from datetime import timedelta

import pytest
from django.utils import timezone

from destinations import control
from destinations.catalog import get_integration
from destinations.models import DeliveryCount, Failure, Range
from destinations.sending import ledger, shift
from destinations.sending.delivery import Report
from sources import ingest
from sources.ingest import Caller
from tests.tool import Answer, Tool

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def tool():
    tool = Tool()
    yield tool
    tool.close()


@pytest.fixture(autouse=True)
def _private_targets(settings):
    settings.ALLOW_PRIVATE_TARGETS = True


@pytest.fixture
def hook(workspace, source, tool):
    """A webhook that is on, fed by the source."""
    hook = control.create(workspace, "webhook", "hook", "Hook", {"url": tool.url}, [source])
    control.switch_on(hook)
    return hook


def send(source, *message_ids, **fields):
    messages = [
        {"type": "track", "event": "Signed Up", "userId": "u1", "messageId": each, **fields}
        for each in message_ids
    ]
    ingest.accept(Caller(source.id), messages, {}, timezone.now())


def counts(destination):
    rows = DeliveryCount.objects.filter(destination=destination)
    return {(row.outcome, row.code): row.count for row in rows}


def make_due(destination):
    """Let the time pass for which failures and pauses wait."""
    Failure.objects.filter(state="waiting").update(next_attempt_at=timezone.now())
    Range.objects.filter(destination=destination).update(paused_until=None)


def work():
    return shift.work(shift_s=20, idle_s=0)


def test_events_arrive_in_the_order_received(source, hook, tool):
    send(source, "m1", "m2", "m3")

    work()

    assert tool.message_ids() == ["m1", "m2", "m3"]
    assert counts(hook) == {("delivered", "200"): 3}
    assert not Failure.objects.exists()


def test_nothing_is_sent_twice(source, hook, tool):
    send(source, "m1")
    work()
    work()

    assert tool.message_ids() == ["m1"]


def test_events_from_before_the_connection_are_not_sent(workspace, source, tool):
    send(source, "early")
    hook = control.create(workspace, "webhook", "hook", "Hook", {"url": tool.url}, [source])
    control.switch_on(hook)
    send(source, "late")

    work()

    assert tool.message_ids() == ["late"]


def test_a_destination_that_is_off_parks_its_events(source, hook, tool):
    control.switch_off(hook)
    send(source, "m1", "m2")
    work()
    assert tool.calls == []
    assert control.missed_count(hook) == 2

    control.switch_on(hook, deliver_missed=True)
    work()

    assert tool.message_ids() == ["m1", "m2"]


def test_missed_events_can_be_left_out(source, hook, tool):
    control.switch_off(hook)
    send(source, "missed")
    control.switch_on(hook)
    send(source, "next")

    work()

    assert tool.message_ids() == ["next"]


def test_a_refusal_is_kept_with_what_was_sent_and_answered(source, hook, tool):
    tool.answer = Answer(422, b'{"error": "no such plan"}')
    send(source, "m1")

    work()

    failure = Failure.objects.get()
    assert (failure.state, failure.code, failure.attempts) == ("rejected", "422", 1)
    assert failure.request["json"]["messageId"] == "m1"
    assert failure.response == {"status": 422, "body": '{"error": "no such plan"}'}
    assert failure.next_attempt_at is None


def test_a_rejected_event_goes_out_again_when_somebody_presses_retry(source, hook, tool):
    tool.answer = Answer(400)
    send(source, "m1")
    work()
    tool.answer = Answer(200)

    control.retry(hook.failures.all())
    work()

    assert tool.message_ids() == ["m1", "m1"]
    assert not Failure.objects.exists()


def test_a_failed_event_is_retried_and_its_neighbours_are_not(source, hook, tool):
    tool.answer = lambda call: Answer(500 if call.json()["messageId"] == "m2" else 200)
    send(source, "m1", "m2", "m3")
    work()
    failure = Failure.objects.get()
    assert (failure.state, failure.code) == ("waiting", "500")
    assert timedelta(seconds=7) < failure.next_attempt_at - timezone.now() < timedelta(seconds=13)

    tool.answer = Answer(200)
    make_due(hook)
    work()

    assert tool.message_ids() == ["m1", "m2", "m3", "m2"]
    assert not Failure.objects.exists()


def test_an_event_is_given_up_after_the_last_wait_and_stays_visible(source, hook, tool):
    tool.answer = Answer(500)
    send(source, "m1")

    for _ in range(12):
        make_due(hook)
        work()

    failure = Failure.objects.get()
    assert (failure.state, failure.attempts) == ("expired", 12)
    assert counts(hook)[("expired", "500")] == 1


def test_a_tool_that_is_away_keeps_its_events_in_the_log(source, hook, tool):
    tool.answer = Answer(503)
    send(source, *(f"m{n}" for n in range(200)), anonymousId=None)

    work()

    live = hook.ranges.get()
    assert live.paused_until > timezone.now()
    assert live.reason.startswith("503")
    assert Failure.objects.count() < 60

    tool.answer = Answer(200)
    tool.calls.clear()
    make_due(hook)
    work()
    make_due(hook)
    work()
    assert set(tool.message_ids()) == {f"m{n}" for n in range(200)}
    assert len(tool.calls) == 200
    assert hook.ranges.get().reason == ""


def test_throttling_waits_as_long_as_the_tool_asks(source, hook, tool):
    tool.answer = Answer(429, headers={"Retry-After": "120"})
    send(source, "m1")

    work()

    wait = hook.ranges.get().paused_until - timezone.now()
    assert timedelta(seconds=110) < wait <= timedelta(seconds=120)


def test_one_destination_that_hangs_does_not_hold_up_another(workspace, source, hook, tool):
    slow = Tool()
    slow.answer = Answer(200, delay_s=1)
    other = control.create(workspace, "webhook", "slow", "Slow", {"url": slow.url}, [source])
    control.switch_on(other)
    for number in range(20):
        send(source, f"m{number}", userId=f"u{number}")

    work()

    slow.close()
    assert len(tool.calls) == len(slow.calls) == 20
    assert max(call.at for call in tool.calls) < min(call.at for call in slow.calls) + 0.9


def test_the_events_of_one_user_stay_in_order_beside_those_of_others(source, hook, tool):
    tool.answer = lambda call: Answer(200, delay_s=0.05 if "u0-0" in call.body.decode() else 0)
    for number in range(5):
        for user in range(4):
            send(source, f"u{user}-{number}", userId=f"u{user}")

    work()

    for user in range(4):
        mine = [each for each in tool.message_ids() if each.startswith(f"u{user}-")]
        assert mine == [f"u{user}-{number}" for number in range(5)]


def test_an_event_that_cannot_be_mapped_is_rejected_and_passed(source, hook, tool):
    hook.subscriptions.update(mapping={"url": {"@path": "$.properties.url"}})
    send(source, "m1", properties={"url": "not a url"})
    send(source, "m2", properties={"url": tool.url})

    work()

    failure = Failure.objects.get()
    assert (failure.state, failure.message_id) == ("rejected", "m1")
    assert "url" in failure.reason
    assert len(tool.calls) == 1


def test_hostile_characters_in_an_event_do_not_stop_the_destination(source, hook, tool):
    tool.answer = Answer(400, b"\x00\xff")
    send(source, "m1", properties={"nul": "\x00", "emoji": "\U0001f600"})

    work()

    assert Failure.objects.get().response["status"] == 400


def test_filters_and_the_integrations_object_keep_events_back(source, hook, tool):
    hook.filters.create(condition='event = "Secret"', action="drop")
    send(source, "m1", event="Secret")
    send(source, "m2", integrations={"All": False})
    send(source, "m3")

    work()

    assert tool.message_ids() == ["m3"]
    assert counts(hook) == {
        ("delivered", "200"): 1,
        ("filtered", "FILTERED_BY_RULES"): 1,
        ("filtered", "FILTERED_BY_INTEGRATIONS_OBJECT"): 1,
    }


def test_a_replay_sends_a_stored_range_again(source, hook, tool):
    since = timezone.now() - timedelta(seconds=1)
    send(source, "m1", "m2")
    work()
    tool.calls.clear()

    replay = control.replay(hook, since, timezone.now())
    work()

    assert tool.message_ids() == ["m1", "m2"]
    replay.refresh_from_db()
    assert replay.finished_at is not None


def test_a_private_address_is_refused_unless_the_operator_allows_it(source, hook, tool, settings):
    settings.ALLOW_PRIVATE_TARGETS = False
    send(source, "m1")

    work()

    assert tool.calls == []
    assert Failure.objects.get().code == "PRIVATE_ADDRESS"


def test_secrets_are_masked_in_what_is_kept(workspace, source, tool):
    values = {"url": tool.url, "sharedSecret": "hush-hush-hush"}
    hook = control.create(workspace, "webhook", "signed", "Signed", values, [source])
    control.switch_on(hook)
    tool.answer = Answer(400, b"you sent hush-hush-hush")
    send(source, "m1", properties={"p": "hush-hush-hush"})

    work()

    failure = Failure.objects.get()
    assert "hush-hush-hush" not in json.dumps([failure.request, failure.response])


def test_a_range_is_worked_on_by_one_process_at_a_time(source, hook, tool):
    tool.answer = Answer(200, delay_s=0.2)
    send(source, "m1", "m2", "m3")

    shifts = [threading.Thread(target=work) for _ in range(2)]
    for each in shifts:
        each.start()
    for each in shifts:
        each.join()

    assert tool.message_ids() == ["m1", "m2", "m3"]


def test_what_a_shift_took_is_not_written_when_the_range_has_moved_on(source, hook, tool):
    send(source, "m1")
    work_item = ledger.take(hook.ranges.get().id, timezone.now())
    Range.objects.filter(destination=hook).update(position=10**9)

    with pytest.raises(ledger.LostRange):
        ledger.settle(work_item, Report(), timezone.now())


@pytest.fixture
def quiet(monkeypatch, tool):
    """A tool whose builder has nothing to say about some events."""
    from destinations import catalog
    from destinations.integration import Field, Integration, Request, path

    quiet = Integration("quiet", "Quiet", "email", "https://quiet.example", base_url=tool.url)

    @quiet.action("Send", trigger='type = "track"', fields=[Field("say", default=path("$.event"))])
    def send(payload, settings):
        return [] if payload["say"] == "Nothing" else Request("POST", "/", json=payload)

    monkeypatch.setitem(catalog.integrations(), "quiet", quiet)
    return quiet


def test_an_event_that_needs_no_request_is_filtered_and_not_delivered(
    workspace, source, tool, quiet
):
    destination = control.create(workspace, "quiet", "quiet", "Quiet", {}, [source])
    control.switch_on(destination)
    send(source, "m1", event="Nothing")
    send(source, "m2", event="Something")

    work()

    assert [call.json() for call in tool.calls] == [{"say": "Something"}]
    assert counts(destination) == {
        ("filtered", "FILTERED_AT_MAPPING"): 1,
        ("delivered", "200"): 1,
    }


def test_one_dead_url_does_not_stop_the_others(workspace, source, tool):
    urls = ["http://127.0.0.1:1/", tool.url]
    hooks = control.create(workspace, "webhooks", "hooks", "Hooks", {"urls": urls}, [source])
    control.switch_on(hooks)
    send(source, "m1")

    work()

    assert tool.message_ids() == ["m1"]
    assert counts(hooks) == {("delivered", "200"): 1}


def test_what_a_person_did_not_consent_to_is_not_sent(source, hook, tool):
    hook.consent_categories = ["marketing", "analytics"]
    hook.save(update_fields=["consent_categories"])
    yes = {"marketing": True, "analytics": True}
    send(source, "nothing-said")
    send(source, "yes", context={"consent": {"categoryPreferences": yes}})
    send(source, "half", context={"consent": {"categoryPreferences": {"marketing": True}}})

    work()

    assert tool.message_ids() == ["nothing-said", "yes"]
    assert counts(hook)["filtered", "FILTERED_BY_END_USER_CONSENT"] == 1


def test_a_tool_is_sent_no_more_at_a_time_than_it_takes(source, hook, tool, monkeypatch):
    monkeypatch.setattr(get_integration("webhook"), "concurrency", 2)
    under_way, most, lock = [0], [0], threading.Lock()

    def answer(call):
        with lock:
            under_way[0] += 1
            most[0] = max(most[0], under_way[0])
        threading.Event().wait(0.02)
        with lock:
            under_way[0] -= 1
        return Answer()

    tool.answer = answer
    for number in range(12):
        send(source, f"m{number}", userId=f"u{number}")

    work()

    assert len(tool.calls) == 12
    assert most[0] == 2
