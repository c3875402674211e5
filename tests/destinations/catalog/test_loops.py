from destinations.catalog import get_integration
from destinations.integration import Request

from ..bench import default_requests_for, request_for

KEY = {"apiKey": "key"}
URL = "https://app.loops.so/api/v1"
AUTH = {"Authorization": "Bearer key"}
IDENTIFY = {
    "type": "identify",
    "userId": "ann",
    "traits": {"email": "ann@example.com", "firstName": "Ann", "plan": "pro"},
}


def test_identify_updates_the_contact_with_all_traits():
    assert default_requests_for("loops", IDENTIFY, **KEY) == [
        (
            "createOrUpdateContact",
            Request(
                "PUT",
                f"{URL}/contacts/update",
                AUTH,
                json={
                    "email": "ann@example.com",
                    "firstName": "Ann",
                    "plan": "pro",
                    "source": "Segment",
                    "userId": "ann",
                    "mailingLists": {},
                },
            ),
        )
    ]


def test_mailing_lists_are_joined_and_left():
    lists = {"a": "true", "b": "false", "c": True, "d": "maybe", "e": 1}
    event = {**IDENTIFY, "traits": {"mailingLists": lists}}

    request = request_for("loops", "createOrUpdateContact", event, **KEY)

    assert request.json["mailingLists"] == {"a": True, "b": False, "c": True}


def test_the_mapping_names_mailing_lists_before_the_traits():
    event = {**IDENTIFY, "traits": {"mailingLists": {"a": True}}}

    request = request_for(
        "loops", "createOrUpdateContact", event, {"mailingLists": {"b": "false"}}, **KEY
    )

    assert request.json["mailingLists"] == {"b": False}


def test_the_credentials_are_checked():
    assert get_integration("loops").check_request(KEY) == Request("GET", f"{URL}/api-key", AUTH)


def test_track_sends_the_event():
    event = {
        "type": "track",
        "event": "Login",
        "userId": "ann",
        "properties": {"plan": "pro"},
        "context": {"traits": {"email": "ann@example.com"}},
    }

    assert request_for(
        "loops", "sendEvent", event, {"contactProperties": {"vip": True}}, **KEY
    ) == (
        Request(
            "POST",
            f"{URL}/events/send",
            AUTH,
            json={
                "email": "ann@example.com",
                "eventName": "Login",
                "userId": "ann",
                "eventProperties": {"plan": "pro"},
                "vip": True,
            },
        )
    )


def test_a_person_can_be_forgotten():
    request = get_integration("loops").delete_user("ann", KEY)

    assert request == Request("POST", "/contacts/delete", json={"userId": ["ann"]})
