"""Send one chunk of a range: concurrently, in order for each user, until the tool stops answering.

What happened is gathered in a Report; ledger.py writes it down. Nothing here touches the database.
"""

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import NamedTuple

from sources.language.values import UNSET
from sources.log import Entry

from ..auth import secrets_of
from ..errors import DeliveryError, InvalidSettings, Permanent, Retryable, Throttled, Unauthorized
from ..models import Outcome
from ..oauth import NOT_CONNECTED, REFUSED
from ..plan import NOTHING_TO_SEND, Plan, Verdict
from ..request import MASK, Request, Response, redact
from . import http, streams
from .units import Item, Unit, Units

logger = logging.getLogger(__name__)

CONCURRENCY = 32  # requests under way at a time, per destination
PATIENCE = 10  # failures in a row that mean: the tool is away
CHUNK_S = 10  # no request of a chunk starts later than this
SAMPLES = 3  # deliveries of a chunk that are kept to be looked at
NO_BODY = {"json": UNSET, "form": None, "body": None}
MOST_SHOWN = 4_000  # characters of an answer or a body that are kept


class Failed(NamedTuple):
    """One event that one subscription did not deliver. `attempted` is False when it never went."""

    item: Item
    unit: Unit
    error: DeliveryError
    request: dict | None
    response: dict | None
    attempted: bool = True


class Sample(NamedTuple):
    item: Item
    unit: Unit
    code: str
    duration_ms: int
    request: dict
    response: dict


class Report:
    """What became of a chunk. `counts` is by (action, outcome, code)."""

    def __init__(self):
        self.counts: Counter = Counter()
        self.failed: list[Failed] = []
        self.refused: list[tuple[Entry, dict, Verdict]] = []  # by the plan; nothing was sent
        self.delivered: list[tuple[int, int]] = []  # (event id, subscription id), for retries
        self.samples: list[Sample] = []
        self.position = 0  # the last event taken
        self.complete = False  # all events were taken
        self.tripped: DeliveryError | None = None  # why the destination is left alone for a while


