import json

import pytest

from destinations.catalog import get_integration
from destinations.errors import InvalidPayload, Rejected, ServerFault
from destinations.integration import Request

from ..bench import (
    Response,
    conversation,
    default_requests_for,
    request_for,
    requests_for,
    translator_for,
)

KEY = {"api_key": "key"}
URL = "https://a.klaviyo.com/api"
HEADERS = {
    "Authorization": "Klaviyo-API-Key key",
    "Accept": "application/json",
    "revision": "2025-01-15",
}
SINGLE = {"enable_batching": False}
LOGIN = {
    "type": "track",
    "event": "Login",
    "messageId": "m-1",
    "userId": "ann",
    "timestamp": "2026-08-20T10:00:00.123Z",
    "properties": {"plan": "pro"},
}
IDENTIFY = {
    "type": "identify",
    "userId": "ann",
    "traits": {"email": "ann@example.com", "firstName": "Ann", "address": {"city": "Rome"}},
}
PROFILE = {
    "type": "profile",
    "attributes": {
        "email": "ann@example.com",
        "first_name": "Ann",
        "location": {"city": "Rome"},
    },
}
CREATED = Response(201, body=b'{"data":{"id":"K1"}}')
KNOWN = Response(409, body=b'{"errors":[{"meta":{"duplicate_profile_id":"K1"}}]}')


def answer(data):
    return Response(200, body=json.dumps({"data": data}).encode())


def talk(translator, events, answers):
    """The requests of a conversation in which some answers are failures."""
    return conversation(translator, [translator.payload(event) for event in events], answers)


def test_upsert_profile_creates_a_profile():
    assert requests_for("klaviyo", "upsertProfile", IDENTIFY, answers=[CREATED], **KEY) == [
        Request("POST", f"{URL}/profiles/", HEADERS, json={"data": PROFILE})
    ]


def test_upsert_profile_updates_one_that_exists_and_adds_it_to_the_list():
    requests = requests_for(
        "klaviyo", "upsertProfile", IDENTIFY, {"list_id": "L1"}, answers=[KNOWN], **KEY
    )

    assert [(request.method, request.url) for request in requests] == [
        ("POST", f"{URL}/profiles/"),
        ("PATCH", f"{URL}/profiles/K1"),
        ("POST", f"{URL}/lists/L1/relationships/profiles/"),
    ]
    assert requests[1].json == {"data": {**PROFILE, "id": "K1"}}
    assert requests[2].json == {"data": [{"type": "profile", "id": "K1"}]}


def test_one_whose_id_was_cut_off_the_answer_is_looked_up():
    answers = [Response(409), answer([{"id": "K1"}])]

    requests = requests_for("klaviyo", "upsertProfile", IDENTIFY, answers=answers, **KEY)

    assert [(request.method, request.url) for request in requests] == [
        ("POST", f"{URL}/profiles/"),
        ("GET", f"{URL}/profiles/"),
        ("PATCH", f"{URL}/profiles/K1"),
    ]


def test_the_event_itself_may_name_another_list():
    event = {**IDENTIFY, "integrations": {"Klaviyo": {"listId": "L2"}}}

    requests = requests_for(
        "klaviyo", "upsertProfile", event, {"list_id": "L1"}, answers=[CREATED], **KEY
    )

    assert requests[1].url == f"{URL}/lists/L2/relationships/profiles/"


def test_a_batch_of_profiles_is_an_import():
    translator = translator_for("klaviyo", "upsertProfile", {"list_id": "L1"}, batching=True, **KEY)

    [request] = talk(translator, [IDENTIFY, IDENTIFY], [])

    assert (request.url, request.json) == (
        f"{URL}/profile-bulk-import-jobs/",
        {
            "data": {
                "type": "profile-bulk-import-job",
                "attributes": {"profiles": {"data": [PROFILE, PROFILE]}},
                "relationships": {"lists": {"data": [{"type": "list", "id": "L1"}]}},
            }
        },
    )


AUDIENCE = {
    "type": "track",
    "context": {
        "traits": {"email": "ann@example.com"},
        "personas": {"external_audience_id": "L1"},
    },
}


