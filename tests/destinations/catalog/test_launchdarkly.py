import pytest

from destinations.catalog import get_integration
from destinations.integration import Request

from ..bench import default_requests_for, request_for

ID = {"client_id": "abc"}
URL = "https://events.launchdarkly.com/events/bulk/abc"
HEADERS = {"User-Agent": "SegmentDestination/2.2.0", "X-LaunchDarkly-Event-Schema": "4"}
BOUGHT = {
    "type": "track",
    "event": "Bought",
    "userId": "ann",
    "anonymousId": "anon-1",
    "timestamp": "2026-08-20T10:00:00.123Z",
    "properties": {"revenue": "9.5", "value": 1},
}


def test_an_event_is_a_list_of_one():
    assert default_requests_for("launchdarkly", BOUGHT, **ID) == [
        (
            "trackEvent",
            Request(
                "POST",
                URL,
                HEADERS,
                json=[
                    {
                        "kind": "custom",
                        "key": "Bought",
                        "contextKeys": {"user": "ann", "unauthenticatedUser": "anon-1"},
                        "creationDate": 1787220000123,
                        "data": {"revenue": "9.5", "value": 1},
                        "metricValue": 9.5,
                    }
                ],
            ),
        )
    ]


def test_the_kind_of_context_and_more_keys_can_be_chosen():
    more = {"org": "acme", "n": 5, "account": "other", "none": None}
    mapping = {"context_kind": "account", "additional_context_keys": more}

    [event] = request_for("launchdarkly", "trackEvent", BOUGHT, mapping, **ID).json

    assert event["contextKeys"] == {"org": "acme", "n": "5", "account": "ann"}


def test_an_event_without_time_happens_now():
    event = {**BOUGHT, "timestamp": None, "properties": None}

    [sent] = request_for("launchdarkly", "trackEvent", event, **ID).json

    assert sent["creationDate"] == 1787227200000
    assert sent["data"] == {}


@pytest.mark.parametrize(
    ("event", "previous"),
    [
        ({"type": "identify", "anonymousId": "anon-1"}, "anon-1"),
        ({"type": "alias", "previousId": "old"}, "old"),
    ],
)
def test_identify_and_alias_join_two_keys(event, previous):
    event = {**event, "userId": "ann", "timestamp": "2026-08-20T10:00:00Z"}

    [(action, request)] = default_requests_for("launchdarkly", event, **ID)

    assert action == "aliasUser"
    assert request.json == [
        {
            "kind": "alias",
            "key": "ann",
            "contextKind": "user",
            "previousKey": previous,
            "previousContextKind": "anonymousUser",
            "creationDate": 1787220000000,
        }
    ]


def test_another_host_can_take_the_events():
    settings = {**ID, "events_host_name": "relay.example.com"}

    request = request_for("launchdarkly", "trackEvent", BOUGHT, **settings)

    assert request.url == "https://relay.example.com/events/bulk/abc"
    assert get_integration("launchdarkly").check_request(settings) is None


def test_the_check_asks_for_the_id():
    assert get_integration("launchdarkly").check_request(ID) == Request(
        "HEAD", "https://clientsdk.launchdarkly.com/sdk/goals/abc", HEADERS
    )
