import pytest

from destinations.catalog import get_integration
from destinations.integration import Request

from ..bench import default_requests_for, request_for

KEY = {"apiKey": "key"}
HEADERS = {"Authorization": "Token key", "X-API-Version": "2020-09-22"}
HOST = "https://analytex.userpilot.io"
TRAITS = {"plan": "pro", "createdAt": "2020-01-01T00:00:00Z"}
METADATA = {"plan": "pro", "created_at": "2020-01-01T00:00:00Z"}


@pytest.mark.parametrize(
    ("event", "action", "where", "body"),
    [
        (
            {"type": "identify", "userId": "ann", "traits": TRAITS},
            "identifyUser",
            "/v1/identify",
            {"user_id": "ann", "metadata": METADATA},
        ),
        (
            {"type": "group", "groupId": "acme", "traits": TRAITS},
            "identifyCompany",
            "/v1/companies/identify",
            {"company_id": "acme", "metadata": METADATA},
        ),
        (
            {"type": "track", "anonymousId": "a", "event": "Login", "properties": {"x": 1}},
            "trackEvent",
            "/v1/track",
            {"user_id": "a", "event_name": "Login", "metadata": {"x": 1}},
        ),
    ],
)
def test_calls_have_their_presets(event, action, where, body):
    assert default_requests_for("userpilot", event, **KEY) == [
        (action, Request("POST", HOST + where, HEADERS, json=body))
    ]


@pytest.mark.parametrize(
    ("endpoint", "url"),
    [
        ("https://find.userpilot.io/", "https://find.userpilot.io/v1/track"),
        ("nonsense", f"{HOST}/v1/track"),
        ("https://[", f"{HOST}/v1/track"),
    ],
)
def test_the_endpoint_is_used_when_it_is_a_url(endpoint, url):
    event = {"type": "track", "userId": "ann", "event": "Login"}

    assert request_for("userpilot", "trackEvent", event, endpoint=endpoint, **KEY).url == url


def test_the_credential_check_validates_the_key():
    assert get_integration("userpilot").check_request(KEY) == Request(
        "GET", f"{HOST}/v1/validate", HEADERS
    )


def test_a_person_can_be_deleted():
    assert get_integration("userpilot").delete_user("ann", KEY) == Request(
        "DELETE",
        "/v1/users",
        {"X-API-Version": "2020-09-22"},
        json={"users": ["ann"]},
    )
