"""Webhook. The literal signature is from `printf … | openssl dgst -sha1 -hmac s3cret`."""

import hashlib
import hmac

import pytest

from destinations.catalog import get_integration
from destinations.errors import InvalidPayload
from destinations.integration import Request
from destinations.translation import compile_subscription, default_subscriptions

from ..bench import conversation, default_requests_for, request_for, translator_for

URL = "https://hooks.example.com/in"
LOGIN = {"type": "track", "event": "Login"}


@pytest.mark.parametrize("kind", ["identify", "track", "page", "screen", "group", "alias"])
def test_every_call_is_posted_as_it_is(kind):
    event = {"type": kind, "messageId": "m-1", "context": {"deep": [None]}}

    assert default_requests_for("webhook", event, url=URL) == [
        ("send", Request("POST", URL, json=event))
    ]


def test_url_method_and_headers_come_from_the_settings():
    settings = {"url": URL, "method": "PUT", "headers": {"X-Team": "data"}}

    assert request_for("webhook", "send", LOGIN, **settings) == Request(
        "PUT", URL, {"X-Team": "data"}, json=LOGIN
    )


def test_a_mapping_may_give_its_own_url_method_headers_and_data():
    mapping = {
        "url": {"@template": "https://hooks.example.com/{{type}}"},
        "method": "PATCH",
        "headers": {"X-Event": {"@path": "$.event"}},
        "data": {"name": {"@path": "$.event"}},
    }

    assert request_for("webhook", "send", LOGIN, mapping, url=URL) == Request(
        "PATCH", "https://hooks.example.com/track", {"X-Event": "Login"}, json={"name": "Login"}
    )


def test_the_subscription_of_the_contract_file_works():
    translator = compile_subscription(
        get_integration("webhook"),
        "send",
        'type = "track"',
        {"data": {"@path": "$."}},
        {"url": URL, "secret": "s3cret"},
    )

    [request] = conversation(translator, [translator.payload(LOGIN)])

    assert (request.method, request.url, request.json) == ("POST", URL, LOGIN)
    assert request.headers["X-Signature"] == "6617eafe6ed2ea8e5bba6a89881bd5245848d97a"


def test_headers_that_are_not_text_are_written_as_text():
    event = {**LOGIN, "properties": {"count": 2.0, "vip": True, "nothing": None}}
    names = ("count", "vip", "nothing", "missing")
    mapping = {"headers": {f"X-{name}": {"@path": f"$.properties.{name}"} for name in names}}

    request = request_for("webhook", "send", event, mapping, url=URL)

    assert request.headers == {"X-count": "2", "X-vip": "true"}


def test_without_data_there_is_neither_body_nor_signature():
    mapping = {"data": {"@path": "$.properties"}}

    request = request_for("webhook", "send", LOGIN, mapping, url=URL, sharedSecret="s3cret")

    assert request == Request("POST", URL)


def test_with_a_secret_the_body_is_signed():
    request = request_for("webhook", "send", LOGIN, url=URL, sharedSecret="s3cret")

    body = b'{"type":"track","event":"Login"}'
    assert request.headers == {
        "X-Signature": _hmac(body, hashlib.sha1),
        "X-Switchyard-Timestamp": "1787227200",
        "X-Switchyard-Signature": "v1=" + _hmac(b"1787227200." + body, hashlib.sha256),
    }


def test_a_batch_is_a_list_of_which_x_signature_covers_the_first_element():
    translator = translator_for("webhook", "send", batching=True, url=URL, sharedSecret="s3cret")
    events = [LOGIN, {"type": "page"}]

    [request] = conversation(translator, [translator.payload(event) for event in events])

    body = b'[{"type":"track","event":"Login"},{"type":"page"}]'
    assert request.json == events
    assert request.headers["X-Signature"] == _hmac(
        b'{"type":"track","event":"Login"}', hashlib.sha1
    )
    assert request.headers["X-Switchyard-Signature"] == "v1=" + _hmac(
        b"1787227200." + body, hashlib.sha256
    )


def test_batches_are_off_until_switched_on_in_the_settings():
    assert translator_for("webhook", "send", url=URL).batch is None

    limits = translator_for("webhook", "send", url=URL, enable_batching=True, batch_size=9000).batch
    assert (limits.size, limits.keys) == (4000, ("url", "method", "headers"))


def test_a_batch_size_of_zero_is_the_platforms_own():
    translator = translator_for("webhook", "send", url=URL, enable_batching=True, batch_size=0)

    assert translator.batch.size == 1000


def test_payloads_for_different_urls_never_share_a_batch():
    mapping = {"url": {"@template": "https://hooks.example.com/{{type}}"}}
    translator = translator_for("webhook", "send", mapping, batching=True)

    keys = {translator.batch_key(translator.payload({"type": kind})) for kind in ("track", "page")}

    assert len(keys) == 2


@pytest.mark.parametrize(
    "mapping",
    [
        {"headers": {"X-Name": "a\r\nX-Admin: 1"}},
        {"headers": {"X-Name: 1\r\nX-Admin": "1"}},
        {"url": "https://hooks.example.com/\r\nX-Admin: 1"},
        {"url": "file:///etc/passwd"},
        {"url": "hooks.example.com"},
        {"method": "DELETE"},
    ],
)
def test_what_an_event_could_smuggle_in_is_refused(mapping):
    with pytest.raises(InvalidPayload):
        request_for("webhook", "send", LOGIN, mapping, url=URL)


def test_without_a_url_nothing_is_sent():
    with pytest.raises(InvalidPayload, match="url is required"):
        request_for("webhook", "send", LOGIN)


def test_a_new_webhook_has_one_subscription():
    [preset] = default_subscriptions(get_integration("webhook"))

    assert (preset.action, preset.mapping) == ("send", {"data": {"@path": "$."}})


def _hmac(message, algorithm):
    return hmac.new(b"s3cret", message, algorithm).hexdigest()
