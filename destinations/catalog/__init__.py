"""The catalogue: one file per tool, found by its name. Adding a file adds the tool."""

import pkgutil
from functools import cache
from importlib import import_module


class UnknownIntegration(LookupError):
    """There is no such tool in the catalogue."""


@cache
def integrations():
    """Return {slug: Integration} of all tools, in the order of their slugs."""
    names = sorted(each.name for each in pkgutil.iter_modules(__path__) if each.name[0] != "_")
    found = (import_module(f"{__name__}.{name}").integration for name in names)
    return {integration.slug: integration for integration in found}


def get_integration(slug):
    """Return the Integration. Raises UnknownIntegration."""
    found = integrations().get(slug) if isinstance(slug, str) else None
    if found is None:
        raise UnknownIntegration(f"there is no tool {slug} in the catalogue")
    return found
