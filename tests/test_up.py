"""`manage.py up`, run as a person runs it."""

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
import pytest

from config.supervisor import MARK

ROOT = Path(__file__).parent.parent

pytestmark = pytest.mark.processes


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
        wait_for(lambda: "Ctrl-C stops" in self.output or self.process.poll() is not None)
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
        address = f"host={self.home / 'postgres'} user=postgres dbname=switchyard"
        with psycopg.connect(address) as connection:
            return connection.execute(text).fetchone()[0]


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


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    return tmp_path_factory.mktemp("up") / "home"


@pytest.fixture(scope="module")
def start(home):
    started = []

    def run(**environment):
        started.append(Up(home, **environment))
        return started[-1].ready()

    yield run
    for up in started:
        if up.process.poll() is None:
            up.stop()


@pytest.fixture(scope="module")
def running(start):
    """Started for the second time, and shared by the tests that do not stop it."""
    return start()


def refused(home, **environment):
    """Run `up` where it cannot; return what it says."""
    up = Up(home, **environment)
    assert up.process.wait(30) == 1
    return up.output


def test_a_newcomer_gets_all_they_need_and_ctrl_c_leaves_nothing_behind(start):
    up = start()

    password = re.search(r"Password   (\S+)  \(shown this once\)", up.output)
    curl = re.search(r"curl .*\n.*\}'", up.output)[0]
    answer = subprocess.run(curl, shell=True, capture_output=True, text=True).stdout
    assert f"http://localhost:{up.port}" in up.output
    assert "admin@example.com" in up.output
    assert len(password[1]) == 16
    assert json.loads(answer) == {"success": True}
    assert up.stop(signal.SIGINT) == 0
    assert up.left() == []


def test_the_second_start_changes_nothing(running):
    assert "as shown at the first start" in running.output
    assert running.query("SELECT count(*) FROM workspaces_workspace") == 1
    assert running.query("SELECT count(*) FROM django_q_schedule WHERE name = 'Count events'") == 1


def test_a_directory_has_one_supervisor(running, home):
    assert refused(home) == (
        f"CommandError: Switchyard is running in {home} already (process "
        f"{running.process.pid}, port {running.port}). Stop it, or set SWITCHYARD_HOME and PORT.\n"
    )


def test_what_is_killed_is_started_again(running):
    wait_for(lambda: len(running.named("qcluster")) == 6)  # with two workers
    web, workers = running.named("granian"), running.named("qcluster")

    for process in [web[-1], *workers[2:4]]:
        process.kill()

    wait_for(lambda: running.post_event() == 200)
    counted = "SELECT sum(count) FROM sources_eventcount"
    wait_for(lambda: running.query(counted) == running.query("SELECT count(*) FROM sources_event"))
    web[0].kill()
    wait_for(lambda: len(running.named("granian")) == 3 and web[0] not in running.children())
    wait_for(lambda: running.post_event() == 200)


def test_a_database_that_dies_comes_back(running, home):
    pid = int((home / "postgres" / "postmaster.pid").read_text().split()[0])

    os.kill(pid, signal.SIGKILL)

    answers = []
    wait_for(lambda: answers.append(running.post_event()) or answers[-1] == 200)
    assert set(answers) <= {200, 503}


def test_a_killed_supervisor_leaves_nothing_that_the_next_start_minds(running, start):
    running.process.kill()
    running.process.wait()

    up = start(PORT=str(running.port))

    answers = [up.post_event() for _ in range(50)]
    up.process.send_signal(signal.SIGTERM)
    while up.process.poll() is None:
        answers.append(up.post_event())
    assert set(answers) <= {200, None}  # nobody was told 500, and who was told 200 was stored
    assert up.process.returncode == 0
    assert up.left() == []


def test_what_stands_in_the_way_is_said_in_one_line(tmp_path, home):
    with socket.socket() as taken:
        taken.bind(("0.0.0.0", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        in_use = refused(home, PORT=port)
    no_database = refused(tmp_path / "a", DATABASE_URL="postgresql://nobody@127.0.0.1:1/none")
    (tmp_path / "file").write_text("")
    no_directory = refused(tmp_path / "file" / "b")

    assert in_use == (
        f"CommandError: Port {port} on 0.0.0.0 cannot be used (Address already in use). "
        "Choose another: PORT=8001 make up\n"
    )
    assert re.fullmatch(r"switchyard: the database refuses: .*refused.*\n", no_database)
    assert re.fullmatch(r"switchyard: SWITCHYARD_HOME .* cannot be used: .*\n", no_directory)
