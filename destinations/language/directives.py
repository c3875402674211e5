"""The directives of the mapping language, one function each.

A function takes (options, place, part): `options` as written in the mapping, `place` for error
messages, and `part(node, key, plain=False, holes=False)`, which compiles a piece of the mapping
(see mapping.compile_node; `part.holes` says whether the directive itself may give holes). It gives
a function of the event. The rules and the odd cases: reference/destinations.md, section 3, read
2026-11-23, and segmentio/action-destinations, packages/core/src/mapping-kit, read 2026-11-25;
what looks odd here ("blank" being inverted, a falsy `else` being ignored) is so there.
"""

from destinations.errors import MappingError
from destinations.language.text_directives import (
    case,
    json,
    liquid,
    replace,
    template,
    text_of_directive,
)
from destinations.options import check_options, is_directive, nothing, truthy
from sources.language.paths import getter
from sources.language.values import UNSET, is_loosely_empty, json_text

# How many values @transform may hand on: an event of 32 KB cannot hold as many.
MAX_APPLIED = 50_000


def path(options, place, part):
    if type(options) is str:
        return getter(options)
    find_path = text_of_directive(options, "a path, such as $.properties.name", place, part)
    return lambda event: getter(find_path(event))(event)


def literal(options, place, part):
    return part(options, "", plain=not is_directive(options), holes=part.holes)


def if_(options, place, part):
    check_options(options, place)
    # A literal false, 0, "" or null is no condition; but beside another one `exists` goes first.
    if not truthy(options.get("exists")) and not truthy(options.get("blank")):
        raise MappingError("needs exists or blank", place)
    test = "exists" if "exists" in options else "blank"
    condition = part(options[test], test)
    then, other = nothing, nothing
    if "then" in options:
        then = part(options["then"], "then", holes=part.holes)
    # A falsy `else` is ignored (ran).
    if truthy(options.get("else")):
        other = part(options["else"], "else", holes=part.holes)
    if test == "blank":
        return _if_not_blank(condition, then, other)
    # Compared as JSON: to Python 1 is True.
    if (
        "then" in options
        and not part.holes
        and json_text(options[test]) == json_text(options["then"])
    ):
        return _coalesce(condition, other)

    def resolve(event):
        value = condition(event)
        return other(event) if value is UNSET or value is None else then(event)

    return resolve


def _if_not_blank(condition, then, other):
    def resolve(event):
        value = condition(event)
        blank = value is UNSET or value is None or is_loosely_empty(value)
        return other(event) if blank else then(event)

    return resolve


def _coalesce(first, other):
    """`{exists: a, then: a, else: b}`, by far the commonest @if: look `a` up once."""

    def resolve(event):
        value = first(event)
        return other(event) if value is UNSET or value is None else value

    return resolve


def array_path(options, place, part):
    if type(options) is not list or not options:
        raise MappingError("needs [path] or [path, shape]", place)
    if type(options[0]) is str:
        find = getter(options[0])
    elif is_directive(options[0]):
        find = part(options[0], "path")  # what it gives is the list itself, not a path to it
    else:
        raise MappingError("needs a path, such as $.properties.products", place)
    shape = part(options[1], "shape") if len(options) > 1 else None
    if shape is None or type(options[1]) is not dict or not options[1]:
        return find

    def resolve(event):
        found = find(event)
        if type(found) is dict:
            found = [found]
        if type(found) is not list:
            return found
        return [None if (item := shape(each)) is UNSET else item for each in found]

    return resolve


def merge(options, place, part):
    check_options(options, place)
    direction = options.get("direction")
    if direction not in ("left", "right"):
        raise MappingError("needs direction left or right", place)
    if type(options.get("objects")) is not list:
        raise MappingError("needs a list of objects", place)
    finds = [
        part(each, f"objects[{i}]", plain=True, holes=True)
        for i, each in enumerate(options["objects"])
    ]

    def resolve(event):
        objects = [find(event) for find in finds]
        merged = {}
        for each in objects if direction == "right" else reversed(objects):
            # A member that was not found takes the one before it away, as in Segment.
            merged.update(_members(each))
        if part.holes or UNSET not in merged.values():
            return merged
        return {key: each for key, each in merged.items() if each is not UNSET}

    return resolve


def _members(value):
    """What spreading a value into an object adds: texts and lists spread by position."""
    if type(value) is dict:
        return value
    if type(value) in (str, list):
        return {str(position): item for position, item in enumerate(value)}
    return {}


def transform(options, place, part):
    check_options(options, place, "apply", "mapping")
    if type(options["apply"]) is not dict or not truthy(options["mapping"]):
        raise MappingError("needs apply, an object, and mapping", place)
    apply = part(options["apply"], "apply")
    mapping = part(options["mapping"], "mapping", holes=part.holes)

    def resolve(event):
        # An item of a list may be anything; only an object can be mapped.
        if type(event) is not dict:
            raise MappingError("has no object to apply to", place)
        return mapping(_small_enough(apply(event), place))

    return resolve


def _small_enough(value, place):
    """Refuse what many @transform in each other, all doubling, would make of a small event."""
    rest, seen = [value], 0
    while rest:
        each = rest.pop()
        if type(each) is dict:
            rest.extend(each.values())
        elif type(each) is list:
            rest.extend(each)
        seen += 1
        if seen + len(rest) > MAX_APPLIED:
            raise MappingError(f"applied, it gives more than {MAX_APPLIED} values", place)
    return value


def flatten(options, place, part):
    check_options(options, place, "value", "separator")
    find, find_separator = part(options["value"], "value"), part(options["separator"], "separator")
    if not truthy(options["separator"]):
        raise MappingError("needs separator", place)
    keep_arrays = truthy(options.get("omitArrays"))

    def resolve(event):
        separator = find_separator(event)
        if type(separator) is not str:
            raise MappingError("separator is not text", place)
        flat = {}
        _flatten_into(flat, "", find(event), separator, keep_arrays)
        return flat

    return resolve


def _flatten_into(flat, prefix, value, separator, keep_arrays):
    if type(value) is dict:
        members = value.items()
    elif type(value) is list and not keep_arrays:
        members = enumerate(value)
    else:
        if value is not UNSET:
            flat[prefix] = value
        return
    for key, each in members:
        name = f"{prefix}{separator}{key}" if prefix else str(key)
        _flatten_into(flat, name, each, separator, keep_arrays)


def exclude_when_null(options, place, part):
    find = part(options, "")
    return lambda event: _without_nulls(find(event))


def _without_nulls(value):
    if value is None:
        return UNSET
    if type(value) is not dict:
        return value
    return {key: _without_nulls(each) for key, each in value.items() if each is not None}


DIRECTIVES = {
    "@path": path,
    "@template": template,
    "@literal": literal,
    "@if": if_,
    "@arrayPath": array_path,
    "@case": case,
    "@replace": replace,
    "@merge": merge,
    "@transform": transform,
    "@flatten": flatten,
    "@json": json,
    "@excludeWhenNull": exclude_when_null,
    "@liquid": liquid,
}
