"""Signing in, the workspace's overview, and one's own account."""

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import LoginView, LogoutView
from django.db import transaction
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods
from django_htmx.http import HttpResponseClientRefresh

from .access import get_workspace
from .forms import PasswordForm, PersonForm, SignInForm, WorkspaceForm
from .models import Role

_sign_in_page = LoginView.as_view(
    template_name="workspaces/sign_in.html",
    authentication_form=SignInForm,
    redirect_authenticated_user=True,
)
sign_out = LogoutView.as_view()


def sign_in(request):
    """The page; a fragment of a session that has ended reloads the whole page instead."""
    return HttpResponseClientRefresh() if request.htmx else _sign_in_page(request)


@login_required
@require_GET
def home(request):
    first = request.user.workspaces.first()
    if first is None:
        return redirect("workspace_create")
    return redirect("workspace_overview", first.slug)


@login_required
@require_http_methods(["GET", "POST"])
def workspace_create(request):
    """A new workspace; whoever makes it owns it."""
    form = WorkspaceForm(request.POST or None)
    if form.is_valid():
        with transaction.atomic():
            workspace = form.save()
            workspace.memberships.create(user=request.user, role=Role.OWNER)
        return redirect("workspace_overview", workspace.slug)
    return render(request, "workspaces/workspace_create.html", {"form": form})


@login_required
@require_GET
def workspace_overview(request, workspace_slug):
    """What is connected to what. Each column is a fragment of its own app."""
    workspace = get_workspace(request.user, workspace_slug)
    return render(request, "workspaces/workspace_overview.html", {"workspace": workspace})


@login_required
@require_http_methods(["GET", "POST"])
def account(request):
    """One's own name and password; which of the two forms was sent is in its button."""
    sent = request.POST.get("form")
    person = PersonForm(request.POST if sent == "person" else None, instance=request.user)
    password = PasswordForm(request.user, request.POST if sent == "password" else None)
    if person.is_valid():
        person.save()
        messages.success(request, "Your name is saved.")
        return redirect("account")
    if password.is_valid():
        update_session_auth_hash(request, password.save())
        messages.success(request, "Your password is changed. Other sessions are signed out.")
        return redirect("account")
    return render(request, "workspaces/account.html", {"person": person, "password": password})
