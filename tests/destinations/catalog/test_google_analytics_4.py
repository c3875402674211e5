import pytest

from destinations.catalog import get_integration
from destinations.errors import InvalidPayload, Rejected
from destinations.integration import Request

from ..bench import default_requests_for, request_for

SLUG = "google-analytics-4"
WEB = {"apiSecret": "secret", "measurementId": "G-1"}
URL = "https://www.google-analytics.com/mp/collect?api_secret=secret&measurement_id=G-1"
MUG = {"product_id": "p-1", "name": "Mug", "price": 5, "quantity": "2", "position": 3}
MUG_ITEM = {"item_id": "p-1", "item_name": "Mug", "price": 5, "quantity": 2}
ORDER = {
    "type": "track",
    "event": "Order Completed",
    "userId": "ann",
    "timestamp": "2026-08-20T10:00:00.123Z",
    "properties": {
        "order_id": "o-1",
        "total": 25,
        "currency": "EUR",
        "coupon": "may",
        "tax": 4,
        "products": [MUG],
    },
}


def track(name, /, **properties):
    return {**ORDER, "event": name, "properties": properties}


def sent(event):
    """(action, event's name, its parameters) of what the presets send."""
    [(action, request)] = default_requests_for(SLUG, event, **WEB)
    [one] = request.json["events"]
    return action, one["name"], one["params"]


def custom(event=None, mapping=None, **settings):
    event = event or track("Login")
    return request_for(SLUG, "customEvent", event, mapping, **{**WEB, **settings}).json


def test_a_purchase_is_collected():
    assert request_for(SLUG, "purchase", ORDER, **WEB) == Request(
        "POST",
        URL,
        json={
            "client_id": "ann",
            "events": [
                {
                    "name": "purchase",
                    "params": {
                        "coupon": "may",
                        "currency": "EUR",
                        "items": [{**MUG_ITEM, "index": 3}],
                        "tax": 4,
                        "transaction_id": "o-1",
                        "value": 25,
                        "engagement_time_msec": 1,
                    },
                }
            ],
            "timestamp_micros": 1787220000123000,
        },
    )


@pytest.mark.parametrize(
    ("event", "action", "name"),
    [
        ("Product Added", "addToCart", "add_to_cart"),
        ("Product Removed", "removeFromCart", "remove_from_cart"),
        ("Product Viewed", "viewItem", "view_item"),
        ("Product Added to Wishlist", "addToWishlist", "add_to_wishlist"),
    ],
)
def test_a_product_is_the_one_item_of_its_event(event, action, name):
    assert sent(track(event, **MUG, currency="EUR", value=10)) == (
        action,
        name,
        {"currency": "EUR", "items": [MUG_ITEM], "value": 10, "engagement_time_msec": 1},
    )


def test_a_product_that_is_clicked_is_selected():
    assert sent(track("Product Clicked", **MUG)) == (
        "selectItem",
        "select_item",
        {"items": [MUG_ITEM], "engagement_time_msec": 1},
    )


@pytest.mark.parametrize(
    ("event", "properties", "action", "name", "params"),
    [
        (
            "Checkout Started",
            {"coupon": "may", "currency": "EUR"},
            "beginCheckout",
            "begin_checkout",
            {"coupon": "may", "currency": "EUR"},
        ),
        (
            "Cart Viewed",
            {"coupon": "may", "currency": "EUR", "value": 1},
            "viewCart",
            "view_cart",
            {"currency": "EUR", "value": 1},
        ),
        (
            "Payment Info Entered",
            {"coupon": "may", "payment_method": "card", "currency": "EUR"},
            "addPaymentInfo",
            "add_payment_info",
            {"payment_type": "card", "currency": "EUR"},
        ),
        (
            "Product List Viewed",
            {"list_id": "l", "category": "c"},
            "viewItemList",
            "view_item_list",
            {"item_list_id": "l", "item_list_name": "c"},
        ),
        (
            "Order Refunded",
            {"order_id": "o-1", "coupon": "may", "tax": 4, "total": 25, "currency": "EUR"},
            "refund",
            "refund",
            {"transaction_id": "o-1", "value": 25, "currency": "EUR"},
        ),
    ],
)
def test_lists_of_products_are_items(event, properties, action, name, params):
    assert sent(track(event, products=[MUG], **properties)) == (
        action,
        name,
        {**params, "items": [{**MUG_ITEM, "index": 3}], "engagement_time_msec": 1},
    )


@pytest.mark.parametrize(
    ("event", "action", "name", "place"),
    [
        ("Promotion Clicked", "selectPromotion", "select_promotion", {}),
        ("Promotion Viewed", "viewPromotion", "view_promotion", {"location_id": "top"}),
    ],
)
def test_promotions_have_places(event, action, name, place):
    promotion = track(event, promotion_id="x", name="May", creative="banner", position="top")

    assert sent(promotion) == (
        action,
        name,
        {
            "creative_slot": "banner",
            **place,
            "promotion_id": "x",
            "promotion_name": "May",
            "items": [{"item_name": "May"}],
            "engagement_time_msec": 1,
        },
    )


