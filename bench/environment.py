"""A product of its own to measure: a temporary home, its database, and servers as children."""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

from config.web import command as server_command

ROOT = Path(__file__).resolve().parent.parent
WEB_WORKERS = 2


def set_up() -> Path:
    """Make a home with a migrated database and load Django from it; call before other imports."""
    home = Path(tempfile.mkdtemp(prefix="switchyard-bench-"))
    os.environ |= {
        "SWITCHYARD_HOME": str(home),
        "ALLOW_PRIVATE_TARGETS": "true",
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "LOG_LEVEL": "ERROR",
    }
    os.environ.pop("DATABASE_URL", None)
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command

    from config.embedded import server

    call_command("migrate", verbosity=0)
    os.environ["DATABASE_URL"] = server.url(settings.SWITCHYARD_HOME)
    return home


def tear_down(home: Path) -> None:
    from django.conf import settings
    from django.db import connections

    from config.embedded import server

    connections.close_all()
    server.ensure_running(settings.SWITCHYARD_HOME).handle.stop()
    shutil.rmtree(home, ignore_errors=True)


@contextmanager
def web(application: str):
    """Serve a WSGI application as `make up` does; yield its port."""
    port = free_port()
    command = server_command("127.0.0.1", port, WEB_WORKERS, application)
    process = subprocess.Popen(command, cwd=ROOT, start_new_session=True)
    try:
        wait_for_port(port)
        yield port
    finally:
        # A worker that is still starting does not hear the first time; nothing here needs care.
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def wait_for_port(port: int) -> None:
    for _ in range(300):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.1)
    raise SystemExit(f"Nothing answers on port {port}.")
