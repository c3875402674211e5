"""What templates of the mapping editor draw with."""

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from destinations.editor.fixed import load
from destinations.editor.kinds import KINDS
from destinations.editor.parts import Unwritable, dumps

register = template.Library()
ALONE = ("kept", "choice")  # offered where the field has a secret, or choices
_cache: dict[tuple, str] = {}


@register.simple_tag
def kind_options(part):
    """Draw the <option>s of a Part's kind."""
    about = part.about
    extra = [kind for kind, there in zip(ALONE, _has(about), strict=True) if there]
    if part.kind in ALONE and part.kind not in extra:
        extra.append(part.kind)
    html = _options(tuple(extra))
    return mark_safe(html.replace(f'value="{part.kind}"', f'value="{part.kind}" selected', 1))


def _has(about):
    return (False, False) if about is None else (about.secret, bool(about.choices))


def _options(extra: tuple) -> str:
    if extra not in _cache:
        groups: dict[str, list] = {"": [("", "Nothing")]}
        for slug, kind in KINDS.items():
            if slug not in ALONE or slug in extra:
                groups.setdefault(kind.group, []).append((slug, kind.label))
        last = [each for each in groups[""] if each[0] == "json"]
        groups[""] = [each for each in groups[""] if each[0] != "json"]
        parts = [_group(name, options) for name, options in groups.items()]
        _cache[extra] = str(SafeString("").join([*parts, _group("", last)]))
    return _cache[extra]


def _group(name, options):
    drawn = format_html_join("", '<option value="{}">{}</option>', options)
    return format_html('<optgroup label="{}">{}</optgroup>', name, drawn) if name else drawn


@register.filter
def choice_options(part):
    """Return the choices of a Part's field as (value on the page, label, whether chosen)."""
    found = [
        (dumps(each[0]), each[1]) if type(each) is tuple else (dumps(each), str(each))
        for each in part.about.choices
    ]
    chosen = part.texts.get("value", "")
    return [(value, label, value == chosen) for value, label in found]


@register.filter
def slot_label(part, inner):
    """Return the label of a piece that is always there, "" for others."""
    return dict(part.rule.slots).get(inner.key, "") if part.rule else ""


@register.filter
def unused(part):
    """Return the declared members of an object that have no row yet."""
    there = {each.key for each in part.parts}
    return [each for each in part.about.properties if each.name not in there] if part.about else []


@register.filter
def takes_keys(part):
    """Whether an object takes members that are not declared."""
    about = part.about
    return about is None or not about.properties or about.additional_properties


@register.filter
def several_lines(text):
    return "\n" in text or len(text) > 60


@register.filter
def type_words(field):
    """Return the type of a field in words."""
    if field is None:
        return ""
    words = {"string": "text", "datetime": "date or time", "integer": "whole number"}
    kind = words.get(field.type, field.type)
    return f"list of {kind}" if field.multiple else kind


@register.filter
def before(text, position):
    return text[:position]


@register.filter
def here(text, position):
    """Return the character at a position, or something to see where the text ends."""
    return text[position : position + 1] or "…"


@register.filter
def after(text, position):
    return text[position + 1 :]


@register.filter
def body_shown(exchange):
    """Return the body of a request or of an answer as text for people."""
    shown = next((exchange[name] for name in ("json", "form", "body") if name in exchange), "")
    try:
        return dumps(load(shown) if type(shown) is str else shown)
    except Unwritable:
        return shown
