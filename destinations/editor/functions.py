"""Pieces that change one value: directives with options beside `value`. See kinds.py."""

from sources.language.values import UNSET

from .shapes import has_keys, is_text, options_of


def function(name, texts, extra=None, among=None):
    """Return (read, write) of a directive with one piece `value` and some texts.

    `extra` are options that are left out unless chosen, with their value when they are; `among`
    are the texts that there are to choose from, where not all will do.
    """
    extra = extra or {}

    def read(node, about):
        options = options_of(node, name)
        if not has_keys(options, ("value", *texts), extra):
            return None
        if not all(is_text(options[each]) for each in texts):
            return None
        if among and any(options[each] not in among for each in texts):
            return None
        found = {each: options[each] for each in texts}
        found |= {option: "yes" for option in extra if option in options}
        return found, [("value", options["value"])]

    def write(part, nodes):
        value = dict(nodes).get("value", UNSET)
        if value is UNSET:
            return UNSET
        options = {"value": value, **{each: part.texts.get(each, "") for each in texts}}
        chosen = {option: is_ for option, is_ in extra.items() if part.texts.get(option)}
        return {name: {**options, **chosen}}

    return read, write


def replace():
    """As `_function`; the second pattern is left out when empty."""
    options = {"ignorecase": True, "global": False}
    read_one, write_one = function("@replace", ("pattern", "replacement"), options)
    second = ("pattern2", "replacement2")
    read_two, write_two = function("@replace", ("pattern", "replacement", *second), options)

    def read(node, about):
        return read_two(node, about) or read_one(node, about)

    def write(part, nodes):
        return (write_two if part.texts.get("pattern2") else write_one)(part, nodes)

    return read, write
