"""From mapped values to payloads: reference/destinations.md, section 2.3."""

import copy

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from destinations.cleaning import compile_cleaner
from destinations.errors import InvalidPayload
from destinations.fields import FORMATS, TYPES, Field, all_of, any_of, required_if


def clean(field, value):
    """The payload that one field makes of `value`."""
    return compile_cleaner([field])({field.name: value})


def errors_of(fields, mapped, **options):
    with pytest.raises(InvalidPayload) as caught:
        compile_cleaner(fields, **options)(mapped)
    return caught.value.errors


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        ("string", 5, "5"),
        ("string", 5.0, "5"),
        ("string", True, "true"),
        ("string", ["one"], "one"),
        ("number", "12.5", 12.5),
        ("number", "12", 12),
        ("number", " 1e3 ", 1000),
        ("number", True, 1),
        ("number", ["3"], 3),
        ("integer", "12.0", 12),
        ("integer", 12.0, 12),
        ("number", " ", 0),
        ("number", "\ufeff0x1F\n", 31),
        ("number", "0b11", 3),
        ("number", ".5", 0.5),
        ("number", "5.", 5),
        ("integer", "1e3", 1000),
        ("integer", False, 0),
        ("string", [None], ""),
        ("string", [False], "false"),
        ("number", [None], 0),
        ("boolean", [None], False),
        ("boolean", ["true"], True),
        ("boolean", "true", True),
        ("boolean", "false", False),
        ("boolean", 1, True),
        ("boolean", 0, False),
        ("datetime", "2026-08-20T10:00:00Z", "2026-08-20T10:00:00Z"),
        ("datetime", 1787220000, 1787220000),
        ("datetime", 1787220000123, 1787220000123),
        ("datetime", "1787220000", "1787220000"),
        ("datetime", "Thu, 20 Aug 2026 10:00:00 GMT", "Thu, 20 Aug 2026 10:00:00 GMT"),
        ("object", {"a": None, "b": ""}, {"a": None, "b": ""}),
    ],
)
def test_values_take_the_type_of_their_field(kind, value, expected):
    payload = clean(Field("x", kind), value)

    assert payload == {"x": expected}
    assert type(payload["x"]) is type(expected)


@pytest.mark.parametrize(
    ("kind", "value", "message"),
    [
        ("string", {}, "must be text, not an object"),
        ("string", ["a", "b"], "must be text, not a list"),
        ("number", "1_000", "must be a number, not this text"),
        ("number", "", None),
        ("number", "Infinity", "must be a number, not this text"),
        ("number", "twelve", "must be a number, not this text"),
        ("number", "-0x1F", "must be a number, not this text"),
        ("number", [[1]], "must be a number, not a list"),
        ("number", [], "must be a number, not a list"),
        ("integer", 1.5, "must be a whole number"),
        ("boolean", "", None),
        ("object", [{}], "must be an object, not a list"),
        ("boolean", "yes", "must be true or false, not this text"),
        ("boolean", 2, "must be true or false, not a number"),
        ("datetime", "soon", "must be a date or a time, not this text"),
        ("datetime", True, "must be a date or a time, not a boolean"),
        ("object", "text", "must be an object, not this text"),
    ],
)
def test_what_cannot_be_turned_is_an_error(kind, value, message):
    if message is None:
        assert clean(Field("x", kind), value) == {}
        return
    assert errors_of([Field("x", kind)], {"x": value}) == [("x", message)]


def test_null_is_removed_unless_the_field_allows_it():
    assert clean(Field("x"), None) == {}
    assert clean(Field("x", allow_null=True), None) == {"x": None}


def test_empty_text_is_removed_at_the_top_and_kept_below():
    address = Field("address", "object", properties=(Field("city"), Field("zip", "number")))

    assert clean(Field("x"), "") == {}
    assert clean(address, {"city": "", "zip": ""}) == {"address": {"city": ""}}


def test_unknown_keys_are_removed():
    address = Field("address", "object", properties=(Field("city"),))

    assert compile_cleaner([address])({"address": {"city": "Bern", "x": 1}, "y": 2}) == {
        "address": {"city": "Bern"}
    }


def test_unknown_sub_keys_stay_when_the_field_says_so():
    address = Field("a", "object", properties=(Field("city"),), additional_properties=True)

    assert clean(address, {"city": 5, "x": None}) == {"a": {"city": "5", "x": None}}


def test_a_single_value_becomes_a_list():
    tags = Field("tags", multiple=True)

    assert clean(tags, "a") == {"tags": ["a"]}
    assert clean(tags, [1, None, "b"]) == {"tags": ["1", "b"]}


def test_an_empty_text_is_no_list_but_may_stand_in_one():
    assert clean(Field("tags", multiple=True), "") == {}
    assert clean(Field("tags", multiple=True), [""]) == {"tags": [""]}
    assert clean(Field("sizes", "number", multiple=True), ["", "1", ["2"]]) == {"sizes": [1, 2]}


def test_lists_never_are_null():
    assert clean(Field("tags", multiple=True, allow_null=True), None) == {}


