"""The directives that make text: see directives.py, which lists them all."""

import re

import orjson

from destinations.errors import MappingError
from destinations.options import check_options, nothing, truthy
from sources.language.paths import getter_for_steps, steps
from sources.language.values import UNSET, json_text, number_text, text_of

MAX_REPLACE_CHARACTERS = 10

_PLACEHOLDER = re.compile(r"\{\{\{([^{}]*)\}\}\}|\{\{([^{}]*)\}\}")


def template(options, place, part):
    """Text with {{path}}. Unlike @path, "$." is not dropped here: {{$.a}} finds nothing."""
    if type(options) is not str:
        raise MappingError("needs text, such as Hello {{traits.name}}", place)
    pieces, end = [], 0
    for match in _PLACEHOLDER.finditer(options):
        pieces.append(options[end : match.start()])
        pieces.append(getter_for_steps(steps((match[1] or match[2] or "").strip())))
        end = match.end()
    pieces.append(options[end:])
    texts, getters = pieces[::2], pieces[1::2]

    def resolve(event):
        filled = [texts[0]]
        for get, text in zip(getters, texts[1:], strict=True):
            filled.append(text_of(get(event)))
            filled.append(text)
        return "".join(filled)

    return resolve


def case(options, place, part):
    check_options(options, place)
    operator = options.get("operator")
    if not truthy(options.get("value")):
        return nothing
    find = part(options["value"], "value")
    change = {"lower": str.lower, "upper": str.upper}.get(operator if type(operator) is str else "")

    def resolve(event):
        value = find(event)
        if type(value) is not str:
            return value
        if change is None:
            raise MappingError(f"unknown operator {operator!r}, use lower or upper", place)
        return change(value)

    return resolve


def replace(options, place, part):
    check_options(options, place)
    find = part(options.get("value"), "value")
    flags = re.IGNORECASE if options.get("ignorecase") else 0
    count = 0 if options.get("global", True) else 1
    rules = []
    for pattern_name, replacement_name in (
        ("pattern", "replacement"),
        ("pattern2", "replacement2"),
    ):
        if pattern_name in options or pattern_name == "pattern":
            pattern = _short_text(options, pattern_name, place)
            text = _short_text(options, replacement_name, place, default="")
            # A function, so that a backslash in the replacement is only a backslash.
            rules.append((re.compile(re.escape(pattern), flags), lambda match, text=text: text))

    def resolve(event):
        value = find(event)
        if type(value) is bool or type(value) in (int, float):
            value = text_of(value)
        if type(value) is not str:
            return ""
        for pattern, replacement in rules:
            value = pattern.sub(replacement, value, count=count)
        return value

    return resolve


def json(options, place, part):
    check_options(options, place, "mode", "value")
    find = part(options["value"], "value")
    if options["mode"] == "encode":
        return lambda event: UNSET if (value := find(event)) is UNSET else json_text(value)
    if options["mode"] != "decode":
        raise MappingError("needs mode encode or decode", place)

    def decode(event):
        value = find(event)
        if type(value) is not str:
            return value
        try:
            return orjson.loads(value)
        except ValueError:
            return value

    return decode


def liquid(options, place, part):
    # Imported here: most mappings have no @liquid, and the library takes a while to load.
    from destinations.language.liquid import compile_liquid

    return compile_liquid(options, place)


def _short_text(options, name, place, default=None):
    text = options.get(name, default)
    if type(text) in (int, float):
        text = number_text(text)
    if type(text) is not str:
        raise MappingError(f"{name} is not text", place)
    if len(text) > MAX_REPLACE_CHARACTERS:
        raise MappingError(f"{name} is longer than {MAX_REPLACE_CHARACTERS} characters", place)
    return text
