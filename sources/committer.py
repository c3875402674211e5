"""Group commit: one thread a process writes what all waiting requests want written.

`store` returns when the caller's events are on disk. While one COPY is under way the next
requests queue up and go together, so that the number of commits follows the disk, and not the
number of requests.
"""

import logging
import threading
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from queue import Empty, SimpleQueue

import psycopg
from django.conf import settings
from django.db import connection

from . import log, partitions, wake
from .errors import LogUnavailable

logger = logging.getLogger(__name__)

WAIT_S = 9  # Node's SDK gives up after 10
STATEMENT_TIMEOUT_S = 8
MOST_LINES = 5_000  # in one transaction
MOST_WAITING_BYTES = 64 * 1024 * 1024
DUPLICATE_WINDOW = timedelta(hours=24)


class _Ticket:
    """What one request waits for. A bare lock, as Event and Future cost tens of microseconds."""

    __slots__ = ("error", "lines", "rejections", "size", "written")

    def __init__(self, lines, rejections):
        self.lines, self.rejections = lines, rejections
        self.size = sum(len(line.payload) for line in lines) + sum(map(len, rejections))
        self.error = None
        self.written = threading.Lock()
        self.written.acquire()


class Committer:
    def __init__(self):
        self._queue: SimpleQueue[_Ticket] = SimpleQueue()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._waiting_bytes = 0

    def store(self, lines: Sequence[log.Line], rejections: Sequence[bytes]) -> None:
        """Return when all is on disk. Raises LogUnavailable when that cannot be said."""
        ticket = _Ticket(lines, rejections)
        with self._lock:
            if self._waiting_bytes + ticket.size > MOST_WAITING_BYTES:
                raise LogUnavailable("Too much is waiting to be written.")
            self._waiting_bytes += ticket.size
        if self._thread is None or not self._thread.is_alive():
            self._start()
        self._queue.put(ticket)
        if not ticket.written.acquire(timeout=WAIT_S):
            raise LogUnavailable("The event log did not answer in time.")
        if ticket.error is not None:
            raise LogUnavailable("The event log cannot be written now.") from ticket.error

    def _start(self):
        with self._lock:
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._run, name="committer", daemon=True)
                self._thread.start()

    def _run(self):
        while True:
            tickets = self._take()
            try:
                self._write(tickets)
            except Exception as error:
                logger.warning("Events could not be stored: %s", error)
                for ticket in tickets:
                    ticket.error = error
            finally:
                with self._lock:
                    self._waiting_bytes -= sum(ticket.size for ticket in tickets)
                for ticket in tickets:
                    ticket.written.release()
            wake.up()

    def _take(self) -> list[_Ticket]:
        tickets = [self._queue.get()]
        count = len(tickets[0].lines)
        while count < MOST_LINES:
            try:
                tickets.append(self._queue.get_nowait())
            except Empty:
                break
            count += len(tickets[-1].lines)
        return tickets

    def _write(self, tickets: list[_Ticket]) -> None:
        try:
            self._append(tickets)
        except psycopg.errors.CheckViolation:
            # There is no partition for today: nothing has rotated the log for a week.
            partitions.rotate(datetime.now(UTC), settings.RETENTION_DAYS)
            self._append(tickets)
        except psycopg.OperationalError:
            connection.close()  # perhaps a connection that a restart of the server has cut
            self._append(tickets)
        except psycopg.DataError:
            # One of them holds what PostgreSQL refuses; the others must not suffer.
            for ticket in tickets:
                try:
                    self._append([ticket])
                except psycopg.Error as error:
                    ticket.error = error

    def _append(self, tickets: list[_Ticket]) -> None:
        if connection.connection is None or connection.connection.closed:
            connection.close()
            connection.connect()
            connection.connection.execute(f"SET statement_timeout = '{STATEMENT_TIMEOUT_S}s'")
            # Nothing here is to be read but by its key; a plan made while the day's partition was
            # empty would read all of it.
            connection.connection.execute("SET enable_seqscan = off")
        lines = [line for ticket in tickets for line in ticket.lines]
        rejections = [line for ticket in tickets for line in ticket.rejections]
        since = datetime.now(UTC) - DUPLICATE_WINDOW
        log.append(connection.connection, lines, rejections, since)


committer = Committer()
