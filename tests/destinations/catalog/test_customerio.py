import pytest

from destinations.catalog import get_integration
from destinations.errors import Rejected
from destinations.integration import Request

from ..bench import (
    Response,
    conversation,
    default_requests_for,
    request_for,
    translator_for,
)

KEYS = {"siteId": "site", "apiKey": "key"}
# printf site:key | base64
AUTH = {"Authorization": "Basic c2l0ZTprZXk="}
URL = "https://track.customer.io/api/v2"
SINGLE = {"enable_batching": False}
ALL = {
    "userId": "ann",
    "anonymousId": "anon-1",
    "messageId": "m-1",
    "timestamp": "2026-08-20T10:00:00.123Z",
}
LOGIN = {"type": "track", "event": "Login", **ALL, "properties": {"at": "2026-08-20T10:00:00Z"}}
IDENTIFY = {
    "type": "identify",
    **ALL,
    "traits": {"email": "ann@example.com", "createdAt": "2026-08-01T00:00:00Z", "plan": "pro"},
}
PHONE = {**LOGIN, "context": {"device": {"token": "t-1", "type": "ios"}, "app": {"version": "2"}}}


def operation(action, event, mapping=None, **settings):
    """The operation that one event becomes."""
    mapping = {**SINGLE, **(mapping or {})}
    request = request_for("customerio", action, event, mapping, **KEYS, **settings)
    assert request.url == f"{URL}/entity"
    return request.json


def test_create_update_person_identifies_a_person():
    assert request_for("customerio", "createUpdatePerson", IDENTIFY, SINGLE, **KEYS) == Request(
        "POST",
        f"{URL}/entity",
        AUTH,
        json={
            "type": "person",
            "action": "identify",
            "identifiers": {"id": "ann"},
            "timestamp": 1787220000,
            "attributes": {
                "plan": "pro",
                "created_at": 1785542400,
                "email": "ann@example.com",
                "anonymous_id": "anon-1",
            },
        },
    )


def test_a_group_among_the_traits_is_a_relationship():
    traits = {"objectId": "acme", "relationshipAttributes": {"role": "owner"}}

    assert operation("createUpdatePerson", {**IDENTIFY, "traits": traits})["cio_relationships"] == [
        {
            "identifiers": {"object_type_id": "1", "object_id": "acme"},
            "relationship_attributes": {"role": "owner"},
        }
    ]


@pytest.mark.parametrize(
    ("event", "identifiers"),
    [
        ({"userId": "cio_42"}, {"cio_id": "42"}),
        ({"userId": "ann@example.com"}, {"email": "ann@example.com"}),
        ({"userId": "ann"}, {"id": "ann"}),
        ({"traits": {"email": "ann@example.com"}}, {"email": "ann@example.com"}),
        ({"anonymousId": "anon-1"}, {"anonymous_id": "anon-1"}),
    ],
)
def test_a_person_is_known_by_the_first_id_that_fits(event, identifiers):
    assert operation("createUpdatePerson", event)["identifiers"] == identifiers


@pytest.mark.parametrize("odd", ["ann lee@example.com", "ann@localhost", "ann@-x.com "])
def test_what_only_looks_like_an_address_is_an_id(odd):
    assert operation("createUpdatePerson", {"userId": odd})["identifiers"] == {"id": odd}


def test_traits_that_have_fields_of_their_own_are_no_attributes():
    traits = {
        "objectId": "acme",
        "objectTypeId": "2",
        "object_type_id": "2",
        "relationshipAttributes": {"since": "2026-08-01"},
        "createdAt": "last spring",
        "created_at": "last spring",
    }

    found = operation("createUpdatePerson", {**IDENTIFY, "traits": traits})

    assert found["attributes"] == {
        "objectId": "acme",
        "created_at": "last spring",
        "anonymous_id": "anon-1",
    }
    assert found["cio_relationships"] == [
        {
            "identifiers": {"object_type_id": "2", "object_id": "acme"},
            "relationship_attributes": {"since": "2026-08-01"},
        }
    ]


def test_who_is_nobody_has_no_identifiers():
    assert operation("trackEvent", {"type": "track", "event": "Login"}) == {
        "type": "person",
        "action": "event",
        "name": "Login",
    }


