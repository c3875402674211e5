"""Triggers. The odd rules were observed in Segment's evaluator: reference/destinations.md, 4."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from destinations.language.trigger import InvalidTrigger, compile_trigger

ORDER = {
    "type": "track",
    "event": "Order Completed",
    "userId": "ann",
    "properties": {"total": 25, "price": "25", "vip": True, "empty": None, "a b": {"c": "deep"}},
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
        "type = track",
        'type = "track',
        '(type = "track"',
        'type = "track")',
        '((type = "track"))',
        'event in ["a"]',
        "length(event) > 1",
        "properties.items[0] = 1",
        'event > "a"',
        '! type = "track"',
        "type = " + '"' + "x" * 6000 + '"',
    ],
)
def test_it_refuses_what_it_cannot_read(text):
    with pytest.raises(InvalidTrigger):
        compile_trigger(text)


def test_errors_say_where():
    with pytest.raises(InvalidTrigger) as caught:
        compile_trigger('type = "track" and event = Login')

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
