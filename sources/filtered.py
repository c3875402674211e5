"""Count what the schema's rules keep out, and keep a sample of it for the debugger.

Nothing is written for each event: a blocked one must cost less than a stored one. Each process
gathers counts and writes them every second in one transaction; one that is killed loses the
counts of that second, and nothing else.
"""

import atexit
import logging
import threading
from collections import Counter
from datetime import datetime

import orjson
from django.db import DatabaseError, close_old_connections, connection, transaction
from django.utils import timezone

from . import observed, tallies
from .models import Rejection, Tally

logger = logging.getLogger(__name__)

CODE = "event_setting"  # Segment's word for it (tracking-api §8.1)
MESSAGE = "Blocked by the schema of this source."
WRITE_EVERY_S = 1
MOST_SAMPLES = 5  # of one event in a minute and a process
MOST_SAMPLES_OF_ALL = 100  # of all events in a minute and a process
MOST_SAMPLE_BYTES = 32 * 1024

_EVENTS = """
UPDATE sources_schemaevent SET blocked_count = blocked_count + new.count, last_seen_at = %s
FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::bigint[]) AS new (source, type, name, count)
WHERE source_id = new.source AND sources_schemaevent.type = new.type
AND sources_schemaevent.name = new.name
"""
_PROPERTIES = """
UPDATE sources_schemaproperty AS property
SET blocked_count = property.blocked_count + new.count, last_seen_at = %s
FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::text[], %s::bigint[])
    AS new (source, type, name, path, count)
JOIN sources_schemaevent AS event
    ON event.source_id = new.source AND event.type = new.type AND event.name = new.name
WHERE property.event_id = event.id AND property.path = new.path
"""

_lock = threading.Lock()
_writing = threading.Lock()
_events: Counter[tuple] = Counter()  # source, minute, type, name, library
_properties: Counter[tuple] = Counter()  # source, type, name, path
_samples: list[Rejection] = []
_sampled: Counter[tuple] = Counter()  # source, type, name in the minute of _sampled_in
_sampled_in: datetime | None = None
_thread: threading.Thread | None = None
_due = threading.Event()


def note_event(source_id: int, place: tuple, event: dict, received_at: datetime) -> None:
    minute = tallies.minute_of(received_at)
    with _lock:
        _events[source_id, minute, *place, observed.library(event)] += 1
        if _wants_sample((source_id, *place), minute):
            _samples.append(_sample(source_id, event, received_at))
    _start()


def note_properties(source_id: int, place: tuple, paths: list[str]) -> None:
    if not paths:
        return
    with _lock:
        for path in paths:
            _properties[source_id, *place, path] += 1
    _start()


def _wants_sample(key, minute) -> bool:
    global _sampled_in
    if minute != _sampled_in:
        _sampled_in = minute
        _sampled.clear()
    if _sampled[key] >= MOST_SAMPLES or _sampled.total() >= MOST_SAMPLES_OF_ALL:
        return False
    _sampled[key] += 1
    return True


def _sample(source_id, event, received_at) -> Rejection:
    payload = orjson.dumps(event, default=str)[:MOST_SAMPLE_BYTES].decode("utf-8", "ignore")
    return Rejection(
        source_id=source_id,
        received_at=received_at,
        code=CODE,
        message=MESSAGE,
        payload=payload.replace("\0", ""),
        blocked=True,
    )


def _start() -> None:
    global _thread
    _due.set()
    if _thread is None or not _thread.is_alive():
        with _lock:
            if _thread is None or not _thread.is_alive():
                _thread = threading.Thread(target=_run, name="filtered", daemon=True)
                _thread.start()
                atexit.register(_write_last)


def _run() -> None:
    pause = threading.Event()
    while True:
        _due.wait()
        pause.wait(WRITE_EVERY_S)
        _due.clear()
        try:
            close_old_connections()
            flush()
        except DatabaseError as error:
            logger.warning("What was filtered could not be counted yet: %s", error)
            _due.set()


def _write_last() -> None:
    try:
        flush()
    except Exception as error:
        logger.warning("What was filtered in the last second is not counted: %s", error)


def flush() -> None:
    """Write what was noted; what could not be written is noted again. Raises DatabaseError."""
    with _writing:
        with _lock:
            events, properties, samples = Counter(_events), Counter(_properties), list(_samples)
            _events.clear()
            _properties.clear()
            _samples.clear()
        if not events and not properties:
            return
        try:
            with transaction.atomic():
                _write(events, properties, samples)
        except DatabaseError:
            with _lock:
                _events.update(events)
                _properties.update(properties)
            raise


def _write(events: Counter, properties: Counter, samples: list[Rejection]) -> None:
    counts: tallies.Counts = Counter()
    blocked: Counter[tuple] = Counter()
    for (source, minute, kind, name, library), count in events.items():
        values = {"all": "", "type": kind, "name": name, "library": library, "code": CODE}
        for each, value in values.items():
            if value or each == "all":
                counts[source, minute, Tally.Step.FILTERED, each, value] += count
        blocked[source, kind, name] += count
    tallies.add(counts)
    with connection.cursor() as cursor:
        for query, found in ((_EVENTS, blocked), (_PROPERTIES, properties)):
            if found:
                columns = zip(*((*key, found[key]) for key in sorted(found)), strict=True)
                cursor.execute(query, [timezone.now(), *map(list, columns)])
    existing = tallies.existing_sources({sample.source_id for sample in samples})
    Rejection.objects.bulk_create(each for each in samples if each.source_id in existing)
