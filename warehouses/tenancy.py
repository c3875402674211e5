"""Keeps the warehouses of one workspace out of those of another.

What is typed in the panel comes from anybody who may edit a workspace. The operator's own file
(`manage.py apply`) is trusted and may share what it likes.
"""

from workspaces.models import Workspace

from .connector import Connector
from .models import Warehouse


def find_problem(workspace: Workspace, connector: Connector, values: dict) -> str:
    """Return why an editor of `workspace` may not use these settings, or ""."""
    if problem := connector.refusal(values):
        return problem
    place = connector.place(values)
    if place is None:
        return ""
    others = Warehouse.objects.filter(kind=connector.slug).exclude(workspace=workspace)
    if any(connector.place(other.settings) == place for other in others):
        return "This is taken. Choose another one."
    return ""
