import pytest

from destinations.integration import CALL_TYPES, Request

from ..bench import default_requests_for, request_for

SLUG = "signl4-alerting"
KEY = {"apiKey": "team/secret"}
URL = "https://connect.signl4.com/webhook/team%2Fsecret"


@pytest.mark.parametrize("kind", CALL_TYPES)
def test_calls_are_passed_on_whole_under_a_title(kind):
    event = {"type": kind, "messageId": "m-1", "context": {"deep": [None]}}

    assert default_requests_for(SLUG, event, **KEY) == [
        ("send", Request("POST", URL, json={**event, "Title": kind}))
    ]


@pytest.mark.parametrize(
    ("event", "title"),
    [
        ({"type": "track", "event": "Pump Failed"}, "track: Pump Failed"),
        ({"type": "page", "name": "Home"}, "page: Home"),
    ],
)
def test_the_title_says_what_happened(event, title):
    assert request_for(SLUG, "send", event, **KEY).json == {**event, "Title": title}


def test_settings_give_the_parts_of_the_alert():
    settings = {
        "title": "Plant 7",
        "message": "Look at it",
        "alertingScenario": "multi_ack",
        "location": "52.39,13.05",
    }
    event = {"type": "track", "event": "Pump Failed"}

    assert request_for(SLUG, "send", event, **KEY, **settings).json == {
        **event,
        "Title": "Plant 7",
        "Message": "Look at it",
        "X-S4-AlertingScenario": "multi_ack",
        "X-S4-Location": "52.39,13.05",
    }


def test_a_mapping_can_tell_more_than_the_settings():
    mapping = {"message": {"@path": "$.properties.reason"}}
    event = {"type": "track", "event": "Pump Failed", "properties": {"reason": "No power"}}

    assert request_for(SLUG, "send", event, mapping, **KEY).json["Message"] == "No power"
