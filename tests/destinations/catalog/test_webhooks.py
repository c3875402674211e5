"""Webhooks (classic). The signature is from `printf … | openssl dgst -sha1 -hmac s3cret`."""

import pytest

from destinations.errors import InvalidPayload, Rejected, ServerFault, Unreachable
from destinations.integration import Request

from ..bench import Response, default_requests_for, requests_for, translator_for

ONE, TWO = "https://one.example/in", "https://two.example/in"
LOGIN = {"type": "track", "event": "Login"}
SENT = {"type": "track", "event": "Login", "version": 1}
AGENT = {"User-Agent": "Segment.io/1.0"}


def outcome(*statuses, urls=(ONE, TWO)):
    """What becomes of an event when the URLs answer so; None is no answer at all."""
    translator = translator_for("webhooks", "send", urls=list(urls))
    steps = translator.requests([translator.payload(LOGIN)], now=None)
    next(steps)
    with pytest.raises(StopIteration) as stop:
        for status in statuses:
            if status is None:
                steps.throw(Unreachable("no answer", code="ECONNREFUSED"))
            else:
                steps.send(Response(status))
    return stop.value.value


def test_an_event_goes_to_every_url():
    assert [request for _, request in default_requests_for("webhooks", LOGIN, urls=[ONE, TWO])] == [
        Request("POST", ONE, AGENT, json=SENT, timeout_s=5),
        Request("POST", TWO, AGENT, json=SENT, timeout_s=5),
    ]


def test_headers_and_a_signature_go_along():
    [request] = requests_for(
        "webhooks", "send", LOGIN, urls=[ONE], headers={"X-Team": "a"}, sharedSecret="s3cret"
    )

    assert request.headers == {
        "X-Team": "a",
        "User-Agent": "Segment.io/1.0",
        "X-Signature": "985c03885d5cfa63b80fcf4d4bbe4089b594e4ae",
    }


def test_one_url_that_takes_it_is_enough():
    assert outcome(500, 200) == [None]
    assert outcome(200, 404) == [None]


def test_a_dead_url_does_not_stop_the_others():
    assert outcome(None, 200) == [None]
    assert outcome(200, None) == [None]


def test_without_any_the_event_is_tried_again_if_that_may_help():
    with pytest.raises(ServerFault):
        outcome(404, 500)
    with pytest.raises(Unreachable):
        outcome(None, 404)
    with pytest.raises(Rejected):
        outcome(404, 410)


def test_five_urls_are_the_most():
    urls = [f"https://{number}.example/" for number in range(6)]

    assert len(requests_for("webhooks", "send", LOGIN, urls=urls)) == 5


def test_without_a_url_nothing_is_sent():
    with pytest.raises(InvalidPayload):
        requests_for("webhooks", "send", LOGIN)
