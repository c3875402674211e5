import json

import pytest

from destinations.catalog import get_integration
from destinations.errors import InvalidPayload
from destinations.integration import Request

from ..bench import (
    Response,
    conversation,
    default_requests_for,
    request_for,
    requests_for,
    translator_for,
)

KEYS = {"access_token": "token", "app_key": "app"}
URL = "https://go.urbanairship.com/api"
HEADERS = {
    "Authorization": "Bearer token",
    "X-UA-Appkey": "app",
    "Accept": "application/vnd.urbanairship+json; version=3",
    "User-Agent": "PartnerIntegrations/Switchyard (app)",
}
LOGIN = {
    "type": "track",
    "event": "Logged In",
    "userId": "ann",
    "timestamp": "2026-08-20T12:00:00.123+02:00",
    "properties": {"plan": "pro"},
}
EVENT = {
    "occurred": "2026-08-20T10:00:00",
    "user": {"named_user_id": "ann"},
    "body": {
        "name": "logged in",
        "interaction_type": "cdp",
        "properties": {"plan": "pro", "source": "Segment"},
    },
}


def answers(*bodies):
    return [Response(200, body=json.dumps(body).encode()) for body in bodies]


def test_track_sends_a_custom_event():
    assert default_requests_for("airship", LOGIN, **KEYS) == [
        ("customEvents", Request("POST", f"{URL}/custom-events", HEADERS, json=[EVENT]))
    ]


def test_a_batch_is_a_longer_list():
    translator = translator_for("airship", "customEvents", {"enable_batching": True}, **KEYS)
    payload = translator.payload(LOGIN)

    [request] = conversation(translator, [payload, payload])

    assert request.json == [EVENT, EVENT]


@pytest.mark.parametrize(
    ("kind", "name"), [("ios", "ios_channel"), ("Android", "android_channel"), ("tv", "channel")]
)
def test_a_channel_goes_by_the_name_of_its_kind(kind, name):
    mapping = {"channel_id": "c-1", "channel_type": kind}

    [event] = request_for("airship", "customEvents", LOGIN, mapping, **KEYS).json

    assert event["user"] == {name: "c-1"}


def test_what_is_too_old_has_no_moment():
    event = {**LOGIN, "timestamp": "2026-05-01T10:00:00Z"}

    assert request_for("airship", "customEvents", event, **KEYS).json[0]["occurred"] is False


def test_somebody_is_needed():
    with pytest.raises(InvalidPayload, match="named_user_id is required here"):
        request_for("airship", "customEvents", {**LOGIN, "userId": None}, **KEYS)


def test_a_channel_without_a_name_is_none():
    event = {**LOGIN, "userId": None}

    with pytest.raises(InvalidPayload, match="or a channel_id"):
        request_for("airship", "customEvents", event, {"channel_id": [""]}, **KEYS)


def test_identify_sets_attributes():
    traits = {"first_name": "Ann", "phone": "+1 555 0100", "birthday": "1990-05-01", "title": ""}
    event = {**LOGIN, "type": "identify", "traits": traits}

    [(action, request)] = default_requests_for("airship", event, **KEYS)

    at = {"timestamp": "2026-08-20T10:00:00"}
    assert (action, request.url, request.json) == (
        "setAttributes",
        f"{URL}/channels/attributes",
        {
            "attributes": [
                {"action": "remove", "key": "title", **at},
                {"action": "set", "key": "first_name", "value": "Ann", **at},
                {"action": "set", "key": "birthdate", "value": "1990-05-01T00:00:00", **at},
                {"action": "set", "key": "mobile_phone", "value": 15550100, **at},
            ],
            "audience": {"named_user_id": "ann"},
        },
    )


def test_attributes_of_ones_own_may_be_objects_or_dates_or_go():
    attributes = {
        "home": {"city": "Rome"},
        "since": "2026-08-20T10:00:00Z",
        "n": "15550100",
        "x": None,
    }

    request = request_for("airship", "setAttributes", LOGIN, {"attributes": attributes}, **KEYS)

    found = [(one["action"], one["key"], one.get("value")) for one in request.json["attributes"]]
    assert found == [
        ("set", "home#default", {"city": "Rome"}),
        ("set", "since", "2026-08-20T10:00:00"),
        ("set", "n", "15550100"),
        ("remove", "x", None),
    ]


TAGGED = {**LOGIN, "traits": {"airship_tags": {"vip": True, "new": False, "odd": "yes"}}}


