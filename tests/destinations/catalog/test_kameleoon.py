from base64 import b64encode

import pytest

from destinations.catalog import get_integration
from destinations.integration import Request, redact

from ..bench import default_requests_for, request_for

SETTINGS = {"apiKey": "ZW5jb2RlZA==", "sitecode": "abcdefghij"}
HEADERS = {"Authorization": "Basic ZW5jb2RlZA==", "x-segment-settings": "abcdefghij"}
WHO = {
    "userId": "ann",
    "anonymousId": "anon-1",
    "timestamp": "2026-08-20T10:00:00.123Z",
    "messageId": "m-1",
}
VALUES = {"x": 1, "kameleoonVisitorCode": "v-1"}
CONTEXT = {"context": {"ip": "192.0.2.1"}}


@pytest.mark.parametrize(
    ("event", "action", "body"),
    [
        (
            {"type": "track", "event": "Login", "properties": VALUES, **CONTEXT},
            "logEvent",
            {"event": "Login", **CONTEXT},
        ),
        ({"type": "identify", "traits": VALUES, **CONTEXT}, "identify", {}),
        ({"type": "group", "groupId": "acme", "traits": VALUES}, "group", {"groupId": "acme"}),
        (
            {"type": "page", "name": "Home", "properties": VALUES, **CONTEXT},
            "page",
            {"name": "Home", **CONTEXT},
        ),
    ],
)
def test_calls_are_passed_on(event, action, body):
    assert default_requests_for("kameleoon", {**WHO, **event}, **SETTINGS) == [
        (
            action,
            Request(
                "POST",
                "https://integrations.kameleoon.com/segmentio",
                HEADERS,
                json={**WHO, "type": event["type"], "properties": VALUES, **body},
            ),
        )
    ]


def test_the_visitor_code_is_moved_into_the_properties():
    event = {**WHO, "type": "track", "event": "Login"}

    body = request_for(
        "kameleoon", "logEvent", event, {"kameleoonVisitorCode": "v-2"}, **SETTINGS
    ).json

    assert body["properties"] == {"kameleoonVisitorCode": "v-2"}
    assert "kameleoonVisitorCode" not in body


def test_the_check_sends_what_stands_inside_the_key_and_shows_none_of_it():
    tool = get_integration("kameleoon")
    key = b64encode(b'{"clientId": "c-4711", "secret": "s-4711"}').decode()
    settings = {**SETTINGS, "apiKey": key}

    request = tool.check_request(settings)

    assert request.url == "https://integrations.kameleoon.com/segmentio/getapikey"
    assert request.query == {"clientId": "c-4711", "secret": "s-4711"}
    shown = redact(request, tool.secrets(settings))
    assert shown.query == {"clientId": "•••", "secret": "•••"}
