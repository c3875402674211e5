"""A stored event on its way: what its source's rules say of it, and each destination's answer."""

import json
from dataclasses import dataclass
from typing import NamedTuple

from sources import blocking, log, observed
from sources.language.filters import InvalidFilter
from sources.models import Source
from workspaces.models import Workspace

from .. import tester
from ..access import find_tool
from ..catalog import UnknownIntegration
from ..models import Destination
from ..tester import Tried
from . import trace
from .standing import Standing, standing_of
from .trace import Removed, Trace


class Stored(NamedTuple):
    """An event of the log, read."""

    id: int
    source: Source
    received_at: object
    event: dict

    @property
    def name(self) -> str:
        event = self.event
        return str(event.get("event") or event.get("name") or event.get("type") or "(no name)")


class SourceRules(NamedTuple):
    """What the schema of the source would do to the event if it came in now.

    `absent` are blocked paths that it does not have: they may have been taken out at the door.
    """

    blocked: bool
    removed: list[Removed]
    absent: list[str]


@dataclass
class Look:
    """One destination's answer. `tried` is None in a list, where nobody asks for requests."""

    destination: Destination
    standing: Standing
    trace: Trace | None
    problem: str = ""
    tried: Tried | None = None

    @property
    def stopped(self) -> str:
        if not self.standing.belongs:
            return "connection"
        return self.trace.stopped if self.trace else "settings"


def find_event(workspace: Workspace, event_id: int) -> Stored | None:
    """Return an event of any source of the workspace, or None when the log has it no more."""
    if not 0 < event_id <= log.MOST_POSITION:
        return None
    sources = {source.pk: source for source in workspace.sources.all()}
    entry = log.get(list(sources), [event_id]).get(event_id)
    if entry is None:
        return None
    event = json.loads(entry.payload)
    return Stored(entry.id, sources[entry.source_id], entry.received_at, event)


def source_rules(source: Source, event: dict) -> SourceRules:
    """Say what blocking.apply would do now. Nothing is counted, and the event stays as it is."""
    rules = blocking.load().get(source.pk)
    if rules is None:
        return SourceRules(False, [], [])
    place = observed.place(event)
    paths = rules.properties.get(place, frozenset())
    members = event.get(observed.field_of(place[0]))
    if not isinstance(members, dict):
        return SourceRules(place in rules.events, [], sorted(paths))
    kept, found = observed.without(members, paths)
    gone = list(trace.removed(members, kept)) if found else []
    return SourceRules(place in rules.events, gone, sorted(paths - set(found)))


def destinations_of(source: Source) -> list[Destination]:
    """Return the destinations that a source feeds, each with `tool` and `live`."""
    destinations = source.destinations.prefetch_related("ranges").order_by("name")
    for destination in destinations:
        destination.tool = find_tool(destination.integration)
        live = [each for each in destination.ranges.all() if each.until is None]
        destination.live = live[0] if live else None
    return list(destinations)


def glance(destination: Destination, stored: Stored) -> Look:
    """Return the verdict without making requests: for lists."""
    standing = standing_of(destination, stored.source.pk, stored.id)
    try:
        return Look(destination, standing, tester.trace_event(destination, stored.event))
    except (UnknownIntegration, InvalidFilter) as error:
        return Look(destination, standing, None, str(error))


def look(destination: Destination, stored: Stored) -> Look:
    """Return all steps with the requests that would be sent."""
    standing = standing_of(destination, stored.source.pk, stored.id)
    tried = tester.try_event(destination, stored.event, going=standing.belongs)
    return Look(destination, standing, tried.trace, tried.problem, tried)