def test_tags_are_added_and_removed():
    request = request_for("airship", "manageTags", TAGGED, **KEYS)

    assert (request.url, request.json) == (
        f"{URL}/named_users/tags",
        {
            "audience": {"named_user_id": "ann"},
            "add": {"segment-integration": ["vip"]},
            "remove": {"segment-integration": ["new"]},
        },
    )


def test_tags_of_a_channel_have_their_own_place():
    request = request_for("airship", "manageTags", TAGGED, {"channel_id": "c-1"}, **KEYS)

    assert request.url == f"{URL}/channels/tags"


def test_without_tags_nothing_is_sent():
    assert requests_for("airship", "manageTags", LOGIN, **KEYS) == []


REGISTERED = {
    **LOGIN,
    "event": "Address Registered",
    "properties": {"address": "ann@example.com", "commercial_opted_in": "2026-08-20T10:00:00Z"},
    "context": {"locale": "en-US", "timezone": "Europe/Rome"},
}
LOCALE = {"locale_language": "en", "locale_country": "US", "timezone": "Europe/Rome"}


def register(event, mapping, *bodies):
    return requests_for(
        "airship", "registerAndAssociate", event, mapping, answers=answers(*bodies), **KEYS
    )


def test_an_address_is_registered_and_associated_with_its_user():
    requests = register(REGISTERED, {}, {"channel_id": "c-1"})

    assert [(request.url, request.json) for request in requests] == [
        (
            f"{URL}/channels/email",
            {
                "channel": {
                    "type": "email",
                    "address": "ann@example.com",
                    "commercial_opted_in": "2026-08-20T10:00:00",
                    **LOCALE,
                }
            },
        ),
        (
            f"{URL}/named_users/associate",
            {"channel_id": "c-1", "device_type": "email", "named_user_id": "ann"},
        ),
    ]


@pytest.mark.parametrize("locale", ["en", "zh-Hant-TW", "en_US"])
def test_a_locale_of_other_than_two_parts_is_left_out(locale):
    event = {**REGISTERED, "context": {"locale": locale}}

    [registered, _] = register(event, {}, {"channel_id": "c-1"})

    assert registered.json["channel"] == {
        "type": "email",
        "address": "ann@example.com",
        "commercial_opted_in": "2026-08-20T10:00:00",
    }


def test_double_opt_in_is_told():
    [registered, _] = register(REGISTERED, {"opt_in_choices": "double"}, {"channel_id": "c-1"})

    assert registered.json["opt_in_mode"] == "double"


def test_a_new_address_replaces_the_old_one():
    properties = {"address": "ann@example.com", "new_email": "ann@example.org"}
    event = {**REGISTERED, "properties": properties}

    requests = register(event, {}, {"channel": {"channel_id": "c-1"}}, {"channel_id": "c-2"})

    assert [(request.method, request.url) for request in requests] == [
        ("GET", f"{URL}/channels/email/ann%40example.com"),
        ("POST", f"{URL}/channels/email/replace/c-1"),
        ("POST", f"{URL}/named_users/associate"),
    ]
    assert requests[1].json["channel"]["address"] == "ann@example.org"
    assert requests[2].json["channel_id"] == "c-2"


def test_telephones_are_registered_for_sms():
    mapping = {"channel_type": "sms", "sms_sender": "12345"}
    event = {**REGISTERED, "properties": {"address": "15550100"}}

    [registered, associated] = register(event, mapping, {"channel_id": "c-1"})

    assert (registered.url, registered.json) == (
        f"{URL}/channels/sms",
        {"msisdn": "15550100", "sender": "12345", **LOCALE},
    )
    assert associated.json["device_type"] == "sms"


def test_europe_has_its_own_host():
    request = request_for("airship", "customEvents", LOGIN, endpoint="EU", **KEYS)

    assert request.url == "https://go.airship.eu/api/custom-events"


def test_a_person_can_be_forgotten():
    request = get_integration("airship").delete_user("ann", KEYS)

    assert request == Request("POST", "/api/named_users/uninstall", json={"named_user_id": ["ann"]})


def test_the_credentials_are_checked_with_an_event_of_nobody():
    request = get_integration("airship").check_request(KEYS)

    assert request == Request(
        "POST",
        f"{URL}/custom-events/",
        HEADERS,
        json={
            "body": {"name": "test_segment_auth"},
            "user": {"named_user_id": "549ce761-56c9-4899-9026-816d0c3bffd1"},
        },
    )
