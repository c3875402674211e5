import pytest

from destinations.catalog import get_integration
from destinations.errors import InvalidPayload
from destinations.integration import Request

from ..bench import default_requests_for, request_for

SETTINGS = {
    "collectorEndpoint": "https://acme.absmartly.io/v1",
    "apiKey": "key",
    "environment": "prod",
}
HEADERS = {"X-API-Key": "key", "X-Environment": "prod", "X-Agent": "segment"}
URL = "https://acme.absmartly.io/v1/context"
BOUGHT = {
    "type": "track",
    "event": "Bought",
    "userId": "ann",
    "anonymousId": "anon-1",
    "timestamp": "2026-08-20T10:00:00.123Z",
    "properties": {"price": 5},
}


def test_a_goal_is_published():
    assert default_requests_for("absmartly", BOUGHT, **SETTINGS) == [
        (
            "trackGoal",
            Request(
                "PUT",
                URL,
                HEADERS,
                json={
                    "historic": True,
                    "publishedAt": 1787220000123,
                    "units": [
                        {"type": "anonymousId", "uid": "anon-1"},
                        {"type": "userId", "uid": "ann"},
                    ],
                    "goals": [
                        {
                            "name": "Bought",
                            "achievedAt": 1787220000123,
                            "properties": {"price": 5},
                        }
                    ],
                },
            ),
        )
    ]


@pytest.mark.parametrize(("kind", "name"), [("page", "Page: Home"), ("screen", "Screen: Home")])
def test_pages_and_screens_are_goals(kind, name):
    event = {**BOUGHT, "type": kind, "event": None, "name": "Home"}

    [(action, request)] = default_requests_for("absmartly", event, **SETTINGS)

    assert (action, request.json["goals"][0]["name"]) == ("trackGoal", name)


def test_agent_and_application_are_headers():
    event = {**BOUGHT, "context": {"library": {"name": "analytics.js"}}}

    request = request_for("absmartly", "trackGoal", event, {"application": "web"}, **SETTINGS)

    assert request.headers == {
        **HEADERS,
        "X-Agent": "analytics.js",
        "X-Application": "web",
        "X-Application-Version": "0",
    }


EXPOSURE = {
    "publishedAt": 1787000010000,
    "units": [{"type": "userId", "uid": "ann"}],
    "exposures": [{"name": "exp", "exposedAt": 1787000000000}],
    "attributes": [{"name": "a", "setAt": 1786999990000}],
}
VIEWED = {**BOUGHT, "event": "Experiment Viewed", "properties": {"exposure": EXPOSURE}}


def test_the_times_of_an_exposure_are_shifted_to_that_of_the_event():
    [(action, request)] = default_requests_for("absmartly", VIEWED, **SETTINGS)

    assert action == "trackExposure"
    assert request.json == {
        "historic": True,
        "publishedAt": 1787220000123,
        "units": [{"type": "userId", "uid": "ann"}],
        "exposures": [{"name": "exp", "exposedAt": 1787219990123}],
        "attributes": [{"name": "a", "setAt": 1787219980123}],
    }


@pytest.mark.parametrize(
    "change",
    [{"units": []}, {"exposures": None}, {"goals": [{}]}, {"publishedAt": "never"}],
)
def test_what_is_no_exposure_is_refused(change):
    event = {**VIEWED, "properties": {"exposure": {**EXPOSURE, **change}}}

    with pytest.raises(InvalidPayload):
        request_for("absmartly", "trackExposure", event, **SETTINGS)


def test_a_goal_needs_somebody():
    with pytest.raises(InvalidPayload, match="units must hold an ID"):
        event = {**BOUGHT, "userId": None, "anonymousId": ""}
        request_for("absmartly", "trackGoal", event, **SETTINGS)


def test_the_credential_check_shows_the_key():
    assert get_integration("absmartly").check_request(SETTINGS) == Request(
        "GET", f"{URL}/authed", {"X-API-Key": "key", "X-Environment": "prod"}
    )
