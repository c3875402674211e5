"""The one door of permission: every object of the panel is reached through its workspace."""

from django.core.exceptions import PermissionDenied
from django.http import Http404

from .models import Role, Workspace

RANKS = {Role.VIEWER: 0, Role.EDITOR: 1, Role.ADMIN: 2, Role.OWNER: 3}


def get_workspace(user, slug: str, role: str = Role.VIEWER) -> Workspace:
    """Return the workspace, with `workspace.role` set to what `user` is in it.

    Raises Http404 for strangers, who shall not learn that it exists, and PermissionDenied for
    members whose role is below `role`.
    """
    try:
        membership = user.memberships.select_related("workspace").get(workspace__slug=slug)
    except (AttributeError, user.memberships.model.DoesNotExist):
        raise Http404 from None
    if RANKS[membership.role] < RANKS[role]:
        raise PermissionDenied(f"Only an {role} or above may do this.")
    workspace = membership.workspace
    workspace.role = membership.role
    workspace.may_edit = RANKS[membership.role] >= RANKS[Role.EDITOR]
    workspace.may_administer = RANKS[membership.role] >= RANKS[Role.ADMIN]
    return workspace