def test_dates_become_seconds_and_what_lies_in_lists_does_not():
    properties = {
        "born": "1990-05-17",
        "deep": {"at": "2026-08-20T12:00:00+0200"},
        "list": ["2026-08-20T10:00:00Z"],
        "number": "20260820",
    }

    found = operation("trackEvent", {**LOGIN, "properties": properties})

    assert found["attributes"] == {
        "born": 642902400,
        "deep": {"at": 1787220000},
        "list": ["2026-08-20T10:00:00Z"],
        "number": "20260820",
        "anonymous_id": "anon-1",
    }


def test_a_time_in_seconds_stays_as_it_is():
    assert operation("trackEvent", LOGIN, {"timestamp": "1787220000.5"})["timestamp"] == (
        "1787220000.5"
    )


def test_track_event_sends_the_event_once_whatever_happens():
    assert operation("trackEvent", LOGIN) == {
        "type": "person",
        "action": "event",
        "identifiers": {"id": "ann"},
        "name": "Login",
        "id": "m-1",
        "timestamp": 1787220000,
        "attributes": {"at": 1787220000, "anonymous_id": "anon-1"},
    }


def test_moments_among_the_attributes_may_stay_as_they_are():
    found = operation("trackEvent", LOGIN, {"convert_timestamp": False})

    assert found["attributes"]["at"] == "2026-08-20T10:00:00Z"


@pytest.mark.parametrize(
    ("event", "action", "name"),
    [
        ({"type": "page", "properties": {"url": "https://a.b/c"}}, "page", "https://a.b/c"),
        ({"type": "screen", "name": "Home"}, "screen", "Home"),
    ],
)
def test_pages_and_screens_are_views_of_their_own_kind(event, action, name):
    [(_, request)] = default_requests_for("customerio", {**ALL, **event}, **KEYS)

    [found] = request.json["batch"]
    assert (found["action"], found["name"], found["id"]) == (action, name, "m-1")


def test_a_device_is_added_to_its_person():
    assert operation("createUpdateDevice", PHONE) == {
        "type": "person",
        "action": "add_device",
        "identifiers": {"id": "ann"},
        "device": {
            "token": "t-1",
            "platform": "ios",
            "last_used": 1787220000,
            "attributes": {"at": 1787220000, "app_version": "2"},
        },
    }


def test_a_device_is_deleted():
    assert operation("deleteDevice", PHONE) == {
        "type": "person",
        "action": "delete_device",
        "identifiers": {"id": "ann"},
        "device": {"token": "t-1"},
    }


@pytest.mark.parametrize(
    ("action", "verb"),
    [
        ("deletePerson", "delete"),
        ("suppressPerson", "suppress"),
        ("unsuppressPerson", "unsuppress"),
    ],
)
def test_people_are_deleted_suppressed_and_let_free_again(action, verb):
    assert operation(action, LOGIN) == {
        "type": "person",
        "action": verb,
        "identifiers": {"id": "ann"},
    }


OBJECT = {"object_type_id": "2", "object_id": "acme"}
ABOUT = {**LOGIN, "properties": {"objectId": "acme", "objectTypeId": "2"}}


def test_an_object_is_deleted():
    assert operation("deleteObject", ABOUT) == {
        "type": "object",
        "action": "delete",
        "identifiers": OBJECT,
    }


def test_a_relationship_is_deleted():
    assert operation("deleteRelationship", ABOUT) == {
        "type": "object",
        "action": "delete_relationships",
        "identifiers": OBJECT,
        "cio_relationships": [{"identifiers": {"id": "ann"}}],
        "attributes": {"anonymous_id": "anon-1"},
    }


GROUP = {
    "type": "group",
    **ALL,
    "groupId": "acme",
    "traits": {"objectAttributes": {"name": "Acme"}, "created_at": "2026-08-01T00:00:00Z"},
}


def test_a_group_is_an_object_and_its_members_relationship():
    assert operation("createUpdateObject", GROUP) == {
        "type": "object",
        "action": "identify",
        "identifiers": {"object_type_id": "1", "object_id": "acme"},
        "created_at": 1785542400,
        "attributes": {"name": "Acme", "anonymous_id": "anon-1"},
        "cio_relationships": [{"identifiers": {"id": "ann"}}],
    }


