"""Learn from the log what sources send: numbers, schema and users, in bulk, after the commit.

One reader passes over each event once. What it learnt of a chunk and its new position are written
in one transaction, so each event counts once, whatever is killed in between.
"""

from collections import Counter, defaultdict
from itertools import starmap
from typing import NamedTuple

import orjson
from django.db import connection, transaction

from . import log, observed, tallies, users
from .models import LogReader, SchemaEvent, Source, Tally
from .observed import Observed

READER = "observed"
MOST_ENTRIES = 5_000  # in one transaction
MOST_EVENTS = 4_000  # of a source in its schema; more are counted, not shown
MORE = ("more", "")  # the place where they are counted
Key = tuple[int, str, str]  # source, type, name

_ADD_EVENTS = """
INSERT INTO sources_schemaevent (source_id, type, name, count, blocked_count, more_property_count,
                                 first_seen_at, last_seen_at, blocked)
SELECT source_id, type, name, count, 0, 0, first_seen_at, last_seen_at, false FROM unnest(
    %s::bigint[], %s::text[], %s::text[], %s::bigint[], %s::timestamptz[], %s::timestamptz[]
) AS new (source_id, type, name, count, first_seen_at, last_seen_at)
ON CONFLICT (source_id, type, name) DO UPDATE SET
    count = sources_schemaevent.count + excluded.count,
    last_seen_at = greatest(sources_schemaevent.last_seen_at, excluded.last_seen_at)
RETURNING source_id, type, name, id
"""
# Lists within a list of rows would be flattened by unnest: so they come as text.
_ADD_PROPERTIES = f"""
INSERT INTO sources_schemaproperty AS known (event_id, path, types, samples, count, blocked_count,
                                             first_seen_at, last_seen_at, blocked)
SELECT event_id, path, string_to_array(types, ','), string_to_array(samples, E'\\x1f'), count, 0,
       first_seen_at, last_seen_at, false FROM unnest(
    %s::bigint[], %s::text[], %s::text[], %s::text[], %s::bigint[], %s::timestamptz[],
    %s::timestamptz[]
) AS new (event_id, path, types, samples, count, first_seen_at, last_seen_at)
ON CONFLICT (event_id, path) DO UPDATE SET
    count = known.count + excluded.count,
    last_seen_at = greatest(known.last_seen_at, excluded.last_seen_at),
    types = CASE WHEN known.types @> excluded.types THEN known.types
        ELSE array(SELECT DISTINCT unnest(known.types || excluded.types) ORDER BY 1) END,
    samples = CASE WHEN cardinality(known.samples) >= {observed.MOST_SAMPLES} THEN known.samples
        ELSE (array(SELECT DISTINCT unnest(known.samples || excluded.samples)))
             [1:{observed.MOST_SAMPLES}] END
"""
_MORE_PROPERTIES = """
UPDATE sources_schemaevent SET more_property_count = more_property_count + new.count
FROM unnest(%s::bigint[], %s::bigint[]) AS new (id, count)
WHERE sources_schemaevent.id = new.id
"""
_PATHS = "SELECT event_id, path FROM sources_schemaproperty WHERE event_id = ANY(%s)"
_KNOWN = """
SELECT source_id, type, name FROM sources_schemaevent
JOIN unnest(%s::bigint[], %s::text[], %s::text[]) AS wanted (source_id, type, name)
USING (source_id, type, name)
"""


class Learnt(NamedTuple):
    """What a chunk of the log says."""

    counts: tallies.Counts
    schema: dict[Key, Observed]
    users: list[tuple]


def observe_new_events() -> int:
    """Observe what has come since the last time; return how many events there were."""
    seen = 0
    while (step := _observe_some()) is not None:
        seen += step
    return seen


def _observe_some() -> int | None:
    with transaction.atomic():
        LogReader.objects.get_or_create(name=READER)
        reader = LogReader.objects.select_for_update(skip_locked=True).filter(name=READER).first()
        until = log.horizon()
        if reader is None or until <= reader.position:
            return None  # another worker is at it, or there is nothing new
        ids = list(Source.objects.values_list("id", flat=True))
        entries = log.read(ids, reader.position, until, MOST_ENTRIES)
        write(learn(entries))
        reader.position = entries[-1].id if len(entries) == MOST_ENTRIES else until
        reader.save(update_fields=["position"])
        return len(entries)


