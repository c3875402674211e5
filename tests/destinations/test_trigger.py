"""Triggers. The odd rules were observed in Segment's evaluator: reference/destinations.md, 4."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from destinations.language.trigger import InvalidTrigger, compile_trigger

ORDER = {
    "type": "track",
    "event": "Order Completed",
    "userId": "ann",
    "properties": {
        "total": 25,
        "price": "25",
        "vip": True,
        "empty": None,
        "a b": {"c": "deep"},
        "code": "A5",
    },
    "context": {"page": {"url": "https://shop.example/cart"}},
}


def matches(text, event=ORDER):
    return compile_trigger(text)(event)


@pytest.mark.parametrize(
    "text",
    [
        'type = "track"',
        'type="track"and event="Order Completed"',
        'type = "track" and (event = "Login" or event = "Order Completed")',
        'properties.a\\ b.c = "deep"',
        'context.page.url != "x"',
        'contains(context.page.url, "shop")',
        'match(event, "Order*")',
        'match(event, "*Completed")',
        '!contains(event, "Login")',
        '!match(event, "Login*")',
        "properties.total = 25",
        "properties.total != 24",
        "properties.total >= 25",
        "properties.total < 25.5",
        'properties.total > "24"',
        'contains(event, "Order") and !match(event, "*x")',
        "contains(properties.code, 5)",
        "properties.vip = true",
        "properties.empty = null",
        "properties.missing = null",
        "userId != null",
    ],
)
def test_it_matches(text):
    assert matches(text) is True


@pytest.mark.parametrize(
    "text",
    [
        'type = "identify"',
        'properties.price = "24"',
        "properties.price = 25",
        'properties.total = "25"',
        "properties.price > 1",
        "properties.vip = 1",
        "properties.total.deeper = 25",
        'match(event, "order*")',
        'contains(properties.total, "2")',
        "userId = null",
    ],
)
def test_it_does_not_match(text):
    assert matches(text) is False


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('properties.missing != "x"', True),
        ("properties.missing != 5", False),
        ("properties.missing != true", True),
        ('!contains(properties.missing, "x")', False),
        ('!match(properties.missing, "x*")', False),
        ("properties.missing = false", False),
        ("properties.missing != null", False),
    ],
)
def test_missing_values(text, expected):
    assert matches(text) is expected


@pytest.mark.parametrize("boolean", [True, False])
def test_not_equal_to_a_boolean_holds_for_every_boolean(boolean):
    assert matches("properties.v != true", {"properties": {"v": boolean}}) is True
    assert matches("properties.v != true", {"properties": {"v": "true"}}) is False


def test_the_last_connective_of_a_level_decides_for_all_of_it():
    text = 'type = "track" and event = "B" or event = "A"'

    assert matches(text, {"type": "track", "event": "Z"}) is True
    assert matches('event = "A" or event = "B" and type = "track"', {"event": "A"}) is False


def test_the_exclamation_mark_before_a_group_is_ignored():
    assert matches('!(event = "Order Completed")') is True


def test_capital_connectives_are_ignored_and_mean_and():
    assert matches('type = "track" AND event = "Order Completed"') is True
    assert matches('type = "track" OR event = "Login"') is False


def test_only_before_a_function_does_the_exclamation_mark_count():
    assert matches('!event = "Order Completed"') is True
    assert matches('!contains(event, "Order")') is False


GROUPED = 'type = "page" and (contains(event, "x") or event = "Order Completed")'


def test_a_group_ends_at_the_first_parenthesis_even_if_it_is_a_functions():
    # So the `or` belongs to the level of the `and`, and decides for it.
    assert matches(GROUPED) is True
    assert matches('type = "page" and (event = "x" or contains(event, "Order"))') is False
    assert matches('(contains(event, "x") or event = "x") and type = "track"') is False


def test_a_group_in_two_parentheses_ends_where_it_seems_to():
    doubled = GROUPED.replace("(contains", "((contains") + ")"

    assert matches(doubled) is False
    assert matches(doubled, {**ORDER, "type": "page"}) is True


def test_and_or_right_before_a_parenthesis_are_ignored():
    assert matches('type = "page" or(event = "Order Completed")') is False
    assert matches('type = "page" or (event = "Order Completed")') is True


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("Order*", True),
        ("*Completed", True),
        ("xCompleted", True),
        ("Order Completed", True),
        ("Login", False),
        ("*Order*", False),
        ("*", True),
        ("", True),
        ("?", True),
    ],
)
def test_match_knows_a_star_at_one_end_and_takes_it_for_granted(pattern, expected):
    assert matches(f'match(event, "{pattern}")') is expected


def test_words_without_quotes_are_text():
    assert matches("type = track") is True
    assert matches("type = identify") is False


@pytest.mark.parametrize(
    ("text", "event", "expected"),
    [
        ("event = null", {}, False),
        ("event = null", {"event": "null"}, True),
        ("event != null", {}, True),
        ("event = 5", {"event": "5"}, True),
        ("event = 5", {"event": 5}, False),
        ("event = true", {"event": "true"}, True),
        ("event > 4", {"event": 5}, True),
        ("type != null", {}, True),
        ("name = null", {}, True),
        ("name = true", {"name": "true"}, True),
        ("name = 5", {"name": "5"}, True),
        ("userId = null", {}, True),
        ("userId = true", {"userId": True}, True),
        ("userId = 5", {"userId": "5"}, True),
        ("userId = 5", {"userId": 5}, False),
    ],
)
def test_type_event_name_and_user_are_compared_with_text(text, event, expected):
    assert matches(text, event) is expected


def test_functions_skip_the_type():
    assert matches('event = "Order Completed" and contains(type, "nope")') is True
    with pytest.raises(InvalidTrigger):
        matches('contains(type, "track")')


@pytest.mark.parametrize("order", ["<", "<=", ">", ">="])
def test_an_order_that_makes_no_sense_never_holds(order):
    assert matches(f'properties.total {order} "a" or properties.total {order} null') is False


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('properties.items\\[0\\].sku = "a"', True),
        ('properties.items.1.sku = "b"', True),
        ("properties.items.length = 2", True),
        ("properties.name.length = 3", True),
        ('properties.a\\.b = "deep"', True),
        ("properties.off.deeper = false", True),
        ("properties.zero.deeper = 0", True),
        ("properties.none.deeper = null", True),
        ("properties.name.deeper = null", True),
        ('type.anything = "track"', True),
    ],
)
def test_paths_reach_where_javascript_does(text, expected):
    properties = {
        "items": [{"sku": "a"}, {"sku": "b"}],
        "name": "Ann",
        "a": {"b": "deep"},
        "off": False,
        "zero": 0,
        "none": None,
    }

    assert matches(text, {"type": "track", "properties": properties}) is expected


def test_single_quotes_belong_to_the_text():
    assert matches("type = 'track'") is False
    assert matches("type = 'track'", {"type": "'track'"}) is True


def test_conditions_on_other_fields_are_skipped():
    assert matches('type = "track" and messageId = "nope"') is True


@pytest.mark.parametrize(
    "text",
    [
        "",
        'anonymousId = "x"',
        'messageId = "x" or receivedAt = "y"',
        'type "track"',
        'type = "track',
        '(type = "track"',
        'type = "track")',
        '((type = "track")',
        '(((type = "track")))',
        '(contains(event, "x")',
        'contains(event "x")',
        'event in ["a"]',
        "length(event) > 1",
        "properties.items[0] = 1",
        "event > (",
        '! type = "track"',
        "type = " + '"' + "x" * 6000 + '"',
    ],
)
def test_it_refuses_what_it_cannot_read(text):
    with pytest.raises(InvalidTrigger):
        compile_trigger(text)


def test_errors_say_where():
    with pytest.raises(InvalidTrigger) as caught:
        compile_trigger('type = "track" and event = (Login)')

    assert caught.value.position == 27


words = st.sampled_from(
    [
        "type",
        "event",
        "properties.a",
        "messageId",
        "=",
        "!=",
        "<",
        ">",
        "and",
        "or",
        "AND",
        "(",
        ")",
        "!",
        ",",
        '"a"',
        "5",
        "true",
        "null",
        "contains",
        "match",
        "'q'",
        ".",
        "\\",
    ]
)


@settings(max_examples=500, deadline=None)
@given(st.lists(words | st.text(max_size=3), max_size=12))
def test_any_text_is_a_trigger_or_an_invalid_trigger(parts):
    try:
        assert compile_trigger(" ".join(parts))(ORDER) in (True, False)
    except InvalidTrigger:
        pass
