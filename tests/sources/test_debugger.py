"""The debugger: what is new comes, what was searched is found, nothing of it is believed."""

import json
import re

import pytest
from django.urls import reverse
from django.utils import timezone

from sources import debugger, log
from sources.debugger import Node, Place
from sources.search import Search

from .test_tracking import post

pytestmark = pytest.mark.django_db(transaction=True)

URL = "/acme/sources/web/debugger/"
HOSTILE = "<script>alert(1)</script>"


@pytest.fixture
def send(client, source):
    def send(*events):
        batch = [{"type": "track", "userId": "u1", **event} for event in events]
        assert post(client, "/v1/batch", {"batch": batch}).status_code == 200

    return send


def names(source, **search):
    return [line.name for line in debugger.page(source, Search(**search))]


def test_events_are_listed_newest_first(client, viewer, send, source):
    send({"event": "One"}, {"event": "Two"})
    client.force_login(viewer)

    page = client.get(URL).content.decode()

    assert page.index("Two") < page.index("One")
    assert 'hx-trigger="every 1s"' in page


def test_only_newer_events_come_with_the_next_question(client, viewer, send, source):
    send({"event": "Old"})
    client.force_login(viewer)
    tail = re.search(r'hx-get="([^"]*newer[^"]*)"', client.get(URL).content.decode())[1]
    tail = tail.replace("&amp;", "&")
    assert client.get(tail).status_code == 204

    send({"event": "New"})
    answer = client.get(tail).content.decode()

    assert "New" in answer
    assert "Old" not in answer
    assert 'hx-swap-oob="true"' in answer
    assert "<html" not in answer


def test_a_rejected_event_is_listed_with_its_reason(client, viewer, send, source):
    send({"event": "Good"}, {})
    client.force_login(viewer)

    everything = client.get(URL).content.decode()
    rejected = client.get(URL, {"show": "rejected"}).content.decode()
    stored = client.get(URL, {"show": "events"}).content.decode()

    reason = "A track call needs the name of its event."
    assert (reason in everything, reason in rejected, reason in stored) == (True, True, False)
    assert ("Good" in everything, "Good" in rejected, "Good" in stored) == (True, False, True)


def test_rejected_events_come_live_too(client, viewer, send, source):
    send({}, {"event": "Good"})
    after = {"after": log.newest(), "after_rejection": source.rejections.get().id}
    client.force_login(viewer)
    newer = reverse("source_debugger_newer", args=["acme", "web"])
    assert client.get(newer, after).status_code == 204

    send({})

    assert "needs the name" in client.get(newer, after).content.decode()


def test_search_finds_text_anywhere_and_takes_signs_as_they_are(send, source):
    send(
        {"event": "A", "properties": {"note": "100%"}},
        {"event": "B", "properties": {"note": "100"}},
    )

    assert names(source, text="100%") == ["A"]
    assert names(source, text="NOTE") == ["B", "A"]
    assert names(source, text="nowhere\\_") == []


def test_older_pages_follow_without_a_gap(send, source):
    send(*({"event": str(number)} for number in range(5)))

    first = debugger.page(source, limit=3)
    second = debugger.page(source, limit=3, before=debugger.oldest(first, Place()))

    assert [line.name for line in first + second] == ["4", "3", "2", "1", "0"]


def test_events_of_others_are_not_found(client, outsider, send, source):
    send({"event": "Secret"})
    position = log.newest()
    theirs = outsider.workspaces.get().sources.create(slug="web", name="Theirs")
    client.force_login(outsider)

    event = client.get(reverse("source_event", args=["other", "web", position]))

    assert event.status_code == 404
    assert debugger.page(theirs) == []


def test_an_event_is_shown_pretty_and_raw_and_escaped(client, viewer, send, source):
    send({"event": HOSTILE, "properties": {HOSTILE: [HOSTILE]}})
    client.force_login(viewer)

    page = client.get(reverse("source_event", args=["acme", "web", log.newest()])).content.decode()

    assert "<script>" not in page
    assert page.count("&lt;script&gt;alert(1)&lt;/script&gt;") >= 4


def test_an_event_is_unfolded_without_scripts(client, viewer, send, source):
    send({"event": "Order Completed", "properties": {"total": 12}})
    client.force_login(viewer)

    page = client.get(URL, {"event": log.newest()}).content.decode()

    assert "at position" in page
    assert '<span class="tree-key">total</span>' in page


@pytest.mark.parametrize("payload", ['{"cut": "of', "[1, 2]", '"text"', "[" * 400 + "]" * 400])
def test_a_rejection_that_is_no_event_is_shown_as_it_came(client, viewer, source, payload):
    rejection = source.rejections.create(
        received_at=timezone.now(), code="x", message="y", payload=payload
    )
    client.force_login(viewer)

    response = client.get(reverse("source_rejection", args=["acme", "web", rejection.id]))

    assert response.status_code == 200
    assert client.get(URL).status_code == 200


@pytest.mark.parametrize(
    "query",
    [{"before": "x"}, {"after": "9" * 40}, {"before": "-1"}, {"q": "a\x00b"}, {"show": "?"}],
)
def test_odd_questions_do_no_harm(client, viewer, source, query):
    client.force_login(viewer)

    assert client.get(URL, query).status_code == 200


def test_nested_values_become_nodes_down_to_a_depth():
    event = {"a": [1, {"b": None}], "c": True, "d": {}}

    assert debugger.nodes(event) == [
        Node(
            "a",
            "group",
            "",
            [Node("0", "number", "1"), Node("1", "group", "", [Node("b", "null", "null")])],
        ),
        Node("c", "boolean", "true"),
        Node("d", "group", "{}"),
    ]


def test_what_is_deeper_is_shown_as_json():
    deep = json.loads("[" * 40 + "]" * 40)

    node = debugger.nodes(deep)[0]
    while node.children:
        node = node.children[0]

    assert node.value.startswith("[[[")