def test_groups_of_anonymous_people_have_a_request_of_their_own():
    translator = translator_for("customerio", "createUpdateObject", **KEYS)
    events = [GROUP, {**GROUP, "userId": None}]

    requests = conversation(translator, [translator.payload(event) for event in events])

    sent = [operation for request in requests for operation in request.json["batch"]]
    assert len(requests) == 2
    assert [operation["action"] for operation in sent] == ["identify", "identify_anonymous"]
    assert sent[1]["cio_relationships"] == [{"identifiers": {"anonymous_id": "anon-1"}}]


def test_an_alias_merges_two_people():
    event = {"type": "alias", "userId": "ann", "previousId": "ann@example.com"}

    assert operation("mergePeople", event) == {
        "type": "person",
        "action": "merge",
        "primary": {"id": "ann"},
        "secondary": {"email": "ann@example.com"},
    }


def test_content_events_are_named_by_what_was_done():
    event = {**LOGIN, "properties": {"actionType": "viewed_content"}}

    assert operation("reportContentEvent", event) == {
        "type": "person",
        "action": "viewed_content",
        "identifiers": {"anonymous_id": "anon-1"},
        "name": "viewed_content",
        "timestamp": 1787220000,
        "attributes": {},
    }


def test_delivery_events_go_to_the_metrics():
    properties = {"deliveryId": "d-1", "metric": "clicked", "actionName": "buy"}
    event = {**LOGIN, "event": "Report Delivery Event", "properties": properties}

    [(action, request)] = default_requests_for("customerio", event, **KEYS)

    assert (action, request.url, request.json) == (
        "reportDeliveryEvent",
        "https://track.customer.io/api/v1/metrics",
        {
            "delivery_id": "d-1",
            "metric": "clicked",
            "timestamp": 1787220000,
            "metadata": {"action_name": "buy"},
        },
    )


def test_a_delivery_event_without_a_time_happened_now():
    properties = {"deliveryId": "d-1", "metric": "opened"}
    event = {"type": "track", "event": "Report Delivery Event", "properties": properties}

    request = request_for("customerio", "reportDeliveryEvent", event, **KEYS)

    assert request.json == {"delivery_id": "d-1", "metric": "opened", "timestamp": 1787227200}


def test_the_time_of_a_device_may_stay_as_it_is():
    found = operation("createUpdateDevice", PHONE, {"convert_timestamp": False})

    assert found["device"]["last_used"] == "2026-08-20T10:00:00.123Z"


def test_a_batch_is_one_request():
    translator = translator_for("customerio", "trackEvent", **KEYS)
    payload = translator.payload(LOGIN)

    [request] = conversation(translator, [payload, payload])

    assert request.url == f"{URL}/batch"
    assert [operation["name"] for operation in request.json["batch"]] == ["Login", "Login"]
    assert translator.batch.size == 50


def test_what_a_batch_leaves_out_is_rejected_alone():
    translator = translator_for("customerio", "trackEvent", **KEYS)
    body = b'{"errors":[{"batch_index":1,"reason":"invalid","message":"no name"}]}'

    assert translator.outcomes(Response(207, body=body), [{}, {}]) == [
        None,
        Rejected("Customer.io refused this: no name", status=400),
    ]


def test_europe_has_its_own_host():
    request = request_for("customerio", "trackEvent", LOGIN, accountRegion="EU 🇪🇺", **KEYS)

    assert request.url == "https://track-eu.customer.io/api/v2/batch"


@pytest.mark.parametrize(
    ("event", "action"),
    [
        (LOGIN, "trackEvent"),
        (IDENTIFY, "createUpdatePerson"),
        ({**PHONE, "event": "Application Opened"}, "createUpdateDevice"),
        ({**LOGIN, "event": "User Deleted"}, "deletePerson"),
        (GROUP, "createUpdateObject"),
    ],
)
def test_presets_choose_the_action(event, action):
    assert [name for name, _ in default_requests_for("customerio", event, **KEYS)] == [action]


def test_the_credentials_of_both_regions_are_checked_in_one_place():
    request = get_integration("customerio").check_request({**KEYS, "accountRegion": "EU 🇪🇺"})

    assert request == Request("GET", "https://track.customer.io/auth", AUTH)
