"""Where an event stands at a destination: sent, failed, waiting, or none of its business."""

from dataclasses import dataclass, field

from ..models import Destination, Failure

# What is to be said of each standing: a look (.state-…) and a word.
WORDS = {
    "unconnected": ("off", "Not connected"),
    "earlier": ("off", "Before it was connected"),
    "parked": ("warn", "Parked"),
    "waiting": ("warn", "Waiting for the tool"),
    "next": ("wait", "Will be sent"),
    "retried": ("warn", "Failed, tried again"),
    "failed": ("bad", "Failed"),
    "delivered": ("ok", "Delivered"),
    "passed": ("ok", "Dealt with"),
}


@dataclass
class Standing:
    """`slug` is a key of WORDS. `sample` is the delivery itself, where it was kept."""

    slug: str
    failures: list[Failure] = field(default_factory=list)
    sample: object = None
    replays: list = field(default_factory=list)
    reason: str = ""

    @property
    def look(self) -> str:
        return WORDS[self.slug][0]

    @property
    def word(self) -> str:
        return WORDS[self.slug][1]

    @property
    def belongs(self) -> bool:
        """Whether the event is one of those that the destination is sent, sooner or later."""
        return self.slug not in ("unconnected", "earlier") or bool(self.replays)


def standing_of(destination: Destination, source_id: int, event_id: int) -> Standing:
    """Say how far this destination has come with a stored event. `destination.live` is set."""
    connection = destination.connections.filter(source_id=source_id).first()
    failures = destination.failures.filter(source_id=source_id, event_id=event_id)
    # The bodies are on the page of the failure itself.
    failures = list(failures.defer("request", "response").order_by("pk"))
    sample = destination.samples.filter(source_id=source_id, event_id=event_id).last()
    replays = destination.ranges.filter(
        until__gte=event_id, position__lt=event_id, finished_at=None
    )
    found = Standing("passed", failures, sample, list(replays) if connection else [])
    live = destination.live
    if any(each.state != Failure.State.WAITING for each in failures):
        found.slug = "failed"
    elif failures:
        found.slug = "retried"
    elif sample is not None:
        found.slug = "delivered"
    elif connection is None:
        found.slug = "unconnected"
    elif connection.since >= event_id:
        found.slug = "earlier"
    elif live is not None and live.position < event_id:
        found.slug = _ahead(destination)
        found.reason = live.reason
    return found


def _ahead(destination: Destination) -> str:
    if not destination.enabled:
        return "parked"
    return "waiting" if destination.live.paused_until else "next"
