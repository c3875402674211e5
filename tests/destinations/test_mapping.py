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
        ("o.constructor", {}),
        ("a[b]", {}),
        ("..", EVENT),
    ],
)
def test_paths(path, expected):
    assert result({"@path": path}) == expected


def test_a_path_may_itself_be_looked_up():
    assert result({"@path": {"@template": "o.{{which}}"}}, {**EVENT, "which": "d"}) == 2


@pytest.mark.parametrize("found", ["$.a", "$.missing"])
def test_a_path_that_is_looked_up_has_to_be_text(found):
    with pytest.raises(MappingError, match="needs a path"):
        result({"@path": {"@path": found}})


def test_a_template_may_itself_be_looked_up():
    node = {"@template": {"@path": "$.greeting"}}

    assert result(node, {"greeting": "Hi {{name}}", "name": "Ann"}) == "Hi Ann"
    with pytest.raises(MappingError, match="needs text"):
        result(node, {"greeting": 5})


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
        ("{{}}", "{{}}"),
        ("{{ }}", "[object Object]"),
        ("{{\ufeffa\n}}", "1"),
        ("{{round}} {{half}}", "123456789012345680000 0.00001"),
        ("{{a", "{{a"),
        ("", ""),
    ],
)
def test_templates_write_values_as_javascript_does(text, expected):
    event = {**EVENT, "f": 1.0, "t": True, "big": 1e21, "tiny": 1e-7, "list": [1, 2, None]}
    event |= {"round": 123456789012345678901.5, "half": 0.00001}

    assert result({"@template": text}, event) == expected


def test_what_triple_braces_put_in_may_hold_double_ones():
    event = {"greeting": "Hi {{name}}", "name": "Ann {{greeting}}"}

    assert result({"@template": "{{{greeting}}}!"}, event) == "Hi Ann {{greeting}}!"
    assert result({"@template": "{{greeting}}!"}, event) == "Hi {{name}}!"


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("a[b]", "brackets that hold neither a number nor quotes belong to the key"),
        ("it's", "no quotes"),
        ('say "hi"', "none at all"),
        ("list[0]", "first"),
        ("list['length']", 1),
        ("smile.length", 2),
    ],
)
def test_paths_are_cut_as_segment_cuts_them(path, expected):
    event = {
        "a[b]": "brackets that hold neither a number nor quotes belong to the key",
        "a": {"b": "not this"},
        "its": "no quotes",
        "say hi": "none at all",
        "list": ["first"],
        "smile": "😀",
    }

    assert result({"@path": path}, event) == expected


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


def test_exists_goes_before_blank_even_if_it_is_false():
    node = {"@if": {"exists": None, "blank": "text", "then": "T", "else": "E"}}

    assert result(node) == "E"
    assert result({"@if": {**node["@if"], "exists": False}}) == "T"


def test_a_condition_that_only_resembles_its_branch_is_looked_up_apart():
    node = {"@if": {"exists": {"@literal": 1}, "then": {"@literal": True}}}

    assert result(node) is True


def test_an_else_that_looks_something_up_may_find_a_falsy_value():
    node = {"@if": {"exists": {"@path": "$.no"}, "then": 1, "else": {"@path": "$.z"}}}

    assert result(node) == 0


def test_a_missing_branch_gives_nothing():
    assert result({"@if": {"exists": {"@path": "$.no"}, "then": 1}}) == {}


def test_array_path_without_shape_is_a_path():
    assert result({"@arrayPath": ["$.arr"]}) == [{"q": 1}, {"q": 2}]


def test_array_path_of_nothing_is_nothing():
    assert result({"@arrayPath": ["$.missing", {"w": {"@path": "$.q"}}]}) == {}


def test_array_path_may_be_given_the_list_itself():
    products = {"@if": {"exists": {"@path": "$.no"}, "else": {"@path": "$.arr"}}}

    assert result({"@arrayPath": [products, {"w": {"@path": "$.q"}}]}) == [{"w": 1}, {"w": 2}]
    assert result({"@arrayPath": [{"@template": "arr"}]}) == "arr"


@pytest.mark.parametrize("shape", [{}, [], ["x"], "x", 5, None])
def test_a_shape_is_an_object_that_says_something(shape):
    assert result({"@arrayPath": ["$.arr", shape, "more"]}) == [{"q": 1}, {"q": 2}]


