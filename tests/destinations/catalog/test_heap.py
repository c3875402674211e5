import pytest

from destinations.errors import InvalidPayload
from destinations.integration import Request

from ..bench import default_requests_for, request_for, requests_for

APP = {"appId": "7"}
LOGIN = {
    "type": "track",
    "event": "Login",
    "messageId": "m-1",
    "userId": "ann",
    "anonymousId": "anon-1",
    "timestamp": "2026-08-20T12:00:00.123+02:00",
    "properties": {"method": "sso", "deep": {"list": [1, None], "on": True, "empty": {}}},
}


def test_track_event_sends_flat_texts():
    assert request_for("heap", "trackEvent", LOGIN, **APP) == Request(
        "POST",
        "https://heapanalytics.com/api/integrations/track",
        json={
            "app_id": "7",
            "library": "server",
            "events": [
                {
                    "event": "Login",
                    "custom_properties": {
                        "segment_library": "cloud-mode-destination",
                        "method": "sso",
                        "deep.list.0": "1",
                        "deep.list.1": "null",
                        "deep.on": "true",
                    },
                    "idempotency_key": "m-1",
                    "user_identifier": {"anonymous_id": "anon-1"},
                    "timestamp": "2026-08-20T10:00:00.123Z",
                }
            ],
        },
    )


@pytest.mark.parametrize(("kind", "name"), [("page", "Page viewed"), ("screen", "Screen viewed")])
def test_pages_and_screens_are_viewed(kind, name):
    event = {**LOGIN, "type": kind, "event": None, "name": "Home", "properties": {}}

    [(action, request)] = default_requests_for("heap", event, **APP)

    [one] = request.json["events"]
    assert (action, one["event"]) == ("trackEvent", name)
    assert one["custom_properties"]["name"] == "Home"


def test_with_an_identity_the_person_is_described_too():
    event = {**LOGIN, "context": {"traits": {"plan": "pro"}}}

    person, track = requests_for("heap", "trackEvent", event, {"identity": "ann"}, **APP)

    assert track.json["events"][0]["user_identifier"] == {"identity": "ann"}
    assert person == Request(
        "POST",
        "https://heapanalytics.com/api/add_user_properties",
        json={
            "app_id": "7",
            "identity": "ann",
            "properties": {"anonymous_id": "anon-1", "plan": "pro"},
        },
    )


def test_an_event_needs_somebody():
    with pytest.raises(InvalidPayload, match="identity or anonymous_id is required"):
        request_for("heap", "trackEvent", {**LOGIN, "anonymousId": None}, **APP)


def test_identify_adds_properties_to_a_person():
    event = {"type": "identify", "userId": "ann", "anonymousId": "a", "traits": {"x": {"y": 1.5}}}

    request = request_for("heap", "identifyUser", event, region="EU", **APP)

    assert request == Request(
        "POST",
        "https://c.eu.heap-api.com/api/add_user_properties",
        json={"app_id": "7", "identity": "ann", "properties": {"anonymous_id": "a", "x.y": "1.5"}},
    )


def test_identify_needs_a_user_id():
    with pytest.raises(InvalidPayload, match="user_id is required"):
        request_for("heap", "identifyUser", {"type": "identify", "anonymousId": "a"}, **APP)