def learn(entries: list[log.Entry]) -> Learnt:
    """Return what these entries say, nothing written. Pure."""
    learnt = Learnt(Counter(), {}, [])
    for entry in entries:
        event = _read(entry.payload)
        kind, name = observed.place(event)
        minute = tallies.minute_of(entry.received_at)
        at = (entry.source_id, minute, Tally.Step.STORED)
        learnt.counts[*at, Tally.Kind.ALL, ""] += 1
        learnt.counts[*at, Tally.Kind.TYPE, kind] += 1
        learnt.counts[*at, Tally.Kind.LIBRARY, observed.library(event)] += 1
        if name:
            learnt.counts[*at, Tally.Kind.NAME, name] += 1
        key = (entry.source_id, kind, name)
        if key not in learnt.schema:
            learnt.schema[key] = Observed(entry.received_at)
        learnt.schema[key].add(event, entry.received_at)
        learnt.users.extend(users.rows(entry, event))
    return learnt


def _read(payload: bytes) -> dict:
    try:
        event = orjson.loads(payload)
    except orjson.JSONDecodeError:
        event = None  # written by a hand other than ours; it must not hold up the others
    return event if isinstance(event, dict) else {}


def write(learnt: Learnt) -> None:
    """Write it down, in the transaction of the caller; what deleted sources sent is left out."""
    tallies.add(learnt.counts)
    existing = tallies.existing_sources({key[0] for key in learnt.schema})
    schema = {key: seen for key, seen in learnt.schema.items() if key[0] in existing}
    ids = _write_events(_within_bounds(schema))
    _write_properties({ids[key]: seen for key, seen in schema.items() if key in ids})
    users.add(learnt.users)


def _within_bounds(schema: dict[Key, Observed]) -> dict[Key, Observed]:
    """Return the schema with what a source has too many of thrown together as MORE."""
    known = _known(schema)
    room = {source: MOST_EVENTS - _count_events(source) for source in {key[0] for key in schema}}
    bounded: dict[Key, Observed] = {}
    for key, seen in schema.items():
        if key in known:
            bounded[key] = seen
        elif room[key[0]] > 0:
            room[key[0]] -= 1
            bounded[key] = seen
        else:
            more = bounded.setdefault((key[0], *MORE), Observed(seen.first_at))
            more.count += seen.count
            more.last_at = max(more.last_at, seen.last_at)
    return bounded


def _known(schema) -> set[Key]:
    if not schema:
        return set()
    with connection.cursor() as cursor:
        cursor.execute(_KNOWN, [list(column) for column in zip(*schema, strict=True)])
        return set(cursor.fetchall())


def _count_events(source_id: int) -> int:
    return SchemaEvent.objects.filter(source=source_id).exclude(type=MORE[0]).count()


def _write_events(schema: dict[Key, Observed]) -> dict[Key, int]:
    if not schema:
        return {}
    # In one order, so that two writers cannot wait for each other.
    rows = [(*key, seen.count, seen.first_at, seen.last_at) for key, seen in sorted(schema.items())]
    with connection.cursor() as cursor:
        cursor.execute(_ADD_EVENTS, [list(column) for column in zip(*rows, strict=True)])
        return {(source, kind, name): id for source, kind, name, id in cursor.fetchall()}


def _write_properties(schema: dict[int, Observed]) -> None:
    """Write the properties of events by the id of their SchemaEvent."""
    known = defaultdict(set)
    with connection.cursor() as cursor:
        cursor.execute(_PATHS, [list(schema)])
        for id, path in cursor.fetchall():
            known[id].add(path)
    rows, more = [], Counter()
    for id, seen in sorted(schema.items()):
        kept, beyond = _bounded_properties(seen, known[id])
        more[id] += beyond
        rows += starmap(lambda *row, id=id: (id, *row), kept)
    with connection.cursor() as cursor:
        if rows:
            rows.sort(key=lambda row: row[:2])
            columns = [list(column) for column in zip(*rows, strict=True)]
            cursor.execute(_ADD_PROPERTIES, columns)
        if more := {id: count for id, count in more.items() if count}:
            cursor.execute(_MORE_PROPERTIES, [list(more), list(more.values())])


def _bounded_properties(seen: Observed, known: set[str]) -> tuple[list[tuple], int]:
    """Return the rows of an event's properties, and how often others were seen."""
    merged: dict[str, tuple] = {}
    beyond = seen.more.total()
    for raw, each in seen.properties.items():
        path = observed.clip(raw)
        if path in merged:
            continue  # two paths that differ only after the part that is kept
        if path not in known and len(known) >= observed.MOST_PATHS:
            beyond += each.count
            continue
        known.add(path)
        types, samples = ",".join(sorted(each.types)), "\x1f".join(each.samples)
        merged[path] = (path, types, samples, each.count, seen.first_at, seen.last_at)
    return list(merged.values()), beyond
