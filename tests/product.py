"""A running product: `manage.py up` as a person runs it, and what it has printed."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

import psutil
import psycopg

from config.supervisor import MARK

ROOT = Path(__file__).parent.parent


def wait_for(condition, within_s=30):
    deadline = time.monotonic() + within_s
    while not (value := condition()):
        assert time.monotonic() < deadline, "it has not happened"
        time.sleep(0.05)
    return value


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Up:
    """A running `manage.py up`, and what it has printed."""

    def __init__(self, home, **environment):
        self.home = home
        self.port = int(environment.setdefault("PORT", str(free_port())))
        inherited = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
        self.log = tempfile.TemporaryFile("w+")  # noqa: SIM115
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", "up"],
            cwd=ROOT,
            env={**inherited, "SWITCHYARD_HOME": str(home), "WORKERS": "2", **environment},
            stdout=self.log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    @property
    def output(self):
        self.log.seek(0)
        return self.log.read()

    @property
    def write_key(self):
        return re.search(r"Write key  (\S+)", self.output)[1]

    def ready(self):
        wait_for(lambda: "Ctrl-C stops" in self.output or self.process.poll() is not None, 120)
        assert self.process.poll() is None, self.output
        return self

    def stop(self, number=signal.SIGTERM):
        self.process.send_signal(number)
        return self.process.wait(30)

    def children(self):
        return psutil.Process(self.process.pid).children(recursive=True)

    def named(self, word):
        return [child for child in self.children() if word in command_of(child)]

    def left(self):
        """Return what still runs of it: children, server, or a listener on its port."""
        found = [p.pid for p in psutil.process_iter() if belongs_to(p, self.home)]
        with socket.socket() as probe:
            return found + ["port"] * (probe.connect_ex(("127.0.0.1", self.port)) == 0)

    def apply(self, text):
        """Bring a workspace to what a file with this text says."""
        file = self.home / "applied.yaml"
        file.write_text(text)
        subprocess.run(
            [sys.executable, "manage.py", "apply", str(file)],
            cwd=ROOT,
            env={**os.environ, "SWITCHYARD_HOME": str(self.home)},
            check=True,
            capture_output=True,
        )

    def track(self, write_key, event, **fields):
        """Send a track call as any SDK does."""
        call = {"userId": "ann", "event": event, "writeKey": write_key, **fields}
        url = f"http://127.0.0.1:{self.port}/v1/track"
        assert urllib.request.urlopen(url, json.dumps(call).encode(), timeout=20).status == 200

    def sign_in(self, page):
        """Let the first admin in, by the e-mail and the password that were printed."""
        page.goto(f"http://localhost:{self.port}/")
        page.get_by_label("E-mail").fill(re.search(r"Sign in +(\S+)", self.output)[1])
        page.get_by_label("Password").fill(re.search(r"Password +(\S+)", self.output)[1])
        page.get_by_role("button", name="Sign in").click()

    def post_event(self):
        """Return the status of a tracking call, or None where nobody answers."""
        url = f"http://127.0.0.1:{self.port}/v1/track"
        event = {"userId": "ann", "event": "Hi", "writeKey": self.write_key}
        try:
            with urllib.request.urlopen(url, json.dumps(event).encode(), timeout=15) as response:
                return response.status
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            return None

    def query(self, text):
        return self.execute(text).fetchone()[0]

    def execute(self, text):
        address = f"host={self.home / 'postgres'} user=postgres dbname=switchyard"
        with psycopg.connect(address) as connection:
            return connection.execute(text)


def command_of(process):
    try:
        return " ".join(process.cmdline())
    except psutil.Error:
        return ""  # it has just ended


def belongs_to(process, home):
    try:
        if process.name() == "postgres":
            return str(home / "postgres") in process.cmdline()
        return process.environ().get(MARK) == str(home)
    except psutil.Error:
        return False
