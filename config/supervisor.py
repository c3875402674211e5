"""Child processes that are kept running, and stopped in order.

Each child leads a session of its own, so that Ctrl-C in a terminal reaches the supervisor alone,
which can then stop them one after the other; and so that all that a child has started can be
ended with it. On Linux children are told by the kernel when the supervisor dies. Elsewhere, and
for their children, the next start finds what was left over by a mark in its environment.
"""

import ctypes
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import psutil

MARK = "SWITCHYARD_STARTED_FROM"
PR_SET_PDEATHSIG = 1
SETTLED_S = 20  # a child that lived so long is not in a crash loop
LONGEST_PAUSE_S = 30


@dataclass
class Child:
    """A command that is kept running. It has `grace_s` seconds to stop when asked to.

    `insist` asks its children too, again and again: granian's workers do not hear the first time
    while they are starting.
    """

    name: str
    command: list[str]
    environment: dict[str, str]
    grace_s: float = 8
    insist: bool = False
    process: subprocess.Popen | None = field(default=None, init=False)
    started_at: float = field(default=0, init=False)
    start_at: float = field(default=0, init=False)
    setbacks: int = field(default=0, init=False)

    def start(self) -> None:
        self.started_at = time.monotonic()
        self.process = subprocess.Popen(
            self.command,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=_die_with_parent(os.getpid()),
        )

    def look_after(self) -> None:
        """Start it, or start it again when it has died; later each time if that is no help."""
        now = time.monotonic()
        if self.process is None:
            if now >= self.start_at:
                self.start()
        elif self.process.poll() is not None:
            code = self.process.returncode
            self._end_group()
            lasted = now - self.started_at >= SETTLED_S
            self.setbacks = 0 if lasted else self.setbacks + 1
            pause = 0 if self.setbacks < 2 else min(2 ** (self.setbacks - 2), LONGEST_PAUSE_S)
            self.process, self.start_at = None, now + pause
            when = f"in {pause:g} s" if pause else "at once"
            say(f"{self.name} ended ({_words(code)}); it is started again {when}")

    def stop(self) -> None:
        """Ask it to stop, and end it and all that it started when its time is over."""
        if self.process is None:
            return
        deadline = time.monotonic() + self.grace_s
        self.process.send_signal(signal.SIGTERM)
        while not self._has_ended(within_s=0.5) and time.monotonic() < deadline:
            if self.insist:
                for child in psutil.Process(self.process.pid).children():
                    _send(child, signal.SIGTERM)
        self._end_group()
        self.process.wait()
        self.process = None

    def _has_ended(self, within_s: float) -> bool:
        try:
            self.process.wait(within_s)
        except subprocess.TimeoutExpired:
            return False
        return True

    def _end_group(self) -> None:
        """End what the child has started and left behind."""
        group = [p for p in psutil.process_iter() if _session_of(p.pid) == self.process.pid]
        _end([process for process in group if _is_running(process)], patience_s=2)


class Supervisor:
    """Keeps children running until SIGINT, SIGTERM or SIGHUP, then stops them in their order.

    `tick` is called once a second.
    """

    def __init__(self, children: list[Child], tick: Callable[[], None] = lambda: None):
        self.children = children
        self.tick = tick
        self.stopping = False
        self._wake_fd, wake_fd = os.pipe()
        for fd in (self._wake_fd, wake_fd):
            os.set_blocking(fd, False)
        signal.set_wakeup_fd(wake_fd, warn_on_full_buffer=False)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            # nohup's wish is respected. An ignored SIGINT is not: shells do that to `make up &`.
            if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:
                signal.signal(number, self._note)
        signal.signal(signal.SIGCHLD, lambda *_: None)

    def _note(self, number, frame):
        self.stopping = True

    def start(self) -> None:
        for child in self.children:
            child.look_after()

    def run(self) -> None:
        """Return when everything has been stopped."""
        next_tick = 0.0
        while not self.stopping:
            for child in self.children:
                child.look_after()
            if time.monotonic() >= next_tick:
                self.tick()
                next_tick = time.monotonic() + 1
            self.wait(1)
        self.stop()

    def wait(self, seconds: float) -> None:
        """Sleep, but not through a signal."""
        select.select([self._wake_fd], [], [], seconds)
        try:
            os.read(self._wake_fd, 4096)
        except BlockingIOError:
            pass

    def stop(self) -> None:
        for child in self.children:
            child.stop()


def say(text: str) -> None:
    print(f"switchyard: {text}", file=sys.stderr, flush=True)


def end_leftovers(home: Path) -> int:
    """End what a supervisor of `home` that was killed has left running; return how many."""
    left = [process for process in psutil.process_iter() if _mark_of(process) == str(home)]
    _end(left, patience_s=8)
    return len(left)


def _end(processes: list[psutil.Process], patience_s: float) -> None:
    for number, wait_s in ((signal.SIGTERM, patience_s), (signal.SIGKILL, 2)):
        for process in processes:
            _send(process, number)
        deadline = time.monotonic() + wait_s
        # Not psutil.wait_procs: a zombie, which only init can reap, has ended for us.
        while (processes := list(filter(_is_running, processes))) and time.monotonic() < deadline:
            time.sleep(0.02)


def _send(process, number):
    try:
        process.send_signal(number)
    except psutil.Error:
        pass


def _is_running(process) -> bool:
    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False


def _session_of(pid: int) -> int | None:
    try:
        return os.getsid(pid)
    except OSError:
        return None


def _mark_of(process) -> str | None:
    if process.pid == os.getpid():
        return None
    try:
        return process.environ().get(MARK)
    except (psutil.Error, OSError):
        return None  # a stranger's, which we may not look into


def _die_with_parent(parent: int) -> Callable[[], None] | None:
    """Return what a child runs first, so that the kernel sends it SIGTERM when we are gone."""
    if not sys.platform.startswith("linux"):
        return None
    libc = ctypes.CDLL(None, use_errno=True)

    def run():
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
        if os.getppid() != parent:
            os.kill(os.getpid(), signal.SIGTERM)

    return run


def _words(code: int) -> str:
    return f"exit code {code}" if code >= 0 else f"killed by {signal.Signals(-code).name}"
