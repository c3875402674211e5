import pytest

from destinations.catalog import get_integration
from destinations.integration import Request

from ..bench import conversation, default_requests_for, request_for, translator_for

SETTINGS = {"pushwooshAPIKey": "key", "pushwooshAppCode": "XXXXX-YYYYY"}
URL = "https://integration-segment.svc-nue.pushwoosh.com/integration-segment/v1"
HEADERS = {"Authorization": "Token key", "X-PW-Appcode": "XXXXX-YYYYY"}
LOGIN = {
    "type": "track",
    "event": "Login",
    "userId": "ann",
    "timestamp": "2026-08-20T10:00:00.123Z",
    "properties": {"plan": "pro"},
    "context": {"device": {"id": "d-1", "type": "ios"}},
}
EVENT = {
    "user_id": "ann",
    "device_id": "d-1",
    "device_platform": "ios",
    "app_code": "XXXXX-YYYYY",
    "name": "Login",
    "timestamp": "2026-08-20T10:00:00.123Z",
    "attributes": {"plan": "pro"},
}


def test_track_posts_the_event():
    assert default_requests_for("pushwoosh", LOGIN, **SETTINGS) == [
        ("trackEvent", Request("POST", f"{URL}/post-events", HEADERS, json={"events": [EVENT]}))
    ]


@pytest.mark.parametrize("kind", ["page", "screen"])
def test_pages_and_screens_are_events_of_their_name(kind):
    event = {**LOGIN, "type": kind, "event": None, "name": "Home"}

    request = request_for("pushwoosh", "trackEvent", event, **SETTINGS)

    assert request.json["events"][0]["name"] == "Home"


def test_a_batch_names_the_application_differently():
    translator = translator_for("pushwoosh", "trackEvent", {"enable_batching": True}, **SETTINGS)
    payload = translator.payload(LOGIN)

    [request] = conversation(translator, [payload, payload])

    event = {name: value for name, value in EVENT.items() if name != "app_code"}
    assert request.json == {"events": [{**event, "app_id": "XXXXX-YYYYY"}] * 2}


def test_identify_updates_the_profile():
    event = {
        "type": "identify",
        "userId": "ann",
        "traits": {"email": "ann@example.com", "plan": "pro", "city": "Rome"},
        "context": {
            "locale": "en-US",
            "os": {"version": "17"},
            "location": {"latitude": 41.9, "longitude": 12.5},
        },
    }

    [(action, request)] = default_requests_for("pushwoosh", event, **SETTINGS)

    assert (action, request.url, request.json) == (
        "updateUserProfile",
        f"{URL}/track-user",
        {
            "user_id": "ann",
            "email": "ann@example.com",
            "device_os_version": "17",
            "language": "en-US",
            "current_location": {"latitude": 41.9, "longitude": 12.5},
            "attributes": {"plan": "pro"},
        },
    )


def test_an_unknown_place_is_left_out_of_the_profile():
    event = {"type": "identify", "userId": "ann"}

    request = request_for("pushwoosh", "updateUserProfile", event, **SETTINGS)

    assert request.json == {"user_id": "ann", "attributes": {}}


def test_a_batch_is_of_a_hundred_events():
    translator = translator_for("pushwoosh", "trackEvent", {"enable_batching": True}, **SETTINGS)

    assert translator.batch.size == 100


def test_the_credentials_are_checked():
    assert get_integration("pushwoosh").check_request(SETTINGS) == Request(
        "POST", f"{URL}/ping", HEADERS
    )


def test_a_person_can_be_forgotten():
    assert get_integration("pushwoosh").delete_user("ann", SETTINGS) == Request(
        "POST", "/delete-user", json={"external_id": "ann"}
    )
