"""From an address of the panel to the source it means."""

from django.shortcuts import get_object_or_404

from workspaces.access import get_workspace
from workspaces.models import Role

from .models import Source


def get_source(user, workspace_slug: str, source_slug: str, role: str = Role.VIEWER) -> Source:
    """Return the source, with its workspace as `get_workspace` gives it.

    Raises Http404 and PermissionDenied as `get_workspace` does.
    """
    workspace = get_workspace(user, workspace_slug, role)
    source = get_object_or_404(workspace.sources, slug=source_slug)
    source.workspace = workspace
    return source
