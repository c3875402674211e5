"""Triggers as conditions: text → conditions → text means the same."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from destinations.editor import trigger_form, wire
from destinations.editor.trigger_form import Builder, Condition, Group, Odd, write
from destinations.editor.trigger_reading import read
from destinations.language.trigger import InvalidTrigger, compile_trigger


def test_one_group_is_read():
    assert read('type = "track" and properties.total >= 25.5') == Builder(
        "all",
        [
            Group(
                "all",
                [
                    Condition("type", "", "is", "track"),
                    Condition("properties", "total", "greater_equal", "25.5"),
                ],
            )
        ],
    )


def test_what_stands_in_parentheses_is_a_group_of_its_own():
    builder = read('type = "track" and (event = "A" or contains(event, "B"))')

    assert [(group.match, len(group.conditions)) for group in builder.groups] == [
        ("all", 1),
        ("any", 2),
    ]


@pytest.mark.parametrize(
    ("text", "condition"),
    [
        ('event = "A"', Condition("event", "", "is", "A")),
        ('event != "A"', Condition("event", "", "is_not", "A")),
        ('contains(event, "A")', Condition("event", "", "contains", "A")),
        ('!contains(event, "A")', Condition("event", "", "not_contains", "A")),
        ('match(event, "A*")', Condition("event", "", "starts", "A")),
        ('!match(event, "*A")', Condition("event", "", "not_ends", "A")),
        ("userId = null", Condition("userId", "", "not_exists", "")),
        ("traits.plan != null", Condition("traits", "plan", "exists", "")),
        ("traits.vip = true", Condition("traits", "vip", "true", "")),
        ("traits.age != 5", Condition("traits", "age", "number_is_not", "5")),
        ("context.a.b < -5", Condition("context", "a.b", "less", "-5")),
        (r'name = "say \"hi\" \\ bye"', Condition("name", "", "is", r'say "hi" \ bye')),
        (r"properties.first\ name = 1", Condition("properties", "first name", "number_is", "1")),
        (r"properties.a\.b = 1", Condition("properties", r"a\.b", "number_is", "1")),
    ],
)
def test_each_condition_is_read_and_written_as_it_was(text, condition):
    assert read(text) == Builder("all", [Group("all", [condition])])
    assert write(read(text)) == text


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('type = "track" and event = "A" or event = "B"', "mixes"),
        ('type = "track" AND event = "A"', "side by side"),
        ('!(type = "track")', "before parentheses"),
        ("event = 'A' and type = \"track\"", "single quotes"),
        ('anonymousId = "x" and type = "track"', "anonymousId, which triggers skip"),
        ("properties.x != true", "true for both"),
        ('match(event, "A")', "something else"),
        ('match(event, "*A*")', "something else"),
        ("event = 5", "do not offer"),
        ('event = ""', "cannot be typed"),
        ('type = "track" and', "joins nothing"),
    ],
)
def test_a_valid_trigger_that_is_odd_says_why(text, reason):
    compile_trigger(text)

    with pytest.raises(Odd, match=reason):
        read(text)


def test_a_trigger_that_cannot_be_read_says_where():
    with pytest.raises(InvalidTrigger) as caught:
        read('type = "track" and (event = "A"')

    assert caught.value.position == 31


def test_conditions_that_are_not_finished_are_left_out():
    builder = Builder(
        "all",
        [
            Group(
                "all",
                [Condition("type", "", "is", "track"), Condition("properties", "", "is", "x")],
            ),
            Group("any", [Condition("traits", "age", "less", "old")]),
        ],
    )

    assert write(builder) == 'type = "track"'


@pytest.mark.parametrize(
    ("operator", "value"), [("starts", "*a"), ("starts", "*"), ("ends", "a*"), ("is", "")]
)
def test_what_a_trigger_cannot_say_is_a_problem(operator, value):
    assert Condition("event", "", operator, value).problem()


def test_the_inputs_of_the_page_are_the_conditions():
    data = {
        "t-match": "any",
        "t-g-0-match": "all",
        "t-g-0-c-0-subject": "event",
        "t-g-0-c-0-operator": "contains",
        "t-g-0-c-0-value": "Order",
        "t-g-1-match": "any",
        "t-g-1-c-10-subject": "traits",
        "t-g-1-c-10-path": " plan ",
        "t-g-1-c-10-operator": "exists",
        "t-g-1-c-9-subject": "nonsense",
        "other": "x",
    }

    assert trigger_form.from_tree(wire.tree(data, "t")) == Builder(
        "any",
        [
            Group("all", [Condition("event", "", "contains", "Order")]),
            Group("any", [Condition("event", "", "is", ""), Condition("traits", "plan", "exists")]),
        ],
    )


# --- on anything ------------------------------------------------------------------------------

values = st.one_of(
    st.sampled_from(["A", "Ab", "a*", "*", "", 'q"\\', "5", "track", "plan"]),
    st.sampled_from([0, 1, 5, 5.0, -2.5, True, False, None]),
)
events = st.fixed_dictionaries(
    {},
    optional={
        "type": st.sampled_from(["track", "page", "identify"]),
        "event": values,
        "name": values,
        "userId": values,
        "properties": st.dictionaries(st.sampled_from(["x", "a b", "a.b"]), values),
        "traits": st.one_of(values, st.dictionaries(st.sampled_from(["x", "y"]), values)),
    },
)
conditions = st.builds(
    Condition,
    st.sampled_from(list(trigger_form.LABELS)),
    st.sampled_from(["x", "y", "a b", r"a\.b", "x.y"]),
    st.sampled_from(list(trigger_form.OPERATORS)),
    st.one_of(st.sampled_from(["A", "b", "5", "-2.5", 'q"\\', "a*b"]), st.text(max_size=4)),
)
groups = st.builds(
    Group, st.sampled_from(["all", "any"]), st.lists(conditions, min_size=1, max_size=3)
)
builders = st.builds(
    Builder, st.sampled_from(["all", "any"]), st.lists(groups, min_size=1, max_size=3)
)


def means(builder: Builder, event: dict) -> bool:
    """What conditions say of an event, by their own words: the other way to the same answer."""
    found = []
    for group in builder.groups:
        finished = [each for each in group.conditions if not each.problem()]
        if finished:
            tests = [compile_trigger(each.text())(event) for each in finished]
            found.append(any(tests) if group.match == "any" else all(tests))
    return any(found) if builder.match == "any" else all(found)


def offered(builder):
    """Only what the page offers: an event's type is or is not, and so on."""
    for group in builder.groups:
        for each in group.conditions:
            each.path = each.path if each.has_path else ""
            if each.operator not in [name for name, _ in each.operators]:
                each.operator = "is"
            if not each.takes:
                each.value = ""
    return builder


