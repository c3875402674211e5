"""Between the web server and the application: threads that wait are not those that work.

The server gives each request a thread as soon as its headers are there, and the thread then waits
for the body, and later for the disk. Would it count as one of the few that work, a few dozen calls
whose body never comes would stop the tracking API, and a database that hangs would keep callers in
a queue for minutes. So there are threads in plenty (a thousand cost some 40 MB, and exist only
while they are needed), of which WEB_THREADS work at a time, and `stalled` ends what has stopped
coming.

Connections to the database belong to threads. As many as may work keep theirs; the others close
what they have opened.
"""

import threading
import time
import weakref
from functools import partial
from queue import Empty, SimpleQueue

from django.conf import settings
from django.core.signals import request_finished
from django.db import connections
from django.db.backends.signals import connection_created

from .stalled import Waiting, watch

PLACE_WITHIN_S = 9  # Node's SDK gives up after 10
# How many calls may wait for the disk, for each that may work: they keep their events in memory.
WAITING_FOR_DISK = 3

_FULL = b'{"success":false,"code":"unavailable","message":"Too many calls at once. Send it again."}'


class Places:
    """So many places to take and give back: a semaphore of which no part is Python.

    A thread that loses the interpreter inside threading.Semaphore keeps all others out meanwhile.
    """

    def __init__(self, count: int):
        self._free = SimpleQueue()
        for _ in range(count):
            self._free.put(None)
        self.give = partial(self._free.put, None)
        self.take = self._free.get

    def try_to_take(self, within_s: float = 0) -> bool:
        try:
            self._free.get(block=within_s > 0, timeout=within_s or None)
        except Empty:
            return False
        return True


class Gate:
    """A WSGI application around `application`, in which at most `most` threads work at once."""

    def __init__(self, application, most: int):
        self.application = application
        self.places = Places(most)
        self.lobby = Places(most * WAITING_FOR_DISK)

    def __call__(self, environ, start_response):
        if not self.places.try_to_take(PLACE_WITHIN_S):
            return _refuse(environ, start_response)
        _thread.gate = self
        environ["wsgi.input"] = PatientInput(environ["wsgi.input"], environ, self.places)
        try:
            return self.application(environ, start_response)
        finally:
            _thread.gate = None
            self.places.give()


def _refuse(environ, start_response):
    headers = [
        ("Content-Type", "application/json"),
        ("Content-Length", str(len(_FULL))),
        ("Retry-After", "5"),
    ]
    if origin := environ.get("HTTP_ORIGIN"):
        headers.append(("Access-Control-Allow-Origin", origin))
        headers.append(("Access-Control-Allow-Credentials", "true"))
    start_response("503 Service Unavailable", headers)
    return [_FULL]


class outside_the_gate:
    """Let another request work while this thread waits for the disk, if not too many do.

    Nothing may be done inside but wait. Does nothing where there is no gate.
    """

    def __enter__(self):
        gate = getattr(_thread, "gate", None)
        self.gate = gate if gate is not None and gate.lobby.try_to_take() else None
        if self.gate is not None:
            gate.places.give()

    def __exit__(self, *_):
        if self.gate is not None:
            self.gate.lobby.give()
            self.gate.places.take()


class PatientInput:
    """The body of a request: whoever reads it leaves the gate until it has come."""

    def __init__(self, stream, environ, places: Places):
        self.stream, self.places = stream, places
        self.address = environ.get("REMOTE_ADDR", "")
        self.port = environ.get("SERVER_PORT", "")

    def read(self, size: int = -1) -> bytes:
        return self._wait_for(self.stream.read, size)

    def readline(self, size: int = -1) -> bytes:
        return self._wait_for(self.stream.readline, size)

    def _wait_for(self, read, size):
        self.places.give()
        try:
            watch.begin(Waiting(self.address, self.port, time.monotonic()))
            return read(size)
        finally:
            watch.end()
            self.places.take()


_connected = weakref.WeakSet()
_thread = threading.local()


def _note_connected(sender, connection, **kwargs):
    _connected.add(connection)
    _thread.has_connected = True


def _close_surplus(**kwargs):
    """Close what this thread has opened for its request, when enough others keep theirs."""
    if getattr(_thread, "has_connected", False):
        _thread.has_connected = False
        kept = sum(each.connection is not None for each in list(_connected))
        if kept > settings.WEB_THREADS:
            connections.close_all()


def open_gate(application, most: int) -> Gate:
    connection_created.connect(_note_connected, dispatch_uid="gate")
    request_finished.connect(_close_surplus, dispatch_uid="gate")
    return Gate(application, most)
