import pytest

from destinations.catalog import get_integration
from destinations.integration import Request

from ..bench import default_requests_for, request_for

KEY = {"apiKey": "na1.abc"}
HEADERS = {"Authorization": "Basic na1.abc", "Integration-Source": "segment"}
SESSION = "https://app.fullstory.com/ui/org/session/12%3A34"
LOGIN = {
    "type": "track",
    "event": "Login",
    "userId": "ann/1",
    "anonymousId": "anon-1",
    "timestamp": "2026-08-20T12:00:00+02:00",
    "properties": {"The Method": "sso", "count": 2},
}
IDENTIFY = {
    "type": "identify",
    "userId": "ann",
    "anonymousId": "anon-1",
    "traits": {"email": "ann@example.com", "name": "Ann", "is admin": True},
}


def test_track_event_v2_sends_an_event_of_a_user():
    assert default_requests_for("fullstory", LOGIN, **KEY) == [
        (
            "trackEventV2",
            Request(
                "POST",
                "https://api.fullstory.com/v2/events",
                HEADERS,
                json={
                    "name": "Login",
                    "properties": {"TheMethod": "sso", "count": 2},
                    "user": {"uid": "ann/1"},
                    "timestamp": "2026-08-20T10:00:00.000Z",
                },
            ),
        )
    ]


def test_an_event_can_name_its_session():
    mapping = {"sessionUrl": SESSION, "useRecentSession": True}

    request = request_for("fullstory", "trackEventV2", {**LOGIN, "userId": None}, mapping, **KEY)

    assert request.json["session"] == {"id": "12:34", "use_most_recent": True}
    assert "user" not in request.json


def test_identify_user_v2_describes_a_user():
    [(action, request)] = default_requests_for("fullstory", IDENTIFY, **KEY)

    assert action == "identifyUserV2"
    assert request == Request(
        "POST",
        "https://api.fullstory.com/v2/users",
        HEADERS,
        json={
            "uid": "ann",
            "email": "ann@example.com",
            "display_name": "Ann",
            "properties": {
                "email": "ann@example.com",
                "name": "Ann",
                "isadmin": True,
                "segmentAnonymousId": "anon-1",
            },
        },
    )


def test_track_event_of_the_older_api_tells_types():
    mapping = {"sessionUrl": SESSION, "useRecentSession": False}

    assert request_for("fullstory", "trackEvent", LOGIN, mapping, **KEY) == Request(
        "POST",
        "https://api.fullstory.com/users/v1/individual/ann%2F1/customevent",
        HEADERS,
        query={"integration": "segment"},
        json={
            "event": {
                "event_name": "Login",
                "event_data": {"TheMethod_str": "sso", "count_real": 2},
                "timestamp": "2026-08-20T10:00:00.000Z",
                "session_url": SESSION,
            }
        },
    )


def test_identify_user_of_the_older_api_writes_names_in_camel_case():
    request = request_for("fullstory", "identifyUser", IDENTIFY, **KEY)

    assert request.url == "https://api.fullstory.com/users/v1/individual/ann/customvars"
    assert request.json == {
        "email_str": "ann@example.com",
        "name_str": "Ann",
        "isAdmin_bool": True,
        "segmentAnonymousId_str": "anon-1",
        "email": "ann@example.com",
        "displayName": "Ann",
    }


@pytest.mark.parametrize(
    ("properties", "expected"),
    [
        ({"a": 1.5, "b": False, "c": None}, {"a_real": 1.5, "b_bool": False, "c": None}),
        ({"a": ["x"], "b": [1], "c": []}, {"a_strs": ["x"], "b_reals": [1], "c_strs": []}),
        ({"a": [{"b c": 1}]}, {"a_objs": [{"b c": 1}]}),
        ({"a": {"b c": 1}}, {"a": {"bc_real": 1}}),
        ({"a": [1, "x"]}, {"a": {"0_real": 1, "1_str": "x"}}),
        ({"age_int": 5, "my_x": 5, "ü-n_str": "x"}, {"age_int": 5, "my_x_real": 5, "n_str": "x"}),
    ],
)
def test_types_are_told_by_the_ending_of_a_name(properties, expected):
    request = request_for("fullstory", "trackEvent", {**LOGIN, "properties": properties}, **KEY)

    assert request.json["event"]["event_data"] == expected


def test_the_newer_api_is_sent_lists_of_one_type_as_they_are():
    mixed = {"a b": [1, {"c d": "x"}], "e f": [1, 2], "g": [{"h i": 1}]}

    request = request_for("fullstory", "trackEventV2", {**LOGIN, "properties": mixed}, **KEY)

    assert request.json["properties"] == {
        "ab": {"0": 1, "1": {"cd": "x"}},
        "ef": [1, 2],
        "g": [{"h i": 1}],
    }


def test_names_are_changed_to_a_depth_of_five():
    deep = {"a-": {"b-": {"c-": {"d-": {"e-": {"f-": 1}}}}}}

    request = request_for("fullstory", "trackEventV2", {**LOGIN, "properties": deep}, **KEY)

    assert request.json["properties"] == {"a": {"b": {"c": {"d": {"e": {"f-": 1}}}}}}


def test_below_that_depth_a_list_of_mixed_types_stays_one():
    deep = {"a": {"b": {"c": {"d": {"e": [1, "x"]}}}}}

    request = request_for("fullstory", "trackEventV2", {**LOGIN, "properties": deep}, **KEY)

    assert request.json["properties"] == deep


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("first_name", "firstName_str"),
        ("HTTPServer 2", "httpServer2_str"),
        ("Prénom", "prenom_str"),
        ("home_address_str", "homeAddress_str"),
    ],
)
def test_camel_case(name, expected):
    event = {**IDENTIFY, "anonymousId": None, "traits": {name: "x"}}

    assert request_for("fullstory", "identifyUser", event, **KEY).json == {expected: "x"}


def test_the_credential_check_asks_who_we_are():
    assert get_integration("fullstory").check_request(KEY) == Request(
        "GET", "https://api.fullstory.com/me", HEADERS
    )


def test_a_person_can_be_deleted():
    request = get_integration("fullstory").delete_user("ann", KEY)

    assert (request.method, request.url, request.query) == ("DELETE", "/v2/users", {"uid": "ann"})
