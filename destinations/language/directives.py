"""The directives of the mapping language, one function each.

A function takes (options, place, part): `options` as written in the mapping, `place` for error
messages, and `part(node, key)`, which compiles a piece of the mapping. It gives a function of the
event. The rules and the odd cases: reference/destinations.md, section 3, read 2026-11-23; what
looks odd here ("blank" being inverted, a falsy `else` being ignored) was observed there.
"""

from destinations.errors import MappingError
from destinations.language.text_directives import case, json, liquid, replace, template
from destinations.options import check_options, nothing, truthy
from sources.language.paths import getter
from sources.language.values import UNSET, is_loosely_empty


def path(options, place, part):
    if type(options) is str:
        return getter(options)
    if type(options) is not dict:
        raise MappingError("needs a path, such as $.properties.name", place)
    find_path = part(options, "")

    def resolve(event):
        found = find_path(event)
        return getter(found)(event) if type(found) is str else UNSET

    return resolve


def literal(options, place, part):
    return part(options, "")


def if_(options, place, part):
    check_options(options, place)
    # A literal false, 0, "" or null is no condition at all.
    test = next((name for name in ("exists", "blank") if truthy(options.get(name))), None)
    if test is None:
        raise MappingError("needs exists or blank", place)
    condition = part(options[test], test)
    then = part(options["then"], "then") if "then" in options else nothing
    # A falsy `else` is ignored (ran).
    other = part(options["else"], "else") if truthy(options.get("else")) else nothing
    if test == "blank":
        return _if_not_blank(condition, then, other)
    if options[test] == options.get("then"):
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
    if type(options) is not list or not 1 <= len(options) <= 2:
        raise MappingError("needs [path] or [path, shape]", place)
    find = path(options[0], place, part)
    if len(options) == 1 or not options[1]:
        return find
    shape = part(options[1], "shape")

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
    find = part(options.get("objects"), "objects")
    if type(options.get("objects")) not in (list, dict):
        raise MappingError("needs a list of objects", place)

    def resolve(event):
        objects = find(event)
        if type(objects) is not list:
            raise MappingError("objects is not a list", place)
        merged = {}
        for each in objects if direction == "right" else reversed(objects):
            merged.update(_members(each))
        return merged

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
    apply, mapping = part(options["apply"], "apply"), part(options["mapping"], "mapping")
    return lambda event: mapping(apply(event))


def flatten(options, place, part):
    check_options(options, place, "value", "separator")
    find, find_separator = part(options["value"], "value"), part(options["separator"], "separator")
    keep_arrays = bool(options.get("omitArrays"))

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
