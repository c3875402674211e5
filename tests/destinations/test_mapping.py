"""The mapping language. The golden vectors are those of reference/destinations.md, section 3.1."""

import copy

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from destinations.errors import MappingError
from destinations.language.mapping import compile_mapping

EVENT = {
    "a": 1,
    "s": "Hi There",
    "z": 0,
    "e": "",
    "nul": None,
    "o": {"b": {"c": 1}, "d": 2, "x.y": 3},
    "arr": [{"q": 1}, {"q": 2}],
    "sp ace": {"k": 1},
    "num": "12",
}


def result(node, event=EVENT):
    """What `node` gives in a field; {} stands for "no field"."""
    return compile_mapping({"x": node})(event).get("x", {})


GOLDEN = [
    ({"@path": "a"}, {"x": 1}),
    ({"@path": "$.a"}, {"x": 1}),
    ({"@path": "$.z.k"}, {"x": 0}),
    ({"@path": "$.nul.k"}, {"x": None}),
    ({"@path": "$.nul"}, {"x": None}),
    ({"@path": "$.missing"}, {}),
    ({"@path": "$.sp ace.k"}, {"x": 1}),
    ({"@path": "$.o['x.y']"}, {}),
    ({"@template": "{{a}}-{{missing}}-{{nul}}"}, {"x": "1--"}),
    ({"@if": {"exists": {"@path": "$.e"}, "then": "T", "else": "E"}}, {"x": "T"}),
    ({"@if": {"blank": {"@path": "$.z"}, "then": "T", "else": "E"}}, {"x": "E"}),
    ({"@if": {"exists": {"@path": "$.nope"}, "then": "T", "else": 0}}, {}),
    ({"@case": {"operator": "lower", "value": {"@path": "$.a"}}}, {"x": 1}),
    ({"@replace": {"value": {"@path": "$.a"}, "pattern": "1", "replacement": "9"}}, {"x": "9"}),
    ({"@replace": {"value": {"@path": "$.nul"}, "pattern": "1"}}, {"x": ""}),
    (
        {"@replace": {"value": {"@path": "$.s"}, "pattern": ".", "replacement": "!"}},
        {"x": "Hi There"},
    ),
    ({"@arrayPath": ["$.arr", {"w": {"@path": "$.q"}}]}, {"x": [{"w": 1}, {"w": 2}]}),
    ({"@arrayPath": ["$.o", {"w": {"@path": "$.d"}}]}, {"x": [{"w": 2}]}),
    ({"@arrayPath": ["$.s", {"w": {"@path": "$.d"}}]}, {"x": "Hi There"}),
    (
        {"@merge": {"objects": [{"@path": "$.o"}, {"d": 9}], "direction": "right"}},
        {"x": {"b": {"c": 1}, "d": 9, "x.y": 3}},
    ),
    (
        {"@merge": {"objects": [{"@path": "$.o"}, {"d": 9}], "direction": "left"}},
        {"x": {"b": {"c": 1}, "d": 2, "x.y": 3}},
    ),
    ({"@flatten": {"value": {"@path": "$.arr"}, "separator": "_"}}, {"x": {"0_q": 1, "1_q": 2}}),
    ({"@flatten": {"value": {"e": {}, "n": None, "l": []}, "separator": "_"}}, {"x": {"n": None}}),
    ({"@json": {"mode": "decode", "value": {"@path": "$.num"}}}, {"x": 12}),
    ({"@literal": {"@path": "$.a"}}, {"x": 1}),
    ([{"@path": "$.a"}, {"@path": "$.missing"}], {"x": [1, None]}),
    ("{{a}}", {"x": "{{a}}"}),
]


@pytest.mark.parametrize(("node", "expected"), GOLDEN)
def test_golden_vectors(node, expected):
    assert compile_mapping({"x": node})(EVENT) == expected


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("", EVENT),
        (".", EVENT),
        ("$.", EVENT),
        ("o.d", 2),
        ("o['d']", 2),
        ('o["b"].c', 1),
        ("arr[1].q", 2),
        ("arr.1.q", 2),
        ("arr[2].q", {}),
        ("arr.q", {}),
        ("e.deeper", ""),
        ("a.deeper", {}),
        ("arr[-1]", {}),
        ("__class__", {}),
        ("s.upper", {}),
    ],
)
def test_paths(path, expected):
    assert result({"@path": path}) == expected


