"""A workspace's settings: its name and its members. For admins and owners."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from . import members
from .access import get_workspace
from .forms import MemberForm, RoleForm, WorkspaceNameForm
from .models import Role


@login_required
@require_http_methods(["GET", "POST"])
def workspace_settings(request, workspace_slug):
    workspace = get_workspace(request.user, workspace_slug, Role.ADMIN)
    form = WorkspaceNameForm(request.POST or None, instance=workspace)
    if form.is_valid():
        form.save()
        messages.success(request, "The workspace is renamed.")
        return redirect("workspace_settings", workspace.slug)
    return _page(request, workspace, name_form=form)


@login_required
@never_cache
@require_POST
def member_add(request, workspace_slug):
    """Add a member. A new person's password is in this answer, and nowhere else ever again."""
    workspace = get_workspace(request.user, workspace_slug, Role.ADMIN)
    form = MemberForm(request.POST)
    if not form.is_valid():
        return _page(request, workspace, member_form=form)
    try:
        added, password = members.add(workspace, **form.cleaned_data, by=workspace.role)
    except members.MembershipError as error:
        form.add_error("email", str(error))
        return _page(request, workspace, member_form=form)
    if password:
        return _page(request, workspace, added=added, password=password)
    messages.success(request, f"{added.user} is a member now.")
    return redirect("workspace_settings", workspace.slug)


@login_required
@require_POST
def member_change(request, workspace_slug, membership_id):
    workspace = get_workspace(request.user, workspace_slug, Role.ADMIN)
    membership = get_object_or_404(workspace.memberships, id=membership_id)
    form = RoleForm(request.POST)
    if form.is_valid():
        try:
            members.change_role(membership, form.cleaned_data["role"], by=workspace.role)
        except members.MembershipError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, f"{membership.user} is {membership.role} now.")
    return _back(request, workspace)


@login_required
@require_POST
def member_remove(request, workspace_slug, membership_id):
    workspace = get_workspace(request.user, workspace_slug, Role.ADMIN)
    membership = get_object_or_404(workspace.memberships, id=membership_id)
    try:
        members.remove(membership, by=workspace.role)
    except members.MembershipError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, f"{membership.user} is no member of {workspace} any more.")
    return _back(request, workspace)


def _back(request, workspace):
    """Return to the settings; or, who has just lost them, to what is left."""
    mine = workspace.memberships.filter(user=request.user).first()
    if mine is None:
        return redirect("home")
    may = mine.role in (Role.ADMIN, Role.OWNER)
    return redirect("workspace_settings" if may else "workspace_overview", workspace.slug)


def _page(request, workspace, name_form=None, member_form=None, **context):
    context |= {
        "workspace": workspace,
        "name_form": name_form or WorkspaceNameForm(instance=workspace),
        "member_form": member_form or MemberForm(),
        "memberships": workspace.memberships.select_related("user").order_by("user__email"),
        "roles": Role.choices,
    }
    return render(request, "workspaces/workspace_settings.html", context)
