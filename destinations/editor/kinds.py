"""The kinds of pieces that the editor knows, in the order in which they are tried."""

import re

from destinations.request import MASK

from . import fixed, functions, structures
from .parts import KINDS, Kind, Part

_EVENT, _FIXED = "From the event", "A fixed value"
_OBJECT, _CHANGE = "Objects and lists", "Changed by a function"
_VALUE = (("value", "of"),)
_IF = (("condition", "If"), ("then", "Then"), ("else", "Else"))

KINDS |= {
    "kept": Kind("As stored, not shown", "", fixed.read_kept, lambda part, nodes: MASK),
    "path": Kind("Value of the event", _EVENT, *structures.one_text("@path"), {"value": ""}),
    "template": Kind(
        "Text with values", _EVENT, *structures.one_text("@template", True), {"value": ""}
    ),
    "first": Kind(
        "The first of several", _EVENT, structures.read_first, structures.write_first, grows="list"
    ),
    "if": Kind(
        "One or the other", _EVENT, structures.read_if, structures.write_if, {"test": "exists"}, _IF
    ),
    "choice": Kind("One of the choices", "", fixed.read_choice, fixed.write_choice, {"value": ""}),
    "text": Kind(
        "Text",
        _FIXED,
        *fixed.fixed(fixed.read_text, lambda text: text),
        {"value": "", "literal": ""},
    ),
    "number": Kind(
        "A number",
        _FIXED,
        *fixed.fixed(fixed.read_number, fixed.write_number),
        {"value": "", "literal": ""},
    ),
    "boolean": Kind(
        "True or false",
        _FIXED,
        *fixed.fixed(fixed.read_boolean, lambda text: text == "true"),
        {"value": "true", "literal": ""},
    ),
    "null": Kind(
        "Null",
        _FIXED,
        *fixed.fixed(lambda value: {} if value is None else None, lambda text: None),
        {"literal": ""},
    ),
    "members": Kind(
        "An object", _OBJECT, structures.read_members, structures.write_members, grows="members"
    ),
    "each": Kind(
        "Each item of a list",
        _OBJECT,
        structures.read_each,
        structures.write_each,
        {"value": ""},
        (("item", "From each item"),),
    ),
    "list": Kind("A list", _OBJECT, structures.read_list, structures.write_list, grows="list"),
    "merge": Kind(
        "Objects merged",
        _OBJECT,
        structures.read_merge,
        structures.write_merge,
        {"direction": "right"},
        grows="list",
    ),
    "case": Kind(
        "Upper or lower case",
        _CHANGE,
        *functions.function("@case", ("operator",), among=("lower", "upper")),
        {"operator": "lower"},
        _VALUE,
    ),
    "replace": Kind(
        "Replace in a text",
        _CHANGE,
        *functions.replace(),
        dict.fromkeys(
            ("pattern", "replacement", "pattern2", "replacement2", "ignorecase", "global"), ""
        ),
        _VALUE,
    ),
    "json_text": Kind(
        "To or from JSON text",
        _CHANGE,
        *functions.function("@json", ("mode",), among=("encode", "decode")),
        {"mode": "encode"},
        _VALUE,
    ),
    "flatten": Kind(
        "Flatten",
        _CHANGE,
        *functions.function("@flatten", ("separator",), {"omitArrays": True}),
        {"separator": ".", "omitArrays": ""},
        _VALUE,
    ),
    "liquid": Kind(
        "A Liquid template", _CHANGE, *structures.one_text("@liquid", True), {"value": ""}
    ),
    "json": Kind("As JSON", "", lambda node, about: None, fixed.write_json, {"value": ""}),
}


def first_path(part: Part) -> str:
    """Return the first path that a Part reads, or ""."""
    if part.kind in ("path", "each"):
        return part.texts.get("value", "")
    if part.kind == "template":
        match = re.search(r"\{\{\s*([^{}]+?)\s*\}\}", part.texts.get("value", ""))
        return f"$.{match[1]}" if match else ""
    return next((found for each in part.parts if (found := first_path(each))), "")
