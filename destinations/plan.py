"""What is to be done with an event at one destination: pure, compiled once, used by all who ask.

The steps, in the order of destinations.md §1: consent → integrations object → filters → trigger →
mapping.
"""

import logging
from collections.abc import Iterable
from typing import NamedTuple

from sources.language.filters import (
    allowed_by_consent,
    allowed_by_integrations,
    compile_filters,
)

from . import catalog
from .errors import DeliveryError, InvalidPayload, MappingError, UnknownAction
from .language.trigger import InvalidTrigger
from .models import Destination, Outcome
from .translation import Translator, compile_subscription

logger = logging.getLogger(__name__)


class Route(NamedTuple):
    """One subscription, compiled."""

    subscription_id: int
    action: str
    translator: Translator


class Step(NamedTuple):
    """One payload on its way to the tool."""

    route: Route
    payload: dict


class Verdict(NamedTuple):
    """Why an event, or one subscription's share of it, goes no further."""

    outcome: str
    code: str
    reason: str = ""
    route: Route | None = None


NO_CONSENT = Verdict(Outcome.FILTERED, "FILTERED_BY_END_USER_CONSENT")
NOT_ALLOWED = Verdict(Outcome.FILTERED, "FILTERED_BY_INTEGRATIONS_OBJECT")
NO_MATCH = Verdict(Outcome.FILTERED, "NO_MATCHING_MAPPING")
# The outcome and the code of an event for which a builder made no request.
NOTHING_TO_SEND = (Outcome.FILTERED, "FILTERED_AT_MAPPING")


class Plan:
    """A destination's configuration, ready to be asked about events. Holds no connection."""

    def __init__(
        self,
        integration,
        settings: dict,
        filters: Iterable[dict],
        routes: list[Route],
        consent: Iterable[str] = (),
    ):
        self.integration = integration
        self.settings = settings
        self.consent = tuple(consent)
        self.filter = compile_filters(list(filters))
        self.routes = routes

    def judge(self, event: dict, only: int | None = None) -> tuple[dict, list[Step], list[Verdict]]:
        """Return the event as the filters left it, the payloads to send, and what is not sent.

        `only` is the id of one subscription, for a retry: then the filters and the trigger have
        had their say already.
        """
        if only is not None:
            routes = [route for route in self.routes if route.subscription_id == only]
        else:
            forbidden = self.forbidden(event)
            if forbidden is not None:
                return event, [], [forbidden]
            event, code = self.filter(event)
            if event is None:
                return {}, [], [Verdict(Outcome.FILTERED, code)]
            routes = [route for route in self.routes if route.translator.wants(event)]
        if not routes:
            return event, [], [NO_MATCH]
        steps, verdicts = [], []
        for route in routes:
            try:
                steps.append(Step(route, route.translator.payload(event)))
            except Exception as error:
                verdicts.append(_refused(route, error))
        return event, steps, verdicts

    def forbidden(self, event: dict) -> Verdict | None:
        """Return what in the event itself keeps it from this tool, or None.

        A store of raw data keeps what others may not have (destination-catalog.md, "Storage").
        """
        if self.integration.storage:
            return None
        if self.consent and not allowed_by_consent(event, self.consent):
            return NO_CONSENT
        if not allowed_by_integrations(event, self.integration.names):
            return NOT_ALLOWED
        return None


def _refused(route: Route, error: Exception) -> Verdict:
    """An event that cannot be mapped is rejected; it never stops the ones behind it."""
    if isinstance(error, DeliveryError):
        return Verdict(Outcome.REJECTED, error.code, str(error), route)
    logger.error("%s failed on an event", route.action, exc_info=error)
    return Verdict(Outcome.REJECTED, "INTERNAL", f"{type(error).__name__}: {error}", route)


def compile_plan(destination: Destination) -> Plan:
    """Return the plan of a destination as it is configured now.

    A subscription that does not compile any more rejects what it is given, with the reason.
    """
    integration = catalog.get_integration(destination.integration)
    routes = []
    for subscription in destination.subscriptions.filter(enabled=True):
        translator: Translator | _Broken
        try:
            translator = compile_subscription(
                integration,
                subscription.action,
                subscription.trigger,
                subscription.mapping,
                destination.settings,
            )
        except (UnknownAction, InvalidTrigger, MappingError) as error:
            translator = _Broken(str(error))
        routes.append(Route(subscription.id, subscription.action, translator))
    filters = [
        {"if": each.condition, "action": each.action, **each.options}
        for each in destination.filters.filter(enabled=True)
    ]
    return Plan(integration, destination.settings, filters, routes, destination.consent_categories)


class _Broken:
    """Stands in for a subscription that does not compile."""

    batch = None

    def __init__(self, reason: str):
        self.reason = reason

    def wants(self, event):
        return True

    def payload(self, event):
        raise InvalidPayload([("mapping", self.reason)])
