"""From a request of the panel to what it means."""

from django.http import Http404
from django.shortcuts import get_object_or_404

from workspaces.access import get_workspace
from workspaces.models import Role

from . import catalog
from .integration import Action, Integration
from .models import Destination


def get_destination(
    user, workspace_slug: str, destination_slug: str, role: str = Role.VIEWER
) -> Destination:
    """Return the destination, reached through its workspace, with its Integration as `tool` and
    its live range as `live`.

    Raises Http404 and PermissionDenied as `get_workspace` does. The settings are left in the
    database until something asks for them.
    """
    workspace = get_workspace(user, workspace_slug, role)
    destinations = workspace.destinations.defer("settings")
    destination = get_object_or_404(destinations, slug=destination_slug)
    destination.tool = find_tool(destination.integration)
    destination.live = destination.ranges.filter(until=None).first()
    return destination


def get_tool(slug: str) -> Integration:
    """Return a tool of the catalogue. Raises Http404."""
    try:
        return catalog.get_integration(slug)
    except catalog.UnknownIntegration as error:
        raise Http404 from error


def find_tool(slug: str) -> Integration:
    """Return the tool, or one without actions in the place of a tool that is gone."""
    try:
        return catalog.get_integration(slug)
    except catalog.UnknownIntegration:
        return Integration(
            slug=slug,
            name=slug,
            category="",
            docs_url="",
            description="This tool is not in the catalogue of this version.",
        )


def describe(action: Action | None) -> dict | None:
    """Return what templates show of an action; they would call the Action itself, to no avail."""
    if action is None:
        return None
    shown = ("slug", "label", "help", "trigger", "fields")
    return {name: getattr(action, name) for name in shown}


def wants_fragment(request) -> bool:
    """Whether htmx asks for a part of a page. Going back in the history it asks for all of it."""
    return bool(request.htmx) and not request.htmx.history_restore_request
