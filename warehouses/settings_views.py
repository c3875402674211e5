"""Making a warehouse, and changing how it is reached, when it is loaded, and from what."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.shortcuts import redirect, render
from django.utils.text import slugify
from django.views.decorators.http import require_http_methods

from workspaces.access import get_workspace
from workspaces.setting_form import SettingForm, readable_settings
from workspaces.slugs import free_slug

from .access import get_connector_or_404, get_warehouse
from .connectors import all_connectors
from .forms import WarehouseForm
from .models import Warehouse
from .tenancy import find_problem


@login_required
@require_http_methods(["GET", "POST"])
def warehouse_create(request, workspace_slug):
    """Without a kind in the address: choose one. With it: its form."""
    workspace = get_workspace(request.user, workspace_slug, "editor")
    kind = request.GET.get("kind")
    if not kind:
        context = {
            "workspace": workspace,
            "connectors": all_connectors(),
            "source": request.GET.get("source", ""),
        }
        return render(request, "warehouses/warehouse_choose.html", context)
    connector = get_connector_or_404(kind)
    chosen = workspace.sources.all()
    if "source" in request.GET:
        chosen = chosen.filter(slug=request.GET["source"])
    data = request.POST if request.method == "POST" else None
    starts = {"name": connector.name, "sources": chosen, "schedule": "1h"}
    form = WarehouseForm(workspace, data, initial=starts)
    settings = SettingForm(connector.settings, data)
    if data is not None and all(
        [form.is_valid(), settings.is_valid(), _is_ours(workspace, connector, settings)]
    ):
        warehouse = Warehouse(workspace=workspace, kind=kind, slug=_slug(workspace, form))
        _save(warehouse, form.cleaned_data, settings.values)
        messages.success(request, f"{warehouse.name} is set up.")
        return redirect("warehouse_detail", workspace.slug, warehouse.slug)
    context = {
        "workspace": workspace,
        "connector": connector,
        "form": form,
        "settings": settings,
    }
    return render(request, "warehouses/warehouse_create.html", context)


def _is_ours(workspace, connector, settings, stored=None):
    """Complain beside the settings when they newly reach beyond the workspace."""
    if connector is None or not settings.is_valid() or settings.values == stored:
        return True
    problem = find_problem(workspace, connector, settings.values)
    if problem:
        settings.add_error(connector.settings[0].name, problem)
    return not problem


def _slug(workspace, form):
    name = form.cleaned_data["name"]
    if slugify(name) == "new":  # the address of the form
        name = "new warehouse"
    return free_slug(workspace.warehouses.all(), name, "warehouse")


@login_required
@require_http_methods(["GET", "POST"])
def warehouse_settings(request, workspace_slug, warehouse_slug):
    role = "editor" if request.method == "POST" else "viewer"
    warehouse = get_warehouse(request.user, workspace_slug, warehouse_slug, role)
    starts = {
        "name": warehouse.name,
        "schedule": warehouse.schedule,
        "enabled": warehouse.enabled,
        "filters": warehouse.filters,
        "sources": warehouse.sources.filter(warehouse_connections__enabled=True),
    }
    data = request.POST if request.method == "POST" else None
    form = WarehouseForm(warehouse.workspace, data, initial=starts)
    definitions = warehouse.connector.settings if warehouse.connector else []
    settings = SettingForm(definitions, data, readable_settings(warehouse))
    if data is not None and all(
        [
            form.is_valid(),
            settings.is_valid(),
            _is_ours(warehouse.workspace, warehouse.connector, settings, warehouse.settings),
        ]
    ):
        values = settings.values if warehouse.connector else warehouse.settings
        _save(warehouse, form.cleaned_data, values)
        messages.success(request, "The settings are saved.")
        return redirect("warehouse_settings", workspace_slug, warehouse.slug)
    context = {
        "workspace": warehouse.workspace,
        "warehouse": warehouse,
        "tab": "settings",
        "form": form,
        "settings": settings,
    }
    return render(request, "warehouses/warehouse_settings.html", context)


@transaction.atomic
def _save(warehouse, wanted, values):
    """Save what the forms say. A source that is left out keeps its place for another time."""
    warehouse.name = wanted["name"]
    warehouse.schedule = wanted["schedule"]
    warehouse.enabled = wanted["enabled"]
    warehouse.filters = wanted["filters"]
    warehouse.settings = values
    fields = ["name", "schedule", "enabled", "filters", "settings"]
    warehouse.save(update_fields=fields if warehouse.pk else None)
    warehouse.connections.exclude(source__in=wanted["sources"]).update(enabled=False)
    for source in wanted["sources"]:
        warehouse.connections.update_or_create(source=source, defaults={"enabled": True})
