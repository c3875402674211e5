"""Names of properties as Fullstory takes them. The facts are those of fullstory.py."""

import re
import unicodedata

# The endings by which the older API knows a type.
_ENDINGS = frozenset(
    {
        "str",
        "bool",
        "real",
        "int",
        "date",
        "strs",
        "bools",
        "reals",
        "ints",
        "dates",
        "objs",
        "obj",
    }
)
MAX_DEPTH = 5

_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9_]")
_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")


def renamed(properties, endings=False, camel=False):
    """Return properties under names without special characters, to a depth of five levels.

    `endings` adds the type to a name ("age" → "age_real"), `camel` writes it in camel case.
    """
    return _renamed(properties or {}, endings, camel, 1)


def _renamed(properties, endings, camel, depth):
    if depth > MAX_DEPTH:
        return properties
    if type(properties) is list:
        # A list of mixed types is an object with positions for names.
        properties = {str(position): each for position, each in enumerate(properties)}
    found = {}
    for name, value in properties.items():
        kind = _type_of(value)
        name = _name_of(name, camel)
        if endings and kind not in (None, "obj") and not _has_ending(name):
            name = f"{name}_{kind}"
        if kind == "obj":
            value = _renamed(value, endings, camel, depth + 1)
        found[name] = value
    return found


def _has_ending(name):
    return "_" in name and name.rpartition("_")[2] in _ENDINGS


def _name_of(name, camel):
    """Change all of a name but the ending that tells its type."""
    ending = ""
    if _has_ending(name):
        name, _, ending = name.rpartition("_")
    name = _NOT_IN_NAMES.sub("", _camel(name) if camel else name)
    return f"{name}_{ending}" if ending else name


def _camel(name):
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    first, *others = _WORDS.findall(plain.replace("'", "")) or [""]
    return first.lower() + "".join(word.capitalize() for word in others)


def _type_of(value):
    """Return the ending for a value's type, "obj" for an object, None where none can be told."""
    if value is None:
        return None
    if type(value) is not list:
        return _SINGLE.get(type(value), "obj")
    types = {_type_of(item) for item in value}
    if not types:
        return "strs"
    if types <= {"str", "bool", "real"} and len(types) == 1:
        return f"{types.pop()}s"
    lists_and_objects = all(type(item) in (dict, list) for item in value)
    return "objs" if lists_and_objects else "obj"


_SINGLE = {str: "str", bool: "bool", int: "real", float: "real"}
