"""Sources in the panel: what they are, their keys, and what they sent."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from workspaces.access import get_workspace
from workspaces.models import Role

from . import authentication, overview
from .access import get_source
from .forms import DeleteForm, SourceForm, SourceSettingsForm
from .snippets import snippets


def listed(workspace) -> list:
    """Return the sources for a list: each with its last day and when its newest event came."""
    sources = list(workspace.sources.all())
    days = overview.days(sources)
    for source in sources:
        source.day = days[source.id]
        source.last_received_at = overview.last_received_at(source)
    return sources


@login_required
@require_GET
def source_list(request, workspace_slug):
    workspace = get_workspace(request.user, workspace_slug)
    context = {"workspace": workspace, "sources": listed(workspace)}
    return render(request, "sources/source_list.html", context)


@login_required
@require_GET
def source_overview_fragment(request, workspace_slug):
    """The sources on the workspace's overview, for htmx."""
    workspace = get_workspace(request.user, workspace_slug)
    context = {"workspace": workspace, "sources": listed(workspace)}
    return render(request, "sources/_overview.html", context)


@login_required
@require_GET
def source_traffic_fragment(request, workspace_slug):
    """The last day of all sources together, for htmx."""
    workspace = get_workspace(request.user, workspace_slug)
    sources = list(workspace.sources.all())
    context = {"workspace": workspace, "sources": sources, "day": overview.day_of_all(sources)}
    return render(request, "sources/_traffic.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def source_create(request, workspace_slug):
    """A new source, with its first write key."""
    workspace = get_workspace(request.user, workspace_slug, Role.EDITOR)
    form = SourceForm(workspace, request.POST or None)
    if form.is_valid():
        with transaction.atomic():
            source = form.save()
            source.write_keys.create()
        return redirect("source_detail", workspace.slug, source.slug)
    return render(request, "sources/source_create.html", {"workspace": workspace, "form": form})


@login_required
@require_GET
def source_detail(request, workspace_slug, source_slug):
    source = get_source(request.user, workspace_slug, source_slug)
    keys = list(source.write_keys.order_by("created_at"))
    active = [key for key in keys if not key.revoked_at]
    shown = active[0].key if active else "YOUR-WRITE-KEY"
    context = {
        "workspace": source.workspace,
        "source": source,
        "tab": "overview",
        "write_keys": keys,
        "active_keys": active,
        "snippets": snippets(shown, settings.PUBLIC_URL, source.kind),
        "last_received_at": overview.last_received_at(source),
        "day": overview.days([source])[source.id],
        "rejections": overview.rejections_by_code(source),
    }
    return render(request, "sources/source_detail.html", context)


@login_required
@require_GET
def source_status_fragment(request, workspace_slug, source_slug):
    """Whether events come: asked every two seconds until the first one, then seldom."""
    source = get_source(request.user, workspace_slug, source_slug)
    context = {"source": source, "last_received_at": overview.last_received_at(source)}
    return render(request, "sources/_status.html", context)


@login_required
@require_GET
def source_day_fragment(request, workspace_slug, source_slug):
    """The numbers of a source's last day, for htmx."""
    source = get_source(request.user, workspace_slug, source_slug)
    context = {"source": source, "day": overview.days([source])[source.id]}
    return render(request, "sources/_day.html", context)


@login_required
@require_POST
def write_key_add(request, workspace_slug, source_slug):
    source = get_source(request.user, workspace_slug, source_slug, Role.EDITOR)
    source.write_keys.create()
    authentication.forget()
    messages.success(request, "A new write key is ready. The others go on working.")
    return redirect("source_detail", workspace_slug, source_slug)


@login_required
@require_POST
def write_key_revoke(request, workspace_slug, source_slug, key_id):
    source = get_source(request.user, workspace_slug, source_slug, Role.EDITOR)
    key = get_object_or_404(source.write_keys, id=key_id)
    source.write_keys.filter(id=key.id, revoked_at=None).update(revoked_at=timezone.now())
    authentication.forget()
    messages.success(request, f"The write key {key.key[:6]}… is revoked.")
    return redirect("source_detail", workspace_slug, source_slug)


@login_required
@require_http_methods(["GET", "POST"])
def source_settings(request, workspace_slug, source_slug):
    role = Role.EDITOR if request.method == "POST" else Role.VIEWER
    source = get_source(request.user, workspace_slug, source_slug, role)
    form = SourceSettingsForm(request.POST or None, instance=source)
    if form.is_valid():
        form.save()
        authentication.forget()
        messages.success(request, "Saved.")
        return redirect("source_settings", workspace_slug, source_slug)
    return _settings_page(request, source, form, DeleteForm(source))


@login_required
@require_POST
def source_delete(request, workspace_slug, source_slug):
    source = get_source(request.user, workspace_slug, source_slug, Role.EDITOR)
    form = DeleteForm(source, request.POST)
    if not form.is_valid():
        return _settings_page(request, source, SourceSettingsForm(instance=source), form)
    source.delete()
    authentication.forget()
    messages.success(request, f"The source {source.name} is deleted.")
    return redirect("source_list", workspace_slug)


def _settings_page(request, source, form, delete_form):
    context = {
        "workspace": source.workspace,
        "source": source,
        "tab": "settings",
        "form": form,
        "delete_form": delete_form,
    }
    return render(request, "sources/source_settings.html", context)
