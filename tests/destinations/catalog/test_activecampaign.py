import json

import pytest

from destinations.catalog import get_integration
from destinations.errors import InvalidPayload, InvalidSettings, Rejected
from destinations.integration import Request

from ..bench import Response, default_requests_for, request_for, requests_for, translator_for

API = "https://acme.api-us1.com/api/3"
SETTINGS = {
    "apiKey": "token",
    "apiSecret": "https://acme.api-us1.com",
    "actid": "42",
    "key": "event-key",
}
TOKEN = {"Api-Token": "token"}
IDENTIFY = {
    "type": "identify",
    "traits": {"email": "ann@example.com", "firstName": "Ann", "lastName": "Lee"},
}
CONTACT = {"email": "ann@example.com", "firstName": "Ann", "lastName": "Lee"}
SYNCED = {"contact": {"id": "7"}}


def answers(*bodies):
    return [Response(200, body=json.dumps(body).encode()) for body in bodies]


def identify(traits, *bodies):
    event = {**IDENTIFY, "traits": {**IDENTIFY["traits"], **traits}}
    return requests_for("activecampaign", "identify", event, answers=answers(*bodies), **SETTINGS)


def test_identify_synchronises_the_contact():
    assert identify({}) == [
        Request("POST", f"{API}/contact/sync", TOKEN, json={"contact": CONTACT})
    ]


def test_other_traits_fill_the_custom_fields_of_that_name():
    fields = {"fields": [{"id": "3", "title": "Plan"}, {"id": "4", "title": "Teas"}]}

    requests = identify({"plan": "pro", "Teas": ["green", "black"], "unknown": 1}, fields, SYNCED)

    assert requests[0] == Request("GET", f"{API}/fields", TOKEN, query={"limit": 100, "offset": 0})
    assert requests[1].json["contact"]["fieldValues"] == [
        {"field": "3", "value": "pro"},
        {"field": "4", "value": "||green||black||"},
    ]


def test_a_contact_is_put_on_lists_and_taken_off_them():
    requests = identify({"lists": [{"id": 1}, {"id": 2, "status": "unsubscribed"}]}, SYNCED)

    assert [request.url for request in requests[1:]] == [f"{API}/contactLists"] * 2
    assert [request.json["contactList"] for request in requests[1:]] == [
        {"list": "1", "contact": "7", "status": 1},
        {"list": "2", "contact": "7", "status": 2},
    ]


def test_tags_are_found_or_created_and_added():
    requests = identify(
        {"tags": ["vip", "new"]},
        SYNCED,
        {"tags": [{"tag": "vip", "id": "5"}]},
        {},
        {"tags": []},
        {"tag": {"id": "6"}},
    )

    assert [(request.method, request.url) for request in requests[1:]] == [
        ("GET", f"{API}/tags"),
        ("POST", f"{API}/contactTags"),
        ("GET", f"{API}/tags"),
        ("POST", f"{API}/tags"),
        ("POST", f"{API}/contactTags"),
    ]
    assert requests[2].json == {"contactTag": {"contact": "7", "tag": "5"}}
    assert requests[4].json == {"tag": {"tag": "new", "tagType": "contact"}}
    assert requests[5].json == {"contactTag": {"contact": "7", "tag": "6"}}


def test_all_tags_can_be_taken_off_first():
    requests = identify({"tagsReset": 1}, SYNCED, {"contactTags": [{"id": "9"}]})

    assert [(request.method, request.url) for request in requests[1:]] == [
        ("GET", f"{API}/contacts/7/contactTags"),
        ("DELETE", f"{API}/contactTags/9"),
    ]


def test_a_contact_needs_a_name():
    with pytest.raises(InvalidPayload, match="lastName is required here"):
        request_for(
            "activecampaign", "identify", {"traits": {"email": "ann@example.com"}}, **SETTINGS
        )


LOGIN = {
    "type": "track",
    "event": "A name that is longer than thirty-two characters",
    "context": {"traits": {"email": "ann@example.com"}},
    "properties": {"acValue": 12},
}


def test_track_records_an_event_without_showing_the_api_key():
    assert default_requests_for("activecampaign", LOGIN, **SETTINGS) == [
        (
            "track",
            Request(
                "POST",
                "https://trackcmp.net/event",
                form={
                    "actid": "42",
                    "key": "event-key",
                    "event": "A name that is longer than thirt",
                    "eventdata": "12",
                    "visit": '{"email": "ann@example.com"}',
                },
            ),
        )
    ]


def test_an_event_may_have_no_value():
    request = request_for("activecampaign", "track", {**LOGIN, "properties": {}}, **SETTINGS)

    assert sorted(request.form) == ["actid", "event", "key", "visit"]


def test_the_credentials_are_checked():
    assert get_integration("activecampaign").check_request(SETTINGS) == Request(
        "GET", f"{API}/users/me", TOKEN
    )


def test_the_tracker_refuses_with_200():
    translator = translator_for("activecampaign", "track", **SETTINGS)
    [answer] = answers({"success": 0, "message": "Not allowed"})

    assert translator.outcomes(answer, [{}]) == [
        Rejected("ActiveCampaign refused this: Not allowed", status=400)
    ]


def test_tracking_needs_its_own_settings():
    with pytest.raises(InvalidSettings, match="actid"):
        request_for("activecampaign", "track", LOGIN, apiKey="k", apiSecret=SETTINGS["apiSecret"])


def test_page_records_a_visit():
    event = {
        **LOGIN,
        "type": "page",
        "properties": {"url": "https://a.b/c", "referrer": "https://d.e"},
    }

    [(action, request)] = default_requests_for("activecampaign", event, **SETTINGS)

    assert (action, request) == (
        "page",
        Request(
            "GET",
            "https://trackcmp.net/visit",
            query={
                "actid": "42",
                "e": "ann@example.com",
                "u": "https://a.b/c",
                "r": "https://d.e",
            },
        ),
    )
