"""The catalogue of tools, and how one of them becomes a destination."""

from itertools import groupby

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods
from django.views.decorators.vary import vary_on_headers

from workspaces.access import get_workspace
from workspaces.setting_form import SettingForm
from workspaces.slugs import free_slug

from .. import catalog as tools
from .. import connecting, control
from ..access import describe, get_tool, wants_fragment
from ..forms import DestinationForm


@login_required
@require_GET
@vary_on_headers("HX-Request")
def catalog(request, workspace_slug):
    """Every tool, by category. htmx receives the tiles alone."""
    workspace = get_workspace(request.user, workspace_slug)
    connected = set(workspace.destinations.values_list("integration", flat=True))
    shown = _matching(request.GET, connected)
    context = {
        "workspace": workspace,
        "categories": [(each, category_title(each)) for each in _categories()],
        "groups": [
            (category_title(category), list(group))
            for category, group in groupby(shown, key=lambda tool: tool.category)
        ],
        "shown_count": len(shown),
        "connected": connected,
        "query": request.GET.get("q", ""),
        "category": request.GET.get("category", ""),
        "status": request.GET.get("status", ""),
        "source": request.GET.get("source", ""),
    }
    template = "_catalog_tiles.html" if wants_fragment(request) else "catalog.html"
    return render(request, f"destinations/{template}", context)


def _matching(query, connected):
    """Return the tools a person looks for, by category and name."""
    words, category = query.get("q", "").lower().split(), query.get("category", "")
    found = tools.integrations().values()
    if category:
        found = [tool for tool in found if tool.category == category]
    if query.get("status") in ("connected", "new"):
        wanted = query["status"] == "connected"
        found = [tool for tool in found if (tool.slug in connected) == wanted]
    found = [tool for tool in found if all(word in _searched(tool) for word in words)]
    return sorted(found, key=lambda tool: (tool.category, tool.name.lower()))


def _searched(tool):
    return " ".join([tool.name, tool.slug, tool.category, *tool.names, tool.description]).lower()


def _categories():
    return sorted({tool.category for tool in tools.integrations().values()})


def category_title(category: str) -> str:
    """Return "Raw data" for "raw-data", and CRM in capitals."""
    words = category.replace("-", " ").replace("_", " ")
    return words.upper() if len(words) < 4 else words.capitalize()


@login_required
@require_GET
def catalog_detail(request, workspace_slug, integration_slug):
    workspace = get_workspace(request.user, workspace_slug)
    tool = get_tool(integration_slug)
    context = {
        "workspace": workspace,
        "tool": tool,
        "category": category_title(tool.category),
        "actions": [describe(action) for action in tool.actions.values()],
        "destinations": workspace.destinations.defer("settings").filter(integration=tool.slug),
        "source": request.GET.get("source", ""),
    }
    return render(request, "destinations/catalog_detail.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def destination_create(request, workspace_slug, integration_slug):
    workspace = get_workspace(request.user, workspace_slug, "editor")
    tool = get_tool(integration_slug)
    chosen = workspace.sources.filter(slug=request.GET.get("source", ""))
    data = request.POST if request.method == "POST" else None
    form = DestinationForm(workspace, data, initial={"name": tool.name, "sources": chosen})
    settings = SettingForm(tool.settings, data)
    if data is not None and all([form.is_valid(), settings.is_valid()]):
        destination = _create(workspace, tool, form.cleaned_data, settings.values)
        if connecting.waits_for_consent(tool, settings.values):
            messages.success(request, f"{destination.name} is made. Its events wait for consent.")
            return redirect("destination_settings", workspace.slug, destination.slug)
        messages.success(request, f"{destination.name} is connected.")
        return redirect("destination_detail", workspace.slug, destination.slug)
    context = {"workspace": workspace, "tool": tool, "form": form, "settings": settings}
    return render(request, "destinations/destination_create.html", context)


@transaction.atomic
def _create(workspace, tool, wanted, values):
    destination = control.create(
        workspace,
        tool.slug,
        free_slug(workspace.destinations.all(), wanted["name"], tool.slug),
        wanted["name"],
        values,
        wanted["sources"],
    )
    if wanted["enabled"]:
        control.switch_on(destination)
    return destination