def test_add_profile_to_list_creates_it_first():
    requests = requests_for("klaviyo", "addProfileToList", AUDIENCE, SINGLE, answers=[KNOWN], **KEY)

    assert [(request.method, request.url) for request in requests] == [
        ("POST", f"{URL}/profiles/"),
        ("POST", f"{URL}/lists/L1/relationships/profiles/"),
    ]


@pytest.mark.parametrize(
    ("action", "mapping"),
    [("removeProfileFromList", {}), ("removeProfile", {"list_id": "L1"})],
)
def test_profiles_are_looked_up_and_taken_off_the_list(action, mapping):
    event = {**AUDIENCE, "traits": AUDIENCE["context"]["traits"]}

    requests = requests_for(
        "klaviyo", action, event, mapping, answers=[answer([{"id": "K1"}])], **KEY
    )

    assert requests == [
        Request(
            "GET",
            f"{URL}/profiles/",
            HEADERS,
            query={"filter": 'any(email,["ann@example.com"])'},
        ),
        Request(
            "DELETE",
            f"{URL}/lists/L1/relationships/profiles/",
            HEADERS,
            json={"data": [{"type": "profile", "id": "K1"}]},
        ),
    ]


def test_nobody_to_take_off_the_list_is_an_error_but_of_a_batch():
    action, nobody = "removeProfileFromList", {"answers": [answer([])], **KEY}

    with pytest.raises(Rejected, match="does not know"):
        requests_for("klaviyo", action, AUDIENCE, SINGLE, **nobody)
    assert len(requests_for("klaviyo", action, AUDIENCE, **nobody)) == 1


ATTRIBUTES = {
    "properties": {"plan": "pro"},
    "unique_id": "m-1",
    "time": "2026-08-20T10:00:00.123Z",
    "metric": {"data": {"type": "metric", "attributes": {"name": "Login"}}},
}
WHO = {"data": {"type": "profile", "attributes": {"external_id": "ann"}}}


def test_track_event_sends_the_event_and_whose_it_is():
    request = request_for("klaviyo", "trackEvent", LOGIN, SINGLE, **KEY)

    assert (request.url, request.json) == (
        f"{URL}/events/",
        {"data": {"type": "event", "attributes": {**ATTRIBUTES, "profile": WHO}}},
    )


def test_a_batch_of_events_is_a_job():
    request = request_for("klaviyo", "trackEvent", LOGIN, **KEY)

    assert (request.url, request.json) == (
        f"{URL}/event-bulk-create-jobs/",
        {
            "data": {
                "type": "event-bulk-create-job",
                "attributes": {
                    "events-bulk-create": {
                        "data": [
                            {
                                "type": "event-bulk-create",
                                "attributes": {
                                    "profile": WHO,
                                    "events": {
                                        "data": [{"type": "event", "attributes": ATTRIBUTES}]
                                    },
                                },
                            }
                        ]
                    }
                },
            }
        },
    )


def test_events_at_fault_are_rejected_and_the_others_try_again():
    translator = translator_for("klaviyo", "trackEvent", **KEY)
    pointer = "/data/attributes/events-bulk-create/data/1/attributes/profile"
    errors = [{"status": 400, "detail": "bad phone", "source": {"pointer": pointer}}]
    response = Response(400, body=json.dumps({"errors": errors}).encode())

    assert translator.outcomes(response, [{}, {}]) == [
        ServerFault("another event of the batch was refused", status=429),
        Rejected("Klaviyo refused this: bad phone", status=400),
    ]


def test_order_completed_is_followed_by_its_products():
    properties = {"order_id": "o-1", "products": [{"sku": "a"}, {"sku": "b"}]}
    event = {**LOGIN, "event": "Order Completed", "properties": properties}

    found = default_requests_for("klaviyo", event, **KEY)

    sent = [request.json["data"]["attributes"] for _, request in found]
    assert [action for action, _ in found] == ["orderCompleted"] * 3
    assert [(one["unique_id"], one["properties"]) for one in sent] == [
        ("m-1", properties),
        ("m-1-1", {"order_id": "o-1", "sku": "a"}),
        ("m-1-2", {"order_id": "o-1", "sku": "b"}),
    ]
    assert sent[1]["metric"]["data"]["attributes"] == {"name": "Ordered Product"}


