"""The part of a file (workspaces/declared.py) that is about destinations."""

from sources.declared import dump_filter, get_filters, get_sources
from workspaces.declared import Changes, Secrets
from workspaces.document import Part, slugs
from workspaces.models import Workspace

from . import catalog, connecting, control
from .errors import MappingError, UnknownAction
from .language.trigger import InvalidTrigger
from .models import MOST_FILTERS, Destination, Filter, Subscription
from .translation import compile_subscription, default_subscriptions

KEYS = (
    ("slug", "integration"),
    ("name", "sources", "enabled", "settings", "subscriptions", "filters", "consent"),
)


def apply(parts: list[Part], workspace: Workspace, changes: Changes) -> None:
    slugs(parts)
    for part in parts:
        _apply_destination(part, workspace, changes)


def remove_others(parts: list[Part], workspace: Workspace, changes: Changes) -> None:
    """Remove the destinations that the file lacks."""
    for destination in workspace.destinations.exclude(slug__in=slugs(parts)):
        changes.append(f"removed destination {destination.slug}")
        destination.delete()


def dump(workspace: Workspace, secrets: Secrets) -> list[dict]:
    destinations = workspace.destinations.order_by("slug")
    return [_dump_destination(destination, secrets) for destination in destinations]


def _apply_destination(part, workspace, changes):
    fields = part.fields(*KEYS)
    slug = fields["slug"].slug()
    integration = _integration(fields["integration"])
    name = fields["name"].text() if "name" in fields else integration.name
    values = _settings(part, fields, integration)
    sources = get_sources(fields["sources"], workspace) if "sources" in fields else []
    subscriptions = _subscriptions(fields.get("subscriptions"), integration, values)
    filters = _filters(fields.get("filters"))
    enabled = fields["enabled"].flag() if "enabled" in fields else True

    destination = workspace.destinations.filter(slug=slug).first()
    if destination is None:
        destination = control.create(workspace, integration.slug, slug, name, values)
        changes.append(f"made destination {slug}")
    elif destination.integration != integration.slug:
        raise fields["integration"].error(
            f"{slug} is a {destination.integration} already, and stays one. Take another slug."
        )
    values = {**connecting.given_settings(destination, integration), **values}
    wanted = {"name": name, "settings": values, "consent_categories": _consent(fields)}
    changes.save(destination, "destination", wanted)
    _connect(destination, sources, changes)
    if _set_subscriptions(destination, subscriptions):
        changes.append(f"changed destination {slug}: subscriptions")
    if _set_filters(destination, filters):
        changes.append(f"changed destination {slug}: filters")
    if destination.enabled != enabled:
        (control.switch_on if enabled else control.switch_off)(destination)
        changes.append(f"switched {slug} {'on' if enabled else 'off'}")


def _integration(part):
    try:
        return catalog.get_integration(part.text())
    except catalog.UnknownIntegration as error:
        raise part.error(f"There is no tool {part.text()} in the catalogue.") from error


def _settings(part, fields, integration):
    return fields.get("settings", part.empty("settings")).settings(integration.settings)


def _consent(fields):
    return [item.text() for item in fields["consent"].items()] if "consent" in fields else []


def _connect(destination, sources, changes):
    connected = {each.source for each in destination.connections.select_related("source")}
    for source in sources:
        if source not in connected:
            control.connect(destination, source)
            changes.append(f"connected {source.slug} to {destination.slug}")
    for source in connected.difference(sources):
        control.disconnect(destination, source)
        changes.append(f"disconnected {source.slug} from {destination.slug}")


def _subscriptions(part, integration, settings) -> list[dict]:
    if part is None:
        return [
            {
                "name": each.name,
                "action": each.action,
                "trigger": each.trigger,
                "mapping": each.mapping,
                "enabled": True,
            }
            for each in default_subscriptions(integration)
        ]
    return [_subscription(item, integration, settings) for item in part.items()]


