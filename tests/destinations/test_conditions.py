"""Conditions as rows: what can be shown, and that it means the same as its text."""

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from destinations.filter_editor.conditions import (
    JOINS,
    OPERATORS,
    SUBJECTS,
    WITH_PATH,
    Conditions,
    Odd,
    Row,
    read,
    write,
)
from sources.language.fql import FQLError, compile_fql

TEXTS = [
    ("event = 'Login'", "all", [Row("event", "", "is", "Login")]),
    ("all", "everything", []),
    (
        "type = 'track' and properties.total > 2.5",
        "all",
        [Row("type", "", "is", "track"), Row("properties", "total", "greater", "2.5")],
    ),
    (
        "contains(event, 'a') or !match(context.page.url, '*/x\\\\*')",
        "any",
        [
            Row("event", "", "contains", "a"),
            Row("context", "page.url", "not_match", "*/x\\*"),
        ],
    ),
    (
        "!(properties.plan in ['pro', 'team'])",
        "all",
        [Row("properties", "plan", "not_in", "pro, team")],
    ),
    (
        "!(userId = null or traits.staff = true)",
        "none",
        [Row("userId", "", "null"), Row("traits", "staff", "true")],
    ),
    (
        "!(userId != null and groupId != 'a')",
        "not_all",
        [Row("userId", "", "not_null"), Row("", "groupId", "is_not", "a")],
    ),
    ("!(event = 'Login')", "none", [Row("event", "", "is", "Login")]),
    ("properties.first\\ name = 'it\\'s'", "all", [Row("properties", "first name", "is", "it's")]),
]


@pytest.mark.parametrize(("text", "join", "rows"), TEXTS)
def test_a_condition_is_read_as_rows_and_written_as_it_was(text, join, rows):
    conditions = read(text)

    assert conditions == Conditions(join, rows)
    assert write(conditions) == text


@pytest.mark.parametrize(
    "text",
    [
        "length(properties.items) > 3",
        "properties.flag",
        "type = 'track' and (event = 'A' or event = 'B')",
        "a = b",
        "x in [1, 2]",
        "x in ['a, b']",
        "x in []",
        "properties.flag != true",
        "total < 'x'",
        "'a' = event",
        "a\\.b = 1",
        "event = 'two\nlines'",
        "event = ''",
        " or ".join(["a = 1"] * 21),
    ],
)
def test_what_no_row_can_show_stays_text(text):
    compile_fql(text)

    with pytest.raises(Odd):
        read(text)


@pytest.mark.parametrize("text", ["", "event =", "((("])
def test_what_is_no_fql_is_an_error(text):
    with pytest.raises(FQLError):
        read(text)


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        (Row("properties", "", "is", "x"), "Name a path"),
        (Row("", "", "is", "x"), "Name a field"),
        (Row("properties", "a..b", "is", "x"), "empty part"),
        (Row("properties", "a", "less", "x"), "a number"),
        (Row("event", "", "is", ""), "Fill in"),
        (Row("properties", "a", "in", " , "), "at least one"),
    ],
)
def test_a_row_says_what_it_lacks(row, problem):
    with pytest.raises(ValueError, match="not complete"):
        write(Conditions("all", [row]))

    assert problem in row.problem


@pytest.mark.parametrize("word", ["true", "and", "in", "null", "all", "5", "-3x", "a b", "é", "@x"])
def test_odd_names_of_fields_are_written_so_that_they_stay_fields(word):
    text = write(Conditions("all", [Row("", word, "is", "x")]))

    assert compile_fql(text)({word: "x"}) is True
    assert read(text) == Conditions("all", [Row("", word, "is", "x")])


VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 3),
    st.sampled_from(["", "a", "b", "track", "a, b", "it's", "\\", "*", "2.5"]),
    st.lists(st.sampled_from(["a", 1]), max_size=2),
)
MEMBERS = st.dictionaries(st.sampled_from(["a", "b", "first name"]), VALUES)
EVENTS = st.fixed_dictionaries(
    {},
    optional={
        **dict.fromkeys(("type", "event", "userId", "name", "a"), VALUES),
        **dict.fromkeys(("properties", "traits", "context"), MEMBERS),
    },
)
TYPED = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=8)
NAMES = st.one_of(st.sampled_from(["a", "b", "first name"]), TYPED).filter(
    lambda name: name and "." not in name
)


@st.composite
def rows(draw):
    subject = draw(st.sampled_from(list(SUBJECTS)))
    operator = draw(st.sampled_from(list(OPERATORS)))
    path = ".".join(draw(st.lists(NAMES, min_size=1, max_size=2))) if subject in WITH_PATH else ""
    kind = OPERATORS[operator].takes
    value = {
        "text": TYPED.filter(bool),
        "number": st.sampled_from(["1", "-2", "2.5"]),
        "list": st.sampled_from(["a", "a, b", "it's, \\"]),
        "": st.just(""),
    }[kind]
    return Row(subject, path, operator, draw(value))


def answer(text, event):
    """True, False, or "none" where the condition has no answer."""
    try:
        return compile_fql(text)(event)
    except FQLError:
        return "none"


@settings(max_examples=300, deadline=None)
@given(
    join=st.sampled_from([join for join in JOINS if join != "everything"]),
    rows=st.lists(rows(), min_size=1, max_size=4),
)
def test_rows_come_back_from_their_text(join, rows):
    text = write(Conditions(join, rows))

    again = read(text)

    if len(rows) > 1:
        assert write(again) == text
        assert [again.join, *map(_plain, again.rows)] == [join, *map(_plain, rows)]
    else:
        assert again.rows[0].keys == rows[0].keys
        assert write(read(write(again))) == write(again)


def _plain(row):
    """A row by what it means: "other field" and userId name the same."""
    return row.keys, row.operator, row.value


ATOMS = st.sampled_from(
    [
        *("event = 'a'", 'type != "track"', "properties.a > 1", "contains(traits.a, 'a')"),
        *("!match(event, '*')", "!contains(properties.b, 'b')", "a in ['a','b']", "!(b in ['a'])"),
        *("userId = null", "properties.first\\ name = true", "context.a = false", "(name = 'a')"),
        *("!(event = 'a')", "properties.a", "length(a) = 1", "properties.a = 2.50"),
    ]
)


@settings(max_examples=300, deadline=None)
@given(
    atoms=st.lists(ATOMS, min_size=1, max_size=4),
    word=st.sampled_from([" and ", " or "]),
    negated=st.booleans(),
    event=EVENTS,
)
def test_text_that_rows_can_show_means_the_same_when_written_again(atoms, word, negated, event):
    text = word.join(atoms)
    text = f"!({text})" if negated else text
    try:
        conditions = read(text)
    except Odd:
        assume(False)

    assert answer(write(conditions), event) == answer(text, event)
