"""What may go to a destination, and what is cut off first."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sources.language.filters import (
    InvalidFilter,
    allowed_by_consent,
    allowed_by_integrations,
    compile_filters,
    fraction_of,
)

EVENT = {
    "type": "track",
    "event": "Order Completed",
    "messageId": "m-1",
    "userId": "ann",
    "properties": {
        "email": "ann@example.com",
        "total": 25,
        "products": [{"sku": "1", "cost": 3}, {"sku": "2", "cost": 4}, "odd"],
    },
}

# `printf '"user-1"' | md5sum` begins with b78e0418: that, over 2^32, is about this.
FRACTION_OF_USER_1 = 0.717011

DROPPED = (None, "FILTERED_BY_RULES")


def run(*filters, event=EVENT):
    return compile_filters(filters)(event)


def test_without_filters_the_event_passes_as_it_is():
    event, reason = run()

    assert event is EVENT
    assert reason == ""


def test_drop_stops_matching_events():
    assert run({"if": "event = 'Order Completed'", "action": "drop"}) == DROPPED
    assert run({"if": "event = 'Login'", "action": "drop"}).event is EVENT


def test_only_send_is_a_drop_of_all_others():
    only = {"if": "!(event = 'Login')", "action": "drop"}

    assert run(only) == DROPPED


def test_a_condition_that_cannot_be_answered_drops_the_event():
    assert (
        run(
            {
                "if": "contains(properties.total, 'x')",
                "action": "drop_properties",
                "fields": {"": ["userId"]},
            }
        )
        == DROPPED
    )


def test_drop_properties_removes_keys_and_leaves_the_original_alone():
    fields = {"properties": ["email", "absent"], "": ["userId"], "context.traits": ["x"]}

    event, _ = run({"if": "all", "action": "drop_properties", "fields": fields})

    assert event == {
        "type": "track",
        "event": "Order Completed",
        "messageId": "m-1",
        "properties": {"total": 25, "products": EVENT["properties"]["products"]},
    }
    assert EVENT["userId"] == "ann"
    assert "email" in EVENT["properties"]


def test_drop_properties_reaches_into_every_object_of_a_list():
    event, _ = run({"action": "drop_properties", "fields": {"properties.products": ["cost"]}})

    assert event["properties"]["products"] == [{"sku": "1"}, {"sku": "2"}, "odd"]


def test_drop_properties_reaches_into_one_object_of_a_list():
    fields = {"properties.products.1": ["cost"], "properties.products.9": ["sku"]}

    event, _ = run({"action": "drop_properties", "fields": fields})

    assert event["properties"]["products"] == [
        {"sku": "1", "cost": 3},
        {"sku": "2"},
        "odd",
    ]


def test_allow_properties_keeps_the_listed_keys_of_that_parent_only():
    event, _ = run({"action": "allow_properties", "fields": {"properties": ["total"]}})

    assert event == {**EVENT, "properties": {"total": 25}}


def test_names_and_shapes_of_segments_api_are_understood():
    event, _ = run(
        {"action": "BLOCKLIST_FIELDS", "fields": {"properties": ["email"]}},
        {"action": "drop_properties", "drop": {"properties": ["products"]}},
        {"action": "DROP_PROPERTIES", "fields": {"fields": {"": ["userId"]}}},
    )

    assert event["properties"] == {"total": 25}
    assert "userId" not in event


def test_properties_are_dropped_before_others_are_allowed_whatever_the_order():
    event, _ = run(
        {"action": "allow_properties", "fields": {"properties": ["email", "total"]}},
        {"action": "drop_properties", "fields": {"properties": ["email"]}},
    )

    assert event["properties"] == {"total": 25}


def test_every_condition_sees_the_event_as_it_came():
    event, reason = run(
        {"action": "drop_properties", "fields": {"properties": ["email"]}},
        {
            "if": "properties.email != null",
            "action": "allow_properties",
            "fields": {"properties": ["email", "total"]},
        },
    )

    assert (event["properties"], reason) == ({"total": 25}, "")


@pytest.mark.parametrize(("percent", "kept"), [(1, True), (2, True), (0, False), (-1, False)])
def test_sampling_at_the_ends(percent, kept):
    event, _ = run({"action": "sample", "percent": percent})

    assert (event is not None) is kept


def test_sampling_by_a_value_decides_alike_for_equal_values():
    assert fraction_of("user-1") == pytest.approx(FRACTION_OF_USER_1, abs=1e-6)
    keep = {"action": "sample", "sample": {"percent": FRACTION_OF_USER_1 + 0.001, "path": "userId"}}
    lose = {"action": "sample", "percent": FRACTION_OF_USER_1 - 0.001, "path": "$.userId"}

    assert run(keep, event={"userId": "user-1"}).event == {"userId": "user-1"}
    assert run(lose, event={"userId": "user-1"}) == DROPPED


def test_sampling_without_a_path_keeps_about_that_share_and_decides_alike_again():
    sample = compile_filters([{"action": "sample", "percent": 0.25}])

    kept = [i for i in range(4000) if sample({"messageId": f"m-{i}"}).event]

    assert 900 < len(kept) < 1100
    assert kept == [i for i in range(4000) if sample({"messageId": f"m-{i}"}).event]


@pytest.mark.parametrize(
    "definition",
    [
        "drop",
        {"if": "all"},
        {"if": "all", "action": "explode"},
        {"if": "event =", "action": "drop"},
        {"if": 5, "action": "drop"},
        {"action": "sample"},
        {"action": "sample", "percent": "half"},
        {"action": "drop_properties"},
        {"action": "drop_properties", "fields": ["email"]},
        {"action": "allow_properties", "fields": {"properties": "email"}},
    ],
)
def test_wrong_filters_are_refused(definition):
    with pytest.raises(InvalidFilter, match="filter 2"):
        compile_filters([{"action": "drop"}, definition])


NAMES = ("Actions Amplitude", "Amplitude (Actions)")


@pytest.mark.parametrize(
    ("wishes", "allowed"),
    [
        (None, True),
        ({}, True),
        ({"All": True}, True),
        ({"All": False}, False),
        ({"All": False, "Actions Amplitude": True}, True),
        ({"All": False, "Amplitude (Actions)": {"session_id": 5}}, True),
        ({"All": False, "Amplitude (Actions)": {}}, True),
        ({"Amplitude (Actions)": False}, False),
        ({"All": True, "Actions Amplitude": False}, False),
        ({"actions amplitude": False}, True),
        ({"Mixpanel": False}, True),
        ("nonsense", True),
    ],
)
def test_the_integrations_object(wishes, allowed):
    assert allowed_by_integrations({"integrations": wishes}, NAMES) is allowed


keys = st.sampled_from(["", "properties", "properties.products", "userId", "a.b"])


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.fixed_dictionaries(
            {
                "if": st.sampled_from(["all", "userId = null", "length(event) > 3", "event"]),
                "action": st.sampled_from(
                    ["drop", "sample", "drop_properties", "allow_properties"]
                ),
                "percent": st.floats(-1, 2),
                "fields": st.dictionaries(keys, st.lists(st.sampled_from(["email", "sku", "b"]))),
            }
        ),
        max_size=4,
    )
)
def test_filters_never_add_anything(filters):
    event, reason = compile_filters(filters)(EVENT)

    assert (event is None) is (reason != "")
    assert event is None or set(event) <= set(EVENT)


def consenting(choices):
    return {"context": {"consent": {"categoryPreferences": choices}}}


@pytest.mark.parametrize(
    ("event", "allowed"),
    [
        ({}, True),
        ({"context": None}, True),
        ({"context": {"consent": {}}}, True),
        (consenting(None), True),
        (consenting({}), False),
        (consenting({"ads": True}), False),
        (consenting({"ads": True, "stats": False}), False),
        (consenting({"ads": True, "stats": "true"}), False),
        (consenting({"ads": True, "stats": True, "other": False}), True),
        ({**consenting({}), "event": "Segment Consent Preference Updated"}, True),
    ],
)
def test_an_event_that_speaks_of_consent_needs_a_yes_to_every_category(event, allowed):
    assert allowed_by_consent(event, ["ads", "stats"]) is allowed


def test_a_destination_of_no_category_asks_for_no_consent():
    assert allowed_by_consent(consenting({}), [])