def _subscription(part, integration, settings) -> dict:
    fields = part.fields(("action", "trigger"), ("name", "mapping", "enabled"))
    name, trigger = fields["action"].text(), fields["trigger"].text(10_000)
    try:
        action = integration.get_action(name)
    except UnknownAction as error:
        known = ", ".join(integration.actions)
        raise fields["action"].error(
            f"{integration.slug} has no action {name}. It has: {known}."
        ) from error
    mapping = fields["mapping"].object() if "mapping" in fields else action.default_mapping()
    try:
        compile_subscription(integration, name, trigger, mapping, settings)
    except InvalidTrigger as error:
        raise fields["trigger"].error(f"This is no trigger: {error}.") from error
    except MappingError as error:
        raise fields["mapping"].error(f"The mapping is wrong at {error}.") from error
    return {
        "name": fields["name"].text() if "name" in fields else action.label[:100],
        "action": name,
        "trigger": trigger,
        "mapping": mapping,
        "enabled": fields["enabled"].flag() if "enabled" in fields else True,
    }


def _set_subscriptions(destination, wanted: list[dict]) -> bool:
    """Make the subscriptions those that are wanted; return whether anything changed.

    Rows are kept where name and action agree, as failures refer to them.
    """
    left, changed = list(destination.subscriptions.all()), False
    for order, values in enumerate(wanted):
        values = {**values, "order": order}
        row = _take(left, name=values["name"], action=values["action"]) or _take(
            left, action=values["action"]
        )
        if row is None:
            row = Subscription(destination=destination)
        if any(getattr(row, name) != value for name, value in values.items()) or not row.pk:
            for name, value in values.items():
                setattr(row, name, value)
            row.save()
            changed = True
    for row in left:
        row.delete()
    return changed or bool(left)


def _take(rows: list, **wanted):
    for row in rows:
        if all(getattr(row, name) == value for name, value in wanted.items()):
            rows.remove(row)
            return row
    return None


def _filters(part) -> list[dict]:
    definitions = get_filters(part)
    if len(definitions) > MOST_FILTERS:
        raise part.error(f"A destination has {MOST_FILTERS} filters at most.")
    return [
        {
            "name": definition.pop("name", ""),
            "condition": definition.pop("if"),
            "action": definition.pop("action"),
            "enabled": definition.pop("enabled"),
            "options": definition,
        }
        for definition in definitions
    ]


def _set_filters(destination, wanted: list[dict]) -> bool:
    names = ("name", "condition", "action", "enabled", "options")
    if list(destination.filters.values(*names)) == wanted:
        return False
    destination.filters.all().delete()
    for order, values in enumerate(wanted):
        Filter.objects.create(destination=destination, order=order, **values)
    return True


def _dump_destination(destination: Destination, secrets: Secrets) -> dict:
    integration = catalog.get_integration(destination.integration)
    sources = destination.sources.order_by("slug").values_list("slug", flat=True)
    document = {
        "slug": destination.slug,
        "name": destination.name,
        "integration": destination.integration,
        "sources": list(sources),
        "enabled": destination.enabled,
        "settings": secrets.settings(integration.settings, destination.settings, destination.slug),
        "subscriptions": [
            _dump_subscription(each, integration, destination, secrets)
            for each in destination.subscriptions.all()
        ],
    }
    if filters := [_dump_filter(each) for each in destination.filters.all()]:
        document["filters"] = filters
    if destination.consent_categories:
        document["consent"] = destination.consent_categories
    return document


def _dump_subscription(row, integration, destination, secrets):
    action = integration.get_action(row.action)
    secret = {field.name for field in action.fields if field.secret}
    path = (destination.slug, row.action)
    mapping = {
        name: secrets.hide(value, *path, name)
        if name in secret and isinstance(value, str)
        else value
        for name, value in row.mapping.items()
    }
    document = {
        "name": row.name,
        "action": row.action,
        "trigger": row.trigger,
        "mapping": secrets.hide_named(mapping, *path),
    }
    return document if row.enabled else {**document, "enabled": False}


def _dump_filter(row):
    definition = {"if": row.condition, "action": row.action, **row.options}
    return dump_filter({**definition, "name": row.name, "enabled": row.enabled})