@pytest.mark.parametrize(
    ("event", "action", "name", "params"),
    [
        (track("Products Searched", query="mug"), "search", "search", {"search_term": "mug"}),
        (track("Signed Up", type="sso"), "signUp", "sign_up", {"method": "sso"}),
        (track("Signed In"), "login", "login", {}),
        (track(" My  Event"), "customEvent", "My__Event", {}),
        (
            {"type": "page", "anonymousId": "a", "context": {"page": {"url": "u", "title": "T"}}},
            "pageView",
            "page_view",
            {"page_location": "u", "page_title": "T"},
        ),
    ],
)
def test_other_events(event, action, name, params):
    assert sent(event) == (action, name, {**params, "engagement_time_msec": 1})


def test_leads_have_a_value():
    event = track("Lead", currency="eur", value=5)

    body = request_for(SLUG, "generateLead", event, **WEB).json

    assert body["events"] == [
        {
            "name": "generate_lead",
            "params": {"currency": "eur", "value": 5, "engagement_time_msec": 1},
        }
    ]


def test_names_can_be_lowered():
    body = custom(track(" Big Deal "), {"lowercase": True})

    assert body["events"][0]["name"] == "big_deal"


def test_free_parameters_win():
    body = custom(mapping={"params": {"a": 1, "engagement_time_msec": 50}})

    assert body["events"][0]["params"] == {"a": 1, "engagement_time_msec": 50}


def test_a_phones_stream_has_its_own_names_and_keeps_its_colons():
    mapping = {"data_stream_type": "Mobile App", "app_instance_id": "app-1"}
    settings = {"apiSecret": "secret", "firebaseAppId": "1:2:ios:3"}

    request = request_for(SLUG, "customEvent", track("Login"), mapping, **settings)

    assert request.url == (
        "https://www.google-analytics.com/mp/collect?api_secret=secret&firebase_app_id=1:2:ios:3"
    )
    assert request.json["app_instance_id"] == "app-1"
    assert "client_id" not in request.json


def test_user_properties_and_consent_have_forms_of_their_own():
    mapping = {
        "user_id": "u-1",
        "user_properties": {"plan": "pro", "old": None},
        "ad_user_data_consent": "GRANTED",
    }

    body = custom(mapping=mapping)

    assert body["user_id"] == "u-1"
    assert body["user_properties"] == {"plan": {"value": "pro"}, "old": {"value": None}}
    assert body["consent"] == {"ad_user_data": "GRANTED"}


@pytest.mark.parametrize(
    ("value", "expected"),
    [("2026-08-20T10:00:00Z", 1787220000000000), (1787220000000001, 1787220000000001)],
)
def test_times_are_microseconds(value, expected):
    assert custom(mapping={"timestamp_micros": value})["timestamp_micros"] == expected


def test_unknown_currencies_are_refused():
    with pytest.raises(Rejected) as refused:
        request_for(SLUG, "generateLead", track("Lead", currency="XYZ"), **WEB)

    assert refused.value.code == "INVALID_CURRENCY_CODE"


@pytest.mark.parametrize(
    "mapping",
    [
        {"params": {"a": None}},
        {"params": {"a": [1]}},
        {"params": {"a": {}}},
        {"user_properties": {"a": {}}},
        {"clientId": ""},
        {"data_stream_type": "Mobile App", "app_instance_id": "app-1"},
    ],
)
def test_what_would_be_dropped_in_silence_is_refused(mapping):
    with pytest.raises(InvalidPayload):
        custom(mapping=mapping)


def test_free_parameters_may_be_items():
    body = custom(mapping={"params": {"items": [{"item_id": "p-1"}]}})

    assert body["events"][0]["params"]["items"] == [{"item_id": "p-1"}]


def test_a_refund_of_all_products_has_no_items():
    event = track("Order Refunded", order_id="o-1", currency="EUR")

    [sent] = request_for(SLUG, "refund", event, **WEB).json["events"]

    assert sent == {
        "name": "refund",
        "params": {
            "items": [],
            "currency": "EUR",
            "transaction_id": "o-1",
            "engagement_time_msec": 1,
        },
    }


@pytest.mark.parametrize(
    ("action", "properties", "problem"),
    [
        ("generateLead", {"value": 5}, "is required with a value"),
        ("refund", {"order_id": "o-1", "total": 25}, "is required with a value"),
        ("refund", {"order_id": "o-1"}, "is required, here or in the first item"),
    ],
)
def test_refunds_and_leads_need_a_currency(action, properties, problem):
    with pytest.raises(InvalidPayload, match=problem):
        request_for(SLUG, action, track("Sold", **properties), **WEB)


def test_the_currency_of_the_first_item_will_do():
    items = [{"item_id": "p-1", "currency": "EUR"}]

    event = track("Order Refunded", order_id="o-1")
    request = request_for(SLUG, "refund", event, {"items": items}, **WEB)

    assert request.json["events"][0]["params"]["items"] == items


def test_a_product_may_be_viewed_without_a_currency():
    request = request_for(SLUG, "viewItem", track("Product Viewed", **MUG), **WEB)

    assert "currency" not in request.json["events"][0]["params"]


def test_an_item_needs_an_id_or_a_name():
    with pytest.raises(InvalidPayload, match="needs item_id or item_name"):
        request_for(SLUG, "viewItem", track("Product Viewed", price=5, currency="EUR"), **WEB)


def test_the_check_asks_for_a_stream():
    tool = get_integration(SLUG)

    assert tool.check_request(WEB) is None
    with pytest.raises(InvalidPayload):
        tool.check_request({"apiSecret": "secret"})
