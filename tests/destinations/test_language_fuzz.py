"""Whatever is written as a mapping, a trigger or FQL, and whatever event comes: a value or the
declared error, the same each time, made of the event and of what was written and of nothing else.

`make test` tries a few thousand. SWITCHYARD_FUZZ=100000 tries that many of each, at random.
"""

import copy
import os
import sys

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from destinations.errors import MappingError
from destinations.language.liquid_filters import FILTERS
from destinations.language.mapping import compile_mapping
from destinations.language.trigger import InvalidTrigger, compile_trigger
from sources.language.fql import FQLError, compile_fql
from sources.language.fql_functions import FUNCTIONS
from sources.language.values import encode_json

MANY = int(os.environ.get("SWITCHYARD_FUZZ", "0"))
MAX_CALLS = 5_000_000
MAX_BYTES = 50_000_000

# What Python writes of its own objects. Nothing of the kind can come out of an event.
LEAKS = ("<class", "<function", "<built-in", "<module", "object at 0x", "__main__", "UNSET")


def fuzz(examples):
    return settings(
        max_examples=MANY or examples,
        deadline=None,
        derandomize=not MANY,
        database=None,
        suppress_health_check=list(HealthCheck),
    )


# --- events -------------------------------------------------------------------------------------

HOSTILE = ["__class__", "__dict__", "__globals__", "__proto__", "constructor", "toString", "items"]
KEYS = ["a", "b", "c d", "e.f", "g[0]", "0", "1", "length", "size", "é", "😀", "", "@path", "it's"]
ROOTS = ["type", "event", "name", "userId", "properties", "traits", "context"]
NUMBERS = [0, 1, -1, 1.5, -0.0, 1e21, 1e-7, 2**53 + 1, 2**70, -(2**63), 1e308, 0.1 + 0.2]
TEXTS = ["", " ", "a", "A b", "5", "true", "null", "é😀", "$&$`", "{{a}}", "<b>&\"'", "\u2028\x00"]
TEXTS += ["2026-08-20T10:05:09Z", "{% if %}", '{"a":[1]}', "a" * 300, "\u212a", "ſ", "İ", *HOSTILE]

keys = st.sampled_from([*KEYS, *ROOTS, *HOSTILE])
scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.sampled_from(NUMBERS),
    st.sampled_from(TEXTS),
    st.text(max_size=6),
    st.floats(allow_nan=False, allow_infinity=False),
)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=4),
    max_leaves=10,
)
events = st.dictionaries(st.sampled_from([*ROOTS, "a", "b", "é"]), values, max_size=6)


def _deep(levels, wrap):
    value = "a"
    for _ in range(levels):
        value = wrap(value)
    return {"a": value, "properties": {"a": value}, "b": [value] * 3}


DEEP = [
    _deep(levels, wrap)
    for levels in (5, 100, 300, 2000)
    for wrap in (lambda it: [it], lambda it: {"a": it}, lambda it: [{"a": it}])
]
all_events = st.one_of(events, events, events, st.sampled_from([*DEEP, *DEEP[:6]]))


# --- mappings -----------------------------------------------------------------------------------

path_parts = st.sampled_from([*KEYS, *ROOTS, *HOSTILE, "$", "[0]", "['a']", '["b"]', "[", "]"])
paths = st.lists(path_parts, max_size=4).map(".".join) | st.sampled_from(["$.a", "$.", ".", "a.0"])
filter_arguments = st.sampled_from(["", ": 1", ": 'a', 'b'", ": -1, 99", ": a", ": nil", ": a.b"])
filters = st.tuples(
    st.sampled_from([*sorted(FILTERS), "sort", "map", "nothing"]), filter_arguments
).map("".join)
pipes = st.lists(filters, max_size=4).map(lambda names: "".join(f" | {name}" for name in names))
operands = st.sampled_from(
    ["a", "b.a", "e.f", "'é'", "5", "1.5", "nil", "true", "a[0]", "__class__"]
)
liquid = st.one_of(
    st.builds("{{{{ {}{} }}}}".format, operands, pipes),
    st.builds("{{% assign x = {}{} %}}{{{{ x | append: x }}}}".format, operands, pipes),
    st.builds("{{% if {} {} {} %}}1{{% else %}}2{{% endif %}}".format,
              operands, st.sampled_from(["==", "<", "contains", "and", "!=", "&&"]), operands),
    st.text("{}%| ab:'\"0.,[]()-\n", max_size=30),
)  # fmt: skip
liquids = st.lists(liquid, max_size=3).map("".join) | st.integers(0, 1200).map(lambda n: "x" * n)
templates = st.lists(
    st.one_of(
        st.builds("{{{{{}}}}}".format, paths),
        st.builds("{{{{{{{}}}}}}}".format, paths),
        st.text("{}$. a", max_size=5),
        st.sampled_from(TEXTS),
    ),
    max_size=4,
).map("".join)
OPTIONS = ["value", "exists", "blank", "then", "else", "operator", "pattern", "replacement"]
OPTIONS += ["pattern2", "replacement2", "ignorecase", "global", "separator", "omitArrays", "mode"]
OPTIONS += ["objects", "direction", "apply", "mapping", "_metadata"]
WORDS = ["left", "right", "lower", "upper", "encode", "decode", "-", "$&", "$`", "", "12345678901"]
NAMES = ["if", "case", "replace", "merge", "transform", "flatten", "json", "excludeWhenNull"]
NAMES += ["literal", "arrayPath", "path", "template", "liquid", "unknown", ""]


