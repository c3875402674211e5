"""Mappings as rows: what is opened and saved untouched is what it was, to the byte."""

import json

import pytest
from django.template.loader import render_to_string
from hypothesis import given, settings
from hypothesis import strategies as st

from destinations import catalog
from destinations.editor import changes, draft, mapping_form, posting, wire
from destinations.editor.parts import Part, node_of, part_of, same
from destinations.fields import Field
from destinations.models import Destination
from destinations.request import MASK

from .page import sent_by

EMAIL = {"@path": "$.traits.email"}


def every_action():
    return [
        pytest.param(tool, action, id=f"{tool.slug}/{action.slug}")
        for tool in catalog.integrations().values()
        for action in tool.actions.values()
    ]


def opened(tool, action, mapping, view="rows"):
    """The editor of a subscription that is not stored anywhere."""
    destination = Destination(slug="any", name="Any", integration=tool.slug)
    destination.tool = tool
    made = draft.opened(destination, action.slug, "A", 'type = "track"', mapping)
    if view == draft.JSON:
        made.show(mapping, draft.JSON)
    return made


def sent(made):
    context = {"draft": made, "destination": made.destination, "workspace": {"may_edit": True}}
    return sent_by(render_to_string("destinations/_mapping.html", context))


def saved(made):
    """The mapping after the page has been to a browser and back."""
    back = posting.posted(made.destination, made.slug, made.stored, sent(made))
    return back.mapping()


@pytest.mark.parametrize(("tool", "action"), every_action())
def test_the_default_mapping_of_every_action_comes_back_as_it_was(tool, action):
    mapping = action.default_mapping()

    made = opened(tool, action, mapping)

    masked = json.dumps(made.form.initial["mapping"])
    assert json.dumps(saved(made)) == masked
    assert "json" not in [row.kind for row in made.rows]
    assert len(sent(made)) < mapping_form.MAX_INPUTS


def test_the_same_as_json():
    tool = catalog.get_integration("amplitude")
    action = tool.actions["logPurchase"]
    mapping = action.default_mapping()

    assert json.dumps(saved(opened(tool, action, mapping, draft.JSON))) == json.dumps(mapping)


# --- on anything ------------------------------------------------------------------------------

texts = st.one_of(
    st.sampled_from(["", "$.a", "{{a}}", "•••", "a\nb", "\n\na", "a\r\nb", "\x00", " a ", "<b>&"]),
    st.text(max_size=5),
)
scalars = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), texts
)
keys = st.one_of(
    texts, st.sampled_from(["@path", "@if", "exists", "then", "else", "value", "email"])
)


def directives(inner):
    value = st.fixed_dictionaries
    return st.one_of(
        value({"@path": texts}),
        value({"@template": texts}),
        value({"@liquid": texts}),
        value({"@literal": inner}),
        value({"@if": value({"exists": inner}, optional={"then": inner, "else": inner})}),
        value({"@if": value({"then": inner, "blank": inner})}),
        st.tuples(inner, inner).map(
            lambda pair: {"@if": {"exists": pair[0], "then": pair[0], "else": pair[1]}}
        ),
        value({"@arrayPath": st.tuples(texts, inner).map(list)}),
        value({"@arrayPath": st.lists(inner, max_size=3)}),
        value({"@case": value({"operator": st.sampled_from(["lower", "up"]), "value": inner})}),
        value(
            {
                "@replace": value(
                    {"value": inner, "pattern": texts, "replacement": texts},
                    optional={"pattern2": texts, "replacement2": texts, "global": st.booleans()},
                )
            }
        ),
        value({"@json": value({"value": inner, "mode": st.sampled_from(["encode", "decode"])})}),
        value(
            {
                "@flatten": value(
                    {"separator": texts, "value": inner}, optional={"omitArrays": st.booleans()}
                )
            }
        ),
        value(
            {
                "@merge": value(
                    {
                        "objects": st.lists(inner, max_size=2),
                        "direction": st.sampled_from(["left", "right", "up"]),
                    }
                )
            }
        ),
        value({"@transform": value({"apply": inner, "mapping": inner})}),
        value({"@excludeWhenNull": inner}),
        value({"@path": texts, "_metadata": inner}),
    )


nodes = st.recursive(
    scalars,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(keys, inner, max_size=3), directives(inner)
    ),
    max_leaves=8,
)
mappings = st.dictionaries(keys, nodes, max_size=4)


@given(mappings)
@settings(max_examples=400, deadline=None)
def test_a_mapping_of_any_kind_comes_back_as_it_was(mapping):
    tool = catalog.get_integration("amplitude")

    made = opened(tool, tool.actions["logPurchase"], mapping)

    assert json.dumps(saved(made)) == json.dumps(mapping)


@given(nodes)
@settings(max_examples=300, deadline=None)
def test_a_piece_writes_what_it_has_read(node):
    assert same(node_of(part_of(node)), node)


