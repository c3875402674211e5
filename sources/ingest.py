"""From what a caller sent to what is stored: check, stamp, and hand to the log.

The rules are Segment's (tracking-api §8, §14, §16); docs/tracking-api.md says where we had to
choose. One event that cannot be stored never costs its neighbours: it becomes a rejection.
"""

from datetime import UTC, datetime
from hashlib import blake2b
from typing import NamedTuple
from uuid import uuid4

import orjson

from . import blocking, context_checks, moments
from .committer import committer
from .enrichment import Enrichment
from .errors import BlockedEvent, RejectedEvent
from .gate import outside_the_gate
from .log import Line
from .log.appending import escape

MOST_EVENT_BYTES = 32 * 1024
MOST_MESSAGE_ID = 100
TYPES = frozenset({"identify", "track", "page", "screen", "group", "alias"})
# What may be absent or null, and else has to be an object.
OBJECTS = ("context", "integrations", "properties", "traits")


class Caller(NamedTuple):
    """Who called: `ip` only for traffic from devices, whose address is part of the event."""

    source_id: int
    ip: str | None = None
    direct_ip: str | None = None  # filled in when the event asks for it by context.direct
    enrichment: Enrichment | None = None
    user_agent: str | None = None  # of the connection, for traffic from devices


class Rejected(NamedTuple):
    """One event that was not stored, by its place in the request."""

    index: int
    message_id: str | None
    code: str
    message: str


def accept(
    caller: Caller, messages: list, envelope: dict, received_at: datetime, history: bool = False
) -> list[Rejected]:
    """Store `messages`; return those that were refused, after all is on disk.

    `envelope` is what surrounds them in a batch: its `context`, `integrations` and `sentAt` count
    for each of them. Times of `history` are kept as they are. Raises LogUnavailable.
    """
    stamp = Stamp(caller, envelope, received_at, history)
    lines, refused, rejections = [], [], []
    for index, message in enumerate(messages):
        try:
            lines.append(stamp.line(message))
        except BlockedEvent:
            continue  # counted by sources/filtered.py
        except RejectedEvent as error:
            refused.append(_rejected(index, message, error))
            rejections.append(_rejection_line(caller, received_at, error, message))
    if lines or rejections:
        with outside_the_gate():
            committer.store(lines, rejections)
    return refused


def reject_all(caller: Caller, messages: list, error: RejectedEvent) -> list[Rejected]:
    """Store each message as a rejection: they are not events, but nor are they lost."""
    now = datetime.now(UTC)
    committer.store([], [_rejection_line(caller, now, error, message) for message in messages])
    return [_rejected(index, message, error) for index, message in enumerate(messages)]


class Stamp:
    """What all events of one request have in common."""

    def __init__(
        self, caller: Caller, envelope: dict, received_at: datetime, history: bool = False
    ):
        self.caller = caller
        self.history = history
        self.rules = blocking.rules_of(caller.source_id)
        self.received_at = received_at
        self.received_text = moments.write(received_at)
        self.scope = f"{caller.source_id}:".encode()
        self.context = _object(envelope, "context")
        self.integrations = _object(envelope, "integrations")
        self.sent_at_raw = envelope.get("sentAt")
        self.sent_at = moments.parse(self.sent_at_raw)

    def line(self, message) -> Line:
        """Return the message as a row of the log. Raises RejectedEvent."""
        event, name = self.event(message)
        try:
            payload = orjson.dumps(event)
        except (orjson.JSONEncodeError, TypeError) as error:
            raise RejectedEvent("too_deep", f"The event cannot be stored: {error}.") from None
        if len(payload) > MOST_EVENT_BYTES and _size(message) > MOST_EVENT_BYTES:
            raise RejectedEvent("payload_too_large", "An event may have 32 KB at most.")
        message_id = event["messageId"].encode("utf-8", "replace")
        key = blake2b(self.scope + message_id, digest_size=16).hexdigest()
        if name is not None:
            name = name.replace("\0", "").encode("utf-8", "replace").decode()
        return Line(self.caller.source_id, self.received_at, key, event["type"], name, payload)

    def event(self, message) -> tuple[dict, str | None]:
        """Return the event as it is stored, and its name. Raises RejectedEvent."""
        if not isinstance(message, dict):
            raise RejectedEvent("not_an_object", "An event has to be a JSON object.")
        event = dict(message)
        event.pop("writeKey", None)
        name = check(event)
        if self.rules:
            blocking.apply(self.rules, event, self.received_at)
        self._merge(event)
        context_checks.check(event)
        if self.caller.enrichment is not None:
            self.caller.enrichment.apply(event, self.caller.user_agent)
        self._stamp_time(event)
        return event, name

    def _merge(self, event: dict) -> None:
        if self.integrations:
            event["integrations"] = {**self.integrations, **(event.get("integrations") or {})}
        context = event.get("context") or {}
        if self.context:
            context = event["context"] = {**self.context, **context}
        ip = self.caller.ip or (self.caller.direct_ip if context.get("direct") is True else None)
        if ip and not context.get("ip"):
            event["context"] = {**context, "ip": ip}

    def _stamp_time(self, event: dict) -> None:
        raw, sent_at = event.get("timestamp"), self.sent_at
        original = moments.parse(raw)
        if original is None:
            raw = event.get("originalTimestamp")
            original = moments.parse(raw)
        if event.get("sentAt") is not None and self.sent_at_raw is None:
            sent_at = moments.parse(event["sentAt"])
        elif self.sent_at_raw is not None:
            event["sentAt"] = self.sent_at_raw
        event["receivedAt"] = self.received_text
        if original is None:
            event["originalTimestamp"] = event["timestamp"] = self.received_text
            return
        if self.history:
            event.setdefault("originalTimestamp", raw)
            event["timestamp"] = moments.write(original)
            return
        event["originalTimestamp"] = raw
        when = moments.corrected(self.received_at, sent_at, original)
        event["timestamp"] = moments.write(when)