def test_a_path_may_itself_be_looked_up():
    assert result({"@path": {"@template": "o.{{which}}"}}, {**EVENT, "which": "d"}) == 2


def test_a_path_that_is_no_text_finds_nothing():
    assert result({"@path": {"@path": "$.a"}}) == {}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{{$.a}}", ""),
        ("{{{a}}}!", "1!"),
        ("{{ a }}", "1"),
        ("{{o}}", "[object Object]"),
        ("{{z}}", "0"),
        ("{{f}} {{t}} {{big}} {{tiny}}", "1 true 1e+21 1e-7"),
        ("{{list}}", "1,2,"),
        ("no braces", "no braces"),
        ("{{a", "{{a"),
        ("", ""),
    ],
)
def test_templates_write_values_as_javascript_does(text, expected):
    event = {**EVENT, "f": 1.0, "t": True, "big": 1e21, "tiny": 1e-7, "list": [1, 2, None]}

    assert result({"@template": text}, event) == expected


@pytest.mark.parametrize("value", ["", 0, False])
def test_if_exists_takes_empty_values_for_existing(value):
    node = {"@if": {"exists": {"@path": "$.v"}, "then": {"@path": "$.v"}, "else": "other"}}

    assert result(node, {"v": value}) == value


@pytest.mark.parametrize("value", [None, "", 0, False, []])
def test_if_blank_takes_the_else_branch_for_empty_values(value):
    node = {"@if": {"blank": {"@path": "$.v"}, "then": "T", "else": "E"}}

    assert result(node, {"v": value}) == "E"
    assert result(node, {}) == "E"


@pytest.mark.parametrize("value", [" ", "a", 1, {}, [1], True])
def test_if_blank_takes_the_then_branch_for_everything_else(value):
    node = {"@if": {"blank": {"@path": "$.v"}, "then": "T", "else": "E"}}

    assert result(node, {"v": value}) == "T"


@pytest.mark.parametrize("falsy", [0, False, "", None])
def test_a_falsy_else_is_ignored_but_a_falsy_then_counts(falsy):
    absent = {"@if": {"exists": {"@path": "$.no"}, "then": "T", "else": falsy}}
    present = {"@if": {"exists": {"@path": "$.a"}, "then": falsy}}

    assert result(absent) == {}
    assert result(present) == falsy


def test_an_else_that_looks_something_up_may_find_a_falsy_value():
    node = {"@if": {"exists": {"@path": "$.no"}, "then": 1, "else": {"@path": "$.z"}}}

    assert result(node) == 0


def test_a_missing_branch_gives_nothing():
    assert result({"@if": {"exists": {"@path": "$.no"}, "then": 1}}) == {}


def test_array_path_without_shape_is_a_path():
    assert result({"@arrayPath": ["$.arr"]}) == [{"q": 1}, {"q": 2}]


def test_array_path_of_nothing_is_nothing():
    assert result({"@arrayPath": ["$.missing", {"w": {"@path": "$.q"}}]}) == {}


def test_case_leaves_other_values_alone_even_with_an_unknown_operator():
    node = {"@case": {"operator": "sideways", "value": {"@path": "$.a"}}}

    assert result(node) == 1
    with pytest.raises(MappingError, match="unknown operator"):
        result({"@case": {"operator": "sideways", "value": {"@path": "$.s"}}})


def test_case_of_a_falsy_literal_is_nothing():
    assert result({"@case": {"operator": "lower", "value": ""}}) == {}


def test_case_changes_text():
    assert result({"@case": {"operator": "upper", "value": {"@path": "$.s"}}}) == "HI THERE"


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"pattern": "-", "replacement": "+"}, "a+B+a"),
        ({"pattern": "-", "replacement": "+", "global": False}, "a+B-a"),
        ({"pattern": "b", "replacement": "x"}, "a-B-a"),
        ({"pattern": "b", "replacement": "x", "ignorecase": True}, "a-x-a"),
        ({"pattern": "a", "replacement": "1", "pattern2": "1", "replacement2": "2"}, "2-B-2"),
        ({"pattern": "a", "pattern2": "-"}, "B"),
        ({"pattern": "a", "replacement": "\\1$&"}, "\\1$&-B-\\1$&"),
    ],
)
def test_replace_changes_literal_text(options, expected):
    assert result({"@replace": {"value": "a-B-a", **options}}) == expected


