"""FQL, as reference/destinations.md section 5 defines it."""

import re
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sources.language.fql import FQLError, compile_fql
from sources.language.fql_functions import FUNCTIONS

EVENT = {
    "type": "track",
    "event": "Order Completed",
    "userId": "ann",
    "anonymousId": None,
    "properties": {
        "total": 25,
        "price": "25",
        "vip": True,
        "tags": ["a", "b", 1],
        "first name": "Ann",
        "path": "a/b/c.html",
        "city": "Zürich",
        "in": {"or": 1},
    },
    "context": {"library": {"name": "analytics.js"}},
}


def matches(text, event=EVENT):
    return compile_fql(text)(event)


@pytest.mark.parametrize(
    "text",
    [
        "all",
        " all ",
        "type = 'track'",
        'type = "track"',
        "type='track' and event='Order Completed'",
        "type = 'x' or type = 'track'",
        "!(type = 'x')",
        "!!(type = 'track')",
        "!type = 'x'",
        "'track' = type",
        "properties.total = 25",
        "properties.total = +25.0",
        "properties.total > 24 and properties.total <= 25",
        "properties.total >= -1 and properties.total < 25.5",
        "properties.vip",
        "properties.vip = true",
        "!properties.missing",
        "userId != null",
        "anonymousId = null",
        "missing.deeply = null",
        "context.library.name = 'analytics.js'",
        "properties.first\\ name = 'Ann'",
        "properties.in.or = 1",
        "event in ['Login', 'Order Completed']",
        "properties.total in [1, 25]",
        "null in [null]",
        "1 in properties.tags",
        "properties.tags = ['a', 'b', 1]",
        "type = 'it\\'s' or type = 'track'",
    ],
)
def test_it_matches(text):
    assert matches(text) is True


@pytest.mark.parametrize(
    "text",
    [
        "type = 'Track'",
        "properties.total = '25'",
        "properties.price = 25",
        "properties.price > 1",
        "properties.missing > 1",
        "properties.missing < 1",
        "properties.vip = 1",
        "properties.vip = 'true'",
        "true in properties.tags",
        "'1' in properties.tags",
        "'x' in properties.missing",
        "properties.tags = ['a', 'b', true]",
        "userId = null",
        "null",
        "missing",
        "properties = properties",
    ],
)
def test_it_does_not_match(text):
    assert matches(text) is False


def test_and_binds_tighter_than_or():
    assert matches("type = 'track' or type = 'a' and type = 'b'") is True
    assert matches("(type = 'track' or type = 'a') and type = 'b'") is False


def test_keywords_are_case_sensitive():
    assert matches("AND = null and True = null and Null = null") is True
    with pytest.raises(FQLError):
        compile_fql("type = 'a' AND type = 'b'")


@pytest.mark.parametrize(
    "text",
    [
        "contains(event, 'Order')",
        "!contains(event, 'order')",
        "!contains(missing, 'x')",
        "!match(missing, '*')",
        "length(event) = 15",
        "length(properties.city) = 7",
        "length(properties.tags) = 3",
        "length(missing) = 0",
        "length([1, 2]) = 2",
        "lowercase(event) = 'order completed'",
        "uppercase(event) = 'ORDER COMPLETED'",
        "snakecase(event) = 'order_completed'",
        "kebabcase('orderCompleted') = 'order-completed'",
        "titlecase('order completed') = 'Order Completed'",
        "lowercase(missing) = null",
        "uppercase(missing) = null",
        "snakecase(missing) = null",
        "kebabcase(missing) = null",
        "titlecase(missing) = null",
        "bool(missing) = null and string(missing) = null and number(missing) = null",
        "typeof(event) = 'string'",
        "typeof(properties.total) = 'number'",
        "typeof(properties.tags) = 'list'",
        "typeof(properties.vip) = 'bool'",
        "typeof(missing) = 'null'",
        "number(properties.price) = 25",
        "string(properties.total) = '25'",
        "bool('true')",
        "bool(properties.total)",
        "contains(lowercase(event), lowercase('ORDER'))",
    ],
)
def test_functions(text):
    assert matches(text) is True


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        ("*", "", True),
        ("", "", True),
        ("", "a", False),
        ("?", "", False),
        ("a*c", "abbbc", True),
        ("a*c", "abbbcd", False),
        ("*/c.html", "a/b/c.html", True),
        ("a?c", "abc", True),
        ("a?c", "ac", False),
        ("*b*c*", "xbxcx", True),
        ("ab*ba", "aba", False),
        ("[abc]x", "bx", True),
        ("[a-c]x", "dx", False),
        ("[^a-c]x", "dx", True),
        ("[a-]x", "-x", True),
        ("\\*", "*", True),
        ("\\*", "a", False),
        ("a.c", "abc", False),
        ("A*", "abc", False),
        ("a*", "a\nb", True),
        ("**a**", "xax", True),
    ],
)
def test_globs(pattern, text, expected):
    assert matches("match(a, b)", {"a": text, "b": pattern}) is expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "expected a value"),
        ("type =", "expected a value"),
        ("type = 'a' type", "unexpected type"),
        ("(type = 'a'", r"expected \)"),
        ("type = 'a", "closing quote"),
        ("type == 'a'", "expected a value"),
        ("type = 'a' and", "expected a value"),
        ("nope(type)", "unknown function"),
        ("length(a, b)", "takes 1 argument"),
        ("contains(a)", "takes 2 arguments"),
        ("match(a, '[a')", "no closing"),
        ("match(a, '\\\\')", "backslash"),
        ("type = 'a' & b", "cannot be read"),
        ("a..b = 1", "empty part"),
        ("!" * 100 + "a", "nested deeper"),
        ("(" * 100 + "a" + ")" * 100, "nested deeper"),
        ("type = '" + "x" * 6000 + "'", "longer than"),
    ],
)
def test_what_cannot_be_read_is_refused(text, message):
    with pytest.raises(FQLError, match=message):
        compile_fql(text)


