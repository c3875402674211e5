import pytest

from destinations.catalog import get_integration
from destinations.integration import Request

from ..bench import default_requests_for

KEY = {"apiKey": "write-key"}
HEADERS = {"Authorization": "Basic write-key"}
WHO = {"userId": "ann", "anonymousId": "anon-1", "timestamp": "2026-08-20T10:00:00.123Z"}
CALL = {**WHO, "messageId": "m-1", "integrations": {"All": True}}
PROPERTIES = {"properties": {"name": "Home"}, "context": {"ip": "192.0.2.1"}}


@pytest.mark.parametrize(
    ("event", "action", "body"),
    [
        (
            {"type": "track", "event": "Login", **PROPERTIES},
            "track",
            {"event": "Login", **PROPERTIES, "messageId": "m-1"},
        ),
        (
            {"type": "identify", "traits": {"plan": "pro"}},
            "identify",
            {"traits": {"plan": "pro"}, "messageId": "m-1"},
        ),
        (
            {"type": "group", "groupId": "acme", "traits": {"size": 5}},
            "group",
            {"groupId": "acme", "traits": {"size": 5}, "messageId": "m-1"},
        ),
        ({"type": "page", "name": "x", **PROPERTIES}, "page", {"name": "Home", **PROPERTIES}),
    ],
)
def test_calls_are_passed_on_as_they_are(event, action, body):
    assert default_requests_for("june", {**CALL, **event}, **KEY) == [
        (
            action,
            Request("POST", f"https://api.june.so/api/{action}", HEADERS, json={**WHO, **body}),
        )
    ]


def test_the_credential_check_shows_the_key():
    assert get_integration("june").check_request(KEY) == Request(
        "GET", "https://api.june.so/api/validate-write-key", HEADERS
    )
