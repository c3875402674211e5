"""A shift: one worker process sends to all destinations that have something waiting.

All of them share one event loop, so a tool that takes ten seconds to answer costs the others
nothing; each range is worked on by one process at a time. A shift ends when there is nothing left
to do, or after half a minute, so that the worker can be restarted and does other work as well.
"""

import asyncio
import logging
import time
from concurrent.futures import ThreadPoolExecutor

from django.conf import settings
from django.db import connection
from django.utils import timezone

from . import http, ledger
from .delivery import Delivery
from .tokens import TokenSource, find_tokens

logger = logging.getLogger(__name__)

SHIFT_S = 30
IDLE_S = 2
POLL_S = 0.1
# New ranges taken up at one look: a second process that looks at the same time gets its share.
MOST_NEW = 4


def work(shift_s: float = SHIFT_S, idle_s: float = IDLE_S) -> int:
    """Do one shift; return how many chunks were settled. 0 at once when all places are taken."""
    return asyncio.run(Shift(shift_s, idle_s).run())


class Shift:
    def __init__(self, shift_s: float, idle_s: float):
        self._ends_at = time.monotonic() + shift_s
        self._idle_s = idle_s
        self._chunks = 0
        self._running: dict[int, asyncio.Task] = {}
        # One thread, one connection: it holds the locks and writes the outcomes.
        self._database = ThreadPoolExecutor(max_workers=1, thread_name_prefix="ledger")

    async def run(self) -> int:
        try:
            slot = await self._ask(_take_slot)
            if slot is None:
                return 0
            async with http.open_session() as session:
                await self._serve(session)
        finally:
            await self._ask(_disconnect)
            self._database.shutdown()
        return self._chunks

    async def _ask(self, function, *args):
        return await asyncio.get_running_loop().run_in_executor(self._database, function, *args)

    async def _serve(self, session) -> None:
        busy_at = time.monotonic()
        while True:
            if time.monotonic() < self._ends_at:
                await self._take_up(session)
            if self._running:
                busy_at = time.monotonic()
                await asyncio.wait(
                    self._running.values(), timeout=POLL_S, return_when=asyncio.FIRST_COMPLETED
                )
                self._forget_done()
            elif time.monotonic() >= min(self._ends_at, busy_at + self._idle_s):
                return
            else:
                await asyncio.sleep(POLL_S)

    async def _take_up(self, session) -> None:
        due = await self._ask(ledger.find_due, timezone.now())
        new = [range_id for range_id in due if range_id not in self._running][:MOST_NEW]
        for range_id in new:
            if await self._ask(ledger.try_lock, ledger.LOCK_RANGE, range_id):
                self._running[range_id] = asyncio.create_task(self._work_on(range_id, session))

    def _forget_done(self) -> None:
        for range_id in [key for key, task in self._running.items() if task.done()]:
            self._running.pop(range_id).result()

    async def _work_on(self, range_id: int, session) -> None:
        """Send a range until nothing waits, the tool does not answer, or the shift ends."""
        try:
            while time.monotonic() < self._ends_at:
                work = await self._ask(ledger.take, range_id, timezone.now())
                if work is None:
                    break
                tokens = find_tokens(work.destination, work.plan.integration)
                delivery = Delivery(
                    work.plan,
                    work.entries,
                    session,
                    timezone.now(),
                    tokens=TokenSource(tokens) if tokens else None,
                    **({"patience": 1, "concurrency": 1} if work.probing else {}),
                )
                report = await delivery.run()
                await self._ask(ledger.settle, work, report, timezone.now())
                self._chunks += 1
                if report.tripped:
                    break
            await self._ask(ledger.unlock, ledger.LOCK_RANGE, range_id)
        except Exception as error:
            # Our bug, or the database is away. Nothing was written: the chunk is tried again, but
            # not at once, as what it holds may have been sent.
            logger.exception("Range %s could not be worked on", range_id)
            await self._ask(ledger.shelve, range_id, error, timezone.now())


def _disconnect() -> None:
    connection.close()  # and with it go all locks


def _take_slot() -> int | None:
    """Take one of the places for shifts; which one does not matter."""
    for slot in range(settings.DELIVERY_PROCESSES):
        if ledger.try_lock(ledger.LOCK_SLOT, slot):
            return slot
    return None
