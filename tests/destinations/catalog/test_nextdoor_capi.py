import pytest

from destinations.catalog import get_integration
from destinations.errors import InvalidPayload
from destinations.integration import Request

from ..bench import default_requests_for, request_for

SETTINGS = {"apiKey": "secret", "client_id": "adv-1", "pixel_id": "px-1"}
PURCHASE = {"event_name": "purchase", "action_source": "website"}
ORDER = {
    "type": "track",
    "event": "Order Completed",
    "messageId": "m-1",
    "timestamp": "2026-08-20T10:00:00.123Z",
    "properties": {
        "total": 25.5,
        "currency": "USD",
        "order_id": "o-1",
        "click_id": "c-1",
        "products": [{"product_id": "p-1", "price": 12.75, "quantity": 2}],
    },
    "context": {
        "ip": "192.0.2.1",
        "page": {"url": "https://shop.example/thanks"},
        "traits": {"email": "Ann@Example.com"},
    },
}
EMAIL = "0553cccb8c18e0471dd82802854c252c3f5c3f5296859cd4ebc515ca8bfd3752"


def sent(mapping=None, event=ORDER):
    """The body that is sent."""
    mapping = {**PURCHASE, **(mapping or {})}
    return request_for("nextdoor-capi", "sendConversion", event, mapping, **SETTINGS).json


def test_an_order_is_a_purchase():
    [(action, request)] = default_requests_for("nextdoor-capi", ORDER, **SETTINGS)

    assert action == "sendConversion"
    assert request == Request(
        "POST",
        "https://ads.nextdoor.com/v2/api/conversions/track",
        {"Authorization": "Bearer secret", "Accept": "application/json"},
        json={
            "event_name": "purchase",
            "event_id": "m-1",
            "event_time": "2026-08-20T10:00:00.123Z",
            "action_source": "website",
            "action_source_url": "https://shop.example/thanks",
            "delivery_optimization": True,
            "partner_id": "segment",
            "client_id": "adv-1",
            "customer": {
                "pixel_id": "px-1",
                "email": EMAIL,
                "click_id": "c-1",
                "client_ip_address": "192.0.2.1",
            },
            "custom": {
                "order_value": "USD25.5",
                "order_id": "o-1",
                "product_context": [{"id": "p-1", "quantity": 2, "item_price": 12.75}],
            },
            "app": {},
            "test_event": "false",
        },
    )


def test_a_hash_is_hashed_again():
    found = sent({"customer": {"email": "a" * 64}})

    assert found["customer"]["email"] == DIGEST


DIGEST = "ffe054fe7ae0cb6dc65c3af9b61d5209f439851db43d0ba5997337df154668eb"


def test_an_empty_click_id_is_left_out_and_a_time_is_sent_as_it_is():
    found = sent({"customer": {"click_id": ""}, "event_time": 1787220000})

    assert found["customer"] == {"pixel_id": "px-1"}
    assert found["event_time"] == "1787220000"


def test_a_value_without_a_currency_is_left_out_and_a_category_is_told():
    found = sent({"custom": {"order_value": 5, "delivery_category": "curbside"}})

    assert found["custom"] == {
        "delivery_category": "curbside",
        "product_context": [{"id": "p-1", "quantity": 2, "item_price": 12.75}],
    }


def test_the_app_is_told():
    context = {"app": {"name": "Shop", "type": "ios", "version": "1.2"}}

    found = sent({"action_source": "app", "test_event": True}, {**ORDER, "context": context})

    assert found["app"] == {"app_id": "Shop", "platform": "ios", "app_version": "1.2"}
    assert found["test_event"] == "true"


@pytest.mark.parametrize(
    ("mapping", "message"),
    [
        ({"action_source_url": None}, "action_source_url is required here"),
        ({"event_name": "login"}, "event_name must be one of"),
        ({"product_context": [{"quantity": 1}]}, "id is required"),
    ],
)
def test_what_nextdoor_would_not_take_is_not_sent(mapping, message):
    with pytest.raises(InvalidPayload, match=message):
        sent(mapping)


def test_the_check_asks_who_we_are():
    assert get_integration("nextdoor-capi").check_request(SETTINGS) == Request(
        "GET", "https://ads.nextdoor.com/v2/api/me", {"Authorization": "Bearer secret"}
    )
