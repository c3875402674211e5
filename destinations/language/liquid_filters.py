"""The filters of @liquid, as LiquidJS has them: on JavaScript's values, with its arithmetic.

A filter is a function of the value before the bar and of its arguments; UNSET is `undefined`.
Read from harttle/liquidjs, src/filters, 2026-11-25; what Segment switches off is in liquid.py.
"""

import base64
import math
import re
from urllib.parse import quote, unquote_to_bytes

from destinations.language.liquid_dates import DATE_FILTERS
from destinations.language.text_directives import substitution
from sources.language.paths import getter_for_steps
from sources.language.values import SPACES, UNSET, json_text, number_of, text_of, utf16_length

NAN = float("nan")

_SPACE = re.compile(f"[{SPACES}]+")
_ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&#34;", "'": "&#39;"}
_ENTITIES = re.compile("|".join(_ESCAPES.values()))
_CHARACTERS = {entity: character for character, entity in _ESCAPES.items()}
# What encodeURIComponent and encodeURI leave alone, beside letters, digits and "_.-~".
_KEPT_IN_PARTS = "!*'()"
_KEPT_IN_ADDRESSES = ";,/?:@&=+$!*'()#[]"


def shown(value):
    """Return what a value looks like in the rendered text. Lists have nothing between items."""
    if type(value) is list:
        return "".join(map(shown, value))
    return text_of(value)


def string_of(value):
    """JavaScript's String(value), where shown() gives nothing for null and undefined."""
    if value is UNSET:
        return "undefined"
    return "null" if value is None else text_of(value)


def number(value):
    """JavaScript's Number(value); not a number is NaN."""
    kind = type(value)
    if kind is int or kind is float:
        return value
    if kind is bool or value is None:
        return int(value or 0)
    found = number_of(text_of(value)) if kind in (str, list) else None
    return NAN if found is None else found


def _items(value):
    if value is None or value is UNSET:
        return []
    return value if type(value) is list else [value]


def _arithmetic(calculate):
    """Return the filter for a function of numbers. Every result is a double, as in JavaScript."""

    def run(value, *arguments):
        try:
            numbers = [float(number(each)) for each in (value, *arguments)]
            result = float(calculate(*numbers))
        except OverflowError:
            return float("inf")
        except (TypeError, ValueError):
            return NAN
        return int(result) if result.is_integer() and abs(result) < 2**53 else result

    run.calculates = calculate
    return run


def _divide(dividend, divisor, whole=0.0):
    if divisor == 0:
        sign = math.copysign(1, dividend) * math.copysign(1, divisor)
        return NAN if dividend == 0 or dividend != dividend else sign * float("inf")
    return math.floor(dividend / divisor) if whole else dividend / divisor


def _round(value, digits=0.0):
    factor = 10.0**digits
    return math.floor(value * factor + 0.5) / factor


def _of_text(change):
    return lambda value: change(shown(value))


def _capitalize(text):
    return text[:1].upper() + text[1:].lower()


def _stripper(strip):
    def run(value, characters=UNSET):
        return strip(shown(value), shown(characters) or SPACES)

    return run


def _split(text, separator):
    return text.split(separator) if separator else list(text)


def split(value, separator=UNSET):
    parts = _split(shown(value), string_of(separator))
    while parts and parts[-1] == "":
        parts.pop()
    return parts


def replace(value, found, put=UNSET):
    put = "," if put is UNSET else string_of(put)
    return put.join(_split(shown(value), string_of(found)))


def replace_first(value, found, put=UNSET):
    pattern = re.compile(re.escape(string_of(found)))
    return pattern.sub(substitution(string_of(put)), shown(value), count=1)


def replace_last(value, found, put=UNSET):
    before, found, after = shown(value).rpartition(string_of(found))
    return before + string_of(put) + after if found else after


def truncate(value, length=50, mark="..."):
    text, length, mark = shown(value), number(length), shown(mark)
    if not utf16_length(text) > length:
        return text
    return text[: max(int(length) - len(mark), 0)] + mark


def truncatewords(value, words=15, mark="..."):
    parts = _SPACE.split(shown(value))
    count = number(words)
    count = 1 if not count > 0 else int(min(count, len(parts) + 1))
    return " ".join(parts[:count]) + (shown(mark) if len(parts) >= count else "")


def number_of_words(value):
    text = shown(value).strip(SPACES)
    return len(_SPACE.split(text)) if text else 0


def slice_(value, begin, length=1):
    if value is None or value is UNSET:
        return []
    value = value if type(value) is list else shown(value)
    first, length = number(begin), number(length)
    if first != first or length != length:
        return value[:0]
    limit = len(value)
    first = int(max(-limit - 1, min(first, limit)))
    first = limit + first if first < 0 else first
    return value[first : first + int(max(0, min(length, limit + 1)))]


def strip_html(value):
    text, kept, at = shown(value), [], 0
    lower = text.lower()
    missing = set()
    while (start := text.find("<", at)) >= 0:
        kept.append(text[at:start])
        at = _end_of_tag(text, lower, start, missing)
        if at == start:
            kept.append("<")
            at += 1
    return "".join(kept) + text[at:]


def _end_of_tag(text, lower, start, missing):
    """Return where the tag, script, style or comment at `start` ends; `start` if it never does.

    `missing` are the endings that were looked for in vain: no text is searched twice for one.
    """
    for opening, closing in (("<script", "</script>"), ("<style", "</style>"), ("<!--", "-->")):
        if lower.startswith(opening, start) and closing not in missing:
            end = lower.find(closing, start)
            if end >= 0:
                return end + len(closing)
            missing.add(closing)
    end, line = text.find(">", start), text.find("\n", start)
    return start if end < 0 or 0 <= line < end else end + 1


