"""Delivery: a stored range to a webhook, beside a bare aiohttp loop that sends the same bodies."""

import asyncio
import subprocess
import sys
import time
from contextlib import contextmanager
from datetime import UTC, datetime

import aiohttp
from django.db import connection

from destinations import control
from destinations.models import DeliveryCount
from destinations.sending import shift
from destinations.sending.delivery import CONCURRENCY
from sources import ingest
from sources.ingest import Caller

from . import events
from .environment import ROOT, free_port, wait_for_port
from .ingest import make_source

EVENTS = 20_000
BATCH = 100


@contextmanager
def sink():
    port = free_port()
    process = subprocess.Popen([sys.executable, "-m", "bench.sink", str(port)], cwd=ROOT)
    try:
        wait_for_port(port)
        yield f"http://127.0.0.1:{port}/"
    finally:
        process.kill()
        process.wait()


def run() -> list[dict]:
    source = make_source()
    with sink() as url:
        single, batched = (
            measure(source, "one-by-one", {"url": url}),
            measure(source, "batched", {"url": url, "enable_batching": True, "batch_size": BATCH}),
        )
        stored = [events.track(number) for number in range(EVENTS)]
        bodies = [ingest.orjson.dumps(event) for event in stored]
        batches = [
            b"[" + b",".join(bodies[start : start + BATCH]) + b"]"
            for start in range(0, EVENTS, BATCH)
        ]
        bare_single = EVENTS / asyncio.run(send_bare(url, bodies))
        bare_batched = EVENTS / asyncio.run(send_bare(url, batches))
    return [
        {
            "name": "delivery, one event a request",
            "unit": "events/s",
            "ours": single,
            "baseline": "bare aiohttp loop",
            "theirs": bare_single,
            "bar": 0.4,
        },
        {
            "name": "delivery, 100 events a request",
            "unit": "events/s",
            "ours": batched,
            "baseline": "bare aiohttp loop",
            "theirs": bare_batched,
            "bar": None,
        },
    ]


def measure(source, slug: str, values: dict) -> float:
    """Store events, then let one worker deliver them; return events per second."""
    hook = control.create(source.workspace, "webhook", slug, slug, values, [source])
    control.switch_on(hook)
    caller = Caller(source.id)
    for start in range(0, EVENTS, 1000):
        messages = [events.track(start + number) for number in range(1000)]
        ingest.accept(caller, messages, {}, datetime.now(UTC))
    started = time.perf_counter()
    shift.work(shift_s=120, idle_s=0)
    seconds = time.perf_counter() - started
    done = DeliveryCount.objects.filter(destination=hook, outcome="delivered")
    delivered = sum(done.values_list("count", flat=True))
    if delivered != EVENTS:
        raise RuntimeError(f"{delivered} of {EVENTS} events were delivered.")
    control.switch_off(hook)
    connection.close()
    return EVENTS / seconds


async def send_bare(url: str, bodies: list[bytes]) -> float:
    waiting = iter(bodies)
    headers = {"Content-Type": "application/json"}

    async def work(session):
        for body in waiting:
            async with session.post(url, data=body, headers=headers) as answer:
                await answer.read()

    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
        started = time.perf_counter()
        await asyncio.gather(*(work(session) for _ in range(CONCURRENCY)))
        return time.perf_counter() - started
