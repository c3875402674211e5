import pytest

from destinations.catalog import get_integration
from destinations.errors import InvalidPayload, InvalidSettings
from destinations.integration import Request
from destinations.translation import compile_subscription

from ..bench import conversation, default_requests_for, request_for, translator_for

TOKENS = {"app_token": "4w565xzmb54d", "event_token": "f0ob4r"}
SETTINGS = {"environment": "sandbox"}
EVENT = {
    "type": "track",
    "event": "Conversion Completed",
    "timestamp": "2026-08-20T10:00:00.600Z",
    "properties": {"revenue": 25.5, "currency": "EUR"},
    "context": {"device": {"type": "ios", "id": "D-1", "advertisingId": "A-1"}},
}


def sent(mapping=TOKENS, event=EVENT, **settings):
    """The request that is sent."""
    return request_for("adjust", "sendEvent", event, mapping, **{**SETTINGS, **settings})


def test_an_event_is_sent_with_its_device_inside_a_parameter():
    told = (
        '{"timestamp":"2026-08-20T10:00:00.600Z","device_id":"D-1","advertising_id":"A-1",'
        '"device_type":"ios","revenue":25.5,"currency":"EUR","app_token":"4w565xzmb54d",'
        '"event_token":"f0ob4r"}'
    )

    assert sent() == Request(
        "POST",
        "https://s2s.adjust.com/event",
        json={
            "app_token": "4w565xzmb54d",
            "event_token": "f0ob4r",
            "environment": "sandbox",
            "s2s": 1,
            "callback_params": told,
            "created_at_unix": 1787220001,
        },
    )


def test_the_text_has_the_order_of_the_mapping():
    mapping = {"currency": "EUR", "device_type": "tv", "advertising_id": "A", "device_id": "D"}
    translator = compile_subscription(
        get_integration("adjust"), "sendEvent", None, {**mapping, **TOKENS}, SETTINGS
    )

    [request] = conversation(translator, [translator.payload(EVENT)])

    assert request.json["callback_params"] == (
        '{"currency":"EUR","device_type":"tv","advertising_id":"A","device_id":"D",'
        '"app_token":"4w565xzmb54d","event_token":"f0ob4r"}'
    )


def test_an_event_without_a_time_has_none():
    assert "created_at_unix" not in sent({**TOKENS, "timestamp": None}).json


def test_tokens_of_the_mapping_go_before_those_of_the_settings():
    defaults = {"default_app_token": "app", "default_event_token": "event"}

    body = sent({"event_token": "f0ob4r"}, **defaults).json

    assert (body["app_token"], body["event_token"]) == ("app", "f0ob4r")


def test_there_must_be_tokens():
    with pytest.raises(InvalidSettings, match="default_app_token is not set"):
        sent({})


def test_tokens_are_masked_wherever_they_come_from():
    translator = translator_for("adjust", "sendEvent", TOKENS, **SETTINGS)
    payload = translator.payload(EVENT)
    [request] = conversation(translator, [payload])

    shown = translator.redact(request, [payload])

    assert (shown.json["app_token"], shown.json["event_token"]) == ("•••", "•••")
    assert "f0ob4r" not in str(shown.json)


def test_an_event_needs_its_device():
    with pytest.raises(InvalidPayload, match="device_id is required"):
        sent(event={**EVENT, "context": {}})


def test_switched_on_it_sends_completed_conversions():
    tokens = {"default_app_token": "app", "default_event_token": "event"}

    [(action, _)] = default_requests_for("adjust", EVENT, **SETTINGS, **tokens)

    assert action == "sendEvent"


def test_there_is_no_request_that_only_checks():
    assert get_integration("adjust").check_request(SETTINGS) is None
