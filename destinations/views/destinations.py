"""A destination in the panel: what it is, who feeds it, on and off, replay, the end of it."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from workspaces.access import get_workspace
from workspaces.forms import DeleteForm
from workspaces.setting_form import SettingForm, readable_settings

from .. import connecting, control, report
from ..access import find_tool, get_destination
from ..forms import DestinationSettingsForm, ReplayForm, SourcesForm
from ..sending import tokens
from .oauth import connection_context


def listed(destinations):
    """Return destinations for a list: each with its tool and the numbers of its last day."""
    destinations = destinations.defer("settings").prefetch_related("sources", "ranges")
    numbers = report.numbers_by_destination(destinations, report.DAY.since())
    for destination in destinations:
        destination.tool = find_tool(destination.integration)
        destination.numbers = numbers[destination.pk]
        live = [each for each in destination.ranges.all() if each.until is None]
        destination.live = live[0] if live else None
    return destinations


@login_required
@require_GET
def destination_list(request, workspace_slug):
    workspace = get_workspace(request.user, workspace_slug)
    context = {"workspace": workspace, "destinations": listed(workspace.destinations)}
    return render(request, "destinations/destination_list.html", context)


@login_required
@require_GET
def destination_overview_fragment(request, workspace_slug):
    """The destinations on the workspace's overview, for htmx."""
    workspace = get_workspace(request.user, workspace_slug)
    context = {"workspace": workspace, "destinations": listed(workspace.destinations)}
    return render(request, "destinations/_overview.html", context)


@login_required
@require_GET
def source_destinations_fragment(request, workspace_slug, source_slug):
    """The destinations that one source feeds, for htmx."""
    workspace = get_workspace(request.user, workspace_slug)
    source = get_object_or_404(workspace.sources, slug=source_slug)
    destinations = listed(workspace.destinations.filter(sources=source))
    context = {"workspace": workspace, "source": source, "destinations": destinations}
    return render(request, "destinations/_of_source.html", context)


@login_required
@require_GET
def destination_detail(request, workspace_slug, destination_slug):
    destination = get_destination(request.user, workspace_slug, destination_slug)
    return _detail(request, destination, ReplayForm())


def _detail(request, destination, replay_form, status=200):
    context = {
        "workspace": destination.workspace,
        "destination": destination,
        "tab": "overview",
        "numbers": report.numbers_of(destination, report.DAY.since()),
        "replays": destination.ranges.exclude(until=None).order_by("-created_at")[:10],
        "missed": 0 if destination.enabled else control.missed_count(destination),
        "sources": destination.sources.all(),
        "subscriptions": destination.subscriptions.defer("mapping"),
        "replay_form": replay_form,
        "connection": connecting.find_state(destination),
    }
    return render(request, "destinations/destination_detail.html", context, status=status)


@login_required
@require_http_methods(["GET", "POST"])
def destination_settings(request, workspace_slug, destination_slug):
    role = "editor" if request.method == "POST" else "viewer"
    destination = get_destination(request.user, workspace_slug, destination_slug, role)
    data = request.POST if request.method == "POST" else None
    starts = {"name": destination.name, "consent": destination.consent_categories}
    form = DestinationSettingsForm(data, initial=starts)
    settings = SettingForm(destination.tool.settings, data, readable_settings(destination))
    if data is not None and all([form.is_valid(), settings.is_valid()]):
        destination.name = form.cleaned_data["name"]
        destination.consent_categories = form.cleaned_data["consent"]
        destination.settings = settings.values
        destination.save(update_fields=["name", "consent_categories", "settings"])
        tokens.forgive(destination)
        messages.success(request, "The settings are saved.")
        return redirect("destination_settings", workspace_slug, destination.slug)
    context = {
        "workspace": destination.workspace,
        "destination": destination,
        "tab": "settings",
        "form": form,
        "settings": settings,
        **connection_context(request, destination),
    }
    return render(request, "destinations/destination_settings.html", context)


@login_required
@require_POST
def destination_switch(request, workspace_slug, destination_slug):
    """Switch on or off. Switching on asks about what was missed, if there is anything."""
    destination = get_destination(request.user, workspace_slug, destination_slug, "editor")
    if request.POST.get("enabled") != "on":
        control.switch_off(destination)
        messages.success(request, f"{destination.name} is off. Its events wait.")
        return redirect("destination_detail", workspace_slug, destination.slug)
    missed = 0 if destination.enabled else control.missed_count(destination)
    if missed and request.POST.get("missed") not in ("deliver", "skip"):
        context = {
            "workspace": destination.workspace,
            "destination": destination,
            "missed": missed,
        }
        return render(request, "destinations/destination_switch.html", context)
    control.switch_on(destination, deliver_missed=request.POST.get("missed") == "deliver")
    messages.success(request, f"{destination.name} is on.")
    return redirect("destination_detail", workspace_slug, destination.slug)


@login_required
@require_http_methods(["GET", "POST"])
def destination_sources(request, workspace_slug, destination_slug):
    role = "editor" if request.method == "POST" else "viewer"
    destination = get_destination(request.user, workspace_slug, destination_slug, role)
    connected = set(destination.sources.all())
    data = request.POST if request.method == "POST" else None
    form = SourcesForm(destination.workspace, data, initial={"sources": connected})
    if data is not None and form.is_valid():
        wanted = set(form.cleaned_data["sources"])
        for source in wanted - connected:
            control.connect(destination, source)
        for source in connected - wanted:
            control.disconnect(destination, source)
        messages.success(request, "The sources are saved.")
        return redirect("destination_sources", workspace_slug, destination.slug)
    context = {
        "workspace": destination.workspace,
        "destination": destination,
        "tab": "sources",
        "form": form,
        "connected": connected,
    }
    return render(request, "destinations/destination_sources.html", context)


@login_required
@require_POST
def destination_replay(request, workspace_slug, destination_slug):
    destination = get_destination(request.user, workspace_slug, destination_slug, "editor")
    form = ReplayForm(request.POST)
    if form.is_valid():
        try:
            control.replay(destination, form.cleaned_data["since"], form.cleaned_data["until"])
        except ValueError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "The replay has begun.")
            return redirect("destination_detail", workspace_slug, destination.slug)
    return _detail(request, destination, form)


@login_required
@require_http_methods(["GET", "POST"])
def destination_delete(request, workspace_slug, destination_slug):
    destination = get_destination(request.user, workspace_slug, destination_slug, "editor")
    data = request.POST if request.method == "POST" else None
    form = DeleteForm(destination.name, data)
    if data is not None and form.is_valid():
        destination.delete()
        messages.success(request, f"{destination.name} is deleted.")
        return redirect("destination_list", workspace_slug)
    context = {"workspace": destination.workspace, "destination": destination, "form": form}
    return render(request, "destinations/destination_delete.html", context)
