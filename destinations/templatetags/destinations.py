"""What templates of destinations draw with."""

import json

from django import template

register = template.Library()


@register.filter
def pretty(value):
    """Return a value as JSON for people. A body that is JSON itself is opened up."""
    if value in (None, ""):
        return ""
    if isinstance(value, dict) and isinstance(value.get("body"), str):
        value = {**value, "body": _opened(value["body"])}
    return json.dumps(value, indent=2, ensure_ascii=False)


def _opened(text):
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text
