"""What templates of all apps draw with: icons, monograms, moments, charts, code to copy."""

import re
from datetime import UTC
from zlib import crc32

from django import template
from django.contrib.humanize.templatetags.humanize import naturaltime
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html

from workspaces import charts

register = template.Library()
HUES = 12  # .hue-0 … .hue-11 in app.css


@register.simple_tag
def icon(name, extra=""):
    return format_html(
        '<svg class="icon {}" aria-hidden="true"><use href="{}#{}"/></svg>',
        extra,
        static("img/icons.svg"),
        name,
    )


@register.simple_tag(takes_context=True)
def section(context):
    """Name the part of the navigation that this page belongs to: its app, the catalogue apart."""
    match = context["request"].resolver_match
    if match is None:
        return ""
    app, _, module = match.func.__module__.partition(".")
    if app == "workspaces":
        return "workspace_settings" if module == "settings_views" else match.url_name
    return "catalog" if module.startswith("catalog") else app


@register.simple_tag
def monogram(name, size=""):
    """Draw the tile of a tool, a person or a workspace: its initials on a colour of its own."""
    words = re.findall(r"[^\W_]+", str(name))
    letters = words[0][0] + words[1][0] if len(words) > 1 else "".join(words)[:2]
    return format_html(
        '<span class="monogram {} hue-{}" aria-hidden="true">{}</span>',
        f"monogram-{size}" if size else "",
        crc32(str(name).encode()) % HUES,
        letters.title() or "?",
    )


@register.simple_tag
def ago(moment, never="never"):
    """Say how long ago it was; the exact moment in UTC is in the title."""
    return never if moment is None else _time(moment, naturaltime(moment))


@register.simple_tag
def due(moment):
    """Say when something is to happen, as `ago` does; what is overdue happens soon."""
    return _time(moment, "soon" if moment <= timezone.now() else naturaltime(moment))


def _time(moment, words):
    return format_html(
        '<time datetime="{}" title="{} UTC">{}</time>',
        moment.isoformat(),
        f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S}",
        words,
    )


@register.inclusion_tag("workspaces/_bar_chart.html")
def bar_chart(points, title, small=False):
    """Draw charts.Point as bars. `title` is read out; say what is counted, and over what time."""
    return {
        "bars": charts.bars(points),
        "width": len(points) * charts.SLOT,
        "total": sum(point.total for point in points),
        "most": max((point.total for point in points), default=0),
        "first": points[0].label if points else "",
        "last": points[-1].label if points else "",
        "title": title,
        "small": small,
    }


@register.inclusion_tag("workspaces/_line_chart.html")
def line_chart(line, title):
    """Draw a charts.Line. `title` is read out; say what is counted, and over what time."""
    return {"line": line, "title": title}


@register.inclusion_tag("workspaces/_code.html")
def code(text, label="Code"):
    return {"text": text, "label": label}


@register.filter
def is_checkbox(field):
    return getattr(field.field.widget, "input_type", "") == "checkbox"
