import pytest

from destinations.catalog import get_integration
from destinations.errors import InvalidPayload
from destinations.integration import Request

from ..bench import default_requests_for, request_for

SETTINGS = {"advertiser": "acme", "userId": "u-1"}
TAG = "https://verifi.podscribe.com/tag"
ORDER = {
    "type": "track",
    "event": "Order Completed",
    "anonymousId": "anon-1",
    "timestamp": "2026-08-20T10:00:00.123Z",
    "properties": {"total": 25.0, "order_id": "o-1", "is_new_customer": True, "coupon": ""},
    "context": {
        "ip": "192.0.2.1",
        "userAgent": "Mozilla/5.0",
        "page": {"url": "https://shop.example/thanks", "referrer": None},
        "library": {"name": "analytics.js", "version": "2.0"},
        "traits": {"email": " Ann.Lee+x@Gmail.com "},
    },
}
VISIT = {
    "advertiser": "acme",
    "user_id": "u-1",
    "timestamp": "2026-08-20T10:00:00.123Z",
    "device_id": "anon-1",
    "url": "https://shop.example/thanks",
    "ip": "192.0.2.1",
    "user_agent": "Mozilla/5.0",
    "library": '{"name":"analytics.js","version":"2.0"}',
}
EMAIL = "16e202bdcd9646af11faa3a5a3b9c07a6303e9629583246f8208e43c529087de"


def test_an_order_is_a_purchase():
    assert default_requests_for("podscribe", ORDER, **SETTINGS) == [
        (
            "track",
            Request(
                "GET",
                TAG,
                query={
                    "action": "purchase",
                    **VISIT,
                    "order_value": "25",
                    "order_number": "o-1",
                    "is_new_customer": "true",
                    "hashed_email": EMAIL,
                    "properties": "{}",
                },
            ),
        )
    ]


def test_a_page_is_a_view():
    assert default_requests_for("podscribe", {**ORDER, "type": "page"}, **SETTINGS) == [
        ("page", Request("GET", TAG, query={"action": "view", **VISIT}))
    ]


@pytest.mark.parametrize(
    ("email", "digest"),
    [
        (
            "Ann.Lee+x@Example.com",
            "eed34b2afb69f46f380ddc0b104e8d7f3cc7c01d86cd177166b8541d9ab0cbc8",
        ),
        ("a" * 64, "a" * 64),
    ],
)
def test_dots_and_tags_count_elsewhere_than_at_gmail(email, digest):
    mapping = {"email": email, "podscribeEvent": "signup"}

    request = request_for("podscribe", "track", ORDER, mapping, **SETTINGS)

    assert request.query["hashed_email"] == digest


def test_other_properties_are_one_text():
    mapping = {"properties": {"total": 5, "plan": "pro"}, "podscribeEvent": "signup"}

    request = request_for("podscribe", "track", ORDER, mapping, **SETTINGS)

    assert (request.query["order_value"], request.query["properties"]) == ("5", '{"plan":"pro"}')


def test_properties_of_which_nothing_is_left_are_an_empty_object():
    mapping = {"podscribeEvent": "signup", "properties": {"total": 5}}
    without = {"podscribeEvent": "signup", "properties": None}

    assert request_for("podscribe", "track", ORDER, mapping, **SETTINGS).query["properties"] == "{}"
    assert "properties" not in request_for("podscribe", "track", ORDER, without, **SETTINGS).query


def test_zero_false_and_empty_text_are_left_out():
    properties = {"total": 0, "currency": "", "is_subscription": False, "num_items_purchased": 3}
    event = {**ORDER, "anonymousId": None, "properties": properties}
    mapping = {"podscribeEvent": "signup", "email": None, "library": {}}

    request = request_for("podscribe", "track", event, mapping, advertiser="acme")

    assert request.query == {
        "action": "signup",
        "advertiser": "acme",
        "timestamp": "2026-08-20T10:00:00.123Z",
        "url": "https://shop.example/thanks",
        "ip": "192.0.2.1",
        "user_agent": "Mozilla/5.0",
        "library": "{}",
        "num_items_purchased": "3",
        "properties": "{}",
    }


def test_an_event_needs_a_name_at_podscribe():
    with pytest.raises(InvalidPayload, match="podscribeEvent is required"):
        request_for("podscribe", "track", ORDER, **SETTINGS)


def test_there_is_nothing_to_check():
    assert get_integration("podscribe").check_request(SETTINGS) is None