def test_errors_say_where():
    with pytest.raises(FQLError) as caught:
        compile_fql("type = 'a' and nope(type)")

    assert caught.value.position == 15


@pytest.mark.parametrize(
    "text",
    [
        "event",
        "contains(properties.total, 'x')",
        "length(properties.total)",
        "'a' in event",
        "number(event) = 1",
        "event and type = 'track'",
        "match(properties.total, '*')",
    ],
)
def test_what_has_no_answer_is_an_error_and_not_false(text):
    with pytest.raises(FQLError):
        matches(text)


def test_no_pattern_is_slow():
    event = {"a": "a" * 20_000}
    started = time.perf_counter()

    for pattern in ("*a" * 400 + "b", "a*" * 400 + "b", "*" * 900, "[ab]*" * 190 + "c"):
        assert matches("match(a, b)", {**event, "b": pattern}) in (True, False)

    assert time.perf_counter() - started < 2


def test_events_that_nest_too_deep_are_an_error_and_no_crash():
    deep = []
    for _ in range(5000):
        deep = [deep]

    with pytest.raises(FQLError):
        matches("a = b", {"a": deep, "b": [deep]})


def test_the_docs_name_every_function():
    docs = (Path(__file__).parents[2] / "docs/triggers-and-filters.md").read_text()

    assert [name for name in FUNCTIONS if not re.search(rf"\b{name}\b", docs)] == []


words = st.sampled_from(
    [
        "type",
        "event",
        "properties.tags",
        "=",
        "!=",
        "<",
        ">",
        "in",
        "and",
        "or",
        "!",
        "(",
        ")",
        "[",
        "]",
        ",",
        "'a'",
        '"b"',
        "5",
        "-1.5",
        "true",
        "null",
        "all",
        "\\",
        ".",
        "contains(",
        "match(",
        "length(",
        "typeof(",
        "number(",
        "'a*'",
        "'['",
        "\\'",
    ]
)


@settings(max_examples=500, deadline=None)
@given(st.lists(words | st.text(max_size=3), max_size=14))
def test_any_text_gives_an_answer_or_an_error(parts):
    try:
        assert compile_fql(" ".join(parts))(EVENT) in (True, False)
    except FQLError as error:
        assert error.position >= 0


@settings(max_examples=300, deadline=None)
@given(st.text("ab*?[]^-\\", max_size=12), st.text("ab]^-", max_size=12))
def test_globs_agree_with_a_plain_matcher(pattern, text):
    try:
        found = matches("match(a, b)", {"a": text, "b": pattern})
    except FQLError:
        return
    assert found is _plain_match(pattern, text)


def _plain_match(pattern, text):
    """The textbook definition, for short texts."""
    if not pattern:
        return not text
    if pattern[0] == "*":
        return any(_plain_match(pattern[1:], text[i:]) for i in range(len(text) + 1))
    if not text:
        return False
    if pattern[0] == "?":
        return _plain_match(pattern[1:], text[1:])
    if pattern[0] == "\\":
        return text[0] == pattern[1] and _plain_match(pattern[2:], text[1:])
    if pattern[0] == "[":
        accepts, rest = _plain_class(pattern[1:])
        return accepts(text[0]) and _plain_match(rest, text[1:])
    return text[0] == pattern[0] and _plain_match(pattern[1:], text[1:])


def _plain_class(pattern):
    negated = pattern.startswith("^")
    pattern = pattern[1:] if negated else pattern
    ranges = []
    while not pattern.startswith("]"):
        low, pattern = (
            (pattern[1], pattern[2:]) if pattern[0] == "\\" else (pattern[0], pattern[1:])
        )
        high = low
        if pattern[0] == "-" and pattern[1] != "]":
            pattern = pattern[1:]
            escaped = pattern[0] == "\\"
            high, pattern = (pattern[1], pattern[2:]) if escaped else (pattern[0], pattern[1:])
        ranges.append((low, high))
    return (lambda c: any(low <= c <= high for low, high in ranges) is not negated), pattern[1:]
