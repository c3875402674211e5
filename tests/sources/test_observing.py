"""What readers of the log learn after the commit: numbers and schema, each event once."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from sources import observed, observing, tallies
from sources.models import LogReader, SchemaEvent, SchemaProperty, Tally
from sources.observed import Observed

from .test_tracking import post

pytestmark = pytest.mark.django_db(transaction=True)

NOON = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)


@pytest.fixture
def send(client, source):
    def send(*events):
        batch = [{"type": "track", "userId": "u1", **event} for event in events]
        assert post(client, "/v1/batch", {"batch": batch}).status_code == 200

    return send


def hours(**fields):
    rows = Tally.objects.filter(grain="h", **fields).order_by("kind", "value")
    return [(row.kind, row.value, row.count) for row in rows]


def test_events_are_counted_by_type_name_and_library(send, source):
    library = {"library": {"name": "analytics.js", "version": "2.1"}}
    send({"event": "A", "context": library}, {"event": "A"}, {"type": "page", "name": "Home"})

    assert observing.observe_new_events() == 3

    assert hours() == [
        ("all", "", 3),
        ("library", "(unknown)", 2),
        ("library", "analytics.js 2.1", 1),
        ("name", "A", 2),
        ("name", "Home", 1),
        ("type", "page", 1),
        ("type", "track", 2),
    ]


def test_each_event_is_counted_once(send, source):
    send({"event": "A"})
    observing.observe_new_events()
    send({"event": "A"})

    assert (observing.observe_new_events(), observing.observe_new_events()) == (1, 0)

    assert hours(kind="name") == [("name", "A", 2)]
    assert SchemaEvent.objects.get().count == 2


def test_a_reader_that_is_killed_has_written_nothing(send, source, monkeypatch):
    send({"event": "A"})
    monkeypatch.setattr(observing.users, "add", lambda rows: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        observing.observe_new_events()
    monkeypatch.undo()

    observing.observe_new_events()

    assert hours(kind="name") == [("name", "A", 1)]


def test_chunks_join_without_a_gap(send, source, monkeypatch):
    monkeypatch.setattr(observing, "MOST_ENTRIES", 2)
    send(*({"event": "A"} for _ in range(5)))

    assert observing.observe_new_events() == 5

    assert SchemaEvent.objects.get().count == 5


def test_events_of_a_source_that_was_deleted_do_no_harm(send, source):
    send({"event": "A", "properties": {"x": 1}})
    source.delete()

    observing.observe_new_events()

    assert not SchemaEvent.objects.exists()
    assert LogReader.objects.get(name="observed").position > 0


def test_names_beyond_the_most_are_thrown_together(source, monkeypatch):
    monkeypatch.setattr(tallies, "MOST_VALUES", 2)
    for count, name in ((5, "A"), (3, "B"), (2, "C"), (1, "D")):
        tallies.add(tallies.Counts({(source.id, NOON, "stored", "name", name): count}))

    assert hours() == [("name", "(other)", 3), ("name", "A", 5), ("name", "B", 3)]


def test_minutes_are_forgotten_before_hours(source):
    now = timezone.now()
    for age in (timedelta(0), timedelta(hours=5), timedelta(days=40)):
        minute = tallies.minute_of(now - age)
        tallies.add(tallies.Counts({(source.id, minute, "stored", "all", ""): 1}))

    tallies.forget(now, now - timedelta(days=30))

    assert Tally.objects.filter(grain="m").count() == 1
    assert Tally.objects.filter(grain="h").count() == 2


def test_the_schema_holds_paths_types_samples_and_times(send, source):
    send(
        {"event": "Bought", "properties": {"total": 12, "items": [{"sku": "a"}, {"sku": "b"}]}},
        {"event": "Bought", "properties": {"total": 1.5, "to": {"city": "Rome"}, "gift": None}},
    )

    observing.observe_new_events()

    event = SchemaEvent.objects.get()
    assert (event.type, event.name, event.count, event.blocked) == ("track", "Bought", 2, False)
    assert [(p.path, p.types, p.samples, p.count) for p in event.properties.all()] == [
        ("gift", ["null"], [], 1),
        ("items", ["array"], [], 1),
        ("items.$", ["object"], [], 2),
        ("items.$.sku", ["string"], ["a", "b"], 2),
        ("to", ["object"], [], 1),
        ("to.city", ["string"], ["Rome"], 1),
        ("total", ["integer", "number"], ["12", "1.5"], 2),
    ]


def test_what_is_seen_later_is_added(send, source):
    send({"event": "A", "properties": {"x": 1}})
    observing.observe_new_events()
    first = SchemaEvent.objects.get()
    send({"event": "A", "properties": {"x": "one", "y": True}})
    observing.observe_new_events()

    event = SchemaEvent.objects.get()

    assert event.first_seen_at == first.first_seen_at < event.last_seen_at
    assert list(event.properties.values_list("path", "types", "count")) == [
        ("x", ["integer", "string"], 2),
        ("y", ["boolean"], 1),
    ]
    assert sorted(event.properties.get(path="x").samples) == ["1", "one"]


def test_traits_are_the_schema_of_identify_and_group(send, source):
    send(
        {"type": "identify", "traits": {"plan": "pro"}, "properties": {"no": 1}},
        {"type": "group", "groupId": "g", "traits": {"seats": 3}},
    )

    observing.observe_new_events()

    found = SchemaProperty.objects.order_by("path").values_list("event__type", "path")
    assert list(found) == [("identify", "plan"), ("group", "seats")]


def test_a_source_with_too_many_events_counts_the_rest_together(send, source, monkeypatch):
    monkeypatch.setattr(observing, "MOST_EVENTS", 2)
    send({"event": "A"}, {"event": "B"})
    observing.observe_new_events()
    send({"event": "C", "properties": {"x": 1}}, {"event": "D"}, {"event": "A"})
    observing.observe_new_events()

    rows = SchemaEvent.objects.order_by("type", "name").values_list("type", "name", "count")

    assert list(rows) == [("more", "", 2), ("track", "A", 2), ("track", "B", 1)]


def test_an_event_with_too_many_properties_counts_the_rest(send, source, monkeypatch):
    monkeypatch.setattr(observed, "MOST_PATHS", 3)
    send({"event": "A", "properties": {"a": 1, "b": 1}})
    observing.observe_new_events()
    send({"event": "A", "properties": {"c": 1, "d": 1, "e": 1, "f": 1, "a": 1}})
    observing.observe_new_events()

    event = SchemaEvent.objects.get()

    assert list(event.properties.values_list("path", flat=True)) == ["a", "b", "c"]
    assert event.more_property_count == 4


def test_hostile_names_and_values_are_kept_in_bounds(send, source):
    deep = value = {}
    for _ in range(60):
        value["d"] = value = {}
    long = "é" * 1000
    send(
        {"event": long, "properties": {long: long, "nul\0": "\0\x1f", "a,b": ",", "deep": deep}},
        {"event": "a\0b", "properties": {"": 1, "x": [[[1]], 10**18]}},
    )

    observing.observe_new_events()

    names = SchemaEvent.objects.order_by("-name").values_list("name", flat=True)
    assert list(names) == ["é" * 255, "ab"]
    assert SchemaProperty.objects.get(path="é" * 255).samples == ["é" * 40 + "…"]
    assert SchemaProperty.objects.get(path="nul").samples == ["  "]
    assert SchemaProperty.objects.filter(path__startswith="deep").count() == 1 + observed.MOST_DEPTH


def test_a_payload_that_is_no_json_does_not_stop_the_reader(send, source):
    from django.db import connection

    send({"event": "A"})
    with connection.cursor() as cursor:
        cursor.execute("UPDATE sources_event SET payload = 'x'")

    assert observing.observe_new_events() == 1


def test_what_lies_at_blocked_paths_is_taken_out():
    members = {"a": {"b": 1, "c": 2}, "list": [{"x": 1, "y": 2}, {"x": 3}], "a.c": 4, "k": 0}

    kept, found = observed.without(members, frozenset({"a.c", "list.$.x", "nowhere"}))

    assert kept == {"a": {"b": 1}, "list": [{"y": 2}, {}], "k": 0}
    assert sorted(found) == ["a.c", "a.c", "list.$.x", "list.$.x"]
    assert members["a"] == {"b": 1, "c": 2}
    assert observed.without({"l": [1, 2]}, frozenset({"l.$"})) == ({"l": []}, ["l.$"])


def test_observing_is_bounded_in_one_chunk():
    seen = Observed(NOON)

    for number in range(5000):
        seen.add({"type": "track", "properties": {f"p{number}": 1}}, NOON)

    assert (len(seen.properties), seen.count) == (300, 5000)
