"""The gate before the application: few work at a time, and those that wait are not in the way."""

import threading
from contextlib import contextmanager

import pytest

from sources import gate
from sources.gate import Gate, outside_the_gate

SOON_S = 5


class Body:
    """A request's body that comes when it is told to."""

    def __init__(self):
        self.asked, self.comes = threading.Event(), threading.Event()

    def read(self, size=-1):
        self.asked.set()
        assert self.comes.wait(SOON_S)
        return b"{}"


class Call(threading.Thread):
    """One request through a gate, in a thread of its own as the web server would run it."""

    def __init__(self, application, body=None, **environ):
        super().__init__(daemon=True)
        self.application, self.status, self.headers, self.answer = application, None, {}, None
        self.environ = {"REQUEST_METHOD": "POST", "wsgi.input": body or Body(), **environ}
        self.start()

    def run(self):
        self.answer = b"".join(self.application(self.environ, self.begin))

    def begin(self, status, headers):
        self.status, self.headers = status, dict(headers)

    def ended(self):
        self.join(SOON_S)
        return not self.is_alive()


@contextmanager
def held_place(places):
    """An application that keeps its place until the block is left."""
    inside, leave = threading.Event(), threading.Event()

    def keep(environ, start_response):
        inside.set()
        assert leave.wait(SOON_S)
        start_response("200 OK", [])
        return [b"kept"]

    places.application = keep
    call = Call(places)
    assert inside.wait(SOON_S)
    yield
    leave.set()
    assert call.ended()


def answer(environ, start_response):
    start_response("200 OK", [])
    return [b"done"]


def test_no_more_work_at_once_than_may():
    places, counts, busy = Gate(None, most=2), [], []

    def work(environ, start_response):
        busy.append(1)
        counts.append(len(busy))
        threading.Event().wait(0.01)
        busy.pop()
        return answer(environ, start_response)

    places.application = work
    calls = [Call(places) for _ in range(12)]

    assert all(call.ended() for call in calls)
    assert max(counts) == 2


def test_who_waits_for_a_body_lets_others_work():
    def read(environ, start_response):
        if environ.get("QUERY_STRING") != "quick":
            environ["wsgi.input"].read()
        return answer(environ, start_response)

    places, body = Gate(read, most=1), Body()
    waiting = Call(places, body)
    assert body.asked.wait(SOON_S)

    assert Call(places, QUERY_STRING="quick").ended()
    assert waiting.is_alive()
    body.comes.set()
    assert waiting.ended()
    assert waiting.answer == b"done"


def test_who_waits_for_the_disk_lets_others_work_up_to_a_number(monkeypatch):
    monkeypatch.setattr(gate, "WAITING_FOR_DISK", 1)
    written, waiting = threading.Event(), threading.Semaphore(0)

    def store(environ, start_response):
        with outside_the_gate():
            waiting.release()
            assert written.wait(SOON_S)
        return answer(environ, start_response)

    places = Gate(store, most=1)
    # One outside; one that finds no room there and keeps its place; one that waits for a place.
    calls = [Call(places) for _ in range(3)]
    assert waiting.acquire(timeout=SOON_S)
    assert waiting.acquire(timeout=SOON_S)
    assert not waiting.acquire(timeout=0.2)
    written.set()

    assert all(call.ended() for call in calls)
    assert places.places.try_to_take()
    assert places.lobby.try_to_take()


def test_who_gets_no_place_in_time_may_come_again(monkeypatch):
    monkeypatch.setattr(gate, "PLACE_WITHIN_S", 0.05)
    places = Gate(None, most=1)

    with held_place(places):
        late = Call(places, HTTP_ORIGIN="https://shop.example")
        assert late.ended()

    assert late.status == "503 Service Unavailable"
    assert late.headers["Retry-After"] == "5"
    assert late.headers["Access-Control-Allow-Origin"] == "https://shop.example"
    assert b'"code":"unavailable"' in late.answer


def test_a_place_is_given_back_after_an_error():
    def fail(environ, start_response):
        raise ValueError("by design")

    places = Gate(fail, most=1)
    for _ in range(3):
        with pytest.raises(ValueError, match="by design"):
            places({"REQUEST_METHOD": "GET", "wsgi.input": Body()}, None)
    assert places.places.try_to_take()


def test_without_a_gate_nothing_is_waited_for():
    with outside_the_gate():
        pass
