import pytest

from destinations.catalog import get_integration
from destinations.errors import InvalidPayload
from destinations.integration import Request

from ..bench import default_requests_for, request_for

KEY = {"apiKey": "key"}
URL = "https://ingest.encharge.io/v1"
HEADERS = {"X-Encharge-Token": "key", "X-Segment-Actions": "1"}
WHO = {"userId": "ann", "segmentAnonymousId": "anon-1", "email": "ann@example.com"}
LOGIN = {
    "type": "track",
    "event": "Login",
    "messageId": "m-1",
    "userId": "ann",
    "anonymousId": "anon-1",
    "timestamp": "2026-08-20T10:00:00.123Z",
    "properties": {"plan": "pro"},
    "context": {
        "ip": "192.0.2.1",
        "traits": {"email": "ann@example.com", "vip": True},
        "page": {"url": "https://a.b/c"},
    },
}
WHEN = {"timestamp": "2026-08-20T10:00:00.123Z", "messageId": "m-1"}
CONTEXT = {
    "ip": "192.0.2.1",
    "campaign": {},
    "page": {"url": "https://a.b/c"},
    "location": {},
}


def test_track_sends_the_event_its_context_and_its_user():
    assert default_requests_for("encharge", LOGIN, **KEY) == [
        (
            "trackEvent",
            Request(
                "POST",
                URL,
                HEADERS,
                json={
                    "event": "Login",
                    "properties": {"plan": "pro"},
                    "type": "track",
                    "userFields": {"email": "ann@example.com", "vip": True},
                    **WHO,
                    **WHEN,
                    "context": CONTEXT,
                    "user": {**WHO, "vip": True},
                },
            ),
        )
    ]


def test_identify_sends_the_traits_of_the_user():
    event = {**LOGIN, "type": "identify", "traits": {"email": "ann@example.org", "plan": "pro"}}

    [(action, request)] = default_requests_for("encharge", event, **KEY)

    who = {**WHO, "email": "ann@example.org"}
    assert (action, request.json) == (
        "identifyUser",
        {
            "type": "identify",
            **who,
            **WHEN,
            "context": CONTEXT,
            "user": {**who, "plan": "pro"},
        },
    )


def test_page_views_have_no_name():
    [(action, request)] = default_requests_for("encharge", {**LOGIN, "type": "page"}, **KEY)

    assert (action, request.json["type"], "event" in request.json) == (
        "trackPageView",
        "page",
        False,
    )


def test_alias_sends_both_ids():
    event = {"type": "alias", "userId": "ann", "previousId": "a-1", "messageId": "m-1"}

    [(action, request)] = default_requests_for("encharge", event, **KEY)

    assert (action, request.url, request.json) == (
        "aliasUser",
        URL,
        {"userId": "ann", "previousUserId": "a-1", "messageId": "m-1", "type": "alias"},
    )


def test_a_group_is_a_company():
    event = {"type": "group", "userId": "ann", "groupId": "acme", "traits": {"name": "Acme"}}

    [(action, request)] = default_requests_for("encharge", event, **KEY)

    assert (action, request.url, request.json) == (
        "createUpdateObject",
        URL,
        {
            "type": "group",
            "objectType": "company",
            "properties": {"name": "Acme", "externalId": "acme"},
            "user": {"userId": "ann"},
        },
    )


def test_an_id_among_the_traits_is_not_the_objects():
    event = {"type": "group", "groupId": "acme", "traits": {"id": "x", "externalId": "y"}}

    request = request_for("encharge", "createUpdateObject", event, **KEY)

    assert request.json["properties"] == {"externalId": "acme"}


@pytest.mark.parametrize(("action", "method"), [("addTag", "POST"), ("removeTag", "DELETE")])
def test_users_are_tagged_and_untagged(action, method):
    event = {"userId": "ann", "traits": {"tag": "vip"}}

    assert request_for("encharge", action, event, **KEY) == Request(
        method, "https://api.encharge.io/v1/tags", HEADERS, json={"tag": "vip", "userId": "ann"}
    )


def test_a_tag_needs_somebody_to_wear_it():
    with pytest.raises(InvalidPayload, match="email is needed"):
        request_for("encharge", "addTag", {"traits": {"tag": "vip"}}, **KEY)


def test_a_person_can_be_forgotten():
    assert get_integration("encharge").delete_user("ann", KEY) == Request(
        "DELETE", "/v1/people", query={"people[0][userId]": "ann"}
    )


def test_the_credentials_are_checked():
    assert get_integration("encharge").check_request(KEY) == Request(
        "GET", "https://api.encharge.io/v1/accounts/info", HEADERS
    )
