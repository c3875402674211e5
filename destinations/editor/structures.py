"""Pieces with pieces inside: values of the event, objects and lists. See kinds.py for the list.

For each a `read_…` takes (node, about) and a `write_…` takes (part, nodes), as parts.Kind says.
"""

from sources.language.values import UNSET

from .parts import Unwritable, same
from .shapes import has_keys, is_text, options_of


def one_text(name, several_lines=False):
    """Return (read, write) of a directive that is given a text; empty it is none."""

    def read(node, about):
        value = options_of(node, name)
        return ({"value": value}, []) if is_text(value, several_lines) else None

    def write(part, nodes):
        return {name: part.texts["value"]} if part.texts.get("value") else UNSET

    return read, write


def read_first(node, about):
    found, rest = [], node
    while has_keys(options := options_of(rest, "@if"), ("exists", "then", "else")):
        if not same(options["exists"], options["then"]):
            break
        found.append(("", options["exists"]))
        rest = options["else"]
    return ({}, [*found, ("", rest)]) if found else None


def write_first(part, nodes):
    found = [node for _, node in nodes if node is not UNSET]
    if not found:
        return UNSET
    *others, node = found
    for each in reversed(others):
        node = {"@if": {"exists": each, "then": each, "else": node}}
    return node


def read_if(node, about):
    options = options_of(node, "@if")
    test = "blank" if type(options) is dict and "blank" in options else "exists"
    if not has_keys(options, (test,), ("then", "else")):
        return None
    slots = {"condition": options[test], "then": UNSET, "else": UNSET, **options}
    return {"test": test}, [(key, slots[key]) for key in ("condition", "then", "else")]


def write_if(part, nodes):
    slots = {key: node for key, node in nodes if node is not UNSET}
    condition = slots.pop("condition", UNSET)
    if condition is UNSET:
        return UNSET
    return {"@if": {part.texts.get("test", "exists"): condition, **slots}}


def read_each(node, about):
    options = options_of(node, "@arrayPath")
    if type(options) is not list or len(options) != 2 or not is_text(options[0]):
        return None
    return {"value": options[0]}, [("item", options[1])]


def write_each(part, nodes):
    if not part.texts.get("value"):
        return UNSET
    item = dict(nodes).get("item", UNSET)
    if item is UNSET:
        raise Unwritable("Say what is taken from each item.")
    return {"@arrayPath": [part.texts["value"], item]}


def read_members(node, about):
    if type(node) is not dict or any(key[:1] in ("@", "") or not is_text(key) for key in node):
        return None
    return {}, list(node.items())


def write_members(part, nodes):
    found = {}
    for key, node in nodes:
        if key.startswith("@"):
            raise Unwritable("A key cannot start with @; use “As JSON” for directives.")
        if node is UNSET or not key:
            continue
        if key in found:
            raise Unwritable(f"The key {key} is there twice.")
        found[key] = node
    return found


def read_list(node, about):
    return ({}, [("", each) for each in node]) if type(node) is list else None


def write_list(part, nodes):
    return [node for _, node in nodes if node is not UNSET]


def read_merge(node, about):
    options = options_of(node, "@merge")
    if not has_keys(options, ("objects", "direction")) or type(options["objects"]) is not list:
        return None
    if options["direction"] not in ("left", "right"):
        return None
    return {"direction": options["direction"]}, [("", each) for each in options["objects"]]


def write_merge(part, nodes):
    found = write_list(part, nodes)
    if not found:
        return UNSET
    return {"@merge": {"objects": found, "direction": part.texts.get("direction", "right")}}
