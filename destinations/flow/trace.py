"""What would happen to an event at one destination, step by step. Pure; sends nothing.

    seen = trace(plan, rules, event)
    seen.stopped            →  "", or the step that holds the event back
    seen.judged()           →  what Plan.judge says of the same event

`Plan.judge` answers with the end of the story, as fast as it can; this tells the story, for
people. Every step is looked at, those after the one that stopped the event as if it had not:
`reached` says which were really asked.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from sources.language.filters import (
    ALIASES,
    CONSENT_UPDATED,
    FILTERED_BY_RULES,
    ORDER,
    allowed_by_consent,
    allowed_by_integrations,
    compile_filters,
    fraction_of,
)
from sources.language.fql import FQLError, compile_fql
from sources.language.paths import getter
from sources.language.values import UNSET

from ..errors import DeliveryError, InvalidPayload
from ..models import Outcome
from ..plan import NO_CONSENT, NO_MATCH, NOT_ALLOWED, Plan, Route, Step, Verdict

CONSENT, INTEGRATIONS, FILTERS, SUBSCRIPTIONS = "consent", "integrations", "filters", "mapping"


class Wish(NamedTuple):
    """What the event itself says, of consent or of tools. `asked` is False where nobody asks.

    `because` is a word for the template; `choices` are (name, what the event says of it).
    """

    allows: bool
    asked: bool
    because: str
    choices: list[tuple[str, object]] = []
    reached: bool = True


class Removed(NamedTuple):
    path: str
    value: object


class Effect(NamedTuple):
    """What one filter does to an event: `verdict` is off, unmatched, unanswered, dropped,
    sampled (kept in the sample), changed or unchanged."""

    verdict: str
    event: dict
    reason: str = ""
    removed: list[Removed] = []
    draw: float | None = None

    @property
    def drops(self) -> bool:
        return self.verdict in ("unanswered", "dropped")


class Rule:
    """One filter, compiled to be explained. Raises InvalidFilter, as compile_filters does."""

    def __init__(self, definition: dict, key=None, name: str = "", enabled: bool = True):
        self.key, self.name, self.enabled = key, name, enabled
        self.condition = definition.get("if", "all")
        action = str(definition.get("action", "")).lower()
        self.action = ALIASES.get(action, action)
        self.options = definition
        self._apply = compile_filters([{**definition, "if": "all"}])
        compile_filters([definition])
        self._matches = compile_fql(self.condition)

    def effect(self, event: dict, kept: dict | None = None) -> Effect:
        """Return what becomes of `kept`: `event` as earlier filters left it."""
        kept = event if kept is None else kept
        if not self.enabled:
            return Effect("off", kept)
        try:
            if not self._matches(event):
                return Effect("unmatched", kept)
        except FQLError as error:
            return Effect("unanswered", kept, reason=str(error))
        draw = self._draw(kept) if self.action == "sample" else None
        after = self._apply(kept).event
        if after is None:
            return Effect("dropped", kept, draw=draw)
        if self.action == "sample":
            return Effect("sampled", kept, draw=draw)
        gone = list(removed(kept, after))
        return Effect("changed" if gone else "unchanged", after, removed=gone)

    @property
    def share(self) -> float | None:
        """The part of the events that a sample keeps, from 0 to 1."""
        return self.options.get("sample", self.options).get("percent")

    def _draw(self, event: dict) -> float:
        options = self.options.get("sample", self.options)
        path = options.get("path") or "messageId"
        value = getter(path)(event)
        if value is UNSET:
            value = event if path == "messageId" else None
        return fraction_of(value)


class Filtering(NamedTuple):
    """One filter's turn."""

    rule: Rule
    effect: Effect
    reached: bool


@dataclass
class Mapping:
    """One subscription's turn. `problems` are (field, message), for people to mend."""

    route: Route
    reached: bool
    wanted: bool
    payload: dict | None = None
    verdict: Verdict | None = None
    problems: list[tuple[str, str]] = field(default_factory=list)


