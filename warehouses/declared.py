"""The part of a file (workspaces/declared.py) that is about warehouses."""

from sources.declared import dump_filter, get_filters, get_sources
from workspaces.declared import Changes, Secrets
from workspaces.document import Part, slugs
from workspaces.models import Workspace

from .connectors import get_connector
from .errors import InvalidSchedule, UnknownKind
from .models import Warehouse
from .schedule import interval

KEYS = (("slug", "kind"), ("name", "sources", "schedule", "enabled", "settings", "filters"))


def apply(parts: list[Part], workspace: Workspace, changes: Changes) -> None:
    slugs(parts)
    for part in parts:
        _apply_warehouse(part, workspace, changes)


def remove_others(parts: list[Part], workspace: Workspace, changes: Changes) -> None:
    """Remove the warehouses that the file lacks; what was loaded into them stays."""
    for warehouse in workspace.warehouses.exclude(slug__in=slugs(parts)):
        changes.append(f"removed warehouse {warehouse.slug}")
        warehouse.delete()


def dump(workspace: Workspace, secrets: Secrets) -> list[dict]:
    warehouses = workspace.warehouses.order_by("slug")
    return [_dump_warehouse(warehouse, secrets) for warehouse in warehouses]


def _apply_warehouse(part, workspace, changes):
    fields = part.fields(*KEYS)
    slug = fields["slug"].slug()
    connector = _connector(fields["kind"])
    values = {
        "name": fields["name"].text() if "name" in fields else slug,
        "settings": fields.get("settings", part.empty("settings")).settings(connector.settings),
        "schedule": _schedule(fields["schedule"]) if "schedule" in fields else "1h",
        "enabled": fields["enabled"].flag() if "enabled" in fields else True,
        "filters": get_filters(fields.get("filters")),
    }
    sources = get_sources(fields["sources"], workspace) if "sources" in fields else []

    warehouse = workspace.warehouses.filter(slug=slug).first()
    if warehouse is None:
        warehouse = workspace.warehouses.create(slug=slug, kind=connector.slug, **values)
        changes.append(f"made warehouse {slug}")
    elif warehouse.kind != connector.slug:
        raise fields["kind"].error(
            f"{slug} is of kind {warehouse.kind} already, and stays so. Take another slug."
        )
    changes.save(warehouse, "warehouse", values)
    _connect(warehouse, sources, changes)


def _connector(part):
    try:
        return get_connector(part.text())
    except UnknownKind as error:
        raise part.error(f"{str(error).rstrip('.')}.") from error


def _schedule(part):
    try:
        interval(part.text(10))
    except InvalidSchedule as error:
        raise part.error(f"{str(error).rstrip('.')}.") from error
    return part.text()


def _connect(warehouse, sources, changes):
    """Load these sources and no others. One left out keeps its position, should it come back."""
    for source in sources:
        connection, made = warehouse.connections.get_or_create(source=source)
        if made or not connection.enabled:
            warehouse.connections.filter(pk=connection.pk).update(enabled=True)
            changes.append(f"connected {source.slug} to {warehouse.slug}")
    for connection in warehouse.connections.filter(enabled=True).exclude(source__in=sources):
        warehouse.connections.filter(pk=connection.pk).update(enabled=False)
        changes.append(f"disconnected {connection.source.slug} from {warehouse.slug}")


def _dump_warehouse(warehouse: Warehouse, secrets: Secrets) -> dict:
    connected = warehouse.connections.filter(enabled=True).order_by("source__slug")
    document = {
        "slug": warehouse.slug,
        "name": warehouse.name,
        "kind": warehouse.kind,
        "sources": list(connected.values_list("source__slug", flat=True)),
        "schedule": warehouse.schedule,
        "settings": secrets.settings(
            get_connector(warehouse.kind).settings, warehouse.settings, warehouse.slug
        ),
    }
    if warehouse.filters:
        document["filters"] = [dump_filter(each) for each in warehouse.filters]
    return document if warehouse.enabled else {**document, "enabled": False}