def _mappings(inner):
    word = st.sampled_from(WORDS)
    flag = st.booleans()
    wild = st.dictionaries(st.sampled_from(OPTIONS), inner | word | flag, max_size=5)
    objects = st.dictionaries(keys, inner, max_size=3)
    branches = st.sampled_from(["exists", "blank"])
    return st.one_of(
        st.builds(lambda text: {"@path": text}, paths | inner),
        st.builds(lambda text: {"@template": text}, templates | inner),
        st.builds(lambda text: {"@liquid": text}, liquids),
        st.builds(lambda test, a, b, c: {"@if": {test: a, "then": b, "else": c}},
                  branches, inner, inner, inner),
        st.builds(lambda a, b: {"@arrayPath": [a, b]}, paths | inner, objects | inner),
        st.builds(lambda op, v: {"@case": {"operator": op, "value": v}}, word, inner),
        st.builds(lambda v, p, r, more: {"@replace": {"value": v, "pattern": p, "replacement": r,
                                                      **more}}, inner, word, word, wild),
        st.builds(lambda a, d: {"@merge": {"objects": a, "direction": d}},
                  st.lists(inner, max_size=3), st.sampled_from(["left", "right"])),
        st.builds(lambda a, b: {"@transform": {"apply": a, "mapping": b}}, objects, inner),
        st.builds(lambda v, s, o: {"@flatten": {"value": v, "separator": s, "omitArrays": o}},
                  inner, word | inner, flag),
        st.builds(lambda m, v: {"@json": {"mode": m, "value": v}},
                  st.sampled_from(["encode", "decode"]), inner),
        st.builds(lambda v: {"@excludeWhenNull": v}, inner),
        st.builds(lambda v: {"@literal": v}, inner),
        st.builds(lambda name, v: {f"@{name}": v}, st.sampled_from(NAMES),
                  wild | inner | st.lists(inner, max_size=2)),
        st.lists(inner, max_size=3),
        objects,
        st.builds(lambda root, rest: {"__segment_internal_directive": root, **rest},
                  inner, objects),
    )  # fmt: skip


mappings = st.recursive(scalars | values, _mappings, max_leaves=12)


WRAPS = [
    lambda it: {"@json": {"mode": "encode", "value": it}},
    lambda it: {"@template": it},
    lambda it: {"@transform": {"apply": {"a": "{{a}}{{a}}"}, "mapping": it}},
    lambda it: {"@transform": {"apply": {"a": [{"@path": "a"}, {"@path": "a"}]}, "mapping": it}},
    lambda it: {"@arrayPath": [it, {"a": {"@path": "$."}}]},
    lambda it: {"@literal": [it]},
    lambda it: {"@replace": {"value": it, "pattern": "a", "replacement": "aaaaaaaaaa"}},
]


@st.composite
def deep_mappings(draw):
    """One directive in itself, up to the depth that is refused and beyond."""
    node, wrap = draw(mappings), draw(st.sampled_from(WRAPS))
    for _ in range(draw(st.integers(0, 45))):
        node = wrap(node)
    return node


@fuzz(1000)
@given(st.one_of(mappings, mappings, mappings, deep_mappings()), all_events)
def test_any_mapping_on_any_event(mapping, event):
    before = _text(event)
    written = _text(mapping)
    try:
        run = compile_mapping(mapping)
    except MappingError:
        return

    first, second = _outcome(run, event, MappingError), _outcome(run, event, MappingError)

    assert first == second
    assert _text(event) == before
    assert _text(mapping) == written
    if first[0] == "value":
        _check_json(first[1])
        shown = _text(first[1])
        assert len(shown) < MAX_BYTES
        assert not [leak for leak in LEAKS if leak in shown and leak not in before + written]


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("value", [None, True, 5, 1.5, "text", [1], {"a": 1}])
def test_no_path_leads_out_of_the_event(name, value):
    mapping = {
        "path": {"@path": f"$.a.{name}"},
        "bracket": {"@path": f"$.a['{name}']"},
        "template": {"@template": f"{{{{a.{name}}}}}"},
        "liquid": {"@liquid": f"{{{{ a.{name} }}}}{{{{ a | where: '{name}' | size }}}}"},
    }
    found = compile_mapping(mapping)({"a": value})

    kept = {"path": None, "bracket": None} if value is None else {}
    assert found == {**kept, "template": "", "liquid": "0"}
    for text in (f"properties.a.{name} != null", f"traits.{name} != null"):
        assert compile_trigger(text)({"properties": {"a": value}, "traits": value}) is False
        assert compile_fql(text)({"properties": {"a": value}, "traits": value}) is False


