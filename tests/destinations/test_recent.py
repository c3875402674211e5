"""What can be learnt from recent events."""

from datetime import UTC, datetime

from destinations.recent import Recent, named, seen_in

NOW = datetime(2026, 11, 25, tzinfo=UTC)


def recent(*events):
    return [Recent(number, NOW, event) for number, event in enumerate(events)]


def test_what_is_seen_most_is_suggested_first():
    seen = seen_in(
        recent(
            {"type": "track", "event": "Paid", "properties": {"total": 1, "plan": "pro"}},
            {"type": "track", "event": "Paid", "properties": {"plan": "free"}},
            {"type": "identify", "traits": {"address": {"city": "Lisbon"}}},
        )
    )

    assert seen.names == ["Paid"]
    assert seen.types == ["track", "identify"]
    assert seen.paths["properties"] == ["plan", "total"]
    assert seen.paths["traits"] == ["address", "address.city"]
    assert seen.paths[""] == ["type", "event", "properties", "traits"]


def test_paths_inside_of_lists_can_be_removed_but_not_compared():
    seen = seen_in(recent({"type": "track", "properties": {"items": [{"sku": 1}, {"cost": 2}, 3]}}))

    assert seen.paths["properties"] == ["items"]
    assert seen.removable == ["properties.items", "properties.items.cost", "properties.items.sku"]


def test_keys_that_no_path_can_name_are_left_out():
    odd = {"a.b": 1, "": 2, "x" * 101: 3, "line\nbreak": 4, "first name": 5}

    assert seen_in(recent({"properties": odd})).paths["properties"] == ["first name"]


def test_odd_events_are_no_trouble():
    seen = seen_in(recent({}, {"event": 5, "properties": [1]}, {"traits": None}))

    assert (seen.names, seen.paths["properties"]) == ([], [])


def test_events_are_found_by_a_part_of_their_name_or_type():
    events = recent({"type": "track", "event": "Order Paid"}, {"type": "page", "name": "Home"})

    assert [each.name for each in named(events, "order")] == ["Order Paid"]
    assert [each.name for each in named(events, "PAGE")] == ["Home"]
