"""Try an event on a destination: what would be sent, or what the tool answers when it is.

The same plan as in delivery judges the event, filters and triggers included; nothing is counted,
and no failure is written.
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
from .integration import Integration
from .models import Destination
from .plan import NOTHING_TO_SEND, Step, Verdict, compile_plan
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


def try_event(destination: Destination, event: dict, send: bool) -> list[Trial]:
    """Run an event through the destination as it is configured now; send only when told to."""
    try:
        plan = compile_plan(destination)
    except (UnknownIntegration, InvalidFilter) as error:
        return [Trial("Before any subscription", outcome="INVALID_SETTINGS", reason=str(error))]
    names = dict(destination.subscriptions.values_list("pk", "name"))
    event, steps, verdicts = plan.judge(event)
    trials = [_refused(verdict, names) for verdict in verdicts]
    tokens = find_tokens(destination, plan.integration)
    return trials + [_try(step, event, names, send, tokens) for step in steps]


def _refused(verdict: Verdict, names: dict[int, str]) -> Trial:
    route = verdict.route
    return Trial(
        name=names.get(route.subscription_id, route.action) if route else "Before any subscription",
        action=route.action if route else "",
        outcome=verdict.code,
        reason=verdict.reason or advice(verdict.outcome, verdict.code),
    )


def _try(step: Step, event: dict, names: dict[int, str], send: bool, tokens) -> Trial:
    """Run a step, and once more when the tool does not take the token any more."""
    name = names.get(step.route.subscription_id, "")
    trial = Trial(name, step.route.action)
    try:
        auth = _auth(tokens, send)
        trial = _run(step, event, name, send, auth)
        if send and tokens and trial.outcome == "401" and (fresh := tokens.renew(auth)):
            trial = _run(step, event, name, send, fresh)
    except DeliveryError as error:
        trial.good = False
        trial.outcome, trial.reason = error.code, str(error) or advice("", error.code)
    return trial


def _auth(tokens, send: bool) -> dict | None:
    """Return what to sign with. A preview asks no tool for a token, and shows none."""
    if tokens is None:
        return None
    return tokens.get() if send else tokens.peek() or {"accessToken": MASK}


def _run(step: Step, event: dict, name: str, send: bool, auth: dict | None) -> Trial:
    translator, payloads = step.route.translator, [step.payload]
    trial = Trial(name, step.route.action)
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
        logger.exception("%s failed on an event", step.route.action)
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