def check(event: dict) -> str | None:
    """Bring `event` into its stored form in place; return its name for the log's column.

    Raises RejectedEvent with one of Segment's codes (tracking-api §8.1) where it has one.
    """
    kind = event.get("type")
    if not isinstance(kind, str) or kind not in TYPES:
        raise RejectedEvent(
            "type_unknown", f"The type has to be one of {', '.join(sorted(TYPES))}."
        )
    for field in OBJECTS:
        value = event.get(field)
        if value is not None and not isinstance(value, dict):
            raise RejectedEvent(f"{field}_not_object", f"`{field}` has to be an object.")
    for field in ("userId", "anonymousId", "previousId", "groupId"):
        if field in event:
            event[field] = _id(event[field], field)
    if not (event.get("userId") or event.get("anonymousId")) and not (
        kind == "alias" and event.get("previousId")
    ):
        raise RejectedEvent("no_user_anon_id", "A userId or an anonymousId is required.")
    event["messageId"] = _message_id(event.get("messageId"))
    return _name(event, kind)


def _id(value, field):
    if isinstance(value, str):
        return value
    if value is None:
        return None
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)  # SDKs write numbers as text; so do we for hand-written calls
    raise RejectedEvent("id_not_string", f"`{field}` has to be text.")


def _message_id(value) -> str:
    if value is None or value == "":
        return str(uuid4())
    if isinstance(value, int | float) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str):
        raise RejectedEvent("message_id_not_string", "`messageId` has to be text.")
    if len(value) > MOST_MESSAGE_ID:
        raise RejectedEvent("message_id_too_long", "`messageId` may have 100 characters at most.")
    return value


def _name(event, kind) -> str | None:
    if kind == "track":
        name = event.get("event")
        if name is None or name == "":
            raise RejectedEvent("event_not_defined", "A track call needs the name of its event.")
        if not isinstance(name, str):
            raise RejectedEvent("event_not_string", "`event` has to be text.")
        return name
    if kind in ("page", "screen"):
        for field in ("name", "category"):
            value = event.get(field)
            if value is not None and (not isinstance(value, str) or value == ""):
                raise RejectedEvent(f"{field}_not_string", f"`{field}` has to be text, if given.")
        return event.get("name")
    return None


def _object(envelope, field) -> dict:
    value = envelope.get(field)
    return value if isinstance(value, dict) else {}


def _size(message) -> int:
    return len(orjson.dumps(message))


def _rejected(index: int, message, error: RejectedEvent) -> Rejected:
    message_id = message.get("messageId") if isinstance(message, dict) else None
    text = message_id if isinstance(message_id, str) else None
    return Rejected(index, text, error.code, error.message)


def _rejection_line(caller, at: datetime, error: RejectedEvent, message) -> bytes:
    payload = _dump(message) or _dump_flat(message)
    cells = (error.code.encode(), error.message.encode(), payload[:MOST_EVENT_BYTES])
    row = (b"%d" % caller.source_id, at.isoformat().encode(), *map(escape, cells))
    return b"\t".join(row) + b"\n"


_TOO_DEEP = b'"(nested too deep)"'


def _dump(value) -> bytes:
    try:
        return orjson.dumps(value)
    except orjson.JSONEncodeError:
        return b""


def _dump_flat(value) -> bytes:
    """Return JSON of what nests too deep: of an object those members that can be shown."""
    if not isinstance(value, dict):
        return _TOO_DEEP
    members = {name: orjson.Fragment(_dump(each) or _TOO_DEEP) for name, each in value.items()}
    return orjson.dumps(members)
