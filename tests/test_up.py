"""`manage.py up`, run as a person runs it."""

import json
import os
import re
import signal
import socket
import subprocess

import pytest

from .product import Up, wait_for

pytestmark = pytest.mark.processes


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

    wait_for(lambda: not any(process.is_running() for process in workers))
    stored = "SELECT count(*) FROM sources_event"
    before = running.query(stored)
    # Each event wakes the workers anew, as a wake-up may have died with the others.
    counted = "SELECT coalesce(sum(count), 0) FROM sources_eventcount"
    wait_for(lambda: running.post_event() == 200 and running.query(counted) > before)
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