@pytest.mark.parametrize(("value", "expected"), [(True, "tru3"), (1.5, "1.5"), ({}, ""), ([], "")])
def test_replace_spells_numbers_and_booleans_and_empties_the_rest(value, expected):
    node = {"@replace": {"value": {"@path": "$.v"}, "pattern": "e", "replacement": "3"}}

    assert result(node, {"v": value}) == expected


def test_merge_ignores_what_is_missing_and_spreads_text():
    node = {"@merge": {"objects": [{"@path": "$.no"}, "ab", {"z": 1}], "direction": "right"}}

    assert result(node) == {"0": "a", "1": "b", "z": 1}


def test_transform_maps_the_result_of_a_mapping():
    node = {"@transform": {"apply": {"v": {"@path": "$.o.d"}}, "mapping": {"@path": "$.v"}}}

    assert result(node) == 2


def test_the_root_directive_takes_the_other_keys_as_its_mapping():
    mapping = {
        "__segment_internal_directive": {"@transform": {"apply": {"n": {"@path": "$.o.d"}}}},
        "count": {"@path": "$.n"},
    }

    assert compile_mapping(mapping)(EVENT) == {"count": 2}


def test_flatten_can_keep_lists():
    value = {"a": {"b": [1, 2]}, "c": []}

    assert result({"@flatten": {"value": value, "separator": ".", "omitArrays": True}}) == {
        "a.b": [1, 2],
        "c": [],
    }


def test_flatten_of_a_single_value_has_an_empty_name():
    assert result({"@flatten": {"value": {"@path": "$.a"}, "separator": "_"}}) == {"": 1}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"b": 1.0, "a": [None, "é"]}, '{"b":1,"a":[null,"é"]}'),
        ("text", '"text"'),
        (None, "null"),
    ],
)
def test_json_encode_writes_as_javascript_does(value, expected):
    assert (
        result({"@json": {"mode": "encode", "value": {"@path": "$.v"}}}, {"v": value}) == expected
    )


@pytest.mark.parametrize(("value", "expected"), [("{bad", "{bad"), (5, 5), ('{"a":1}', {"a": 1})])
def test_json_decode_leaves_alone_what_is_not_json(value, expected):
    assert (
        result({"@json": {"mode": "decode", "value": {"@path": "$.v"}}}, {"v": value}) == expected
    )


def test_json_encode_of_nothing_is_nothing():
    assert result({"@json": {"mode": "encode", "value": {"@path": "$.no"}}}) == {}


def test_exclude_when_null_removes_nulls_at_every_depth_of_objects():
    value = {"a": None, "b": {"c": None, "d": 1}, "e": [None]}

    assert result({"@excludeWhenNull": {"@path": "$.v"}}, {"v": value}) == {
        "b": {"d": 1},
        "e": [None],
    }
    assert result({"@excludeWhenNull": {"@path": "$.nul"}}) == {}


def test_null_is_kept_and_missing_is_removed():
    mapping = {"kept": None, "gone": {"@path": "$.no"}, "deep": {"gone": {"@path": "$.no"}}}

    assert compile_mapping(mapping)(EVENT) == {"kept": None, "deep": {}}


def test_metadata_may_stand_beside_a_directive():
    assert result({"@path": "$.a", "_metadata": {"label": "A"}}) == 1


@pytest.mark.parametrize(
    ("node", "message"),
    [
        ({"@path": "a", "other": 1}, "a directive stands alone"),
        ({"@path": "a", "@template": "b"}, "a directive stands alone"),
        ({"@unknown": 1}, "unknown directive @unknown"),
        ({"@path": 5}, "needs a path"),
        ({"@template": 5}, "needs text"),
        ({"@if": {"exists": False, "then": 1}}, "needs exists or blank"),
        ({"@if": {"then": 1}}, "needs exists or blank"),
        ({"@if": 1}, "needs an object"),
        ({"@arrayPath": "$.a"}, "needs .path."),
        ({"@merge": {"objects": []}}, "needs direction"),
        ({"@flatten": {"value": 1}}, "needs separator"),
        ({"@json": {"mode": "yaml", "value": 1}}, "needs mode"),
        ({"@replace": {"value": "a", "pattern": "12345678901"}}, "longer than 10"),
        ({"@transform": {"apply": {}}}, "needs mapping"),
    ],
)
def test_a_wrong_mapping_is_refused_before_any_event(node, message):
    with pytest.raises(MappingError, match=message):
        compile_mapping({"x": node})


def test_errors_name_the_place():
    with pytest.raises(MappingError) as caught:
        compile_mapping({"to": {"@if": {"exists": {"@path": "a"}, "then": {"@nope": 1}}}})

    assert caught.value.place == "$.to.@if.then"