SUBSCRIBED = {
    **LOGIN,
    "event": "User Subscribed",
    "context": {"traits": {"email": "ann@example.com", "phone": "+15550100"}},
}


def test_subscribe_profile_subscribes_to_what_there_is_an_address_for():
    [(action, request)] = default_requests_for("klaviyo", SUBSCRIBED, **KEY)

    assert (action, request.url, request.json) == (
        "subscribeProfile",
        f"{URL}/profile-subscription-bulk-create-jobs/",
        {
            "data": {
                "type": "profile-subscription-bulk-create-job",
                "attributes": {
                    "custom_source": "-59",
                    "historical_import": False,
                    "profiles": {
                        "data": [
                            {
                                "type": "profile",
                                "attributes": {
                                    "email": "ann@example.com",
                                    "phone_number": "+15550100",
                                    "subscriptions": {
                                        "email": {"marketing": {"consent": "SUBSCRIBED"}},
                                        "sms": {"marketing": {"consent": "SUBSCRIBED"}},
                                    },
                                },
                            }
                        ]
                    },
                },
            }
        },
    )


def test_the_moment_of_consent_is_for_imports_of_the_past():
    mapping = {"historical_import": True, "list_id": "L1"}

    data = request_for("klaviyo", "subscribeProfile", SUBSCRIBED, mapping, **KEY).json["data"]

    [profile] = data["attributes"]["profiles"]["data"]
    assert profile["attributes"]["subscriptions"]["email"]["marketing"] == {
        "consent": "SUBSCRIBED",
        "consented_at": "2026-08-20T10:00:00.123Z",
    }
    assert data["relationships"] == {"list": {"data": {"type": "list", "id": "L1"}}}


def test_a_job_subscribes_a_hundred_people():
    translator = translator_for("klaviyo", "subscribeProfile", batching=True, **KEY)

    requests = talk(translator, [SUBSCRIBED] * 101, [])

    sizes = [len(request.json["data"]["attributes"]["profiles"]["data"]) for request in requests]
    assert sizes == [100, 1]


def test_unsubscribe_profile_ends_all_messages():
    [(action, request)] = default_requests_for(
        "klaviyo", {**SUBSCRIBED, "event": "User Unsubscribed"}, **KEY
    )

    [profile] = request.json["data"]["attributes"]["profiles"]["data"]
    assert (action, request.url) == (
        "unsubscribeProfile",
        f"{URL}/profile-subscription-bulk-delete-jobs",
    )
    assert profile["attributes"]["subscriptions"] == {
        "email": {"marketing": {"consent": "UNSUBSCRIBED"}},
        "sms": {
            "marketing": {"consent": "UNSUBSCRIBED"},
            "transactional": {"consent": "UNSUBSCRIBED"},
        },
    }


@pytest.mark.parametrize(
    ("phone", "country", "expected"),
    [
        ("+15550100123", None, "+15550100123"),
        ("+1 (555) 010-0123", "US", "+15550100123"),
        ("(555) 010-0123", "US", "+15550100123"),
        ("1 555 010 0123", "US", "+15550100123"),
        ("030 1234567", "DE", "+49301234567"),
        ("06 1234567", "IT", "+39061234567"),
    ],
)
def test_telephone_numbers_are_written_with_their_country(phone, country, expected):
    mapping = {**SINGLE, "profile": {"phone_number": phone, "country_code": country}}

    request = request_for("klaviyo", "trackEvent", LOGIN, mapping, **KEY)

    profile = request.json["data"]["attributes"]["profile"]["data"]
    assert profile["attributes"] == {"phone_number": expected}


