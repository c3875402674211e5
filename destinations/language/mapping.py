"""A mapping turns an event into a payload: JSON with directives, compiled once.

    compile_mapping({"email": {"@path": "$.traits.email"}})(event)  →  {"email": "ann@example.com"}

An object whose only key starts with "@" (beside an optional "_metadata") is a directive; every
other value stands for itself. What a directive finds missing is UNSET and leaves no key behind;
null is a value and stays. The rules: reference/destinations.md, section 3, read 2026-11-23.
"""

from destinations.errors import MappingError
from destinations.language.directives import DIRECTIVES
from destinations.options import is_directive
from sources.language.values import UNSET

# Deep enough for any mapping a person writes, shallow enough for Python's stack.
MAX_DEPTH = 40

ROOT_DIRECTIVE = "__segment_internal_directive"


def compile_mapping(mapping):
    """Return a function that takes an event (a dict) and gives the mapped value.

    A root that finds nothing gives None. Raises MappingError for a mapping that is wrong
    anywhere, even in a branch that would not be taken; the returned function raises it for what
    only shows on an event.
    """
    resolve = compile_node(_unwrap_root(mapping), "$")

    def run(event):
        try:
            value = resolve(event)
        except RecursionError:
            raise MappingError("the event is nested too deeply") from None
        return None if value is UNSET else value

    return run


def compile_node(node, place, depth=0, plain=False, holes=False):
    """Return the function that resolves one piece of a mapping. May give UNSET.

    `plain` is how Segment reads what is in lists and in @literal: an object that has other keys
    beside one with an "@" is no wrong directive there, but data, such as {"@type": …, "name": …}.
    With `holes` an object keeps, as UNSET, what was not found: @merge wants to know.
    """
    if depth > MAX_DEPTH:
        raise MappingError(f"nested deeper than {MAX_DEPTH} levels", place)
    if type(node) is dict:
        bad_key = next((key for key in node if type(key) is not str), None)
        if bad_key is not None:
            raise MappingError(f"the key {bad_key!r} is not text", place)
        if is_directive(node) and not (plain and _is_mixed(node)):
            return _compile_directive(node, place, depth, plain, holes)
        return _compile_object(node, place, depth, plain, holes)
    if type(node) is list:
        return _compile_list(node, place, depth)
    return lambda event: node


def _is_mixed(node):
    return any(not key.startswith("@") and key != "_metadata" for key in node)


def _compile_directive(node, place, depth, plain, holes):
    names = [key for key in node if key != "_metadata"]
    if len(names) != 1:
        raise MappingError(
            f"a directive stands alone, but here are {', '.join(sorted(names))}", place
        )
    [name] = names
    build = DIRECTIVES.get(name)
    if build is None:
        raise MappingError(f"unknown directive {name}", place)

    def compile_part(part, key, plain=plain, holes=False):
        return compile_node(part, f"{place}.{name}{key and '.'}{key}", depth + 1, plain, holes)

    compile_part.holes = holes
    return build(node[name], f"{place}.{name}", compile_part)


def _compile_object(node, place, depth, plain, holes):
    parts = [
        (key, compile_node(value, f"{place}.{key}", depth + 1, plain))
        for key, value in node.items()
    ]

    if holes:
        return lambda event: {key: part(event) for key, part in parts}

    def resolve(event):
        found = {}
        for key, part in parts:
            value = part(event)
            if value is not UNSET:
                found[key] = value
        return found

    return resolve


def _compile_list(node, place, depth):
    parts = [
        compile_node(item, f"{place}[{i}]", depth + 1, plain=True) for i, item in enumerate(node)
    ]

    def resolve(event):
        # A hole in a list keeps its place: null, as in JSON.
        return [None if (value := part(event)) is UNSET else value for part in parts]

    return resolve


def _unwrap_root(mapping):
    """Return `mapping` with its root directive, if it has one, wrapped around the other keys."""
    if type(mapping) is not dict or ROOT_DIRECTIVE not in mapping:
        return mapping
    root = mapping[ROOT_DIRECTIVE]
    rest = {key: value for key, value in mapping.items() if key != ROOT_DIRECTIVE}
    names = [key for key in root if key.startswith("@")] if type(root) is dict else []
    if len(names) != 1 or type(root[names[0]]) is not dict:
        raise MappingError("needs exactly one directive with options", f"$.{ROOT_DIRECTIVE}")
    return {names[0]: {**root[names[0]], "mapping": rest}}
