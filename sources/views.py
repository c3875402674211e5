"""Sources in the panel: what they are, their keys, and what they sent."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from workspaces.access import get_workspace
from workspaces.models import Role

from . import authentication, funnel, overview
from .access import get_source
from .forms import DeleteForm, RotateForm, SourceForm, SourceSettingsForm
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
    active = [key for key in keys if key.active]
    lasting = [key for key in active if not key.revoked_at] or active
    shown = lasting[0].key if lasting else "YOUR-WRITE-KEY"
    context = {
        "workspace": source.workspace,
        "source": source,
        "tab": "overview",
        "write_keys": keys,
        "active_keys": active,
        "overlaps": RotateForm.OVERLAPS,
        "snippets": snippets(shown, settings.PUBLIC_URL, source.kind),
        "last_received_at": overview.last_received_at(source),
        "rejections": overview.rejections_by_code(source),
        **numbers(request, source),
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
def source_numbers_fragment(request, workspace_slug, source_slug):
    """The funnel of a source, its chart and its breakdowns, for htmx."""
    source = get_source(request.user, workspace_slug, source_slug)
    context = {"workspace": source.workspace, "source": source, **numbers(request, source)}
    return render(request, "sources/_numbers.html", context)


def numbers(request, source) -> dict:
    period, step = request.GET.get("period"), request.GET.get("step")
    period = period if period in funnel.PERIODS else "24h"
    step = step if step in funnel.STEPS else funnel.RECEIVED
    return {
        "overview": funnel.overview(source, period, step, timezone.now()),
        "periods": funnel.PERIODS.items(),
        "step_label": funnel.STEPS[step][0],
    }


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
