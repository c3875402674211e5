"""End requests whose body has stopped coming.

The web server has a time-out for headers and none for bodies, and does not say which of its
connections belongs to a request. So a thread looks whether somebody waits for a body too long, and
then at the process's own connections to that address: the kernel knows when something last came
or went. The longest silent are closed for reading, no more of them than requests wait; the
application sees the body end early, and answers 408. Needs Linux; elsewhere nothing is ended.
"""

import logging
import os
import socket
import stat
import struct
import threading
import time
from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from django.conf import settings

logger = logging.getLogger(__name__)

SILENT_S = 10  # nothing has come for so long
TOTAL_S = 60  # or it has been coming for so long
# More waiting bodies of one address than this are no accident; their patience is shorter.
MOST_OF_AN_ADDRESS = 64
CROWDED_SILENT_S = 1
CROWDED_TOTAL_S = 5
LOOK_EVERY_S = 0.5
# struct tcp_info of Linux: eight bytes, then numbers of which these are two.
_LAST_SENT, _LAST_RECEIVED = 9, 11


class Waiting(NamedTuple):
    """A request that waits for its body."""

    address: str
    port: str  # of ours
    since: float


class Patience(NamedTuple):
    """How long an address may be silent, and take in all, and how many requests exceed it."""

    silent_s: float
    total_s: float
    count: int


class Link(NamedTuple):
    """A connection, and for how long nothing has gone out and nothing has come in."""

    sock: socket.socket
    address: str
    unanswered_s: float
    silent_s: float


def exhausted(waiting: Iterable[Waiting], now: float, proxied: bool) -> dict[str, Patience]:
    """Return whose requests have waited too long. Behind a proxy all come from one address."""
    by_address = defaultdict(list)
    for each in waiting:
        by_address[each.address].append(now - each.since)
    found = {}
    for address, waits in by_address.items():
        crowded = len(waits) > MOST_OF_AN_ADDRESS and not proxied
        silent_s = CROWDED_SILENT_S if crowded else SILENT_S
        if count := sum(waited >= silent_s for waited in waits):
            found[address] = Patience(silent_s, CROWDED_TOTAL_S if crowded else TOTAL_S, count)
    return found


def to_end(links: Iterable[Link], patience: dict[str, Patience]) -> list[Link]:
    """Return the connections to end: of each address the longest unanswered."""
    by_address = defaultdict(list)
    for link in links:
        if (limit := patience.get(link.address)) and _is_spent(link, limit):
            by_address[link.address].append(link)
    chosen = []
    for address, candidates in by_address.items():
        candidates.sort(key=lambda link: -link.unanswered_s)
        chosen += candidates[: patience[address].count]
    return chosen


def _is_spent(link: Link, limit: Patience) -> bool:
    # Two clocks: ours started when the headers were read, the kernel's when they came.
    silent = link.silent_s >= limit.silent_s and link.unanswered_s >= limit.silent_s
    return silent or link.unanswered_s >= limit.total_s


class Watch:
    """Knows who waits for a body, and ends those that wait too long."""

    def __init__(self):
        self._waiting: dict[int, Waiting] = {}
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def begin(self, waiting: Waiting) -> None:
        """Note that this thread waits. Not a context manager: it is on the way of every call."""
        if self._thread is None:
            self._start()
        self._waiting[threading.get_ident()] = waiting

    def end(self) -> None:
        self._waiting.pop(threading.get_ident(), None)

    def _start(self) -> None:
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="stalled", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        while True:
            time.sleep(LOOK_EVERY_S)
            try:
                self.look()
            except Exception:
                logger.exception("Stalled requests could not be ended.")

    def look(self) -> None:
        waiting = list(self._waiting.values())
        patience = exhausted(waiting, time.monotonic(), settings.TRUSTED_PROXY_COUNT > 0)
        if not patience:
            return
        links = list(own_links({int(each.port) for each in waiting}))
        try:
            ended = to_end(links, patience)
            for link in ended:
                _end(link.sock)
        finally:
            for link in links:
                link.sock.close()
        if ended:
            logger.info("%d requests were ended: their bodies had stopped coming.", len(ended))


watch = Watch()


def own_links(ports: set[int]) -> Iterable[Link]:
    """Yield this process's accepted connections to `ports`, each by a descriptor of its own."""
    if not hasattr(socket, "TCP_INFO") or not os.path.isdir("/proc/self/fd"):
        return
    for name in os.listdir("/proc/self/fd"):
        try:
            if not stat.S_ISSOCK(os.fstat(int(name)).st_mode):
                continue
            sock = socket.socket(fileno=os.dup(int(name)))  # which nobody else can close meanwhile
        except OSError:
            continue
        link = _link(sock, ports)
        if link is None:
            sock.close()
        else:
            yield link


def _link(sock: socket.socket, ports: set[int]) -> Link | None:
    try:
        if sock.family not in (socket.AF_INET, socket.AF_INET6):
            return None
        if sock.type != socket.SOCK_STREAM or sock.getsockname()[1] not in ports:
            return None
        info = sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 104)
        numbers = struct.unpack_from("=12I", info, 8)
        address = sock.getpeername()[0]
    except (OSError, struct.error):
        return None  # it listens, or has just ended
    return Link(sock, address, numbers[_LAST_SENT] / 1000, numbers[_LAST_RECEIVED] / 1000)


def _end(sock: socket.socket) -> None:
    try:
        sock.shutdown(socket.SHUT_RD)  # the way back stays open, for the answer
    except OSError:
        pass  # it has ended by itself