# --- triggers and FQL ---------------------------------------------------------------------------

FIELDS = ["properties.g\\[0\\]", "properties.a.length", "type.a", "a.b", "a-b", "null"]
FIELDS += [f"properties.a.{name}" for name in HOSTILE]
fields = st.sampled_from(
    [*ROOTS, "properties.a", "properties.a.b", "traits.c\\ d", "context.é", "messageId", *FIELDS]
)
quoted = st.sampled_from(['"a"', '"A b*"', '"*b"', "'x'", '""', '"\\""', '"*"', '"é😀"', '"[a-"'])
literals = quoted | st.sampled_from(
    ["0", "5", "-1.5", "true", "false", "null", "1e5", "word", "+7"]
)
operators = st.sampled_from(["=", "!=", "<", "<=", ">", ">=", "in"])
calls = st.builds("{}{}({}, {})".format, st.sampled_from(["", "!"]),
                  st.sampled_from(["contains", "match"]), fields, literals)  # fmt: skip
fql_values = st.one_of(
    fields,
    literals,
    st.builds("{}({})".format, st.sampled_from(sorted(FUNCTIONS)), fields | literals),
    st.lists(literals, max_size=3).map(lambda items: f"[{', '.join(items)}]"),
)
terms = st.one_of(
    st.builds("{} {} {}".format, fields, operators, literals),
    calls,
    st.builds("{} {} {}".format, fql_values, operators, fql_values),
    fql_values,
)


def _expressions(inner):
    word = st.sampled_from([" and ", " or ", " AND ", "or", " "])
    return st.one_of(
        st.builds("{}{}{}".format, inner, word, inner),
        st.builds("({})".format, inner),
        st.builds("(({}))".format, inner),
        st.builds("!({})".format, inner),
        st.builds("!{}".format, inner),
    )


expressions = st.recursive(terms, _expressions, max_leaves=8)


@st.composite
def mutated(draw):
    """A valid text with pieces cut out, doubled or put in."""
    text = draw(expressions)
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(text)))
        piece = draw(
            st.sampled_from(["", "(", ")", '"', "'", "!", "\\", ".", ",", "[", "é", "\x00"])
        )
        text = text[:at] + piece + text[at + draw(st.integers(0, 3)) :]
    return text


texts = st.one_of(
    expressions,
    mutated(),
    st.text(max_size=30),
    st.builds(lambda text, times: text * times, terms, st.sampled_from([50, 500])),
    st.sampled_from([piece * n for piece in ("(", "!", "[", "a.", "a(") for n in (30, 41, 1000)]),
)


@pytest.mark.parametrize(
    ("compiled", "error"),
    [(compile_trigger, InvalidTrigger), (compile_fql, FQLError)],
    ids=["trigger", "fql"],
)
@fuzz(1000)
@given(text=texts, event=all_events)
def test_any_expression_on_any_event(compiled, error, text, event):
    before = _text(event)
    try:
        run = compiled(text)
    except error:
        return

    first, second = _outcome(run, event, error), _outcome(run, event, error)

    assert first == second
    assert _text(event) == before
    assert first[0] == "error" or first[1] in (True, False)


# --- helpers ------------------------------------------------------------------------------------


def _outcome(run, event, error):
    """Return ("value", what came out) or ("error", its text). Counts what Python does for it."""
    event, calls = copy.copy(event), 0

    def count(frame, what, argument):
        nonlocal calls
        calls += 1
        assert calls < MAX_CALLS, "more work than any event is worth"

    before, limit = sys.getprofile(), sys.getrecursionlimit()
    # Hypothesis allows more than Python's own 1,000, and more than the stack may hold.
    sys.setrecursionlimit(_depth() + 1000)
    sys.setprofile(count)
    try:
        return "value", run(event)
    except error as caught:
        return "error", str(caught)
    finally:
        sys.setprofile(before)
        sys.setrecursionlimit(limit)


def _depth():
    frame, depth = sys._getframe(), 0
    while frame is not None:
        frame, depth = frame.f_back, depth + 1
    return depth


def _check_json(value):
    rest = [value]
    while rest:
        each = rest.pop()
        kind = type(each)
        assert kind in (dict, list, str, int, float, bool, type(None)), kind
        if kind is dict:
            assert all(type(key) is str for key in each)
            rest.extend(each.values())
        elif kind is list:
            rest.extend(each)


def _text(value):
    """JSON, or what stands for it where the value is too deep."""
    try:
        return encode_json(value).decode()
    except ValueError:
        return "too deep"
