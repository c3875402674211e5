"""Can a warehouse be used with these settings?"""

from workspaces.setting import clean_values

from .connectors import get_connector
from .errors import CheckFailed
from .models import Warehouse


def check(warehouse: Warehouse) -> None:
    """Do what a sync does, with a row of our own. Raises CheckFailed with what to do."""
    check_settings(warehouse.kind, warehouse.settings)


def check_settings(kind: str, settings: dict) -> None:
    """Check settings before they are saved.

    Raises UnknownKind, SettingsError for values that cannot be right, CheckFailed for what the
    warehouse answers.
    """
    connector = get_connector(kind)
    cleaned = clean_values(connector.settings, settings)
    try:
        connector.check(cleaned)
    except (OSError, *connector.errors) as error:
        raise CheckFailed(connector.explain(error)) from error