def test_only_at_the_top_an_object_becomes_a_list():
    items = Field("items", "object", multiple=True)
    inner = Field("a", "object", properties=(items,))

    assert clean(items, {"x": 1}) == {"items": [{"x": 1}]}
    assert errors_of([inner], {"a": {"items": {"x": 1}}}) == [
        ("a.items", "must be a list, not an object")
    ]
    assert errors_of([items], {"items": [{}, "text", 5]}) == [
        ("items[1]", "must be an object, not this text")
    ]


def test_in_a_list_of_objects_nothing_is_removed_but_null_takes_the_type():
    fields = (
        Field("name"),
        Field("price", "number"),
        Field("sold", "boolean"),
        Field("tags", multiple=True),
        Field("note", allow_null=True),
        Field("more", "object", properties=(Field("count", "integer"),)),
    )
    products = Field("p", "object", multiple=True, properties=fields)
    nothing = {"name": None, "price": None, "sold": None, "tags": None, "note": None}

    assert clean(products, [None, "", nothing, {"more": {"count": None}}]) == {
        "p": [
            {"name": "", "price": 0, "sold": False, "tags": [""], "note": None},
            {"more": {"count": 0}},
        ]
    }
    assert errors_of([products], {"p": [{"price": ""}]}) == [
        ("p[0].price", "must be a number, not this text")
    ]
    assert errors_of([products], {"p": [{"more": None}]}) == [
        ("p[0].more", "must be an object, not null")
    ]


def test_an_empty_object_in_a_list_misses_what_is_required():
    item = Field("i", "object", multiple=True, properties=(Field("id", required=True),))

    assert errors_of([item], {"i": [{}]}) == [("i[0].id", "is required")]


def test_formats_and_limits_are_not_asked_of_lists():
    assert clean(Field("x", multiple=True, format="email"), ["ann"]) == {"x": ["ann"]}
    assert clean(Field("x", multiple=True, maximum=1), ["ann"]) == {"x": ["ann"]}
    assert clean(Field("x", "datetime", multiple=True), ["soon", 5]) == {"x": ["soon", 5]}


def test_an_empty_text_inside_an_object_is_no_moment():
    when = Field("a", "object", properties=(Field("at", "datetime"),))

    assert clean(Field("at", "datetime"), "") == {}
    assert errors_of([when], {"a": {"at": ""}})


@pytest.mark.parametrize("mapped", [None, [], "text", 5])
def test_a_payload_is_an_object(mapped):
    with pytest.raises(InvalidPayload, match="must be an object"):
        compile_cleaner([Field("x")])(mapped)


def test_what_is_not_there_is_not_something_else_either():
    fields = [Field("kind"), Field("id", required=required_if("kind", "is_not", "new"))]

    assert compile_cleaner(fields)({}) == {}
    assert errors_of(fields, {"kind": "old"}) == [("id", "is required here")]


@pytest.mark.parametrize(
    ("name", "good", "bad"),
    [
        ("date", ["2024-02-29"], ["20240229", "2024-W09-4", "2023-02-29", "2024-2-9"]),
        ("time", ["10:00:00", "23:59:60Z", "10:00:00.5+0200"], ["10:00", "24:00:00", "10:60:00"]),
        (
            "date-time",
            ["2024-02-29T10:00:00", "2024-02-29 10:00:00z"],
            ["2024-02-29", "2024-02-29T10:00", "2024-02-30T10:00:00Z", "20240229T100000Z"],
        ),
        (
            "email",
            ["a.b+c@d-e.co", "o'neil@x.io", "a" * 70 + "@b.ch"],
            ["a..b@c.de", ".a@b.de", "a@b", "ä@b.de", "a@-b.de", "a@b.de\n", "a b@c.de"],
        ),
        (
            "uri",
            ["mailto:a@b.de", "https://[::1]:80/a?b=c%20d#e?f", "a:b", "http://u:p@h.de/"],
            ["/a/b", "https://a.de/ä", "https://a.de/%zz", "https://a.de/a b", "x:[a]", "https://a|b"],
        ),
        (
            "uuid",
            ["4B2F5C1E-8f5a-4a0e-9f58-0b2b0f6f9f11", "urn:uuid:4b2f5c1e-" + "0000-" * 3 + "a" * 12],
            ["4b2f5c1e8f5a4a0e9f580b2b0f6f9f11", "{4b2f5c1e-8f5a-4a0e-9f58-0b2b0f6f9f11}"],
        ),
    ],
)  # fmt: skip
def test_formats_are_those_of_json_schema(name, good, bad):
    field = Field("x", format=name)

    for text in good:
        assert clean(field, text) == {"x": text}
    for text in bad:
        with pytest.raises(InvalidPayload):
            clean(field, text)


def test_lists_of_objects_are_cleaned_item_by_item():
    products = Field("p", "object", multiple=True, properties=(Field("price", "number"),))

    assert clean(products, [{"price": "5", "x": 1}, {}]) == {"p": [{"price": 5}, {}]}
    assert errors_of([products], {"p": [{"price": "5"}, {"price": "x"}]}) == [
        ("p[1].price", "must be a number, not this text")
    ]