@dataclass
class Trace:
    """All steps of one event at one destination, in order. `event` is what the filters left."""

    consent: Wish
    integrations: Wish
    filters: list[Filtering]
    mappings: list[Mapping]
    event: dict
    before: dict

    @property
    def stopped(self) -> str:
        """The first step that held the event back, or "" when something would be sent."""
        if not self.consent.allows:
            return CONSENT
        if not self.integrations.allows:
            return INTEGRATIONS
        if self.filtered_by is not None:
            return FILTERS
        return "" if any(each.payload is not None for each in self.mappings) else SUBSCRIPTIONS

    @property
    def filtered_by(self) -> Filtering | None:
        return next((each for each in self.filters if each.effect.drops), None)

    @property
    def wanted(self) -> list[Mapping]:
        return [each for each in self.mappings if each.wanted]

    @property
    def sent(self) -> list[Mapping]:
        return [each for each in self.mappings if each.reached and each.payload is not None]

    def judged(self) -> tuple[dict, list[Step], list[Verdict]]:
        """Return what Plan.judge returns."""
        if self.stopped in (CONSENT, INTEGRATIONS):
            return self.before, [], [NO_CONSENT if self.stopped == CONSENT else NOT_ALLOWED]
        if self.stopped == FILTERS:
            return {}, [], [Verdict(Outcome.FILTERED, FILTERED_BY_RULES)]
        if not self.wanted:
            return self.event, [], [NO_MATCH]
        steps = [Step(each.route, each.payload) for each in self.sent]
        return self.event, steps, [each.verdict for each in self.wanted if each.verdict]


def trace(plan: Plan, rules: Iterable[Rule], event: dict, going: bool = True) -> Trace:
    """Look at every step. `rules` are the destination's filters, in any order, also those off.

    `going` is False for an event that does not even get to this destination.
    """
    consent = consent_wish(plan, event)._replace(reached=going)
    integrations = integrations_wish(plan, event)._replace(reached=going and consent.allows)
    going = going and consent.allows and integrations.allows
    kept, filters = event, []
    for rule in sorted(rules, key=lambda rule: ORDER.index(rule.action)):
        effect = rule.effect(event, kept)
        filters.append(Filtering(rule, effect, going))
        kept = effect.event
        going = going and not effect.drops
    mappings = [_map(route, kept, going) for route in plan.routes]
    return Trace(consent, integrations, filters, mappings, kept, event)


def consent_wish(plan: Plan, event: dict) -> Wish:
    if plan.integration.storage:
        return Wish(True, False, "storage")
    if not plan.consent:
        return Wish(True, False, "no categories")
    context = event.get("context")
    consent = context.get("consent") if type(context) is dict else None
    choices = consent.get("categoryPreferences") if type(consent) is dict else None
    if event.get("event") == CONSENT_UPDATED:
        return Wish(True, True, "new choice")
    if type(choices) is not dict:
        return Wish(True, True, "silent")
    said = [(each, choices.get(each, UNSET)) for each in plan.consent]
    shown = [(name, "not named" if value is UNSET else value) for name, value in said]
    return Wish(allowed_by_consent(event, plan.consent), True, "choices", shown)


def integrations_wish(plan: Plan, event: dict) -> Wish:
    """Say which keys of the `integrations` object decided."""
    if plan.integration.storage:
        return Wish(True, False, "storage")
    wishes, names = event.get("integrations"), plan.integration.names
    if type(wishes) is not dict or not wishes:
        return Wish(True, True, "silent")
    named = [(name, wishes[name]) for name in names if name in wishes]
    if not named and "All" in wishes:
        named = [("All", wishes["All"])]
    allows = allowed_by_integrations(event, names)
    if not allows:
        named = [(name, value) for name, value in named if value is False]
    return Wish(allows, True, "keys" if named else "others", named)


def _map(route: Route, event: dict, going: bool) -> Mapping:
    if not route.translator.wants(event):
        return Mapping(route, going, wanted=False)
    found = Mapping(route, going, wanted=True)
    try:
        found.payload = route.translator.payload(event)
    except InvalidPayload as error:
        found.problems = error.errors
        found.verdict = Verdict(Outcome.REJECTED, error.code, str(error), route)
    except DeliveryError as error:
        found.verdict = Verdict(Outcome.REJECTED, error.code, str(error), route)
    except Exception as error:
        reason = f"{type(error).__name__}: {error}"
        found.verdict = Verdict(Outcome.REJECTED, "INTERNAL", reason, route)
    return found


def removed(before, after, path: str = "") -> Iterator[Removed]:
    """Yield what is in `before` and no more in `after`: filters only ever take away."""
    if before is after:
        return
    if type(before) is dict and type(after) is dict:
        for key, value in before.items():
            place = f"{path}.{key}" if path else key
            if key in after:
                yield from removed(value, after[key], place)
            else:
                yield Removed(place, value)
    elif type(before) is list and type(after) is list:
        if len(before) != len(after):
            yield Removed(path, before)
            return
        for index, (old, new) in enumerate(zip(before, after, strict=True)):
            yield from removed(old, new, f"{path}[{index}]")
