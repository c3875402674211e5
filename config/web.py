"""The web server as it is started, by `up` and by the benchmarks."""

import resource
import sys

BACKLOG = 2048
CONNECTIONS = 2048  # of a worker
FILES_BESIDE = 256  # that a worker has open beside its connections


def command(
    address: str, port: int, workers: int, application: str = "config.wsgi:application"
) -> list[str]:
    """Return granian's command line. Raises the limit of open files for it, where that may be."""
    connections = connections_at_most()
    options = {
        "interface": "wsgi",
        "host": address,
        "port": port,
        "workers": workers,
        # Most of them only ever wait for a body; sources/gate.py lets WEB_THREADS work at a time.
        "blocking-threads": connections,
        "backlog": BACKLOG,
        # Connections of a worker, and so requests; more wait to be accepted.
        "backpressure": connections,
        "http": "1",
        # Who is slow with headers, or sends more than some 100 KB of them, is let go.
        "http1-header-read-timeout": 10_000,
        "http1-buffer-size": 65_536,
        "respawn-interval": "0.1",
        "workers-kill-timeout": "10",
        "log-level": "error",
    }
    parts = [part for name, value in options.items() for part in (f"--{name}", str(value))]
    return [sys.executable, "-m", "granian", *parts, "--no-ws", application]


def connections_at_most() -> int:
    """Return how many connections a worker may hold: each is an open file."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = CONNECTIONS + FILES_BESIDE
    if soft != resource.RLIM_INFINITY and soft < wanted:
        soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))  # for our children too
    room = CONNECTIONS if soft == resource.RLIM_INFINITY else soft - FILES_BESIDE
    return max(128, min(CONNECTIONS, room))