@given(builders.map(offered), st.lists(events, max_size=5))
@settings(max_examples=300, deadline=None)
def test_what_is_clicked_together_means_the_same_as_text_and_back(builder, some):
    text = write(builder)
    if not text:
        return

    again = read(text)

    for event in some:
        assert compile_trigger(text)(event) == means(builder, event) == means(again, event)
    assert write(again) == write(read(write(again)))


terms = st.sampled_from(
    [
        'type = "track"',
        'event = "A"',
        "event != 'A'",
        'contains(properties.x, "a")',
        '!match(event, "a*")',
        'match(name, "*b")',
        "properties.a\\ b >= 5",
        "traits.x != true",
        "traits.x = null",
        'messageId = "m"',
        "!(userId = null)",
        '(event = "A" or name != "b")',
        '(event = "A" or name != "b" and type = "page")',
    ]
)
texts = st.lists(
    st.tuples(terms, st.sampled_from(["and", "or", "AND", ""])), min_size=1, max_size=4
).map(lambda pairs: " ".join(f"{term} {word}" for term, word in pairs).strip())


@given(texts, st.lists(events, max_size=5))
@settings(max_examples=300, deadline=None)
def test_text_that_conditions_can_show_means_the_same_when_they_write_it(text, some):
    try:
        wants, written = compile_trigger(text), write(read(text))
    except (InvalidTrigger, Odd):
        return

    for event in some:
        assert compile_trigger(written)(event) == wants(event)
