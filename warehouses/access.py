"""From a request of the panel to what it means."""

from django.http import Http404
from django.shortcuts import get_object_or_404

from workspaces.access import get_workspace
from workspaces.models import Role

from .connector import Connector
from .connectors import get_connector
from .errors import UnknownKind
from .models import Warehouse


def get_warehouse(
    user, workspace_slug: str, warehouse_slug: str, role: str = Role.VIEWER
) -> Warehouse:
    """Return the warehouse, reached through its workspace, with its Connector as `connector`.

    Raises Http404 and PermissionDenied as `get_workspace` does. The settings are left in the
    database until something asks for them.
    """
    workspace = get_workspace(user, workspace_slug, role)
    warehouse = get_object_or_404(workspace.warehouses.defer("settings"), slug=warehouse_slug)
    warehouse.connector = find_connector(warehouse.kind)
    return warehouse


def find_connector(kind: str) -> Connector | None:
    try:
        return get_connector(kind)
    except UnknownKind:
        return None


def get_connector_or_404(kind: str) -> Connector:
    try:
        return get_connector(kind)
    except UnknownKind as error:
        raise Http404 from error
