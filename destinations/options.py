"""Reading the options of a directive."""

from destinations.errors import MappingError
from sources.language.values import UNSET


def nothing(event):
    return UNSET


def is_directive(node):
    """Whether a piece of a mapping is an instruction, not a plain value."""
    return type(node) is dict and any(key.startswith("@") for key in node)


def truthy(node):
    """Whether JavaScript takes a piece of a mapping for true; empty lists and objects are."""
    return bool(node) or type(node) in (dict, list)


def check_options(options, place, *required):
    if type(options) is not dict:
        raise MappingError("needs an object of options", place)
    directive = next((name for name in options if name.startswith("@")), None)
    if directive is not None:
        raise MappingError(f"needs an object of options, not the directive {directive}", place)
    for name in required:
        if name not in options:
            raise MappingError(f"needs {name}", place)
