"""Published SDKs, unmodified, against a running product: nothing is lost, nothing altered."""

import json
import os
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest

from .product import Up, wait_for

pytestmark = pytest.mark.processes

HERE = Path(__file__).parent / "clients"
PYTHON = ["segment-analytics-python", "analytics-python", "rudder-sdk-python"]
NODE = {
    "@segment/analytics-node": "3.1.0",
    "analytics-node": "6.2.0",
    "@rudderstack/rudder-sdk-node": "3.0.13",
}
COUNT = 250  # track calls of a burst: several full batches
ODD = {
    "text": "Zoë 💩 \u0000 \u2028 \\ \" ' <b>",
    "numbers": [0, -1, 1.5, 9007199254740991, 1e-7],
    "nothing": None,
    "nested": {"a": [{"b": {"c": [True, False, []]}}], "": "no name"},
    "when": "2026-01-31T12:34:56.789Z",
    "long": "x" * 10_000,  # twice of it in an identify of RudderStack's for Node
}
CALLS = ["identify", "track", "page", "screen", "group", "alias"]


@pytest.fixture(scope="module")
def product(tmp_path_factory):
    up = Up(tmp_path_factory.mktemp("clients") / "home", WORKERS="1").ready()
    yield up
    up.stop()


@pytest.fixture(scope="module")
def node_modules():
    """Fetched once and kept outside of the repository; npm's own lock makes two runs take turns."""
    if not shutil.which("npm"):
        pytest.skip("npm is not there, so the SDKs for Node are not tested")
    home = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "switchyard-clients"
    wanted = {"private": True, "dependencies": NODE}
    stamp = home / "package.json"
    if not stamp.exists() or json.loads(stamp.read_text()) != wanted:
        home.mkdir(parents=True, exist_ok=True)
        packages = [f"{name}@{version}" for name, version in NODE.items()]
        command = ["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", *packages]
        done = subprocess.run(command, cwd=home, capture_output=True, text=True, timeout=300)
        if done.returncode:
            pytest.skip(f"npm cannot fetch the SDKs: {done.stderr[-300:]}")
        stamp.write_text(json.dumps(wanted))
    return home / "node_modules"


def received(product, user):
    """Return what is stored of a user's events, by the name or the type of the call."""
    query = "SELECT payload FROM sources_event WHERE payload LIKE %s ORDER BY id"
    address = f"host={product.home / 'postgres'} user=postgres dbname=switchyard"
    with psycopg.connect(address) as connection:
        rows = connection.execute(query, [f'%"userId":"{user}"%']).fetchall()
    return [json.loads(payload) for (payload,) in rows]


def run(product, command, user, **environment):
    given = {
        "SDK_HOST": f"http://127.0.0.1:{product.port}",
        "SDK_KEY": product.write_key,
        "SDK_USER": user,
        "SDK_ODD": json.dumps(ODD),
        "SDK_COUNT": str(COUNT),
    }
    done = subprocess.run(
        command,
        env={**os.environ, **given, **environment},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def check(product, user, sent_at):
    expected = len(CALLS) + COUNT
    wait_for(lambda: len(received(product, user)) >= expected)
    events = received(product, user)
    by_type = {event["type"]: event for event in events if event.get("event") != "Burst"}
    burst = [event["properties"]["number"] for event in events if event.get("event") == "Burst"]

    assert sorted(burst) == list(range(COUNT))
    assert sorted(by_type) == sorted(CALLS)
    assert by_type["track"]["properties"] == by_type["group"]["traits"] == ODD
    for kind in ("page", "screen"):
        assert (by_type[kind]["name"], by_type[kind]["category"]) == ("Home", "Docs")
        # Segment's for Node puts a copy of the category there.
        assert by_type[kind]["properties"] | {"category": "Docs"} == ODD | {"category": "Docs"}
    identify = by_type["identify"]
    # RudderStack's for Python puts them there, and nowhere else (sdk-wire).
    assert (identify.get("traits") or identify["context"]["traits"]) == ODD
    assert by_type["group"]["groupId"] == "acme"
    assert by_type["alias"]["previousId"] == "before"
    assert moment(by_type["track"]["originalTimestamp"]) == moment("2026-01-31T12:34:56.789Z")
    assert len({event["messageId"] for event in events}) == expected
    assert all(event["context"]["library"]["name"] for event in events)
    assert all(moment(event["receivedAt"]) >= sent_at for event in events)
    assert product.query("SELECT count(*) FROM sources_rejection") == 0


def moment(text):
    return datetime.fromisoformat(text)


@pytest.mark.parametrize("package", PYTHON)
def test_python(product, package):
    started = datetime.now(UTC).replace(microsecond=0)

    assert run(product, [sys.executable, str(HERE / "send.py"), package], package) == []

    check(product, package, started)


@pytest.mark.parametrize("package", NODE)
def test_node(product, node_modules, package):
    started = datetime.now(UTC).replace(microsecond=0)
    command = ["node", str(HERE / "send.mjs"), package]
    user = package.replace("/", "-").strip("@")

    assert run(product, command, user, SDK_MODULES=str(node_modules)) == []

    check(product, user, started)
