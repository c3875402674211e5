"""Wake the readers of the log after an append, without making the append wait for the queue.

A wake-up is a hint: readers know by their positions what they have not seen, and a schedule runs
each of them every minute. So one that is lost costs seconds, and never an event.
"""

import logging
import threading
import time

from django.conf import settings
from django.db import close_old_connections
from django_q.brokers import get_broker
from django_q.tasks import async_task

from . import authentication, door_counts

logger = logging.getLogger(__name__)

PAUSE_S = 0.25  # between two wake-ups of this process
MOST_QUEUED = 20  # more would only tell the workers what they know already

_due = threading.Event()
_starting = threading.Lock()
_thread: threading.Thread | None = None


def up() -> None:
    """Have `settings.EVENT_CONSUMERS` run soon. Returns at once."""
    global _thread
    _due.set()
    if _thread is None or not _thread.is_alive():
        with _starting:
            if _thread is None or not _thread.is_alive():
                _thread = threading.Thread(target=_run, name="waker", daemon=True)
                _thread.start()


def _run():
    while True:
        _due.wait()
        _due.clear()
        try:
            close_old_connections()
            enqueue()
            authentication.note_use()
            door_counts.write()
        except Exception as error:
            logger.warning("Readers of the log could not be woken: %s", error)
        time.sleep(PAUSE_S)


def enqueue() -> None:
    broker = get_broker()
    if broker.queue_size() < MOST_QUEUED:
        for task in settings.EVENT_CONSUMERS:
            async_task(task, broker=broker, task_name=task)
