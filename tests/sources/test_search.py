"""The debugger finds any stored event: by user, messageId, name and text, within a time."""

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.utils import timezone

from sources import debugger, log, observing
from sources.debugger import Place
from sources.search import Search

from .test_tracking import post

pytestmark = pytest.mark.django_db(transaction=True)

URL = "/acme/sources/web/debugger/"


@pytest.fixture
def send(client, source):
    def send(*events):
        batch = [{"type": "track", "userId": "u1", **event} for event in events]
        assert post(client, "/v1/batch", {"batch": batch}).status_code == 200

    return send


@pytest.fixture(params=["indexed", "not indexed yet", "half"])
def sent(request, send):
    """Events of which the index of users knows all, none, or the first."""

    def sent(*events):
        send(events[0])
        if request.param == "half":
            observing.observe_new_events()
        if events[1:]:
            send(*events[1:])
        if request.param == "indexed":
            observing.observe_new_events()

    return sent


def names(source, text="", by="text", **more):
    return [line.name for line in debugger.page(source, Search(text, by, **more))]


def test_a_user_is_found_by_any_of_their_ids(sent, source):
    sent(
        {"event": "A", "userId": "ann"},
        {"event": "B", "userId": None, "anonymousId": "ann"},
        {"event": "C", "userId": "bob", "properties": {"friend": "ann"}},
        {"type": "alias", "userId": "anna", "previousId": "ann"},
        {"event": "D", "userId": "ann", "anonymousId": "ann"},
    )

    assert names(source, "ann", "user") == ["D", "", "B", "A"]
    assert names(source, "an", "user") == []


def test_the_pages_of_a_user_follow_without_a_gap(sent, source):
    sent(*({"event": str(number)} for number in range(5)), {"event": "x", "userId": "other"})
    wanted = Search("u1", "user")

    first = debugger.page(source, wanted, limit=3)
    second = debugger.page(source, wanted, limit=3, before=debugger.oldest(first, Place()))
    newer = debugger.page(source, wanted, after=Place(event=second[0].id))

    assert [line.name for line in first + second] == ["4", "3", "2", "1", "0"]
    assert [line.name for line in newer] == ["4", "3", "2"]


def test_a_user_is_looked_for_in_one_source_only(send, source, workspace):
    send({"event": "A", "userId": "ann"})
    observing.observe_new_events()

    assert names(workspace.sources.create(slug="b", name="B"), "ann", "user") == []


def test_a_message_is_found_by_its_id(send, source, workspace):
    send({"event": "A", "messageId": "mé-1"}, {"event": "B", "messageId": "m-2"})

    assert names(source, "mé-1", "message") == ["A"]
    assert names(source, "m", "message") == []
    assert names(workspace.sources.create(slug="b", name="B"), "m-2", "message") == []


def test_an_event_is_found_by_its_whole_name(sent, source):
    sent({"event": "Order"}, {"event": "Order Completed"}, {"event": "Order", "userId": "u2"})

    assert names(source, "Order", "event") == ["Order", "Order"]
    assert names(source, "order", "event") == []


def test_a_name_is_found_though_it_was_counted_among_the_others(send, source, monkeypatch):
    monkeypatch.setattr("sources.tallies.MOST_VALUES", 1)
    send({"event": "A"}, {"event": "A"}, {"event": "Rare"})
    observing.observe_new_events()

    assert names(source, "Rare", "event") == ["Rare"]


@pytest.mark.parametrize("by", ["text", "user", "message", "event"])
def test_a_time_bounds_every_search(send, source, by):
    text = {"text": "A", "user": "u1", "message": "m1", "event": "A"}[by]
    send({"event": "A", "messageId": "m1"})
    observing.observe_new_events()
    now, hour = timezone.now(), timedelta(hours=1)

    assert names(source, text, by, since=now - hour, until=now + hour) == ["A"]
    assert names(source, text, by, since=now + hour) == []
    assert names(source, text, by, until=now - hour) == []


def test_rejected_and_blocked_events_are_found_too(send, source):
    send({"event": "A"}, {"userId": "ann"})
    blocked = {"code": "event_setting", "message": "Blocked.", "blocked": True}
    payload = '{"type":"track","event":"Bad","userId":"ann"}'
    source.rejections.create(received_at=timezone.now(), payload=payload, **blocked)

    found = debugger.page(source, Search("ann", "user"))

    assert [(line.name, line.blocked) for line in found] == [("Bad", True), ("", False)]
    assert names(source, show="blocked") == ["Bad"]
    assert names(source, show="rejected") == [""]
    assert names(source, show="events") == ["A"]


def test_what_retention_will_delete_is_hidden_already(send, source):
    send({"event": "A", "messageId": "m1"})
    old = timezone.now() - timedelta(days=1, minutes=1)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE sources_event SET received_at = %s", [old])
    assert names(source) == ["A"]

    source.retention_days = 1

    assert (names(source), names(source, "m1", "message")) == ([], [])


def test_the_page_keeps_the_search_in_its_links(client, viewer, send, source):
    send(*({"event": "A", "userId": "ann"} for _ in range(51)))
    client.force_login(viewer)

    query = {"q": "ann", "by": "user", "since": "2026-01-01T10:00"}
    page = client.get(URL, query).content.decode()

    assert "q=ann&amp;by=user&amp;show=all&amp;since=2026-01-01T10%3A00&amp;before=" in page
    assert '<option value="user" selected>User</option>' in page
    assert 'value="2026-01-01T10:00"' in page
    assert "every 1s" in page


def test_a_closed_time_is_not_live(client, viewer, source):
    client.force_login(viewer)

    page = client.get(URL, {"until": "2026-01-01T10:00"}).content.decode()

    assert "every 1s" not in page


@pytest.mark.parametrize(
    "query",
    [
        {"since": "x", "until": "9999-99-99"},
        {"since": "0001-01-01T00:00", "until": "9999-12-31T23:59"},
        {"by": "?", "q": "\ud800"},
        {"by": "user", "q": "\ud800"},
        {"by": "message", "q": "a" * 300},
        {"by": "event", "q": "%_\\"},
    ],
)
def test_odd_questions_are_answered(client, viewer, source, query):
    client.force_login(viewer)
    query = {key: value.encode("utf-8", "surrogatepass") for key, value in query.items()}

    assert client.get(URL, query).status_code == 200


def test_users_go_with_the_day_of_their_events(send, source):
    from sources import partitions

    send({"event": "A"})
    observing.observe_new_events()
    with connection.cursor() as cursor:
        query = "SELECT tableoid::regclass::text FROM sources_eventuser WHERE position = %s"
        cursor.execute(query, [log.newest()])
        assert cursor.fetchall() == [(f"sources_eventuser_{timezone.now():%Y%m%d}",)]

    day = datetime(2026, 1, 5, 12, tzinfo=timezone.now().tzinfo)
    partitions.rotate(day, 30)
    partitions.rotate(day + timedelta(days=60), 30)

    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('sources_eventuser_20260105')")
        assert cursor.fetchone() == (None,)
    partitions.rotate(timezone.now(), 30)
