import pytest

from destinations.catalog import get_integration
from destinations.errors import InvalidPayload, Rejected
from destinations.integration import Request

from ..bench import (
    Response,
    conversation,
    default_requests_for,
    request_for,
    requests_for,
    translator_for,
)

KEY = {"apiKey": "key"}
URL = "https://api.iterable.com/api"
SINGLE = {"enable_batching": False}
IDENTIFY = {
    "type": "identify",
    "userId": "ann",
    "traits": {
        "email": "ann@example.com",
        "phone": "+15550100",
        "since": "2026-08-20T12:00:00.500+02:00",
        "born": "1990-05-01",
    },
}
DATA_FIELDS = {
    "email": "ann@example.com",
    "phone": "+15550100",
    "since": "2026-08-20 10:00:00 +00:00",
    "born": "1990-05-01",
    "phoneNumber": "+15550100",
}
USER = {
    "email": "ann@example.com",
    "userId": "ann",
    "mergeNestedObjects": False,
    "dataFields": DATA_FIELDS,
}
SIGNUP = {
    "type": "track",
    "event": "Signed Up",
    "messageId": "m-1",
    "userId": "ann",
    "timestamp": "2026-08-20T10:00:00.123Z",
    "properties": {"plan": "pro", "campaignId": "7"},
}
ORDER = {
    **SIGNUP,
    "event": "Order Completed",
    "properties": {
        "order_id": "o-1",
        "total": 10,
        "products": [
            {"product_id": "p-1", "name": "Tea", "price": 5, "quantity": 2, "category": "hot"}
        ],
    },
}
ITEM = {
    "id": "p-1",
    "name": "Tea",
    "quantity": 2,
    "price": 5,
    "categories": ["hot"],
    "dataFields": {},
}


def test_update_user_sends_the_traits_with_moments_as_iterable_writes_them():
    assert request_for("iterable", "updateUser", IDENTIFY, SINGLE, **KEY) == Request(
        "POST", f"{URL}/users/update", {"Api-Key": "key"}, json=USER, timeout_s=30
    )


def test_a_new_address_is_a_second_request():
    mapping = {**SINGLE, "newEmail": "ann@example.org"}

    requests = requests_for("iterable", "updateUser", IDENTIFY, mapping, **KEY)

    assert [request.url for request in requests] == [
        f"{URL}/users/update",
        f"{URL}/users/updateEmail",
    ]
    assert requests[1].json == {
        "currentEmail": "ann@example.com",
        "currentUserId": "ann",
        "newEmail": "ann@example.org",
    }


def test_a_batch_of_users_holds_new_addresses_among_the_data():
    mapping = {"newEmail": "ann@example.org", "updateOnly": True}

    request = request_for("iterable", "updateUser", IDENTIFY, mapping, **KEY)

    assert (request.url, request.json) == (
        f"{URL}/users/bulkUpdate",
        {
            "users": [{**USER, "dataFields": {**DATA_FIELDS, "email": "ann@example.org"}}],
            "updateOnly": True,
        },
    )


EVENT = {
    "userId": "ann",
    "eventName": "Signed Up",
    "dataFields": {"plan": "pro", "campaignId": "7"},
    "id": "m-1",
    "createdAt": 1787220000,
    "campaignId": 7,
}


def test_track_event_sends_the_event():
    request = request_for("iterable", "trackEvent", SIGNUP, SINGLE, **KEY)

    assert (request.url, request.json) == (f"{URL}/events/track", EVENT)


def test_a_batch_of_events_is_one_request():
    translator = translator_for("iterable", "trackEvent", **KEY)
    payload = translator.payload(SIGNUP)

    [request] = conversation(translator, [payload, payload])

    assert (request.url, request.json) == (f"{URL}/events/trackBulk", {"events": [EVENT, EVENT]})


def test_users_that_a_bulk_call_leaves_out_are_rejected_alone():
    translator = translator_for("iterable", "updateUser", **KEY)
    body = (
        b'{"successCount":1,"failCount":2,"invalidEmails":["x"],'
        b'"failedUpdates":{"notFoundUserIds":["bob"]}}'
    )
    payloads = [{"email": "x"}, {"userId": "ann"}, {"userId": "bob"}]

    assert translator.outcomes(Response(200, body=body), payloads) == [
        Rejected("Iterable refused this: invalidEmails", status=400),
        None,
        Rejected("Iterable refused this: notFoundUserIds", status=400),
    ]


def test_update_cart_sends_the_items():
    event = {**ORDER, "event": "Cart Updated", "context": {"traits": IDENTIFY["traits"]}}

    [(action, request)] = default_requests_for("iterable", event, **KEY)

    assert (action, request.url, request.json) == (
        "updateCart",
        f"{URL}/commerce/updateCart",
        {
            "user": USER,
            "items": [ITEM],
        },
    )


def test_track_purchase_sends_the_order_without_its_products_among_the_data():
    [(action, request)] = default_requests_for("iterable", ORDER, **KEY)

    assert (action, request.url, request.json) == (
        "trackPurchase",
        f"{URL}/commerce/trackPurchase",
        {
            "id": "o-1",
            "user": {"userId": "ann", "mergeNestedObjects": False, "dataFields": {}},
            "dataFields": {"order_id": "o-1", "total": 10},
            "items": [ITEM],
            "total": 10,
            "createdAt": 1787220000,
        },
    )


def test_what_else_a_product_holds_is_data_of_the_item():
    named = {"id": "p-1", "name": "Tea", "quantity": 2, "price": 5, "imageUrl": "https://a.b/c"}
    others = {"color": "green", "description": "hot"}

    request = request_for("iterable", "updateCart", ORDER, {"items": [{**named, **others}]}, **KEY)

    assert request.json["items"] == [{**named, **others, "dataFields": others}]


@pytest.mark.parametrize("action", ["updateUser", "trackEvent", "updateCart", "trackPurchase"])
def test_an_address_or_a_user_id_is_needed(action):
    with pytest.raises(InvalidPayload, match="userId is required here"):
        request_for("iterable", action, {**ORDER, "userId": None}, **KEY)


@pytest.mark.parametrize("action", ["trackEvent", "trackPurchase"])
def test_what_happened_at_no_known_time_happened_now(action):
    event = {**ORDER, "timestamp": None}

    request = request_for("iterable", action, event, {**SINGLE, "dataFields": None}, **KEY)

    assert (request.json["createdAt"], request.json["dataFields"]) == (1787227200, {})


def test_a_bulk_update_of_everybody_does_not_mention_updates_only():
    request = request_for("iterable", "updateUser", IDENTIFY, {"updateOnly": False}, **KEY)

    assert request.json == {"users": [USER]}


def test_europe_has_its_own_host():
    request = request_for("iterable", "trackEvent", SIGNUP, dataCenterLocation="europe", **KEY)

    assert request.url == "https://api.eu.iterable.com/api/events/trackBulk"


@pytest.mark.parametrize(("event", "action"), [(SIGNUP, "trackEvent"), (IDENTIFY, "updateUser")])
def test_presets_choose_the_action(event, action):
    assert [name for name, _ in default_requests_for("iterable", event, **KEY)] == [action]


def test_the_key_is_checked():
    assert get_integration("iterable").check_request(KEY) == Request(
        "GET", f"{URL}/webhooks", {"Api-Key": "key"}, timeout_s=30
    )