def test_array_path_gives_items_of_any_kind_to_the_shape():
    event = {"arr": [None, 5, "ab", [1], {"q": 2}]}
    node = {"@arrayPath": ["$.arr", {"w": {"@path": "$.q"}, "n": {"@path": "$.length"}}]}

    assert result(node, event) == [
        {"w": None, "n": None},
        {},
        {"n": 2},
        {"n": 1},
        {"w": 2},
    ]


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
        ({"pattern": "a", "replacement": "\\1$1"}, "\\1$1-B-\\1$1"),
        ({"pattern": "a", "replacement": "[$&]"}, "[a]-B-[a]"),
        ({"pattern": "B", "replacement": "$$&|$`|$'"}, "a-$&|a-|-a-a"),
        ({"pattern": "a", "pattern2": "", "replacement2": "x"}, "-B-"),
    ],
)
def test_replace_changes_literal_text(options, expected):
    assert result({"@replace": {"value": "a-B-a", **options}}) == expected


@pytest.mark.parametrize(
    ("text", "pattern", "expected"),
    [("\u212a k K", "k", "\u212a - -"), ("ſs", "S", "ſ-"), ("Éé", "é", "--"), ("ß", "ẞ", "ß")],
)
def test_replace_without_case_knows_the_same_letters_as_javascript(text, pattern, expected):
    options = {"value": text, "pattern": pattern, "replacement": "-", "ignorecase": True}

    assert result({"@replace": options}) == expected


def test_replace_does_not_blow_a_text_up():
    node = {"@replace": {"value": {"@path": "$.v"}, "pattern": "a", "replacement": "$`$`$`$`$`"}}

    with pytest.raises(MappingError, match="longer than"):
        result(node, {"v": "a" * 30_000})


@pytest.mark.parametrize(("value", "expected"), [(True, "tru3"), (1.5, "1.5"), ({}, ""), ([], "")])
def test_replace_spells_numbers_and_booleans_and_empties_the_rest(value, expected):
    node = {"@replace": {"value": {"@path": "$.v"}, "pattern": "e", "replacement": "3"}}

    assert result(node, {"v": value}) == expected


@pytest.mark.parametrize(
    "second",
    [
        {"d": {"@path": "$.no"}},
        {"@literal": {"d": {"@path": "$.no"}}},
        {"@if": {"exists": 1, "then": {"d": {"@path": "$.no"}}}},
        {"@transform": {"apply": {"d": 1}, "mapping": {"d": {"@path": "$.no"}}}},
        {"@merge": {"objects": [{"d": 5}, {"d": {"@path": "$.no"}}], "direction": "right"}},
    ],
)
def test_a_member_that_is_not_found_takes_the_one_before_it_away(second):
    node = {"@merge": {"objects": [{"d": 2, "e": 3}, second], "direction": "right"}}

    assert result(node) == {"e": 3}
    node["@merge"]["direction"] = "left"
    assert result(node) == {"d": 2, "e": 3}


def test_no_hole_is_left_behind():
    holes = {"d": {"@path": "$.no"}, "in": {"d": {"@path": "$.no"}}}
    text = {"t": {"@json": {"mode": "encode", "value": holes}}}
    node = {"@merge": {"objects": [holes, text, {"list": [holes]}], "direction": "right"}}

    assert result(node) == {"in": {}, "t": '{"in":{}}', "list": [{"in": {}}]}


def test_merge_ignores_what_is_missing_and_spreads_text():
    node = {"@merge": {"objects": [{"@path": "$.no"}, "ab", {"z": 1}], "direction": "right"}}

    assert result(node) == {"0": "a", "1": "b", "z": 1}


@pytest.mark.parametrize("item", [5, "text", None, []])
def test_transform_applies_to_objects_only(item):
    shape = {"@transform": {"apply": {"v": 1}, "mapping": {"@path": "$.v"}}}

    assert result({"@arrayPath": ["$.items", shape]}, {"items": [{}]}) == [1]
    with pytest.raises(MappingError, match="no object"):
        result({"@arrayPath": ["$.items", shape]}, {"items": [item]})


def test_many_transforms_that_double_do_not_blow_an_event_up():
    node = {"@path": "$.v"}
    for _ in range(18):
        twice = {"v": [{"@path": "$.v"}, {"@path": "$.v"}]}
        node = {"@transform": {"apply": twice, "mapping": node}}

    with pytest.raises(MappingError, match="more than"):
        result(node, {"v": 1})


