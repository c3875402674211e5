"""What the schema blocks is not stored: it is counted, and a sample shown with its reason."""

import json
from datetime import UTC, datetime

import pytest
from django.db import DatabaseError
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from sources import blocking, debugger, filtered, funnel, observing
from sources.models import Rejection, SchemaEvent, SchemaProperty
from sources.search import Search

from .test_tracking import post, stored

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def send(client, source):
    def send(*events):
        batch = [{"type": "track", "userId": "u1", **event} for event in events]
        return post(client, "/v1/batch", {"batch": batch})

    return send


@pytest.fixture
def observed_event(send, source):
    send({"event": "Bought", "properties": {"total": 1, "card": {"number": "4111", "name": "A"}}})
    observing.observe_new_events()
    return SchemaEvent.objects.get()


def block(rows):
    rows.update(blocked=True)
    blocking.forget()


def test_a_blocked_event_gets_its_200_and_is_not_stored(send, source, observed_event):
    block(SchemaEvent.objects.filter(name="Bought"))

    response = send({"event": "Bought"}, {"event": "Other"}, {"type": "page", "name": "Bought"})
    filtered.flush()

    assert (response.status_code, response.json()) == (200, {"success": True})
    assert [event["type"] for event in stored(source)] == ["track", "track", "page"]
    assert SchemaEvent.objects.get(name="Bought", type="track").blocked_count == 1


def test_what_is_blocked_is_counted_as_filtered_at_source(send, source, observed_event):
    block(SchemaEvent.objects.filter(name="Bought"))
    send({"event": "Bought"}, {"event": "Bought"})
    filtered.flush()

    found = funnel.overview(source, "1h", "filtered", timezone.now())

    counts = {stage.slug: stage.count for stage in found.stages}
    assert counts == {"received": 3, "failed": 0, "filtered": 2, "stored": 1}
    assert [(title, rows[0][:2]) for title, rows in found.breakdowns] == [
        ("Event type", ("track", 2)),
        ("Event name", ("Bought", 2)),
        ("Library", ("(unknown)", 2)),
        ("Reason", ("event_setting", 2)),
    ]


def test_a_sample_of_what_is_blocked_is_shown_with_its_reason(send, source, observed_event):
    block(SchemaEvent.objects.filter(name="Bought"))
    send(*({"event": "Bought", "messageId": f"m{number}"} for number in range(40)))
    filtered.flush()

    lines = debugger.page(source, Search(show="blocked"))

    assert 1 <= len(lines) <= 2 * filtered.MOST_SAMPLES  # a minute may end in between
    assert (lines[0].name, lines[0].reason) == ("Bought", "Blocked by the schema of this source.")
    assert json.loads(Rejection.objects.first().payload)["userId"] == "u1"


def test_blocked_properties_are_taken_out_and_counted(send, source, observed_event):
    block(SchemaProperty.objects.filter(path="card.number"))

    send({"event": "Bought", "properties": {"total": 2, "card": {"number": "4", "name": "B"}}})
    filtered.flush()

    assert stored(source)[-1]["properties"] == {"total": 2, "card": {"name": "B"}}
    assert SchemaProperty.objects.get(path="card.number").blocked_count == 1


def test_a_blocked_trait_is_taken_out_of_identify_calls(send, source):
    send({"type": "identify", "traits": {"email": "a@example.com", "plan": "pro"}})
    observing.observe_new_events()
    block(SchemaProperty.objects.filter(path="email"))

    send({"type": "identify", "traits": {"email": "b@example.com", "plan": "max"}})

    assert stored(source)[-1]["traits"] == {"plan": "max"}


def test_allowing_again_lets_it_in(send, source, observed_event):
    block(SchemaEvent.objects.all())
    send({"event": "Bought"})
    SchemaEvent.objects.update(blocked=False)
    blocking.forget()

    send({"event": "Bought"})

    assert len(stored(source)) == 2


def test_another_source_is_not_concerned(client, send, source, observed_event, workspace):
    block(SchemaEvent.objects.all())
    other = workspace.sources.create(slug="other", name="Other")
    other.write_keys.create(key="wk_other")

    post(client, "/v1/track", {"userId": "u", "event": "Bought"}, key="wk_other")

    assert len(stored(other)) == 1


def test_rules_are_read_once_in_five_seconds_for_all_sources(source, observed_event):
    from django.db import connection

    block(SchemaEvent.objects.all())
    with CaptureQueriesContext(connection) as queries:
        for _ in range(100):
            assert blocking.rules_of(source.id).events == {("track", "Bought")}
            assert blocking.rules_of(source.id + 1) is None

    assert len(queries) == 2
    assert blocking.REMEMBER_S < 10


def test_counts_that_could_not_be_written_are_written_later(source, observed_event, monkeypatch):
    def broken(*args):
        raise DatabaseError

    now = datetime.now(UTC)
    monkeypatch.setattr(filtered, "_write", broken)
    filtered.note_event(source.id, ("track", "Bought"), {}, now)
    with pytest.raises(DatabaseError):
        filtered.flush()
    monkeypatch.undo()
    filtered.note_event(source.id, ("track", "Bought"), {}, now)

    filtered.flush()

    assert SchemaEvent.objects.get().blocked_count == 2


def test_what_a_deleted_source_blocked_does_no_harm(source, observed_event):
    filtered.note_event(source.id, ("track", "Bought"), {}, timezone.now())
    source.delete()

    filtered.flush()

    assert not Rejection.objects.exists()
