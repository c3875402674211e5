"""Looking at a piece of a mapping, and at whether an input can carry a text."""

import re

from sources.language.values import UNSET

# What an input of one line, or of several, would not give back as it was.
_NO_LINE = re.compile(r"[\x00-\x08\x0a-\x1f\x7f-\x9f\ud800-\udfff]")
_NO_TEXT = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


def options_of(node, name):
    """Return what a directive is given, UNSET where the node is another one."""
    return node[name] if type(node) is dict and node.keys() == {name} else UNSET


def is_text(value, several_lines=False):
    refuse = _NO_TEXT if several_lines else _NO_LINE
    return type(value) is str and not refuse.search(value)


def has_keys(options, needed, possible=()):
    return type(options) is dict and set(needed) <= options.keys() <= {*needed, *possible}
