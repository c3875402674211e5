from destinations.catalog import get_integration
from destinations.integration import Request

from ..bench import conversation, default_requests_for, request_for, translator_for

SETTINGS = {"accountId": "42", "apiKey": "dG9rZW46"}
URL = "https://api.getdrip.com/v2/42"
AUTH = {"Authorization": "Basic dG9rZW46"}
IDENTIFY = {
    "type": "identify",
    "traits": {
        "email": "ann@example.com",
        "custom_fields": {"visits": 3, "vip": True, "left": None, "teas": ["green"]},
        "tags": "new, vip",
    },
    "context": {"ip": "192.0.2.1", "timezone": "Europe/Rome"},
}
SUBSCRIBER = {
    "custom_fields": {"visits": "3", "vip": "true", "teas": '["green"]'},
    "email": "ann@example.com",
    "ip_address": "192.0.2.1",
    "initial_status": "unsubscribed",
    "tags": ["new", "vip"],
    "time_zone": "Europe/Rome",
}


def test_identify_sends_a_subscriber_whose_custom_fields_are_text():
    assert request_for("drip", "identify", IDENTIFY, **SETTINGS) == Request(
        "POST", f"{URL}/subscribers", AUTH, json={"subscribers": [SUBSCRIBER]}
    )


def test_a_batch_of_subscribers_is_one_request():
    translator = translator_for("drip", "identify", {"enable_batching": True}, **SETTINGS)
    payload = translator.payload(IDENTIFY)

    [request] = conversation(translator, [payload, payload])

    assert (request.url, request.json) == (
        f"{URL}/subscribers/batches",
        {"batches": [{"subscribers": [SUBSCRIBER, SUBSCRIBER]}]},
    )


def test_custom_fields_that_say_nothing_are_left_out():
    event = {"traits": {"email": "ann@example.com", "custom_fields": {"left": None}}}

    request = request_for("drip", "identify", event, **SETTINGS)

    assert request.json["subscribers"] == [
        {"email": "ann@example.com", "initial_status": "unsubscribed"}
    ]


def test_the_status_of_the_traits_comes_first():
    event = {"traits": {"email": "ann@example.com", "initial_status": "active"}}

    request = request_for("drip", "identify", event, **SETTINGS)

    assert request.json["subscribers"][0]["initial_status"] == "active"


def test_track_sends_the_event():
    event = {
        "type": "track",
        "event": "Login",
        "properties": {"plan": "pro"},
        "context": {"traits": {"email": "ann@example.com"}},
    }

    [(action, request)] = default_requests_for("drip", event, **SETTINGS)

    assert (action, request.url, request.json) == (
        "trackEvent",
        f"{URL}/events",
        {
            "events": [
                {"action": "Login", "email": "ann@example.com", "properties": {"plan": "pro"}}
            ]
        },
    )


def test_the_credentials_are_checked():
    assert get_integration("drip").check_request(SETTINGS) == Request(
        "GET", "https://api.getdrip.com/v2/user", AUTH
    )