# --- kinds ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("node", "kind"),
    [
        (EMAIL, "path"),
        ({"@path": "traits.email"}, "path"),
        ({"@template": "Hi {{traits.name}}"}, "template"),
        ("free", "text"),
        ({"@literal": "free"}, "text"),
        (5.0, "number"),
        (False, "boolean"),
        (None, "null"),
        ({"@if": {"exists": EMAIL, "then": EMAIL, "else": "none"}}, "first"),
        ({"@if": {"then": EMAIL, "exists": EMAIL, "else": "none"}}, "first"),
        ({"@if": {"exists": EMAIL, "then": "yes", "else": "no"}}, "if"),
        ({"@if": {"blank": EMAIL, "then": "yes"}}, "if"),
        ({"@case": {"operator": "lower", "value": EMAIL}}, "case"),
        ({"@replace": {"value": EMAIL, "pattern": "-", "replacement": ""}}, "replace"),
        ({"@json": {"mode": "encode", "value": EMAIL}}, "json_text"),
        ({"@flatten": {"value": EMAIL, "separator": ".", "omitArrays": True}}, "flatten"),
        ({"@liquid": "{{ traits.name | upcase }}"}, "liquid"),
        ({"@arrayPath": ["$.properties.products", {"sku": {"@path": "$.sku"}}]}, "each"),
        ({"city": EMAIL, "plan": "pro"}, "members"),
        ([EMAIL, 1], "list"),
        ({"@merge": {"objects": [EMAIL, {"a": 1}], "direction": "right"}}, "merge"),
        ({"@transform": {"apply": {}, "mapping": {}}}, "json"),
        ({"@nonsense": 1}, "json"),
        ({"@path": ""}, "json"),
        ({"@path": "$.a", "_metadata": {}}, "json"),
    ],
)
def test_each_piece_has_its_kind(node, kind):
    part = part_of(node)

    assert part.kind == kind
    assert same(node_of(part), node)


def test_a_coalesce_of_three_is_one_list():
    node = {"@if": {"exists": EMAIL, "then": EMAIL, "else": "c"}}
    node = {"@if": {"exists": {"@path": "$.a"}, "then": {"@path": "$.a"}, "else": node}}

    assert [each.kind for each in part_of(node).parts] == ["path", "path", "text"]


def test_a_choice_is_shown_as_one_where_the_field_has_it():
    field = Field("size", "string", choices=("small", ("large", "Large")))

    assert [part_of(each, field).kind for each in ("large", "huge")] == ["choice", "text"]


def test_a_secret_is_only_kept():
    part = part_of(MASK, Field("token", secret=True))

    assert (part.kind, part.texts, node_of(part)) == ("kept", {}, MASK)


# --- rows -------------------------------------------------------------------------------------


@pytest.fixture
def action():
    return catalog.get_integration("facebook-conversions-api").actions["purchase"]


def test_what_is_required_comes_first_also_when_nothing_fills_it(action):
    rows = mapping_form.rows_of(action, {"event_id": EMAIL, "mystery": 1, "batch_size": 5})

    required = [each.name for each in action.fields if each.required is True and not each.hidden]
    groups = [mapping_form.group_of(action, row) for row in rows]
    assert [row.key for row in rows][: len(required)] == required
    assert groups == sorted(groups, key=list(mapping_form.GROUPS).index)
    assert mapping_form.mapping_of(rows)[0] == {"event_id": EMAIL, "batch_size": 5, "mystery": 1}


def test_a_number_that_is_none_is_a_problem_of_its_row(action):
    [row] = [Part("number", "value", {"value": "many"}, at="m-0")]

    mapping, problems = mapping_form.mapping_of([row])

    assert mapping == {}
    assert problems == [("m-0", "This has to be a number, such as 25 or 9.5.")]


@pytest.mark.parametrize(
    ("node", "kind", "changed"),
    [
        (EMAIL, "template", {"@template": "{{traits.email}}"}),
        (EMAIL, "case", {"@case": {"operator": "lower", "value": EMAIL}}),
        ({"@case": {"operator": "lower", "value": EMAIL}}, "path", EMAIL),
        (EMAIL, "first", EMAIL),
        (EMAIL, "json", EMAIL),
        ({"@template": "{{traits.email}}"}, "path", EMAIL),
        (5, "text", "5"),
    ],
)
def test_another_kind_keeps_what_it_can(node, kind, changed):
    made = mapping_form.changed(part_of(node), kind)

    assert (made.kind, node_of(made)) == (kind, changed)


def test_fields_and_members_are_added_and_removed(action):
    rows = mapping_form.rows_of(action, {})

    rows = changes.apply(action, rows, "field", "user_data", "")
    rows = changes.apply(action, rows, "field", "test_event_code", "")
    [code] = [row for row in rows if row.key == "test_event_code"]
    assert (code.kind, code.texts) == ("path", {"value": ""})

    rows = changes.apply(action, rows, "remove", code.at, "")
    assert "test_event_code" not in [row.key for row in rows]


def test_the_order_of_several_changes():
    first = part_of({"@if": {"exists": EMAIL, "then": EMAIL, "else": "none"}}, key="email")
    mapping_form.name_inputs(first, "m-0")

    rows = changes.apply(None, [first], "up", "m-0-parts-1", "")

    assert [each.kind for each in rows[0].parts] == ["text", "path"]


def test_too_large_a_mapping_is_shown_as_json_in_part(action):
    huge = {"contents": [{"id": number, "more": {"a": 1}} for number in range(300)], "value": 5}

    rows = mapping_form.rows_of(action, huge)

    kinds = {row.key: row.kind for row in rows}
    assert (kinds["contents"], kinds["value"]) == ("json", "number")
    assert same(mapping_form.mapping_of(rows)[0], huge)


@pytest.mark.parametrize(
    "name", ["m", "m-", "m-0", "m-0-kind-x", "m--kind", "m-99999999999-kind", "m-0-parts-0"]
)
def test_forged_names_of_inputs_do_no_harm(action, name):
    data = {"m-0-kind": "path", "m-0-key": "value", "m-0-was": "path", name: "x"}

    rows = mapping_form.from_tree(action, wire.tree(data, "m"))

    assert mapping_form.mapping_of(rows) == ({}, [])
