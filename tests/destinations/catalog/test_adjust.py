import json

import pytest

from destinations.catalog import get_integration
from destinations.errors import InvalidPayload, InvalidSettings

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
    """The form that is sent."""
    return request_for("adjust", "sendEvent", event, mapping, **{**SETTINGS, **settings}).form


def test_an_event_is_sent_as_a_form():
    request = request_for("adjust", "sendEvent", EVENT, TOKENS, **SETTINGS)
    told = json.loads(request.form["callback_params"])

    assert (request.method, request.url) == ("POST", "https://s2s.adjust.com/event")
    assert {**request.form, "callback_params": None} == {
        "app_token": "4w565xzmb54d",
        "event_token": "f0ob4r",
        "environment": "sandbox",
        "s2s": "1",
        "callback_params": None,
        "created_at_unix": "1787220001",
        "idfa": "A-1",
        "idfv": "D-1",
        "revenue": "25.5",
        "currency": "EUR",
    }
    assert told == {
        "timestamp": "2026-08-20T10:00:00.600Z",
        **TOKENS,
        "device_id": "D-1",
        "advertising_id": "A-1",
        "device_type": "ios",
        "revenue": 25.5,
        "currency": "EUR",
    }


def test_android_has_other_ids():
    device = {"type": "Android", "id": "D-1", "advertisingId": "A-1"}

    form = sent(event={**EVENT, "context": {"device": device}})

    assert (form["gps_adid"], form["android_id"]) == ("A-1", "D-1")


def test_tokens_of_the_mapping_go_before_those_of_the_settings():
    defaults = {"default_app_token": "app", "default_event_token": "event"}

    form = sent({"event_token": "f0ob4r"}, **defaults)

    assert (form["app_token"], form["event_token"]) == ("app", "f0ob4r")


def test_there_must_be_tokens():
    with pytest.raises(InvalidSettings, match="default_app_token is not set"):
        sent({})


def test_tokens_are_masked_wherever_they_come_from():
    translator = translator_for("adjust", "sendEvent", TOKENS, **SETTINGS)
    payload = translator.payload(EVENT)
    [request] = conversation(translator, [payload])

    shown = translator.redact(request, [payload]).form

    assert (shown["app_token"], shown["event_token"]) == ("•••", "•••")
    assert "f0ob4r" not in shown["callback_params"]


def test_an_event_needs_its_device():
    with pytest.raises(InvalidPayload, match="device_id is required"):
        sent(event={**EVENT, "context": {}})


def test_switched_on_it_sends_completed_conversions():
    tokens = {"default_app_token": "app", "default_event_token": "event"}

    [(action, _)] = default_requests_for("adjust", EVENT, **SETTINGS, **tokens)

    assert action == "sendEvent"


def test_there_is_no_request_that_only_checks():
    assert get_integration("adjust").check_request(SETTINGS) is None
