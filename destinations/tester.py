"""Try an event on a destination: what would be sent, or what the tool answers when it is.

The steps are those of flow/trace.py, which agree with the plan that delivery follows, filters and
triggers included; here they get their requests. Nothing is counted, and no failure is written.
"""

import logging
import time
from dataclasses import dataclass, field
from functools import partial

from django.utils import timezone

from sources.language.filters import InvalidFilter

from .auth import secrets_of
from .catalog import UnknownIntegration
from .errors import DeliveryError
from .flow.trace import Mapping, Rule, Trace, trace
from .integration import Integration
from .models import Destination
from .plan import NOTHING_TO_SEND, Plan, Route, Verdict, compile_plan
from .reasons import advice
from .request import MASK, Request, Response, mask_text, redact
from .sending import http, streams
from .sending.tokens import find_tokens

logger = logging.getLogger(__name__)

MOST_SHOWN = 4_000  # characters of an answer
MOST_REQUESTS = 10  # of one subscription; a tool that needs more is not tried to the end


@dataclass
class Exchange:
    """One request and its answer, both without secrets. Without an answer none was awaited."""

    request: dict
    response: dict | None = None
    duration_ms: int | None = None


@dataclass
class Trial:
    """What became of the event at one subscription. `outcome` is for people."""

    name: str
    action: str = ""
    good: bool = False
    outcome: str = ""
    reason: str = ""
    exchanges: list[Exchange] = field(default_factory=list)


@dataclass
class Turn:
    """One subscription's turn, for people: its payload without secrets, and its requests."""

    pk: int
    name: str
    trigger: str
    mapping: Mapping
    payload: dict | None = None
    trial: Trial | None = None


@dataclass
class Tried:
    """All steps of an event at a destination. `problem` says why there are none."""

    trace: Trace | None = None
    turns: list[Turn] = field(default_factory=list)
    off: list[str] = field(default_factory=list)  # names of subscriptions that are off
    problem: str = ""
    sent: bool = False

    @property
    def wanting(self) -> list[Turn]:
        return [each for each in self.turns if each.mapping.wanted]

    @property
    def others(self) -> list[Turn]:
        return [each for each in self.turns if not each.mapping.wanted]

    @property
    def requests_count(self) -> int:
        """How many requests the event leads to, those of steps that are not reached left out."""
        turns = [each for each in self.turns if each.mapping.reached and each.trial]
        return sum(len(each.trial.exchanges) for each in turns)


def try_plan(
    destination: Destination,
    plan: Plan,
    event: dict,
    names: dict[int, str],
    send: bool,
    only: int | None = None,
) -> list[Trial]:
    """Run an event through a plan that need not be saved; `names` are those of its subscriptions.

    A Trial without an action says what held the event back. `only` is Plan.judge's.
    """
    event, steps, verdicts = plan.judge(event, only)
    trials = [_refused(verdict, names) for verdict in verdicts]
    tokens = find_tokens(destination, plan.integration) if steps else None
    for route, payload in steps:
        trial = try_payload(route, payload, event, send, tokens)
        trial.name = names.get(route.subscription_id, "")
        trials.append(trial)
    return trials


def _refused(verdict: Verdict, names: dict[int, str]) -> Trial:
    route = verdict.route
    return Trial(
        name=names.get(route.subscription_id, route.action) if route else "Before any subscription",
        action=route.action if route else "",
        outcome=verdict.code,
        reason=verdict.reason or advice(verdict.outcome, verdict.code),
    )


def try_event(
    destination: Destination, event: dict, send: bool = False, going: bool = True
) -> Tried:
    """Run an event through the destination as it is configured now; send only when told to.

    What is not reached is looked at as well, but never sent. `going` is trace()'s.
    """
    try:
        plan = compile_plan(destination)
        seen = trace(plan, rules_of(destination), event, going)
    except (UnknownIntegration, InvalidFilter) as error:
        return Tried(problem=str(error), sent=send)
    subscriptions = {each.pk: each for each in destination.subscriptions.defer("mapping")}
    tried = Tried(seen, sent=send, off=[s.name for s in subscriptions.values() if not s.enabled])
    tokens = find_tokens(destination, plan.integration) if seen.wanted else None
    for mapping in seen.mappings:
        found = subscriptions.get(mapping.route.subscription_id)
        if found is None:
            continue  # deleted a moment ago
        turn = Turn(found.pk, found.name, found.trigger, mapping)
        if mapping.payload is not None:
            turn.payload = masked_payload(mapping.route, mapping.payload)
            turn.trial = try_payload(
                mapping.route, mapping.payload, seen.event, send and mapping.reached, tokens
            )
        tried.turns.append(turn)
    return tried


def trace_event(destination: Destination, event: dict) -> Trace:
    """Look at every step as the destination is configured now, without making a request.

    Raises UnknownIntegration and InvalidFilter.
    """
    return trace(compile_plan(destination), rules_of(destination), event)


def rules_of(destination: Destination) -> list[Rule]:
    """Return the filters, also those that are off. Raises InvalidFilter."""
    rules = []
    for each in destination.filters.all():
        definition = {"if": each.condition, "action": each.action, **each.options}
        try:
            rules.append(Rule(definition, each.pk, each.name or "Filter", each.enabled))
        except InvalidFilter:
            if each.enabled:  # what is off stops nothing, whatever it says
                raise
    return rules


