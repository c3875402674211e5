"""Which addresses may be sent to, whichever way they are spelled, by both ways of sending."""

import asyncio

import pytest

from destinations.errors import InvalidSettings, Unreachable
from destinations.request import Request
from destinations.sending import http, targets
from tests.tool import Answer, Tool


@pytest.fixture
def tool():
    tool = Tool()
    yield tool
    tool.close()


async def _send(request):
    async with http.open_session() as session:
        return await http.send(session, request)


def send(request):
    return asyncio.run(_send(request))


both_ways = pytest.mark.parametrize("way", [send, http.call], ids=["delivery", "by hand"])


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "127.1.2.3", "0.0.0.0", "10.0.0.1", "172.16.0.1", "192.168.1.1"),
        *("169.254.169.254", "100.64.0.1", "224.0.0.1", "255.255.255.255", "192.0.2.1"),
        *("::1", "::", "::ffff:127.0.0.1", "fe80::1", "fe80::1%eth0", "fd00:ec2::254", "ff02::1"),
        *("64:ff9b::7f00:1", "2002:7f00:1::", "not an address"),
    ],
)
def test_an_address_that_is_not_public_is_refused(address):
    assert not targets.is_public(address)


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:2800:220:1:248:1893:25c8:1946"])
def test_a_public_address_is_not(address):
    assert targets.is_public(address)


@both_ways
@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "2130706433", "0x7f.1", "[::1]"])
def test_no_spelling_of_our_own_machine_gets_by(way, host, tool, settings):
    settings.ALLOW_PRIVATE_TARGETS = False
    port = tool.url.rsplit(":", 1)[1]

    with pytest.raises((InvalidSettings, Unreachable)) as caught:
        way(Request("POST", f"http://{host}:{port}/", json={}))

    assert tool.calls == []
    assert caught.value.code in ("PRIVATE_ADDRESS", "ENOTFOUND", "INVALID_SETTINGS")


@both_ways
def test_an_answer_of_any_status_is_an_answer(way, tool, settings):
    settings.ALLOW_PRIVATE_TARGETS = True
    tool.answer = Answer(418, b"short and stout", {"X-Pot": "tea"})

    response = way(Request("POST", tool.url + "/a", query={"b": "c d", "e": None}, form={"f": 1}))

    assert (response.status, response.body) == (418, b"short and stout")
    assert response.headers.get("x-pot") == "tea"
    (call,) = tool.calls
    assert (call.path, call.body) == ("/a?b=c+d", b"f=1")
    assert call.headers["Content-Type"] == "application/x-www-form-urlencoded"


@both_ways
def test_no_answer_says_why(way, tool, settings):
    settings.ALLOW_PRIVATE_TARGETS = True
    tool.answer = Answer(delay_s=0.5)

    with pytest.raises(Unreachable) as slow:
        way(Request("GET", tool.url, timeout_s=0.1))
    with pytest.raises(Unreachable) as absent:
        way(Request("GET", "http://127.0.0.1:1/"))

    assert (slow.value.code, absent.value.code) == ("ETIMEDOUT", "ECONNREFUSED")


@both_ways
def test_a_huge_answer_is_not_read_to_its_end(way, tool, settings):
    settings.ALLOW_PRIVATE_TARGETS = True
    tool.answer = Answer(200, b"x" * 10_000_000)

    response = way(Request("GET", tool.url))

    assert len(response.body) == http.MOST_ANSWER_BYTES


def test_a_redirect_that_keeps_the_body_is_followed_and_no_other(tool, settings):
    settings.ALLOW_PRIVATE_TARGETS = True
    tool.answer = lambda call: (
        Answer(200) if call.path == "/new" else Answer(307, headers={"Location": "/new"})
    )
    followed = send(Request("POST", tool.url + "/old", json={"a": 1}))
    tool.answer = Answer(302, headers={"Location": "/new"})
    left = send(Request("POST", tool.url, json={"a": 1}))

    assert followed.status == 200
    assert [call.body for call in tool.calls[:2]] == [b'{"a":1}', b'{"a":1}']
    assert left.status == 302


def test_a_redirect_to_another_host_takes_no_credentials_along(tool, settings):
    settings.ALLOW_PRIVATE_TARGETS = True
    port = tool.url.rsplit(":", 1)[1]
    elsewhere = f"http://localhost:{port}/new"
    tool.answer = lambda call: (
        Answer(200) if call.path == "/new" else Answer(307, headers={"Location": elsewhere})
    )

    send(Request("POST", tool.url, headers={"Authorization": "Bearer t", "X-Key": "k"}, json={}))

    assert not {"Authorization", "X-Key"} & set(tool.calls[1].headers)
