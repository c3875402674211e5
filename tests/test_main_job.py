"""The whole product through its real processes: web, workers, database, tools, warehouses."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path

import duckdb
import psutil
import psycopg
import pytest
from segment.analytics.client import Client

from .product import Up, wait_for
from .tool import Tool

ROOT = Path(__file__).parent.parent

pytestmark = pytest.mark.processes

CONFIGURATION = """
workspace: {{slug: acme, name: Acme}}
sources:
  - {{slug: web, name: Website, write_keys: [wk_main_job]}}
destinations:
  - slug: hook
    integration: webhook
    sources: [web]
    enabled: true
    settings: {{url: "{url}"}}
warehouses:
  - {{slug: lake, kind: duckdb, sources: [web], schedule: manual, settings: {{path: lake.duckdb}}}}
  - slug: store
    kind: postgres
    sources: [web]
    schedule: manual
    settings: {{host: "{host}", database: store, user: postgres}}
"""


@pytest.fixture(scope="module")
def product(tmp_path_factory):
    """A running product with a webhook and two warehouses; `tool` is what the webhook calls."""
    home = tmp_path_factory.mktemp("main") / "home"
    up = Up(home, ALLOW_PRIVATE_TARGETS="true", WORKERS="4").ready()
    up.tool = Tool()
    with psycopg.connect(f"host={home / 'postgres'} user=postgres", autocommit=True) as connection:
        connection.execute("CREATE DATABASE store")
    configuration = home / "acme.yaml"
    configuration.write_text(CONFIGURATION.format(url=up.tool.url, host=home / "postgres"))
    manage(up, "apply", str(configuration))
    yield up
    up.stop()
    up.tool.close()


def manage(up, *arguments):
    """Run a management command beside the product, as its operator would."""
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env={**os.environ, "SWITCHYARD_HOME": str(up.home)},
        capture_output=True,
        text=True,
        check=True,
    ).stdout


def arrived(up, prefix):
    """Message ids in the webhook's sink, with how often each came."""
    found = {}
    for call in list(up.tool.calls):
        message_id = call.json()["messageId"]
        if message_id.startswith(prefix):
            found[message_id] = found.get(message_id, 0) + 1
    return found


def stored(up, prefix):
    lines = manage(up, "export_events", "--source", "web", "--workspace", "acme").splitlines()
    ids = [json.loads(line)["messageId"] for line in lines]
    return [each for each in ids if each.startswith(prefix)]


def loaded_into_duckdb(up, prefix):
    manage(up, "load_warehouse", "acme/lake")
    with duckdb.connect(str(up.home / "lake.duckdb"), read_only=True) as connection:
        query = "SELECT id FROM web.tracks WHERE starts_with(id, ?)"
        return [row[0] for row in connection.execute(query, [prefix]).fetchall()]


def loaded_into_postgres(up, prefix):
    manage(up, "load_warehouse", "acme/store")
    address = f"host={up.home / 'postgres'} user=postgres dbname=store"
    with psycopg.connect(address) as connection:
        query = "SELECT id FROM web.tracks WHERE starts_with(id, %s)"
        return [row[0] for row in connection.execute(query, [prefix]).fetchall()]


@pytest.mark.parametrize("gzip", [False, True])
def test_a_thousand_events_of_the_real_sdk_arrive_everywhere(product, gzip):
    prefix = f"sdk-{'gzip' if gzip else 'plain'}-"
    ids = {f"{prefix}{number}" for number in range(1000)}
    failed = []
    client = Client(
        "wk_main_job",
        host=f"http://127.0.0.1:{product.port}",
        gzip=gzip,
        on_error=lambda error, items: failed.append(error),
    )

    for number in range(1000):
        client.track(
            f"user-{number % 50}",
            "Order Completed",
            {"total": number},
            message_id=f"{prefix}{number}",
        )
    client.flush()
    client.join()

    assert failed == []
    log = stored(product, prefix)
    assert len(log) == 1000
    assert set(log) == ids
    wait_for(lambda: len(arrived(product, prefix)) == 1000, within_s=60)
    assert set(arrived(product, prefix)) == ids
    for loaded in (loaded_into_duckdb, loaded_into_postgres):
        rows = loaded(product, prefix)
        assert len(rows) == 1000
        assert set(rows) == ids


class Sender(threading.Thread):
    """A client that repeats a batch until it is acknowledged, as every SDK does."""

    def __init__(self, port, batches):
        super().__init__()
        self.url = f"http://127.0.0.1:{port}/v1/batch"
        self.batches = batches
        self.acknowledged = []

    def run(self):
        for batch in self.batches:
            body = json.dumps({"writeKey": "wk_main_job", "batch": batch}).encode()
            while not self.send(body):
                time.sleep(0.05)
            self.acknowledged += [event["messageId"] for event in batch]

    def send(self, body):
        try:
            with urllib.request.urlopen(self.url, body, timeout=10) as response:
                return response.status == 200
        except (urllib.error.URLError, OSError):
            return False


def worker_of(up, word):
    """A worker process: a child of the one whose command has `word`, not that one itself."""
    children = psutil.Process(up.process.pid).children()
    (parent,) = [each for each in children if word in command(each)]
    return parent.children(recursive=True)


def command(process):
    try:
        return " ".join(process.cmdline())
    except psutil.Error:
        return ""


def busiest(processes):
    return max(processes, key=lambda process: sum(process.cpu_times()[:2]))


def test_every_acknowledged_event_arrives_although_processes_are_killed(product):
    """kill -9 of a web process and of a delivering worker during a run of 20,000 events."""
    prefix = "kill-"
    events = [
        {
            "type": "track",
            "event": "Order Completed",
            "userId": f"user-{number % 500}",
            "messageId": f"{prefix}{number}",
        }
        for number in range(20_000)
    ]
    batches = [events[start : start + 50] for start in range(0, len(events), 50)]
    senders = [Sender(product.port, batches[number::4]) for number in range(4)]
    for sender in senders:
        sender.start()

    wait_for(lambda: sum(len(sender.acknowledged) for sender in senders) > 4_000)
    os.kill(busiest(worker_of(product, "granian")).pid, signal.SIGKILL)
    wait_for(lambda: len(arrived(product, prefix)) > 2_000, within_s=60)
    os.kill(busiest(worker_of(product, "qcluster")).pid, signal.SIGKILL)
    for sender in senders:
        sender.join()

    acknowledged = {each for sender in senders for each in sender.acknowledged}
    assert len(acknowledged) == 20_000
    wait_for(lambda: len(arrived(product, prefix)) == 20_000, within_s=120)
    log = stored(product, prefix)
    assert len(log) == len(set(log)) == 20_000
