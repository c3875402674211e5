"""The directives that make text: see directives.py, which lists them all."""

import re
from functools import lru_cache

import orjson

from destinations.errors import MappingError
from destinations.options import check_options, is_directive, nothing, truthy
from sources.language.paths import getter_for_path
from sources.language.values import SPACES, UNSET, json_text, text_of, utf16_length

MAX_REPLACE_CHARACTERS = 10

# Of what a template, @json or @replace makes: each may stand inside another one, and so double it.
MAX_CHARACTERS = 1_000_000
# Of a template that comes with an event.
MAX_REMEMBERED = 500
# Of a text into which $` or $' puts itself again.
MAX_SURROUNDINGS = 2_000

_TRIPLE = re.compile(r"\{\{\{([^}]+)\}\}\}")
_DOUBLE = re.compile(r"\{\{([^}]+)\}\}")
_REFERENCE = re.compile(r"\$([$&`'])")
_SURROUNDINGS = re.compile(r"(?<!\$)(?:\$\$)*\$[`']")


def text_of_directive(options, what, place, part):
    """Return the function that gives the text an option has when it is a directive itself."""
    if not is_directive(options):
        raise MappingError(f"needs {what}", place)
    find = part(options, "")

    def resolve(event):
        found = find(event)
        if type(found) is not str:
            raise MappingError(f"needs {what}, but found none", place)
        return found

    return resolve


def template(options, place, part):
    """Text with {{path}}. Unlike @path, "$." is not dropped here: {{$.a}} finds nothing."""
    if type(options) is str:
        return _compile_template(options)
    find_text = text_of_directive(options, "text, such as Hello {{traits.name}}", place, part)
    return lambda event: _template_of_event(find_text(event))(event)


def _template_of_event(text):
    # Events bring their own texts, and long ones would fill the memory.
    return (_known_template if len(text) <= MAX_REMEMBERED else _compile_template)(text)


def _compile_template(text):
    if not _TRIPLE.search(text):
        return _fill(_DOUBLE, text)
    # The triple ones go first, and what they put in may hold double ones, as in Segment.
    first = _fill(_TRIPLE, text)
    return lambda event: _short_enough(
        _DOUBLE.sub(lambda match: text_of(_placeholder(match[1])(event)), first(event))
    )


_known_template = lru_cache(maxsize=256)(_compile_template)


def _short_enough(text):
    if len(text) > MAX_CHARACTERS:
        raise MappingError(f"makes a text longer than {MAX_CHARACTERS} characters")
    return text


def _fill(placeholders, text):
    pieces = placeholders.split(text)
    texts, getters = pieces[::2], [_placeholder(each) for each in pieces[1::2]]

    def resolve(event):
        filled = [texts[0]]
        for get, text in zip(getters, texts[1:], strict=True):
            filled.append(text_of(get(event)))
            filled.append(text)
        return _short_enough("".join(filled))

    return resolve


def _placeholder(path):
    return getter_for_path(path.strip(SPACES))


def case(options, place, part):
    check_options(options, place, "operator")
    operator = options["operator"]
    if type(operator) is not str or not operator:
        raise MappingError("needs operator, lower or upper", place)
    if options.get("value", "") == "":
        return nothing
    find = part(_text_or_directive(options, place), "value")
    change = {"lower": str.lower, "upper": str.upper}.get(operator)

    def resolve(event):
        value = find(event)
        if type(value) is not str:
            return value
        if change is None:
            raise MappingError(f"unknown operator {operator!r}, use lower or upper", place)
        return change(value)

    return resolve


def replace(options, place, part):
    check_options(options, place, "value", "pattern")
    for name in ("ignorecase", "global"):
        if type(options.get(name, True)) is not bool:
            raise MappingError(f"{name} is true or false", place)
    ignore_case, everywhere = options.get("ignorecase", False), options.get("global", True)
    rules = []
    for pattern_name, replacement_name in (
        ("pattern", "replacement"),
        ("pattern2", "replacement2"),
    ):
        pattern = _short_text(options, pattern_name, place)
        text = _short_text(options, replacement_name, place)
        if pattern:
            rules.append(_replacer(pattern, text, ignore_case, everywhere))
        elif pattern_name == "pattern":
            raise MappingError("needs pattern", place)
    if options["value"] == "":
        return nothing
    find = part(_text_or_directive(options, place), "value")

    def resolve(event):
        value = find(event)
        if type(value) is bool or type(value) in (int, float):
            value = text_of(value)
        if type(value) is not str:
            return ""
        for rule in rules:
            value = _short_enough(rule(value))
        return value

    return resolve


def _text_or_directive(options, place):
    value = options["value"]
    if type(value) is not str and not is_directive(value):
        raise MappingError("value is neither text nor a directive", place)
    return value


def _replacer(pattern, text, ignore_case, everywhere):
    """Return the function that replaces `pattern` in a text, with JavaScript's equal letters."""
    if not ignore_case and "$" not in text:
        return lambda value: value.replace(pattern, text, -1 if everywhere else 1)
    letters = [_variants(each) if ignore_case else each for each in pattern]
    expression = re.compile("".join(f"[{re.escape(''.join(each))}]" for each in letters))
    put, count = substitution(text), 0 if everywhere else 1
    return lambda value: expression.sub(put, value, count=count)


def _variants(letter):
    """Return the letters that JavaScript's `i` takes for this one: none of them is far-fetched,
    where Python's would find the Kelvin sign for a k."""
    family = {letter, letter.lower(), letter.upper(), letter.title(), letter.upper().lower()}
    wanted = _folded(letter)
    return sorted(each for each in family if len(each) == 1 and _folded(each) == wanted)


def _folded(letter):
    upper = letter.upper()
    if len(upper) != 1 or (ord(letter) > 127 and ord(upper) < 128):
        return letter
    return upper


def substitution(text):
    """Return what makes re.sub put `text` in. As in JavaScript $& is what was found, $` what
    stands before it, $' what stands behind, and $$ a dollar sign."""
    if not _REFERENCE.search(text):
        return text.replace("\\", "\\\\")
    if not _SURROUNDINGS.search(text):
        return lambda match: _REFERENCE.sub(lambda it: match[0] if it[1] == "&" else "$", text)

    def put(match):
        if len(match.string) > MAX_SURROUNDINGS:
            # Every match would be answered with the whole text: a megabyte becomes a terabyte.
            raise MappingError(f"the text is longer than {MAX_SURROUNDINGS} characters")
        found = {
            "$": "$",
            "&": match[0],
            "`": match.string[: match.start()],
            "'": match.string[match.end() :],
        }
        return _REFERENCE.sub(lambda reference: found[reference[1]], text)

    return put


def json(options, place, part):
    check_options(options, place, "mode", "value")
    if not truthy(options["value"]):
        raise MappingError("needs value", place)
    find = part(options["value"], "value")
    if options["mode"] == "encode":
        return lambda event: (
            UNSET if (value := find(event)) is UNSET else _short_enough(json_text(value))
        )
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


def _short_text(options, name, place):
    text = options.get(name, "")
    if type(text) is not str:
        raise MappingError(f"{name} is not text", place)
    if utf16_length(text) > MAX_REPLACE_CHARACTERS:
        raise MappingError(f"{name} is longer than {MAX_REPLACE_CHARACTERS} characters", place)
    return text
