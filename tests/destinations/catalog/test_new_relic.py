import pytest

from destinations.errors import Rejected
from destinations.integration import Request

from ..bench import Response, default_requests_for, request_for, translator_for

SLUG = "new-relic"
KEYS = {"accountId": "7", "insertKey": "key"}
LOGIN = {
    "type": "track",
    "event": "Login",
    "userId": "ann",
    "anonymousId": "anon-1",
    "timestamp": "2026-08-20T10:00:00.123Z",
    "context": {"device": {"type": "ios", "deep": {}}},
    "properties": {"method": "sso", "count": 2},
}


def sent(properties=None, **settings):
    event = LOGIN if properties is None else {**LOGIN, "properties": properties}
    [one] = request_for(SLUG, "track", event, **KEYS, **settings).json
    return one


def test_an_event_is_stored():
    assert default_requests_for(SLUG, LOGIN, **KEYS) == [
        (
            "track",
            Request(
                "POST",
                "https://insights-collector.newrelic.com/v1/accounts/7/events",
                {"X-Insert-Key": "key"},
                json=[
                    {
                        "eventType": "Segment",
                        "method": "sso",
                        "count": 2,
                        "timestamp": 1787220000123,
                    }
                ],
            ),
        )
    ]


@pytest.mark.parametrize(
    ("properties", "expected"),
    [
        ({"on": True}, {"on": "true"}),
        ({"limit": 5, "From": "x"}, {"`limit`": 5, "`From`": "x"}),
        ({"accountId": 1, "eventType": "x", "timestamp": 5, "a": 1}, {"a": 1}),
        ({"list": [1], "deep": {"x": 1}, "none": None}, {}),
    ],
)
def test_properties_become_what_can_be_queried(properties, expected):
    found = {"eventType": "Segment", **expected, "timestamp": 1787220000123}

    assert sent(properties) == found


@pytest.mark.parametrize(
    ("settings", "kind"),
    [
        ({"events": {"Login": "Auth"}}, "Auth"),
        ({"events": {"Other": "x"}, "defaultEventType": "Mine"}, "Mine"),
    ],
)
def test_settings_choose_the_type_of_an_event(settings, kind):
    assert sent(**settings)["eventType"] == kind


def test_ids_and_the_device_are_sent_when_wanted():
    one = sent({}, sendIds=True, sendContext=True)

    assert one == {
        "eventType": "Segment",
        "userId": "ann",
        "anonymousId": "anon-1",
        "device.type": "ios",
        "timestamp": 1787220000123,
    }


def test_europe_has_its_own_host():
    request = request_for(SLUG, "track", LOGIN, region="EU", **KEYS)

    assert request.url == "https://insights-collector.eu01.nr-data.net/v1/accounts/7/events"


def test_an_answer_can_be_200_and_mean_no():
    translator = translator_for(SLUG, "track", **KEYS)

    assert translator.outcomes(Response(200, body=b'{"success":true}'), [{}]) == [None]
    assert translator.outcomes(Response(200, body=b'{"success":false}'), [{}]) == [
        Rejected("New Relic did not take the event", status=400)
    ]
