"""A warehouse in the panel: what is loaded, when, how it went, and loading it now."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django.views.decorators.vary import vary_on_headers

from workspaces.access import get_workspace
from workspaces.forms import DeleteForm

from . import tasks
from .access import find_connector, get_warehouse
from .check import check
from .errors import WarehouseError
from .models import Sync, SyncTable
from .schedule import interval


def listed(warehouses):
    """Return warehouses for a list: each with its connector and its last sync."""
    warehouses = warehouses.defer("settings").prefetch_related("connections__source")
    newest = Sync.objects.filter(warehouse__in=warehouses.values("pk"))
    newest = newest.order_by("warehouse_id", "-started_at", "-pk").distinct("warehouse_id")
    last = {sync.warehouse_id: sync for sync in newest}
    for warehouse in warehouses:
        warehouse.connector = find_connector(warehouse.kind)
        warehouse.last = last.get(warehouse.pk)
        warehouse.fed_by = [each.source for each in warehouse.connections.all() if each.enabled]
    return warehouses


@login_required
@require_GET
def warehouse_list(request, workspace_slug):
    workspace = get_workspace(request.user, workspace_slug)
    context = {"workspace": workspace, "warehouses": listed(workspace.warehouses)}
    return render(request, "warehouses/warehouse_list.html", context)


@login_required
@require_GET
def warehouse_overview_fragment(request, workspace_slug):
    """The warehouses on the workspace's overview, for htmx."""
    workspace = get_workspace(request.user, workspace_slug)
    context = {"workspace": workspace, "warehouses": listed(workspace.warehouses)}
    return render(request, "warehouses/_overview.html", context)


@login_required
@require_GET
def source_warehouses_fragment(request, workspace_slug, source_slug):
    """The warehouses that one source is loaded into, for htmx."""
    workspace = get_workspace(request.user, workspace_slug)
    source = get_object_or_404(workspace.sources, slug=source_slug)
    fed = workspace.warehouses.filter(connections__source=source, connections__enabled=True)
    context = {"workspace": workspace, "source": source, "warehouses": listed(fed)}
    return render(request, "warehouses/_of_source.html", context)


@login_required
@require_GET
@vary_on_headers("HX-Request")
def warehouse_detail(request, workspace_slug, warehouse_slug):
    """Each source with its last sync, and the history. htmx asks for these again and again while
    a sync is under way."""
    warehouse = get_warehouse(request.user, workspace_slug, warehouse_slug)
    syncs = warehouse.syncs.select_related("source")
    every = interval(warehouse.schedule)
    started = warehouse.last_started_at
    context = {
        "workspace": warehouse.workspace,
        "warehouse": warehouse,
        "tab": "overview",
        "connections": _connections(warehouse),
        "page": Paginator(syncs, per_page=25).get_page(request.GET.get("page")),
        "busy": bool(warehouse.queued_at) or syncs.filter(state=Sync.State.RUNNING).exists(),
        "every": every,
        "next_at": started + every if every and started else None,
    }
    fragment = request.htmx and not request.htmx.history_restore_request
    template = "_syncs.html" if fragment else "warehouse_detail.html"
    return render(request, f"warehouses/{template}", context)


def _connections(warehouse):
    """Return the sources that are loaded, each with its last sync and the rows of all syncs."""
    connections = list(
        warehouse.connections.filter(enabled=True).select_related("source").order_by("source__name")
    )
    newest = warehouse.syncs.order_by("source_id", "-started_at", "-pk").distinct("source_id")
    last = {sync.source_id: sync for sync in newest}
    for connection in connections:
        connection.last = last.get(connection.source_id)
    return connections


@login_required
@require_POST
def warehouse_sync(request, workspace_slug, warehouse_slug):
    """Queue a sync now; the page shows how it goes on."""
    warehouse = get_warehouse(request.user, workspace_slug, warehouse_slug, "editor")
    if not warehouse.enabled:
        messages.error(request, "This warehouse is off. Switch it on in its settings first.")
    elif tasks.sync_now(warehouse):
        messages.success(request, "The sync is queued.")
    else:
        messages.info(request, "A sync waits in the queue already.")
    return redirect("warehouse_detail", workspace_slug, warehouse.slug)


@login_required
@require_POST
def warehouse_check(request, workspace_slug, warehouse_slug):
    """Do once what a sync does, and say how it went. htmx receives the sentence alone."""
    warehouse = get_warehouse(request.user, workspace_slug, warehouse_slug, "editor")
    problem = ""
    try:
        check(warehouse)
    except (WarehouseError, ValueError) as error:
        problem = str(error)
    if request.htmx:
        return render(request, "warehouses/_check.html", {"problem": problem})
    if problem:
        messages.error(request, problem)
    else:
        messages.success(request, "The warehouse can be used.")
    return redirect("warehouse_detail", workspace_slug, warehouse.slug)


@login_required
@require_GET
def warehouse_sync_detail(request, workspace_slug, warehouse_slug, sync_id):
    """One sync: rows of each table, what there is to tell about it, and how long it took."""
    warehouse = get_warehouse(request.user, workspace_slug, warehouse_slug)
    sync = get_object_or_404(warehouse.syncs.select_related("source"), pk=sync_id)
    context = {
        "workspace": warehouse.workspace,
        "warehouse": warehouse,
        "tab": "overview",
        "sync": sync,
        "tables": SyncTable.objects.filter(sync=sync).order_by("-row_count", "name"),
    }
    return render(request, "warehouses/warehouse_sync_detail.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def warehouse_delete(request, workspace_slug, warehouse_slug):
    warehouse = get_warehouse(request.user, workspace_slug, warehouse_slug, "editor")
    data = request.POST if request.method == "POST" else None
    form = DeleteForm(warehouse.name, data)
    if data is not None and form.is_valid():
        warehouse.delete()
        messages.success(request, f"{warehouse.name} is deleted. Its tables are where they were.")
        return redirect("warehouse_list", workspace_slug)
    context = {"workspace": warehouse.workspace, "warehouse": warehouse, "form": form}
    return render(request, "warehouses/warehouse_delete.html", context)