def test_mappings_that_nest_too_deep_are_refused():
    node = 1
    for _ in range(200):
        node = {"k": node}

    with pytest.raises(MappingError, match="nested deeper"):
        compile_mapping(node)


def test_events_that_nest_too_deep_are_an_error_and_no_crash():
    value = []
    for _ in range(5000):
        value = [value]
    run = compile_mapping({"x": {"@json": {"mode": "encode", "value": {"@path": "$.v"}}}})

    with pytest.raises(MappingError, match="nested too deeply"):
        run({"v": value})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{{ s | downcase }}", "hi there"),
        ("{% if z == 0 %}none{% else %}some{% endif %}", "none"),
        ("{{ missing }}", ""),
        ("{{ a | plus: 1 }}", "2"),
        ("{% assign n = arr | size %}{{ n }}", "2"),
        ("{% raw %}{{ a }}{% endraw %}", "{{ a }}"),
        ("{{ o.b | json }}", '{"c":1}'),
    ],
)
def test_liquid_renders_with_the_event_as_root(text, expected):
    assert result({"@liquid": text}) == expected


@pytest.mark.parametrize(
    "text",
    [
        "{% for i in arr %}x{% endfor %}",
        "{% case a %}{% when 1 %}x{% endcase %}",
        "{% include 'x' %}",
        "{% render 'x' %}",
        "{% tablerow i in arr %}x{% endtablerow %}",
        "{{ arr | map: 'q' }}",
        "{{ (1..9999999999) | join }}",
        "x" * 1001,
        "{{ unclosed",
    ],
)
def test_liquid_that_could_run_long_is_refused(text):
    with pytest.raises(MappingError):
        result({"@liquid": text})


@pytest.mark.parametrize(
    "text",
    [
        "{% assign a = s %}" + "{% assign a = a | append: a %}" * 30 + "{{ a }}",
        "{% assign n = 99999999 %}" + "{% assign n = n | times: n %}" * 30 + "{{ n }}",
        "{{ big | replace: 'x', big }}",
        "{{ 'now' | date: '%Y' }}",
    ],
)
def test_liquid_that_grows_or_reads_the_clock_is_an_error(text):
    with pytest.raises(MappingError):
        result({"@liquid": text}, {**EVENT, "big": "x" * 20_000})


scalars = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8)
)
names = st.sampled_from(["a", "s", "o", "arr", "e", "$.o.b", "arr[0].q", "missing", "", "."])
values = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3)
    ),
    max_leaves=8,
)


def _directives(inner):
    option = st.sampled_from(["left", "right", "lower", "upper", "encode", "decode", "_", 1])
    keys = [
        "value",
        "exists",
        "blank",
        "then",
        "else",
        "operator",
        "pattern",
        "pattern2",
        "separator",
        "mode",
        "objects",
        "direction",
        "apply",
        "mapping",
        "omitArrays",
    ]
    options = st.dictionaries(st.sampled_from(keys), inner | option, max_size=5)
    kinds = [
        "if",
        "case",
        "replace",
        "merge",
        "transform",
        "flatten",
        "json",
        "excludeWhenNull",
        "literal",
        "arrayPath",
    ]
    return st.one_of(
        st.builds(lambda path: {"@path": path}, names | inner),
        st.builds(lambda text: {"@template": text}, st.text("{}a.$ o", max_size=12)),
        st.builds(
            lambda kind, body: {f"@{kind}": body},
            st.sampled_from(kinds),
            options | inner | st.lists(inner, max_size=2),
        ),
        st.lists(inner, max_size=3),
        st.dictionaries(st.sampled_from(["x", "y", "@z"]), inner, max_size=2),
    )


@settings(max_examples=500, deadline=None)
@given(st.recursive(scalars | values, _directives, max_leaves=12), values)
def test_any_mapping_gives_a_value_or_a_mapping_error(mapping, value):
    event = {**EVENT, "v": value}
    before = copy.deepcopy(event)

    try:
        compile_mapping(mapping)(event)
    except MappingError:
        pass

    assert event == before


@settings(max_examples=200, deadline=None)
@given(st.text("{}% |'a:sz.()=", max_size=40))
def test_any_liquid_gives_text_or_a_mapping_error(text):
    try:
        assert type(compile_mapping({"@liquid": text})(EVENT)) is str
    except MappingError:
        pass
