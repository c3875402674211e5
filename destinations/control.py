"""What a person may do to a destination: make, switch, connect, retry, replay.

The panel, the file that `apply` reads and the admin all come through here.
"""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from sources import log
from sources.models import Source
from workspaces.models import Workspace
from workspaces.setting import clean_values

from . import catalog
from .models import Connection, Destination, Failure, Range
from .translation import default_subscriptions


@transaction.atomic
def create(
    workspace: Workspace,
    integration: str,
    slug: str,
    name: str,
    values: dict,
    sources: Iterable[Source] = (),
) -> Destination:
    """Return a new destination, switched off, with the integration's default subscriptions.

    Raises SettingsError when `values` will not do.
    """
    definition = catalog.get_integration(integration)
    destination = Destination.objects.create(
        workspace=workspace,
        slug=slug,
        name=name,
        integration=integration,
        settings=clean_values(definition.settings, values),
    )
    Range.objects.create(destination=destination, position=log.newest())
    for order, default in enumerate(default_subscriptions(definition)):
        destination.subscriptions.create(
            name=default.name,
            action=default.action,
            trigger=default.trigger,
            mapping=default.mapping,
            order=order,
        )
    for source in sources:
        connect(destination, source)
    return destination


def connect(destination: Destination, source: Source) -> Connection:
    """Feed the destination from this source, from now on."""
    if source.workspace_id != destination.workspace_id:
        raise ValueError("A source feeds destinations of its own workspace only.")
    connection, _ = Connection.objects.get_or_create(
        destination=destination, source=source, defaults={"since": log.newest()}
    )
    return connection


def disconnect(destination: Destination, source: Source) -> None:
    destination.connections.filter(source=source).delete()


@transaction.atomic
def switch_on(destination: Destination, deliver_missed: bool = False) -> None:
    """Start sending: from now, or from where it was switched off if `deliver_missed`."""
    live = destination.ranges.select_for_update().get(until=None)
    if not destination.enabled and not deliver_missed:
        live.position = max(live.position, log.newest())
    live.paused_until, live.setbacks, live.reason = None, 0, ""
    live.save(update_fields=["position", "paused_until", "setbacks", "reason"])
    Destination.objects.filter(pk=destination.pk).update(enabled=True)
    destination.enabled = True


def switch_off(destination: Destination) -> None:
    """Stop sending. Its events wait in the log until it is switched on again."""
    Destination.objects.filter(pk=destination.pk).update(enabled=False)
    destination.enabled = False


def missed_count(destination: Destination) -> int:
    """Return how many events wait for a destination that is off or does not answer."""
    live = destination.ranges.get(until=None)
    return sum(
        log.count(connection.source_id, max(live.position, connection.since))
        for connection in destination.connections.all()
    )


def retry(failures: QuerySet[Failure]) -> int:
    """Have these failures tried again at once, with settings and mappings as they are now."""
    return failures.update(
        state=Failure.State.WAITING, next_attempt_at=timezone.now(), failed_at=timezone.now()
    )


def replay(destination: Destination, since: datetime, until: datetime) -> Range:
    """Send what was received in [since, until) again, beside the live events.

    Raises ValueError when that is nothing.
    """
    source_ids = list(destination.connections.values_list("source_id", flat=True))
    span = log.span(source_ids, since, until)
    if span is None:
        raise ValueError("Nothing was received in that time.")
    return Range.objects.create(destination=destination, position=span[0] - 1, until=span[1])
