from destinations.catalog import get_integration
from destinations.integration import Request

from ..bench import default_requests_for, request_for

KEYS = {"api_id": "app", "api_key": "key"}
# printf app:key | base64
AUTH = {"Authorization": "Basic YXBwOmtleQ=="}
URL = "https://api-01.moengage.com/v1/integrations/segment"
LOGIN = {
    "type": "track",
    "event": "Login",
    "userId": "ann",
    "anonymousId": "anon-1",
    "timestamp": "2026-08-20T10:00:00.123Z",
    "properties": {"plan": "pro"},
    "context": {"app": {"version": "2"}, "os": {"name": "iOS"}, "library": {"version": "4.0"}},
}
CONTEXT = {"app": {"version": "2"}, "os": {"name": "iOS"}, "library": {"version": "4.0"}}


def test_track_sends_the_event():
    assert default_requests_for("moengage", LOGIN, **KEYS) == [
        (
            "trackEvent",
            Request(
                "POST",
                URL,
                AUTH,
                query={"appId": "app"},
                json={
                    "type": "track",
                    "user_id": "ann",
                    "anonymous_id": "anon-1",
                    "event": "Login",
                    "context": CONTEXT,
                    "properties": {"plan": "pro"},
                    "timestamp": "2026-08-20T10:00:00.123Z",
                    "update_existing_only": False,
                },
            ),
        )
    ]


def test_the_project_stands_among_the_properties():
    request = request_for("moengage", "trackEvent", LOGIN, {"project_name": "shop"}, **KEYS)

    assert request.json["properties"] == {"plan": "pro", "moe_project_name": "shop"}


def test_identify_sends_the_traits():
    event = {"type": "identify", "userId": "ann", "anonymousId": None, "traits": {"plan": "pro"}}

    request = request_for("moengage", "identifyUser", event, **KEYS)

    assert request.json == {
        "type": "identify",
        "user_id": "ann",
        "anonymous_id": None,
        "context": {"app": {}, "os": {}, "library": {}},
        "traits": {"plan": "pro"},
        "update_existing_only": False,
    }


def test_each_region_has_its_own_host():
    request = request_for("moengage", "trackEvent", LOGIN, region="DC_03", **KEYS)

    assert request.url == "https://api-03.moengage.com/v1/integrations/segment"


def test_the_credentials_are_checked():
    assert get_integration("moengage").check_request(KEYS) == Request(
        "GET", f"{URL}/auth", AUTH, query={"appId": "app"}
    )
