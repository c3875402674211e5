"""What the pages about filters and about an event's way draw with."""

import json

from django import template

register = template.Library()
MOST_SHOWN = 160


@register.filter
def compact(value):
    """Return a value as JSON in one line, cut where it gets long."""
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= MOST_SHOWN else f"{text[:MOST_SHOWN]}…"


@register.filter
def percent(share):
    """Return a share from 0 to 1 in per cent, without needless digits."""
    return f"{round(share * 100, 4):g}" if isinstance(share, int | float) else ""
