"""Load: a sync into PostgreSQL, beside a bare COPY of the same typed rows as prepared text."""

import time
from datetime import UTC, datetime

import psycopg
from django.db import connection

from sources import ingest
from sources.ingest import Caller
from warehouses.models import Sync, Warehouse
from warehouses.sync import sync

from . import events
from .ingest import make_source

EVENTS = 30_000
DATABASE = "bench_warehouse"
BLOCK_BYTES = 1024 * 1024


def run() -> list[dict]:
    source = make_source()
    caller = Caller(source.id)
    for start in range(0, EVENTS, 1000):
        messages = [events.track(start + number) for number in range(1000)]
        ingest.accept(caller, messages, {}, datetime.now(UTC))
    address = make_database()
    settings = {
        "host": connection.get_connection_params()["host"],
        "database": DATABASE,
        "user": connection.get_connection_params()["user"],
    }
    warehouse = Warehouse.objects.create(
        workspace=source.workspace, slug="bench", name="Bench", kind="postgres", settings=settings
    )
    warehouse.connections.create(source=source, position=0)
    started = time.perf_counter()
    (done,) = sync(warehouse)
    seconds = time.perf_counter() - started
    if done.state != Sync.State.SUCCESS:
        raise RuntimeError(f"The sync ended as {done.state}: {done.error}")
    rows, bare_seconds = measure_copy(address)
    return [
        {
            "name": "load to PostgreSQL",
            "unit": "rows/s",
            "ours": done.row_count / seconds,
            "baseline": "bare COPY of the same rows",
            "theirs": rows / bare_seconds,
            "bar": 0.25,
        }
    ]


def make_database() -> str:
    connection.ensure_connection()
    info = connection.connection.info
    with psycopg.connect(info.dsn, autocommit=True) as conn:
        conn.execute(f"DROP DATABASE IF EXISTS {DATABASE}")
        conn.execute(f"CREATE DATABASE {DATABASE}")
    return psycopg.conninfo.make_conninfo(info.dsn, dbname=DATABASE)


def measure_copy(address: str) -> tuple[int, float]:
    """Return how many rows were copied into tables like the loaded ones, and the seconds."""
    rows, seconds = 0, 0.0
    with psycopg.connect(address, autocommit=True) as conn:
        found = conn.execute(
            "SELECT schemaname || '.' || quote_ident(tablename) FROM pg_tables "
            "WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"
        )
        for number, (table,) in enumerate(found.fetchall()):
            with conn.cursor().copy(f"COPY {table} TO STDOUT") as copy:
                text = b"".join(bytes(part) for part in copy)
            blocks = [text[at : at + BLOCK_BYTES] for at in range(0, len(text), BLOCK_BYTES)]
            conn.execute(f"CREATE TABLE bare_{number} (LIKE {table} INCLUDING ALL)")
            started = time.perf_counter()
            with conn.cursor().copy(f"COPY bare_{number} FROM STDIN") as copy:
                for block in blocks:
                    copy.write(block)
            seconds += time.perf_counter() - started
            rows += text.count(b"\n")
    return rows, seconds
