"""A stored event as Python, free of what no warehouse can hold, and with its four times."""

import json
from datetime import datetime

import orjson

from sources import moments

from .values import Moment


def parse(payload: bytes | str) -> dict:
    """Return the event in `payload` (JSON), without NUL characters and lone surrogates.

    PostgreSQL refuses both in text. Raises ValueError when it is not a JSON object.
    """
    payload = payload.encode("utf-8", "surrogatepass") if isinstance(payload, str) else payload
    try:
        event = orjson.loads(payload)
    except orjson.JSONDecodeError:
        event = _parse_leniently(payload)
    # In JSON a NUL can be written in this one way only.
    if b"\\u0000" in payload:
        event = _without_nul(event)
    if type(event) is not dict:
        raise ValueError("This is not a JSON object.")
    return event


def _parse_leniently(payload: bytes):
    """Python's own parser takes lone surrogates and NaN; they become U+FFFD and null."""
    event = json.loads(payload.decode("utf-8", "replace"), parse_constant=lambda name: None)
    text = json.dumps(event, ensure_ascii=False)
    return json.loads(text.encode("utf-16", "surrogatepass").decode("utf-16", "replace"))


def _without_nul(value):
    if isinstance(value, str):
        return value.replace("\x00", "")
    if isinstance(value, list):
        return [_without_nul(item) for item in value]
    if isinstance(value, dict):
        # In a key U+FFFD takes its place, lest two keys become one.
        return {key.replace("\0", "\ufffd"): _without_nul(item) for key, item in value.items()}
    return value


def with_times(event: dict, now: datetime) -> dict:
    """Return a raw event with the times that a stored one has; what it has stays.

    `receivedAt` is `now` when missing; `timestamp` is corrected by the client's clock. A raw event
    has the caller's time in `timestamp`, a stored one in `originalTimestamp`.
    Rules: reference/tracking-api.md, section 14.
    """
    received_at = moments.parse(event.get("receivedAt")) or now
    sent_at = moments.parse(event.get("sentAt"))
    original = moments.parse(event.get("originalTimestamp"))
    timestamp = moments.parse(event.get("timestamp"))
    if original is None:
        original, timestamp = timestamp or received_at, None
    if timestamp is None:
        timestamp = moments.corrected(received_at, sent_at, original)
    times = {"receivedAt": received_at, "originalTimestamp": original, "timestamp": timestamp}
    return {**event, **{name: moments.write(time) for name, time in times.items()}}


def wanted(event: dict, warehouse_ids: frozenset[str]) -> bool:
    """Does `integrations.Warehouses` let this event into a warehouse with these ids?

    It is `false`, `{"all": bool}` or `{"warehouseIds": [...]}`; `integrations.All` says nothing
    about warehouses. `warehouse_ids` are the names under which the caller may know this warehouse.
    """
    integrations = event.get("integrations")
    if type(integrations) is not dict or "Warehouses" not in integrations:
        return True
    choice = integrations["Warehouses"]
    if type(choice) is not dict:
        return choice is not False
    ids = choice.get("warehouseIds")
    if choice.get("all") is not True and type(ids) is list:
        return any(str(one) in warehouse_ids for one in ids)
    return choice.get("all") is not False


def moment(value) -> Moment | None:
    """Return a standard time of an event, or None when it does not parse.

    `sentAt` and `originalTimestamp` are stored as the client sent them, which may be a number.
    """
    # The form in which times are stamped, tried first because every event has four of them.
    if type(value) is str and len(value) == 24 and value[10] == "T" and value[23] == "Z":
        try:
            datetime.fromisoformat(value)
        except ValueError:
            return None
        if value[4] == "-" == value[7]:
            return Moment(value)
    parsed = moments.parse(value)
    return None if parsed is None else Moment(moments.write(parsed))
