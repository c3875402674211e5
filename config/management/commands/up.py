import fcntl
import http.client
import json
import os
import signal
import socket
import sys
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from psycopg import OperationalError

from config.preparing import find_write_key, make_demo, prepare
from config.supervisor import MARK, Child, Supervisor, end_leftovers, say
from config.web import command as server_command

BANNER = """
Switchyard is up.

  Panel      {url}
  Sign in    {email}
  Password   {password}
"""
FIRST_EVENT = """  Write key  {key}

Send a first event:

  curl {url}/v1/track -u {key}: -H 'Content-Type: application/json' \\
    -d '{{"userId": "ann", "event": "Order Completed", "properties": {{"total": 42}}}}'
"""


class Command(BaseCommand):
    help = (
        "Run everything in the foreground until Ctrl-C: database, web and workers. `make up` "
        "calls it after installing what it needs. Example: PORT=8001 manage.py up"
    )
    requires_system_checks = []

    def handle(self, **options):
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, _interrupt)
        try:
            with hold(settings.SWITCHYARD_HOME):
                self.run()
        except KeyboardInterrupt:
            pass
        except OSError as error:
            raise CommandError(f"{error.strerror}: {error.filename}") from error

    def run(self):
        check_port_is_free()
        done = prepare()
        make_demo(done.admin)
        key = find_write_key()
        environment = {**os.environ, **database_environment(), MARK: str(settings.SWITCHYARD_HOME)}
        connection.close()
        supervisor = Supervisor([web(environment), workers(environment)], tick=revive_database)
        supervisor.start()
        if wait_for_web(supervisor):
            self.stdout.write(BANNER.format(url=settings.PUBLIC_URL, **sign_in(done)), ending="")
            if key:
                self.stdout.write(FIRST_EVENT.format(url=settings.PUBLIC_URL, key=key), ending="")
            self.stdout.write("\nCtrl-C stops all of it.")
            self.stdout.flush()
        supervisor.run()


def _interrupt(number, frame):
    raise KeyboardInterrupt


def sign_in(done) -> dict:
    if done.password:
        password = f"{done.password}  (shown this once)"
    elif settings.ADMIN_PASSWORD:
        password = "as given in SWITCHYARD_ADMIN_PASSWORD at the first start"
    else:
        password = f"as shown at the first start; or: manage.py changepassword {done.admin.email}"
    return {"email": done.admin.email, "password": password}


class hold:
    """Hold the directory, as one supervisor at a time may; and clean up after one that died."""

    def __init__(self, home: Path):
        home.mkdir(parents=True, exist_ok=True)
        self.home = home
        self.file = (home / "up.lock").open("a+")

    def __enter__(self):
        self.file.seek(0)
        before = self.file.read()
        try:
            fcntl.flock(self.file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            running = json.loads(before or "{}")
            raise CommandError(
                f"Switchyard is running in {self.home} already (process {running.get('pid')}, "
                f"port {running.get('port')}). Stop it, or set SWITCHYARD_HOME and PORT."
            ) from None
        if before and (count := end_leftovers(self.home)):
            say(f"ended {count} processes that an earlier start had left behind")
        self._write(json.dumps({"pid": os.getpid(), "port": settings.PORT}))

    def __exit__(self, *_):
        self._write("")
        self.file.close()

    def _write(self, text):
        self.file.truncate(0)
        self.file.write(text)
        self.file.flush()


def check_port_is_free() -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.WEB_ADDRESS, settings.PORT))
        except (OSError, OverflowError) as error:
            raise CommandError(
                f"Port {settings.PORT} on {settings.WEB_ADDRESS} cannot be used "
                f"({getattr(error, 'strerror', error)}). Choose another: PORT=8001 make up"
            ) from error


def database_environment() -> dict[str, str]:
    if os.environ.get("DATABASE_URL"):
        return {}
    from config.embedded import server

    return {"DATABASE_URL": server.url(settings.SWITCHYARD_HOME)}


def revive_database() -> None:
    """Start the embedded server again should it have died."""
    if os.environ.get("DATABASE_URL"):
        return
    from config.embedded import server

    if not server.is_alive(settings.SWITCHYARD_HOME):
        say("the database ended; it is started again")
        try:
            server.revive(settings.SWITCHYARD_HOME)
        except OperationalError as error:
            say(f"{error}; the next attempt follows")


def web(environment: dict) -> Child:
    command = server_command(settings.WEB_ADDRESS, settings.PORT, settings.WEB_WORKERS)
    command.insert(-1, "--respawn-failed-workers")
    environment = {**environment, "PYTHONPATH": str(settings.BASE_DIR)}
    return Child("web", command, environment, grace_s=12, insist=True)


def workers(environment: dict) -> Child:
    command = [sys.executable, str(settings.BASE_DIR / "manage.py"), "qcluster"]
    return Child("workers", command, environment, grace_s=8)


def wait_for_web(supervisor: Supervisor) -> bool:
    """Wait until the web answers; False when it is to stop before. Raises CommandError."""
    web = supervisor.children[0]
    while not supervisor.stopping:
        if answers():
            return True
        web.look_after()
        if web.setbacks >= 3:
            supervisor.stop()
            raise CommandError("The web server does not start; what it said is above.")
        supervisor.wait(0.05)
    return False


def answers() -> bool:
    host = "127.0.0.1" if settings.WEB_ADDRESS == "0.0.0.0" else settings.WEB_ADDRESS
    caller = http.client.HTTPConnection(host, settings.PORT, timeout=5)
    try:
        caller.request("GET", "/v1/")
        return caller.getresponse().status > 0
    except (OSError, http.client.HTTPException):
        return False
    finally:
        caller.close()
