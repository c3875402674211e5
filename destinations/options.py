"""Reading the options of a directive."""

from destinations.errors import MappingError
from sources.language.values import UNSET


def nothing(event):
    return UNSET


def truthy(node):
    """Whether JavaScript takes a piece of a mapping for true; empty lists and objects are."""
    return bool(node) or type(node) in (dict, list)


def check_options(options, place, *required):
    if type(options) is not dict:
        raise MappingError("needs an object of options", place)
    for name in required:
        if name not in options:
            raise MappingError(f"needs {name}", place)