def masked_payload(route: Route, payload: dict) -> dict:
    """Return the payload without secrets of the settings or of its own fields."""
    return route.translator.redact(Request("POST", "", json=payload), [payload]).json


def try_payload(route: Route, payload: dict, event: dict, send: bool, tokens=None) -> Trial:
    """Make the requests of one payload, once more when the tool does not take the token any more.

    `tokens` are the destination's (sending/tokens.py), None for a tool that needs none.
    """
    trial = Trial(route.action, route.action)
    try:
        auth = _auth(tokens, send)
        trial = _run(route, payload, event, send, auth)
        if send and tokens and trial.outcome == "401" and (fresh := tokens.renew(auth)):
            trial = _run(route, payload, event, send, fresh)
    except DeliveryError as error:
        trial.good = False
        trial.outcome, trial.reason = error.code, str(error) or advice("", error.code)
    return trial


def _auth(tokens, send: bool) -> dict | None:
    """Return what to sign with. A preview asks no tool for a token, and shows none."""
    if tokens is None:
        return None
    return tokens.get() if send else tokens.peek() or {"accessToken": MASK}


def _run(route: Route, payload: dict, event: dict, send: bool, auth: dict | None) -> Trial:
    translator, payloads = route.translator, [payload]
    trial = Trial(route.action, route.action)
    talk = translator.requests(payloads, now=timezone.now(), auth=auth, events=[event])

    def mask(shown):
        return redact(translator.redact(shown, payloads), secrets_of(auth))

    try:
        response, outcomes = _converse(talk, trial.exchanges, mask, send)
        if send and outcomes is None and response is not None:
            outcomes = translator.outcomes(response, payloads, now=timezone.now())
        failed = next((each for each in outcomes or () if each is not None), None)
        if failed is not None and send:
            raise failed
    except DeliveryError as error:
        said = mask_text(str(error), secrets_of(auth))
        trial.outcome, trial.reason = error.code, said or advice("", error.code)
        return trial
    except Exception as error:
        logger.exception("%s failed on an event", route.action)
        trial.outcome, trial.reason = "INTERNAL", f"{type(error).__name__}: {error}"
        return trial
    if not trial.exchanges:
        trial.outcome = NOTHING_TO_SEND[1]
        trial.reason = advice(*NOTHING_TO_SEND)
        return trial
    trial.good = True
    trial.outcome = "Delivered" if send else "Would be sent"
    return trial


def _converse(talk, exchanges: list[Exchange], mask, send: bool):
    """Run a talk to its end and note its exchanges. Return the last answer, or None, and the
    outcomes that the builder gave itself, or None."""
    response, step = None, partial(next, talk)
    try:
        while len(exchanges) < MOST_REQUESTS:
            request = step()
            exchange = Exchange(mask(request).as_dict())
            exchanges.append(exchange)
            # Unsent, a later step sees an answer without content: {}.
            response = Response(200)
            if send:
                try:
                    response = _call(request, exchange, mask)
                except DeliveryError as error:
                    step = partial(talk.throw, error)
                    continue
            step = partial(talk.send, response)
    except StopIteration as stop:
        return response, stop.value
    return response, None


def check_credentials(integration: Integration, settings: dict, tokens=None) -> Trial:
    """Ask the tool whether it knows us, by the request that its catalogue file names.

    `tokens` are the destination's (sending/tokens.py); pressing the button asks for a new one.
    """
    trial = Trial("Credentials")
    try:
        auth = tokens.renew(tokens.peek(), even_if_refused=True) if tokens else None
        request = integration.check_request(settings, now=timezone.now(), auth=auth)
        if request is None:
            trial.good = bool(auth)
            trial.outcome = "Accepted" if auth else "No check"
            trial.reason = "This tool has no request that only checks. Send a test event instead."
            return trial
        secrets = integration.secrets(settings) + secrets_of(auth)
        exchange = Exchange(redact(request, secrets).as_dict())
        trial.exchanges.append(exchange)
        response = _call(request, exchange, lambda shown: redact(shown, secrets))
    except DeliveryError as error:
        trial.outcome, trial.reason = error.code, str(error) or advice("", error.code)
        return trial
    problem = integration.credential_problem(response)
    trial.good = problem is None
    trial.outcome = "Accepted" if trial.good else str(response.status)
    if not trial.good:
        said = problem or advice("", trial.outcome) or f"The tool answered {response.status}."
        trial.reason = mask_text(said, secrets)
    return trial


def _call(request: Request, exchange: Exchange, mask) -> Response:
    """Send, and note the answer as it may be shown: `mask` hides what is secret in it."""
    started = time.monotonic()
    try:
        response = streams.call(request) if streams.handles(request) else http.call(request)
    finally:
        exchange.duration_ms = round((time.monotonic() - started) * 1000)
    text = response.body[:MOST_SHOWN].decode("utf-8", "replace")
    exchange.response = {
        "status": response.status,
        "body": mask(Request("GET", "", body=text)).body,
    }
    return response