def test_required_fields_are_required():
    assert errors_of([Field("x", required=True)], {}) == [("x", "is required")]
    assert errors_of([Field("x", required=True)], {"x": ""}) == [("x", "is required")]


def test_all_errors_are_collected_one_for_each_field():
    fields = [Field("a", "number", required=True), Field("b", required=True), Field("c")]

    assert errors_of(fields, {"a": "x", "c": {}}) == [
        ("a", "must be a number, not this text"),
        ("c", "must be text, not an object"),
        ("b", "is required"),
    ]


def test_conditions_make_a_field_required():
    fields = [
        Field("email"),
        Field("phone", required=required_if("email", "is")),
        Field("list", required=any_of(required_if("kind", "is", ("add", "remove")))),
        Field("kind"),
    ]

    assert compile_cleaner(fields)({"email": "a@b.c", "kind": "other"}) == {
        "email": "a@b.c",
        "kind": "other",
    }
    assert errors_of(fields, {"kind": "add"}) == [
        ("phone", "is required here"),
        ("list", "is required here"),
    ]


def test_conditions_can_be_joined_and_look_at_the_sync_mode():
    needed = all_of(required_if("@syncMode", "is", "update"), required_if("a", "is_not", "x"))
    fields = [Field("a"), Field("id", required=needed)]

    assert compile_cleaner(fields, sync_mode="add")({}) == {}
    assert compile_cleaner(fields, sync_mode="update")({"a": "x"}) == {"a": "x"}
    assert compile_cleaner(fields, sync_mode="update")({}) == {}
    assert errors_of(fields, {"a": "y"}, sync_mode="update") == [("id", "is required here")]


def test_required_members_count_only_in_objects_that_hold_something():
    value = Field("v", "object", properties=(Field("amount", "number", required=True), Field("c")))

    assert clean(value, {}) == {}
    assert errors_of([value], {"v": {"c": "EUR"}}) == [("v.amount", "is required")]


@pytest.mark.parametrize(
    ("field", "good", "bad"),
    [
        (Field("x", choices=("a", ("b", "Bee"))), "b", "c"),
        (Field("x", format="email"), "ann@example.com", "ann"),
        (Field("x", format="uri"), "https://a.example/b?c=d", "a b"),
        (Field("x", format="uuid"), "4b2f5c1e-8f5a-4a0e-9f58-0b2b0f6f9f11", "4b2f"),
        (Field("x", format="ipv4"), "10.0.0.1", "10.0.0.256"),
        (Field("x", format="ipv6"), "::1", "1"),
        (Field("x", format="hostname"), "a.example", "-a"),
        (Field("x", format="date"), "2026-08-20", "20.8.2026"),
        (Field("x", format="date-time"), "2026-08-20T10:00:00Z", "x"),
        (Field("x", format="regex"), "a+", "a("),
        (Field("x", "number", minimum=1, maximum=5), 5, 6),
        (Field("x", minimum=2), "ab", "a"),
        (Field("x", maximum=2), "ab", "abc"),
    ],
)
def test_choices_formats_and_limits(field, good, bad):
    assert clean(field, good) == {"x": good}
    with pytest.raises(InvalidPayload):
        clean(field, bad)


scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=6)
values = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["a", "b", "c"]), inner, max_size=3)
    ),
    max_leaves=8,
)
simple = st.builds(
    Field,
    st.sampled_from(["a", "b", "c"]),
    st.sampled_from(TYPES),
    multiple=st.booleans(),
    required=st.booleans(),
    allow_null=st.booleans(),
    format=st.sampled_from(["", *FORMATS]),
    maximum=st.none() | st.just(3),
)
fields = st.recursive(
    simple,
    lambda inner: st.builds(
        Field,
        st.sampled_from(["a", "b", "c"]),
        st.just("object"),
        properties=st.lists(inner, max_size=3).map(tuple),
        multiple=st.booleans(),
        additional_properties=st.booleans(),
    ),
    max_leaves=5,
)


@settings(max_examples=500, deadline=None)
@given(st.lists(fields, max_size=3), st.dictionaries(st.sampled_from(["a", "b", "c"]), values))
def test_any_value_gives_a_payload_or_a_list_of_errors(some_fields, mapped):
    before = copy.deepcopy(mapped)

    try:
        payload = compile_cleaner(some_fields)(mapped)
    except InvalidPayload as error:
        assert error.errors
    else:
        assert set(payload) <= {each.name for each in some_fields}
    assert repr(mapped) == repr(before)


def test_an_event_in_a_batch_keeps_its_empty_texts():
    fields = [Field("name"), Field("email", format="email"), Field("count", "number")]

    clean = compile_cleaner(fields, batched=True)

    assert clean({"name": "", "count": ""}) == {"name": ""}
    with pytest.raises(InvalidPayload, match="email must have the format email"):
        clean({"email": ""})
