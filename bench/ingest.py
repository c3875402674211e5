"""Ingest: single events beside a bare view, batches beside a bare COPY into the same table."""

import time

import psycopg
from django.db import connection

from sources.ingest import Caller, Stamp
from sources.log.appending import COPY_EVENTS, copy_text
from sources.models import Source, WriteKey
from workspaces.models import Workspace

from . import events, generator
from .environment import web

SINGLES = 12_000
BATCHES = 400
PER_BATCH = 100
CONNECTIONS = 32
ROUNDS = 3  # of plain and enriched in turns
PACED = 40_000  # half a minute: a disk has pauses that a few seconds may or may not meet
PACED_CONNECTIONS = 16
MOST_P99_MS = 30
BLOCK = 1_000  # rows in one statement of the bare COPY


def make_source(slug: str = "web", **switches) -> Source:
    """Make a source whose write key is wk_bench, or wk_bench_<slug> for another one."""
    workspace, _ = Workspace.objects.get_or_create(slug="bench", name="Bench")
    source, _ = Source.objects.get_or_create(
        workspace=workspace, slug=slug, defaults={"name": slug, **switches}
    )
    key = "wk_bench" if slug == "web" else f"wk_bench_{slug}"
    WriteKey.objects.get_or_create(source=source, key=key)
    return source


def run() -> list[dict]:
    source = make_source()
    make_source("rich", ip_policy="mask", parse_user_agent=True, flag_bots=True, locate=True)
    with web("bench.bare:application") as port:
        generator.run(port, singles("wk_bench", 500), CONNECTIONS)
        bare = SINGLES / generator.run(port, singles("wk_bench"), CONNECTIONS)
        # As quiet as the machine is: what it takes for an answer without any work.
        noise = p99_ms(port, rate=1_000)
    with web("config.wsgi:application") as port:
        generator.run(port, singles("wk_bench", 500), CONNECTIONS)
        single, rich = alternate(port, singles, SINGLES)
        batch, rich_batch = alternate(port, batches, BATCHES * PER_BATCH)
        p99 = p99_ms(port, rate=single / 2)
    plain = "the same without"
    return [
        row("ingest, single events", "requests/s", single, bare, "bare Django view", 0.25),
        row("  with all enrichment on", "requests/s", rich, single, plain, 0.85),
        row(
            "ingest, batches of 100",
            "events/s",
            batch,
            measure_copy(source),
            "bare COPY, same table",
            0.35,
        ),
        row("  with all enrichment on", "events/s", rich_batch, batch, plain, 0.85),
        row("ingest, p99 at half of that rate", "ms allowed", MOST_P99_MS, p99, "ms measured", 1),
        row("  bare view, 1,000 a second", "ms allowed", MOST_P99_MS, noise, "ms measured", None),
    ]


def row(name, unit, ours, theirs, baseline, bar) -> dict:
    return {
        "name": name,
        "unit": unit,
        "ours": ours,
        "baseline": baseline,
        "theirs": theirs,
        "bar": bar,
    }


def singles(key: str, count: int = SINGLES) -> list[bytes]:
    return generator.requests_for("/v1/track", key, events.bodies(count))


def batches(key: str) -> list[bytes]:
    return generator.requests_for("/v1/batch", key, events.bodies(BATCHES, PER_BATCH))


def p99_ms(port: int, rate: float) -> float:
    """Return how long single requests take at this rate, but for the slowest in a hundred."""
    requests = singles("wk_bench", PACED)
    taken = generator.run_paced(port, requests, PACED_CONNECTIONS, rate)
    return sorted(taken)[int(len(taken) * 0.99)] * 1000


def alternate(port: int, make, count: int) -> list[float]:
    """Return events per second, plain and enriched: the best of rounds taken in turns.

    The machine's noise is larger than the difference, and comes and goes in seconds.
    """
    best = {"wk_bench": 0.0, "wk_bench_rich": 0.0}
    for _ in range(ROUNDS):
        for key in best:
            best[key] = max(best[key], count / generator.run(port, make(key), CONNECTIONS))
    return list(best.values())


def measure_copy(source: Source) -> float:
    """Rows per second of COPY by one connection, of blocks of text made before."""
    from datetime import UTC, datetime

    stamp = Stamp(Caller(source.id), {}, datetime.now(UTC))
    count = BATCHES * PER_BATCH
    rows = [copy_text(stamp.line(events.track(number))) for number in range(count)]
    blocks = [b"".join(rows[start : start + BLOCK]) for start in range(0, count, BLOCK)]
    connection.ensure_connection()
    with psycopg.connect(connection.connection.info.dsn, autocommit=True) as conn:
        started = time.perf_counter()
        for block in blocks:
            with conn.cursor().copy(COPY_EVENTS) as copy:
                copy.write(block)
        return count / (time.perf_counter() - started)
