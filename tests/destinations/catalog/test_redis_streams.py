"""Redis Streams, against a real Redis."""

import json
import shutil
import socket
import subprocess
import uuid

import pytest
import redis
from django.utils import timezone

from destinations import control, tester
from destinations.catalog import get_integration
from destinations.errors import InvalidSettings, Rejected, ServerFault, Unauthorized, Unreachable
from destinations.integration import Request, Response
from destinations.models import DeliveryCount
from destinations.sending import shift, streams
from sources import ingest
from sources.ingest import Caller

from ..bench import conversation, request_for, translator_for

SERVER = shutil.which("redis-server")
PASSWORD = "hush-hush-4711"
EVENT = {"type": "track", "event": "Login", "messageId": "m-1", "userId": "ann"}

real = pytest.mark.skipif(SERVER is None, reason="redis-server is not installed")


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """The port of a Redis that asks for a password."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = ["--port", str(port), "--requirepass", PASSWORD, "--save", "", "--bind", "127.0.0.1"]
    process = subprocess.Popen(
        [SERVER, *options, "--dir", str(tmp_path_factory.mktemp("redis"))],
        stdout=subprocess.DEVNULL,
    )
    _wait_until_it_answers(port)
    yield port
    process.terminate()
    process.wait()


def _wait_until_it_answers(port):
    from redis.backoff import ConstantBackoff
    from redis.retry import Retry

    patient = Retry(ConstantBackoff(0.05), 200)
    redis.Redis(port=port, password=PASSWORD, retry=patient).ping()


@pytest.fixture
def given(server, settings):
    """The settings of the tool for that server."""
    settings.ALLOW_PRIVATE_TARGETS = True
    return {"host": "127.0.0.1", "port": server, "password": PASSWORD, "tls": False}


@pytest.fixture
def stream():
    return f"events-{uuid.uuid4().hex[:8]}"


def read(server, stream):
    return [
        {name.decode(): value.decode() for name, value in fields.items()}
        for _, fields in redis.Redis(port=server, password=PASSWORD).xrange(stream)
    ]


def append(given, mapping, events):
    translator = translator_for("redis-streams", "append", mapping, **given)
    payloads = [translator.payload(event) for event in events]
    [request] = conversation(translator, payloads)
    return translator.outcomes(streams.call(request), payloads)


def test_an_event_is_an_entry_with_its_json_and_what_to_pick_it_by():
    settings = {"host": "r.example", "username": "u", "password": PASSWORD}

    request = request_for("redis-streams", "append", EVENT, {"max_length": 1000}, **settings)

    assert request == Request(
        "XADD",
        "redis://r.example:6379/0",
        {"username": "u", "password": PASSWORD, "tls": "yes"},
        json=[
            {
                "stream": "events",
                "fields": {
                    "messageId": "m-1",
                    "type": "track",
                    "event": "Login",
                    "data": json.dumps(EVENT, separators=(",", ":")),
                },
                "max_length": 1000,
            }
        ],
    )


def test_what_redis_says_decides_what_becomes_of_each_entry():
    translator = translator_for("redis-streams", "append", host="r.example")
    said = ("OOM", "NOPERM", "WRONGTYPE")
    entries = [{"id": "1-0"}, *({"error": each, "message": each} for each in said)]
    answer = Response(200, body=json.dumps({"entries": entries}).encode())

    outcomes = translator.outcomes(answer, [{}] * 4)

    assert [type(each) for each in outcomes] == [type(None), ServerFault, Unauthorized, Rejected]


@real
def test_entries_can_be_read_back_in_the_order_sent(given, server, stream):
    events = [{**EVENT, "messageId": f"m-{number}"} for number in range(3)]

    assert append(given, {"stream": stream}, events) == [None] * 3
    found = read(server, stream)
    assert [each["messageId"] for each in found] == ["m-0", "m-1", "m-2"]
    assert json.loads(found[0]["data"]) == events[0]


@real
def test_one_entry_that_is_refused_does_not_stop_the_others(given, server, stream):
    redis.Redis(port=server, password=PASSWORD).set(f"{stream}-taken", "no stream")
    mapping = {
        "stream": {
            "@if": {
                "exists": {"@path": "$.taken"},
                "then": f"{stream}-taken",
                "else": stream,
            }
        }
    }

    outcomes = append(given, mapping, [EVENT, {**EVENT, "taken": True}])

    assert outcomes[0] is None
    assert (type(outcomes[1]), outcomes[1].code) == (Rejected, "WRONGTYPE")
    assert len(read(server, stream)) == 1


@real
def test_the_check_tells_right_passwords_from_wrong_ones(given):
    tool = get_integration("redis-streams")

    assert tester.check_credentials(tool, given).outcome == "Accepted"
    assert tester.check_credentials(tool, {**given, "password": "wrong"}).outcome == "401"


def test_a_server_that_is_not_there_is_unreachable(settings):
    settings.ALLOW_PRIVATE_TARGETS = True

    with pytest.raises(Unreachable):
        append({"host": "127.0.0.1", "port": 1, "tls": False}, {}, [EVENT])


def test_private_addresses_are_refused(settings):
    settings.ALLOW_PRIVATE_TARGETS = False

    with pytest.raises(InvalidSettings) as caught:
        append({"host": "127.0.0.1", "tls": False}, {}, [EVENT])

    assert caught.value.code == "PRIVATE_ADDRESS"


@real
@pytest.mark.django_db(transaction=True)
def test_events_of_the_log_arrive(given, server, workspace, source):
    destination = control.create(workspace, "redis-streams", "r", "Redis", given, [source])
    control.switch_on(destination)
    redis.Redis(port=server, password=PASSWORD).delete("events")
    messages = [{**EVENT, "messageId": f"m-{number}"} for number in range(20)]
    ingest.accept(Caller(source.id), messages, {}, timezone.now())

    shift.work(shift_s=20, idle_s=0)

    assert [each["messageId"] for each in read(server, "events")] == [
        f"m-{number}" for number in range(20)
    ]
    assert DeliveryCount.objects.get().count == 20