class Delivery:
    """One chunk on its way. `entries` are (entry, subscription id or None for all of them);
    `tokens` is a tokens.TokenSource, for the tools that have one."""

    def __init__(
        self,
        plan: Plan,
        entries: Iterable[tuple[Entry, int | None]],
        session,
        now: datetime,
        *,
        patience: int = PATIENCE,
        concurrency: int = CONCURRENCY,
        tokens=None,
    ):
        self.report = Report()
        self._units = Units(plan, entries, self._note)
        by_http = plan.integration.transport == "http"
        self._send = partial(http.send, session) if by_http else streams.send
        self._now = now
        self._patience = patience
        self._concurrency = min(concurrency, plan.integration.concurrency or concurrency)
        self._tokens = tokens
        self._misses = 0
        self._until = time.monotonic() + CHUNK_S
        self._in_flight: dict[str, asyncio.Future] = {}

    async def run(self) -> Report:
        report = self.report
        if self._tokens is not None:
            try:
                await self._tokens.get()
            except DeliveryError as error:
                report.tripped = error  # without a token nothing is taken: events wait in the log
                return report
        await asyncio.gather(*(self._work() for _ in range(self._concurrency)))
        for unit in self._units.leftovers():
            error = report.tripped or Retryable("There was no time left in this round.")
            report.failed += [Failed(i, unit, error, None, None, False) for i in unit.items]
        report.position = self._units.position
        return report

    async def _work(self) -> None:
        while self.report.tripped is None and time.monotonic() < self._until:
            unit = self._units.next()
            if unit is None:
                self.report.complete = True
                return
            if unit.user is None:
                await self._deliver(unit)
            else:
                await self._deliver_in_order(unit)

    async def _deliver_in_order(self, unit: Unit) -> None:
        """Events of one user follow each other; those of different users overtake."""
        before = self._in_flight.get(unit.user)
        done = self._in_flight[unit.user] = asyncio.get_running_loop().create_future()
        if before is not None:
            await before
        try:
            await self._deliver(unit)
        finally:
            done.set_result(None)
            if self._in_flight.get(unit.user) is done:
                del self._in_flight[unit.user]

    async def _deliver(self, unit: Unit) -> None:
        started = time.monotonic()
        talk = _Talk()
        try:
            if self._tokens is None:
                outcomes = await self._converse(unit, talk)
            else:
                outcomes = await self._converse_with_token(unit, talk)
        except DeliveryError as error:
            outcomes = [error] * len(unit.items)
        except Exception as error:
            logger.exception("%s failed to build or read a request", unit.route.action)
            reason = f"{type(error).__name__}: {error}"[:500]
            outcomes = [Permanent(reason, code="INTERNAL")] * len(unit.items)
        self._record(unit, outcomes, talk, time.monotonic() - started)

    async def _converse_with_token(self, unit: Unit, talk: "_Talk"):
        """Converse. When the tool does not take the token any more, renew it and start over."""
        auth = await self._tokens.get()
        try:
            outcomes = await self._converse(unit, talk, auth)
        except Unauthorized as error:
            outcomes = [error] * len(unit.items)
        if not all(isinstance(each, Unauthorized) and each.status == 401 for each in outcomes):
            return outcomes
        auth = await self._tokens.renew(auth)
        return outcomes if auth is None else await self._converse(unit, talk, auth)

    async def _converse(self, unit: Unit, talk: "_Talk", auth: dict | None = None):
        """Return the outcomes: for each payload None or a DeliveryError."""
        translator, payloads = unit.route.translator, unit.payloads
        requests = translator.requests(payloads, now=self._now, auth=auth, events=unit.events)
        talk.secrets = secrets_of(auth) if auth else ()
        try:
            talk.request = next(requests)
            while True:
                talk.response = None
                try:
                    talk.response = await self._send(talk.request)
                except DeliveryError as error:
                    talk.request = requests.throw(error)  # its builder may know a way on
                    continue
                if talk.secrets:
                    talk.response = talk.masked(talk.response)
                talk.request = requests.send(talk.response)
        except StopIteration as stop:
            if stop.value is not None:
                return stop.value
        if talk.response is None:
            return [None] * len(payloads)
        return translator.outcomes(talk.response, payloads, now=self._now)

    def _record(self, unit: Unit, outcomes, talk: "_Talk", seconds: float) -> None:
        report, route = self.report, unit.route
        if talk.request is None and not any(outcomes):
            # Its builder found nothing that the tool would have to be told.
            report.delivered += [(i.entry.id, route.subscription_id) for i in unit.items]
            report.counts[route.action, *NOTHING_TO_SEND] += len(unit.items)
            return
        delivered = 0
        for item, error in zip(unit.items, outcomes, strict=True):
            if error is None:
                delivered += 1
                report.delivered.append((item.entry.id, route.subscription_id))
            else:
                report.failed.append(Failed(item, unit, error, *talk.shown(unit, item)))
                outcome = Outcome.RETRIED if error.retryable else Outcome.REJECTED
                report.counts[route.action, outcome, error.code] += 1
        if delivered:
            code = str(talk.response.status) if talk.response else ""
            report.counts[route.action, Outcome.DELIVERED, code] += delivered
            if len(report.samples) < SAMPLES:
                item = unit.items[0]
                shown = talk.shown(unit, item)
                report.samples.append(Sample(item, unit, code, int(seconds * 1000), *shown))
        self._judge_tool(delivered > 0, outcomes)

    def _judge_tool(self, delivered: bool, outcomes) -> None:
        """Is the tool away? Then the rest of the events had better wait where they are."""
        error = next((each for each in outcomes if each is not None), None)
        if delivered or error is None:
            self._misses = 0
        elif isinstance(error, Throttled) or error.code in (REFUSED, NOT_CONNECTED):
            self.report.tripped = error
        elif isinstance(error, Retryable | Unauthorized | InvalidSettings):
            self._misses += 1
            if self._misses >= self._patience:
                self.report.tripped = error
        else:
            self._misses = 0  # it refuses this one event, and so it is there

    def _note(self, entry: Entry, event: dict, verdict: Verdict) -> None:
        action = verdict.route.action if verdict.route else ""
        self.report.counts[action, verdict.outcome, verdict.code] += 1
        if verdict.outcome == Outcome.REJECTED:
            self.report.refused.append((entry, event, verdict))


class _Talk:
    """The last request of a unit and its answer; made fit to be shown only when somebody asks."""

    __slots__ = ("request", "response", "secrets")

    def __init__(self):
        self.request: Request | None = None
        self.response: Response | None = None
        self.secrets: tuple[str, ...] | list[str] = ()  # tokens, which no setting knows

    def masked(self, response: Response) -> Response:
        """Return an answer without the tokens that it may repeat."""
        for secret in self.secrets:
            if secret.encode() in response.body:
                body = response.body.replace(secret.encode(), MASK.encode())
                response = replace(response, body=body)
        return response

    def shown(self, unit: Unit, item: Item) -> tuple[dict | None, dict | None]:
        """Return request and answer without secrets, cut to what a person can read."""
        translator = unit.route.translator
        request = response = None
        if self.request is not None:
            batch = len(unit.items) > 1
            # Of a batch one payload is shown; masking all of them would cost as much as sending.
            sent = self.request if not batch else replace(self.request, **NO_BODY)
            masked = translator.redact(sent, [item.payload] if batch else unit.payloads)
            request = redact(masked, self.secrets).as_dict()
            if batch:
                request["batch_of"] = len(unit.items)
                masked = translator.redact(Request("POST", "", json=item.payload), [item.payload])
                request["payload"] = masked.json
        if self.response is not None:
            text = self.response.body[:MOST_SHOWN].decode("utf-8", "replace").replace("\0", "�")
            masked = translator.redact(Request("GET", "", body=text), unit.payloads)
            response = {"status": self.response.status, "body": masked.body}
        return request, response
