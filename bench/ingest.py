"""Ingest: single events beside a bare view, batches beside a bare COPY into the same table."""

import time

import psycopg
from django.db import connection

from sources import log
from sources.ingest import Caller, Stamp
from sources.models import Source, WriteKey
from workspaces.models import Workspace

from . import events, generator
from .environment import web

SINGLES = 12_000
BATCHES = 400
PER_BATCH = 100
CONNECTIONS = 32
BLOCK = 1_000  # rows in one statement of the bare COPY


def make_source() -> Source:
    workspace, _ = Workspace.objects.get_or_create(slug="bench", name="Bench")
    source, _ = Source.objects.get_or_create(workspace=workspace, slug="web", name="Web")
    WriteKey.objects.get_or_create(source=source, key="wk_bench")
    return source


def run() -> list[dict]:
    source = make_source()
    single = generator.requests_for("/v1/track", "wk_bench", events.bodies(SINGLES))
    batch = generator.requests_for("/v1/batch", "wk_bench", events.bodies(BATCHES, PER_BATCH))
    with web("bench.bare:application") as port:
        generator.run(port, single[:500], CONNECTIONS)
        bare_single = SINGLES / generator.run(port, single, CONNECTIONS)
    with web("config.wsgi:application") as port:
        generator.run(
            port, generator.requests_for("/v1/track", "wk_bench", events.bodies(500)), CONNECTIONS
        )
        our_single = SINGLES / generator.run(port, single, CONNECTIONS)
        our_batch = BATCHES * PER_BATCH / generator.run(port, batch, CONNECTIONS)
    bare_copy = measure_copy(source)
    return [
        {
            "name": "ingest, single events",
            "unit": "requests/s",
            "ours": our_single,
            "baseline": "bare Django view",
            "theirs": bare_single,
            "bar": 0.25,
        },
        {
            "name": "ingest, batches of 100",
            "unit": "events/s",
            "ours": our_batch,
            "baseline": "bare COPY, same table",
            "theirs": bare_copy,
            "bar": 0.35,
        },
    ]


def measure_copy(source: Source) -> float:
    """Rows per second of COPY by one connection, of blocks of text made before."""
    from datetime import UTC, datetime

    stamp = Stamp(Caller(source.id), {}, datetime.now(UTC))
    count = BATCHES * PER_BATCH
    rows = [stamp.line(events.track(number)).copy for number in range(count)]
    blocks = [b"".join(rows[start : start + BLOCK]) for start in range(0, count, BLOCK)]
    connection.ensure_connection()
    with psycopg.connect(connection.connection.info.dsn, autocommit=True) as conn:
        started = time.perf_counter()
        for block in blocks:
            with conn.cursor().copy(log._COPY_EVENTS) as copy:
                copy.write(block)
        return count / (time.perf_counter() - started)