def escape(value):
    return "".join([_ESCAPES.get(each, each) for each in shown(value)])


def escape_once(value):
    return escape(_ENTITIES.sub(lambda entity: _CHARACTERS[entity[0]], shown(value)))


def url_decode(value):
    text = shown(value)
    if re.search("%(?![0-9A-Fa-f]{2})", text):
        raise ValueError("URI malformed")
    return unquote_to_bytes(text).decode().replace("+", " ")


def _encoded(value, kept):
    return quote(shown(value), safe=kept)


def slugify(value, mode="default", cased=False):
    text, mode = shown(value), shown(mode)
    if mode == "none":
        return text
    kept = {
        "raw": lambda each: each not in SPACES,
        "pretty": lambda each: each.isalnum() or each in "._~!$&'()+,;=@",
        "ascii": lambda each: each.isascii() and each.isalnum(),
    }.get(mode, str.isalnum)
    words = "".join([each if kept(each) else " " for each in text]).split(" ")
    slug = "-".join(word for word in words if word)
    return slug if cased is True else slug.lower()


def first(value):
    return value[0] if type(value) in (str, list) and value else _nothing_of(value)


def last(value):
    return value[-1] if type(value) in (str, list) and value else _nothing_of(value)


def _nothing_of(value):
    return UNSET if type(value) is list else ""


def join(value, between=UNSET):
    between = " " if between is None or between is UNSET else shown(between)
    return between.join(map(text_of, _items(value)))


def size(value):
    if type(value) is list:
        return len(value)
    return utf16_length(value) if type(value) is str else 0


def sum_(value, name=UNSET):
    get = getter_for_steps((shown(name),)) if name is not UNSET and name else lambda item: item
    numbers = [number(get(item)) for item in _items(value)]
    return _arithmetic(lambda *each: sum(each))(*[0, *(n for n in numbers if n == n)])


def where(value, name, wanted=UNSET):
    get = getter_for_steps(tuple(shown(name).split(".")))
    found = [(get(item), item) for item in _items(value)]
    if wanted is UNSET:
        return [item for each, item in found if each not in (None, False, UNSET) or each == 0]
    same = type(wanted) in (str, int, float, bool, type(None))
    return [
        item
        for each, item in found
        if same and each == wanted and (type(each) is bool) is (type(wanted) is bool)
    ]


def default(value, other=UNSET, allow_false=False):
    if type(value) in (str, list):
        return value or other
    if value is False and allow_false is True:
        return False
    return other if value is None or value is UNSET or value is False else value


def json(value, indent=0):
    return UNSET if value is UNSET else json_text(value)


FILTERS = {
    "abs": _arithmetic(abs),
    "append": lambda value, arg: shown(value) + shown(arg),
    "at_least": _arithmetic(lambda a, b: NAN if a != a or b != b else max(a, b)),
    "at_most": _arithmetic(lambda a, b: NAN if a != a or b != b else min(a, b)),
    "base64_decode": lambda value: base64.b64decode(shown(value)).decode(),
    "base64_encode": lambda value: base64.b64encode(shown(value).encode()).decode(),
    "capitalize": _of_text(_capitalize),
    "ceil": _arithmetic(math.ceil),
    "cgi_escape": lambda value: _encoded(value, "").replace("%20", "+"),
    "compact": lambda value: [each for each in _items(value) if each is not None],
    "default": default,
    "divided_by": _arithmetic(_divide),
    "downcase": _of_text(str.lower),
    "escape": escape,
    "escape_once": escape_once,
    "first": first,
    "floor": _arithmetic(math.floor),
    "inspect": json,
    "join": join,
    "json": json,
    "jsonify": json,
    "last": last,
    "lstrip": _stripper(str.lstrip),
    "minus": _arithmetic(lambda a, b: a - b),
    "modulo": _arithmetic(math.fmod),
    "normalize_whitespace": lambda value: _SPACE.sub(" ", shown(value)),
    "number_of_words": number_of_words,
    "plus": _arithmetic(lambda a, b: a + b),
    "pop": lambda value: _items(value)[:-1],
    "prepend": lambda value, arg: shown(arg) + shown(value),
    "push": lambda value, arg: [*_items(value), arg],
    "raw": lambda value: value,
    "remove": lambda value, arg: "".join(_split(shown(value), string_of(arg))),
    "remove_first": lambda value, arg: shown(value).replace(string_of(arg), "", 1),
    "remove_last": lambda value, arg: replace_last(value, arg, ""),
    "replace": replace,
    "replace_first": replace_first,
    "replace_last": replace_last,
    "round": _arithmetic(_round),
    "rstrip": _stripper(str.rstrip),
    "shift": lambda value: _items(value)[1:],
    "size": size,
    "slice": slice_,
    "slugify": slugify,
    "split": split,
    "strip": _stripper(str.strip),
    "strip_html": strip_html,
    "strip_newlines": lambda value: re.sub(r"\r?\n", "", shown(value)),
    "sum": sum_,
    "times": _arithmetic(lambda a, b: a * b),
    "to_integer": _arithmetic(lambda a: a),
    "truncate": truncate,
    "truncatewords": truncatewords,
    "unshift": lambda value, arg: [arg, *_items(value)],
    "upcase": _of_text(str.upper),
    "uri_escape": lambda value: _encoded(value, _KEPT_IN_ADDRESSES),
    "url_decode": url_decode,
    "url_encode": lambda value: _encoded(value, _KEPT_IN_PARTS).replace("%20", "+"),
    "where": where,
    "xml_escape": escape,
    **DATE_FILTERS,
}
