"""Requests that stop coming: what is ended, and that a running product minds none of it."""

import http.client
import json
import socket
import time
from contextlib import contextmanager

import pytest

from sources.stalled import Link, Patience, Waiting, exhausted, to_end

from ..product import Up, wait_for

STALLED = 300  # more than there are threads at work in all web workers
HEADERS = "{} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
BODY = HEADERS + "Content-Length: 500\r\n\r\n{{"


def waits(address, *seconds, now=1_000):
    return [Waiting(address, "8000", now - each) for each in seconds]


def link(address, unanswered_s, silent_s):
    return Link(None, address, unanswered_s, silent_s)


def test_who_has_waited_for_ten_seconds_is_out_of_patience():
    waiting = waits("a", 11, 9) + waits("b", 9.9) + waits("c", 70)

    assert exhausted(waiting, 1_000, proxied=False) == {
        "a": Patience(10, 60, 1),
        "c": Patience(10, 60, 1),
    }


def test_many_waiting_bodies_of_one_address_have_less_patience_unless_it_is_a_proxy():
    crowd = waits("a", *[2] * 65)

    assert exhausted(crowd, 1_000, proxied=False) == {"a": Patience(1, 5, 65)}
    assert exhausted(crowd, 1_000, proxied=True) == {}


def test_the_longest_unanswered_are_ended_and_no_more_than_wait():
    older, newer, active = link("a", 30, 12), link("a", 20, 12), link("a", 30, 1)
    stranger = link("b", 99, 99)

    assert to_end([newer, active, stranger, older], {"a": Patience(10, 60, 1)}) == [older]
    assert to_end([newer, active, older], {"a": Patience(10, 60, 9)}) == [older, newer]


def test_a_body_that_drips_is_ended_in_the_end():
    dripping = link("a", 61, 0.1)

    assert to_end([dripping], {"a": Patience(10, 60, 1)}) == [dripping]
    assert to_end([link("a", 59, 0.1)], {"a": Patience(10, 60, 1)}) == []


@pytest.fixture(scope="module")
def product(tmp_path_factory):
    up = Up(tmp_path_factory.mktemp("stalled"), WEB_THREADS="4", WEB_WORKERS="2").ready()
    yield up
    up.stop()


@contextmanager
def connections(product, beginning, count=STALLED):
    opened = [socket.create_connection(("127.0.0.1", product.port)) for _ in range(count)]
    try:
        for each in opened:
            each.sendall(beginning.encode())
        yield opened
    finally:
        for each in opened:
            each.close()


@pytest.mark.processes
@pytest.mark.parametrize(
    "beginning",
    [
        "",
        HEADERS.format("POST /v1/t"),
        BODY.format("POST /v1/t"),
        BODY.format("GET /v1/m"),
        BODY.format("POST /sign-in/"),
    ],
    ids=["nothing", "headers", "a body", "a body where none belongs", "a form of the panel"],
)
def test_hundreds_that_stop_coming_do_not_stop_the_others(product, beginning):
    with connections(product, beginning):
        taken = []
        for _ in range(20):
            started = time.monotonic()
            assert product.post_event() == 200
            taken.append(time.monotonic() - started)
    assert max(taken) < 3, taken


def answer_on(connection):
    """Read an answer to its end, in however many pieces it comes: (status, code)."""
    response = http.client.HTTPResponse(connection)
    response.begin()
    return response.status, json.loads(response.read())["code"]


@pytest.mark.processes
def test_a_body_that_stops_coming_is_answered_and_may_come_again(product):
    with connections(product, BODY.format("POST /v1/t"), count=3) as opened:
        for each in opened:
            each.settimeout(20)
        answers = [answer_on(each) for each in opened]
    assert answers == [(408, "body_timeout")] * 3


@pytest.mark.processes
def test_a_body_that_comes_slowly_is_waited_for(product):
    event = json.dumps({"userId": "ann", "event": "Slow", "writeKey": product.write_key})
    request = f"{HEADERS.format('POST /v1/track')}Content-Length: {len(event)}\r\n\r\n"
    with connections(product, request, count=1) as (connection,):
        for start in range(0, len(event), 20):
            connection.sendall(event[start : start + 20].encode())
            time.sleep(0.3)
        assert connection.recv(1_000).startswith(b"HTTP/1.1 200 ")


@pytest.mark.processes
def test_threads_that_only_waited_leave_no_connections_to_the_database(product):
    open_ones = (
        "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend' "
        "AND application_name NOT LIKE 'switchyard%'"
    )
    with connections(product, BODY.format("POST /v1/t"), count=200):
        for _ in range(50):
            assert product.post_event() == 200
    wait_for(lambda: product.query(open_ones) < 60)