@pytest.mark.parametrize("phone", ["0123", "+1 (555) 010-0123"])
def test_a_telephone_number_of_no_country_is_refused(phone):
    with pytest.raises(InvalidPayload, match=r"E\.164"):
        request_for("klaviyo", "trackEvent", LOGIN, {"profile": {"phone_number": phone}}, **KEY)


@pytest.mark.parametrize("action", ["trackEvent", "orderCompleted"])
def test_the_profile_of_an_event_may_say_more_than_who_it_is(action):
    profile = {"external_id": "ann", "first_name": "Ann", "country_code": "US"}
    mapping = {**SINGLE, "profile": profile}

    request = request_for("klaviyo", action, LOGIN, mapping, **KEY)

    assert request.json["data"]["attributes"]["profile"] == {
        "data": {"type": "profile", "attributes": {"external_id": "ann", "first_name": "Ann"}}
    }


def test_many_profiles_are_looked_up_at_once():
    mapping = {"list_id": "L1", "external_id": {"@path": "$.userId"}}
    translator = translator_for("klaviyo", "removeProfile", mapping, **KEY)
    events = [{"userId": f"u-{i}", "traits": {"email": f"{i}@example.com"}} for i in range(21)]

    requests = talk(translator, events, [answer([{"id": "K1"}]), answer([{"id": "K1"}])])

    assert [request.query["page[size]"] for request in requests[:2]] == [100, 100]
    assert requests[0].query["filter"].startswith('any(external_id,["u-0","u-1",')
    assert requests[1].query["filter"].startswith('any(email,["0@example.com",')
    assert requests[2].json == {"data": [{"type": "profile", "id": "K1"}]}


def test_the_products_of_an_order_are_told_apart_by_the_message():
    event = {**LOGIN, "properties": {"products": [{"sku": "a"}]}}
    mapping = {"unique_id": None, "products": {"@path": "$.properties.products"}, "value": 5}

    order, product = requests_for("klaviyo", "orderCompleted", event, mapping, **KEY)

    assert "unique_id" not in order.json["data"]["attributes"]
    assert order.json["data"]["attributes"]["value"] == 5
    assert product.json["data"]["attributes"]["unique_id"] == "m-1-1"
    assert "value" not in product.json["data"]["attributes"]


def test_a_person_is_forgotten():
    assert get_integration("klaviyo").delete_user("K1", KEY) == Request(
        "POST",
        "/data-privacy-deletion-jobs/",
        {"Accept": "application/json", "revision": "2025-01-15"},
        json={
            "data": {
                "type": "data-privacy-deletion-job",
                "attributes": {"profile": {"data": {"type": "profile", "id": "K1"}}},
            }
        },
    )


def test_somebody_is_needed():
    with pytest.raises(InvalidPayload, match="external_id is required here"):
        request_for("klaviyo", "trackEvent", {**LOGIN, "userId": None}, **KEY)


def test_a_telephone_number_of_no_country_spoils_no_batch():
    translator = translator_for("klaviyo", "trackEvent", **KEY)
    spoilt = {**translator.payload(LOGIN), "profile": {"phone_number": "0123"}}
    steps = translator.requests([spoilt, translator.payload(LOGIN)], now=None)

    request = next(steps)
    with pytest.raises(StopIteration) as stop:
        steps.send(Response(202))

    assert len(request.json["data"]["attributes"]["events-bulk-create"]["data"]) == 1
    assert [type(outcome) for outcome in stop.value.value] == [InvalidPayload, type(None)]


def test_what_is_left_of_a_refused_batch_is_sent_again_by_itself():
    translator = translator_for("klaviyo", "trackEvent", **KEY)
    spoilt = {**translator.payload(LOGIN), "profile": {"phone_number": "0123"}}
    steps = translator.requests([spoilt, translator.payload(LOGIN)], now=None)

    next(steps)
    with pytest.raises(StopIteration) as stop:
        steps.send(Response(400))

    assert [type(outcome) for outcome in stop.value.value] == [InvalidPayload, ServerFault]


def test_the_key_is_checked():
    assert get_integration("klaviyo").check_request(KEY) == Request(
        "GET", f"{URL}/accounts/", HEADERS
    )
