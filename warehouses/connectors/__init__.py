"""Every kind of warehouse, one module each. Found by scanning this package."""

from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from warehouses.connector import Connector
from warehouses.errors import UnknownKind


@cache
def _by_slug() -> dict[str, Connector]:
    found = {}
    for module in iter_modules(__path__):
        for value in vars(import_module(f"{__name__}.{module.name}")).values():
            if isinstance(value, type) and issubclass(value, Connector) and value is not Connector:
                found[value.slug] = value()
    return found


def all_connectors() -> list[Connector]:
    """Return one connector of each kind, by name."""
    return sorted(_by_slug().values(), key=lambda connector: connector.name)


def get_connector(slug: str) -> Connector:
    """Return the connector of this kind. Raises UnknownKind."""
    try:
        return _by_slug()[slug]
    except KeyError:
        raise UnknownKind(slug, sorted(_by_slug())) from None