def test_in_lists_and_literals_an_at_sign_beside_other_keys_is_data():
    data = {"@type": "Person", "name": {"@path": "$.a"}}

    assert result([data]) == [{"@type": "Person", "name": 1}]
    assert result({"@literal": {"owner": data}}) == {"owner": {"@type": "Person", "name": 1}}
    with pytest.raises(MappingError, match="stands alone"):
        result({"@literal": data})


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
        ({"b": 1, "10": 2, "9": 3, "01": 4, "a": 5}, '{"9":3,"10":2,"b":1,"01":4,"a":5}'),
        ("\x00\u2028/\x7f", '"\\u0000\u2028/\x7f"'),
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
        ({"@transform": {"apply": {}, "mapping": ""}}, "needs apply"),
        ({"@transform": {"apply": [], "mapping": {}}}, "needs apply"),
        ({"@path": ["a"]}, "needs a path"),
        ({"@arrayPath": []}, "needs .path."),
        ({"@arrayPath": [5]}, "needs a path"),
        ({"@case": {"value": "a"}}, "needs operator"),
        ({"@case": {"operator": "lower", "value": 5}}, "neither text nor a directive"),
        ({"@case": {"@path": "$.a"}}, "not the directive @path"),
        ({"@replace": {"pattern": "a"}}, "needs value"),
        ({"@replace": {"value": "a", "pattern": ""}}, "needs pattern"),
        ({"@replace": {"value": "a", "pattern": 1}}, "pattern is not text"),
        ({"@replace": {"value": "a", "pattern": "1", "replacement": None}}, "is not text"),
        ({"@replace": {"value": "a", "pattern": "1", "global": 1}}, "true or false"),
        ({"@replace": {"value": 5, "pattern": "1"}}, "neither text nor a directive"),
        ({"@replace": {"value": "a", "pattern": "😀😀😀😀😀😀"}}, "longer than 10"),
        ({"@merge": {"objects": {"@path": "$.arr"}, "direction": "left"}}, "list of objects"),
        ({"@flatten": {"value": 1, "separator": ""}}, "needs separator"),
        ({"@json": {"mode": "encode", "value": 0}}, "needs value"),
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


