import pytest

from destinations.errors import InvalidPayload
from destinations.integration import Request

from ..bench import default_requests_for, request_for

KEYS = {"apiKey": "key", "apiSecret": "secret", "accountId": 7}
HEADERS = {"Authorization": "Basic a2V5OnNlY3JldA=="}
URL = "https://segment.appcues.com/v2/accounts/7/segment/direct"
WHO = {
    "userId": "ann",
    "anonymousId": "anon-1",
    "timestamp": "2026-08-20T10:00:00Z",
    "messageId": "m-1",
}


def calls(event, **settings):
    return [
        request.json for _, request in default_requests_for("appcues", event, **KEYS, **settings)
    ]


def test_an_event_is_passed_on():
    event = {**WHO, "type": "track", "event": "Login", "properties": {"x": 1}, "sentAt": "s"}

    assert default_requests_for("appcues", event, **KEYS) == [
        (
            "send",
            Request(
                "POST",
                URL,
                HEADERS,
                json={**WHO, "type": "track", "event": "Login", "properties": {"x": 1}},
            ),
        )
    ]


@pytest.mark.parametrize("kind", ["page", "screen"])
def test_pages_and_screens_have_a_name(kind):
    event = {**WHO, "type": kind, "name": "Home", "event": None}

    assert calls(event) == [{**WHO, "type": kind, "name": "Home"}]


def test_one_event_can_tell_of_a_person_and_of_a_group_too():
    shared = {**WHO, "context": {"traits": {"plan": "pro"}}}

    assert calls({**shared, "type": "track", "event": "Login", "groupId": "acme"}) == [
        {**shared, "type": "track", "event": "Login"},
        {**shared, "type": "identify", "traits": {"plan": "pro"}},
        {**shared, "type": "group", "groupId": "acme"},
    ]


def test_identify_tells_of_a_person():
    event = {**WHO, "type": "identify", "traits": {"plan": "pro"}, "groupId": "acme"}

    assert calls(event) == [{**WHO, "type": "identify", "traits": {"plan": "pro"}}]


def test_group_tells_of_a_group():
    event = {**WHO, "type": "group", "groupId": "acme", "traits": {"size": 5}}

    assert calls(event) == [{**WHO, "type": "group", "groupId": "acme", "traits": {"size": 5}}]


def test_a_group_without_an_id_is_not_sent():
    assert calls({**WHO, "type": "group"}) == []


def test_a_track_call_needs_an_event():
    with pytest.raises(InvalidPayload, match="event is required here"):
        calls({**WHO, "type": "track"})


def test_europe_has_its_own_host():
    event = {**WHO, "type": "identify"}

    request = request_for("appcues", "send", event, region="EU", **KEYS)

    assert request.url == "https://segment.eu.appcues.com/v2/accounts/7/segment/direct"