LIQUID_EVENT = {
    **EVENT,
    "ts": "2026-08-20T10:05:09.123Z",
    "late": 1787220309,
    "f": 1.0,
    "words": "a b  c",
    "html": "<p>a</p><script>b</script><!-- c -->d < e",
    "odd": [1, "a", None, {"x": 1}],
}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{{ o }}", "[object Object]"),
        ("{{ odd }}", "1a[object Object]"),
        ("{{ f }} {{ f | json }}", "1 1"),
        ("{% echo odd %}", "1a[object Object]"),
        ("{{ 5 | divided_by: 2 }}", "2.5"),
        ("{{ -7 | modulo: 3 }}", "-1"),
        ("{{ 1 | divided_by: 0 }}", "Infinity"),
        ("{{ 2.5 | round }} {{ -2.5 | round }} {{ 3.14159 | round: 2 }}", "3 -2 3.14"),
        ("{{ 0.1 | plus: 0.2 }}", "0.30000000000000004"),
        ("{{ num | plus: '1' }} {{ num | times: 2 }}", "13 24"),
        ("{{ missing | plus: 1 }} {{ nul | plus: 1 }} {{ s | plus: 1 }}", "NaN 1 NaN"),
        ("{{ 3 | at_least: 5 }} {{ 3 | at_most: 2 }} {{ -3 | abs }}", "5 2 3"),
        ("{{ 1.2 | ceil }} {{ -1.2 | floor }}", "2 -2"),
        ("{{ '12' | to_integer | plus: 1 }}", "13"),
        ("{{ s | unknown: 1 | upcase }}", "HI THERE"),
        ("{{ s | first }}{{ s | last }}", "He"),
        ("{{ s | capitalize }}", "Hi there"),
        ("{{ s | slice: -5, 2 }}{{ s | slice: 1 }}", "Thi"),
        ("{{ s | truncate: 5 }} {{ s | truncate: 8 }}", "Hi... Hi There"),
        ("{{ words | truncatewords: 2 }}", "a b..."),
        ("{{ words | number_of_words }}", "3"),
        ("{{ words | normalize_whitespace }}", "a b c"),
        ("{{ 'a,b,,' | split: ',' | size }}", "2"),
        ("{{ words | split: ' ' | json }}", '["a","b","","c"]'),
        ("{{ 'abc' | replace: '', '-' }}", "a-b-c"),
        ("{{ 'aXbXc' | replace_first: 'X', '[$&]' }}", "a[X]bXc"),
        ("{{ 'aXbXc' | replace_last: 'X', '-' }}", "aXb-c"),
        ("{{ 'aXbXc' | remove_first: 'X' | remove_last: 'X' }}", "abc"),
        ("{{ odd | join: '+' }}", "1+a++[object Object]"),
        ("{{ odd | compact | size }}", "3"),
        ("{{ odd | shift | pop | push: 'z' | unshift: 'y' | join }}", "y a  z"),
        ("{{ odd | where: 'x', 1 | size }} {{ arr | where: 'q' | size }}", "1 2"),
        ("{{ arr | sum: 'q' }}", "3"),
        ("{{ s | default: 'x' }} {{ e | default: 'x' }} {{ z | default: 'x' }}", "Hi There x 0"),
        ("{{ false | default: true, allow_false: true }}", "false"),
        ("{{ 'a b&c/d' | url_encode }} {{ 'a+b%20c' | url_decode }}", "a+b%26c%2Fd a b c"),
        ("{{ \"it's (é)\" | cgi_escape }} {{ 'a b/é' | uri_escape }}",
         "it%27s+%28%C3%A9%29 a%20b/%C3%A9"),
        ("{{ '<a href=\"x\">' | escape }}", "&lt;a href=&#34;x&#34;&gt;"),
        ("{{ '&lt;b>' | escape_once }}", "&lt;b&gt;"),
        ("{{ html | strip_html }}", "ad < e"),
        ("{{ 'Hello,  Wörld!' | slugify }}", "hello-wörld"),
        ("{{ ts | date: '%Y-%m-%d %H:%M:%S.%L' }}", "2026-08-20 10:05:09.123"),
        ("{{ late | date: '%-d %b %y, %-I %p, %j %u %s %%' }}",
         "20 Aug 26, 10 AM, 232 4 1787220309 %"),
        ("{{ ts | date }}", "Thursday, August 20, 2026 at 10:05 am +0000"),
        ("{{ ts | date_to_xmlschema }}", "2026-08-20T10:05:09+00:00"),
        ("{{ ts | date_to_rfc822 }}", "Thu, 20 Aug 2026 10:05:09 +0000"),
        ("{{ ts | date_to_string }} {{ ts | date_to_long_string: 'ordinal', 'US' }}",
         "20 Aug 2026 August 20th, 2026"),
        ("{{ s | date: '%Y' }}", "Hi There"),
    ],
)  # fmt: skip
def test_liquid_filters_are_those_of_liquidjs(text, expected):
    assert result({"@liquid": text}, LIQUID_EVENT) == expected


@pytest.mark.parametrize(
    "condition",
    [
        *("num > 5", "num < 100", "a < num", "s > 'A'", "nul < 1", "z >= nul", "not nope"),
        *("nope == nil", "nope == blank", "e == empty", "a == 1.0", "arr.size == 2"),
        *("s contains 'There'", "odd contains 'a'", "num contains 2", "e contains ''"),
    ],
)
def test_liquid_conditions_hold_as_in_liquidjs(condition):
    assert result({"@liquid": f"{{% if {condition} %}}yes{{% endif %}}"}, LIQUID_EVENT) == "yes"


@pytest.mark.parametrize(
    "condition",
    [
        *("num == 12", "s < 5", "s >= 5", "nope < 1", "nope > 1", "o > 1", "o < 1", "a > empty"),
        *("o contains 'd'", "a contains 1", "nope contains 'x'", "s contains nope", "t == 'true'"),
    ],
)
def test_liquid_conditions_that_do_not_hold_are_no_errors(condition):
    assert result({"@liquid": f"{{% if {condition} %}}yes{{% endif %}}"}, LIQUID_EVENT) == ""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{{ s | upcase: 1, 2 }}", "HI THERE"),
        ("{{ a | plus }}{{ a | plus: 1, 5 }}", "NaN2"),
        ("{{ 'a undefined' | remove }}", "a "),
    ],
)
def test_liquid_minds_neither_missing_arguments_nor_more(text, expected):
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
        "{{ arr | sort: 'q' }}",
        "{{ s | type }}",
        "{{ '%' | url_decode }}",
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
