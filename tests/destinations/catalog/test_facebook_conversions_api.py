import pytest

from destinations.catalog import get_integration
from destinations.errors import InvalidPayload, ServerFault, Throttled, Unauthorized
from destinations.integration import Request

from ..bench import Response, default_requests_for, request_for, translator_for

SETTINGS = {"pixelId": "123", "accessToken": "secret"}
WEBSITE = {"action_source": "website"}
ORDER = {
    "type": "track",
    "event": "Order Completed",
    "messageId": "m-1",
    "userId": "ann",
    "anonymousId": "anon-1",
    "timestamp": "2026-08-20T10:00:00.123Z",
    "properties": {
        "revenue": 25.5,
        "currency": "EUR",
        "products": [{"product_id": "p-1", "price": 10, "quantity": 2}],
        "fbp": "fb.1.1.1",
    },
    "context": {
        "ip": "192.0.2.1",
        "userAgent": "Mozilla/5.0",
        "page": {"url": "https://shop.example/thanks"},
        "traits": {"email": " Ann@Example.com ", "phone": "+1 (415) 555-0100"},
    },
}


def sent(action, event, mapping=None, **settings):
    """The event in the body that an action sends."""
    mapping = {**WEBSITE, **(mapping or {})}
    request = request_for(
        "facebook-conversions-api", action, event, mapping, **SETTINGS, **settings
    )
    [found] = request.json["data"]
    return found


def test_a_purchase_is_reported():
    assert request_for(
        "facebook-conversions-api", "purchase", ORDER, WEBSITE, **SETTINGS
    ) == Request(
        "POST",
        "https://graph.facebook.com/v24.0/123/events",
        {"Authorization": "Bearer secret"},
        json={
            "data": [
                {
                    "event_name": "Purchase",
                    "event_time": "2026-08-20T10:00:00.123Z",
                    "event_source_url": "https://shop.example/thanks",
                    "event_id": "m-1",
                    "action_source": "website",
                    "user_data": {
                        "em": "71d4f55f72fa128dfb468a1a3901507c804b74316488744d769d7f4b16696476",
                        "ph": "5e7ec4c79ccac6e420876e65ad0e6b4b2ccf73ec3dccb50297bf2890a1ec73b9",
                        "external_id": [
                            "49915e0d7d4b402e3017d010bc1c0e83cac6c797d6c16e66340fe3268693a6a1"
                        ],
                        "client_ip_address": "192.0.2.1",
                        "client_user_agent": "Mozilla/5.0",
                        "fbp": "fb.1.1.1",
                    },
                    "custom_data": {
                        "currency": "EUR",
                        "value": 25.5,
                        "contents": [{"id": "p-1", "quantity": 2, "item_price": 10}],
                    },
                }
            ]
        },
    )


@pytest.mark.parametrize("suffix", ["", "2"])
@pytest.mark.parametrize(
    ("event", "action", "name"),
    [
        ("Order Completed", "purchase", "Purchase"),
        ("Checkout Started", "initiateCheckout", "InitiateCheckout"),
        ("Product Added", "addToCart", "AddToCart"),
        ("Product Viewed", "viewContent", "ViewContent"),
        ("Products Searched", "search", "Search"),
    ],
)
def test_each_action_has_its_name_at_facebook(event, action, name, suffix):
    properties = {"currency": "EUR", "revenue": 1, "product_id": "p-1"}

    found = sent(action + suffix, {**ORDER, "event": event, "properties": properties})

    assert found["event_name"] == name


def test_a_page_view_has_no_money():
    found = sent("pageView", {**ORDER, "type": "page"})

    assert (found["event_name"], "custom_data" in found) == ("PageView", False)


def test_a_page_view_has_no_custom_data_whatever_its_mapping_says():
    found = sent("pageView", {**ORDER, "type": "page"}, {"custom_data": {"plan": "pro"}})

    assert "custom_data" not in found


def test_an_empty_user_agent_is_one_but_is_not_sent():
    event = {**ORDER, "context": {"userAgent": ""}}

    assert "client_user_agent" not in sent("purchase", event)["user_data"]


def test_a_custom_event_has_the_name_it_has():
    assert sent("custom", {**ORDER, "event": "Login"})["event_name"] == "Login"


def test_one_product_is_the_content_of_a_cart():
    properties = {"product_id": "p-1", "price": 10, "quantity": 1, "currency": "EUR"}

    found = sent("addToCart", {**ORDER, "properties": properties})

    assert found["custom_data"] == {
        "currency": "EUR",
        "value": 10,
        "contents": [{"id": "p-1", "quantity": 1, "item_price": 10}],
    }


def test_a_search_needs_no_product():
    found = sent("search", {**ORDER, "properties": {"query": "shoes"}})

    assert found["custom_data"] == {"search_string": "shoes"}


def test_an_order_without_products_says_so():
    properties = {"revenue": 1, "currency": "EUR", "products": []}

    found = sent("purchase", {**ORDER, "properties": properties})

    assert found["custom_data"] == {"currency": "EUR", "value": 1, "contents": []}


def test_a_product_without_an_id_is_refused():
    with pytest.raises(InvalidPayload, match=r"contents\[0\].id is required"):
        sent("search", {**ORDER, "properties": {"query": "shoes", "price": 5}})


def test_a_delivery_category_must_be_known():
    contents = [{"id": "p-1", "delivery_category": "drone"}]

    with pytest.raises(InvalidPayload, match="delivery_category must be one of in_store"):
        sent("purchase", ORDER, {"contents": contents})


@pytest.mark.parametrize("currency", ["GOLD", "eur"])
def test_an_unknown_currency_is_refused(currency):
    with pytest.raises(InvalidPayload, match="ISO 4217"):
        sent("purchase", {**ORDER, "properties": {"revenue": 1, "currency": currency}})


def test_a_website_has_a_user_agent_unless_the_event_is_custom():
    event = {**ORDER, "context": {}}

    with pytest.raises(InvalidPayload, match="client_user_agent is required"):
        sent("purchase", event)
    assert sent("custom", event)["user_data"] == {
        "external_id": ["49915e0d7d4b402e3017d010bc1c0e83cac6c797d6c16e66340fe3268693a6a1"],
        "fbp": "fb.1.1.1",
    }


@pytest.mark.parametrize(
    ("name", "value", "key", "digest"),
    [
        (
            "gender",
            "Male",
            "ge",
            "62c66a7a5dd70c3146618063c344e531e6d4b59e379808443ce962b3abd63c5a",
        ),
        ("gender", " f ", "ge", "252f10c83610ebca1a059c0bae8255eba2f95be4d1d7bcfa89d7248a82d9f111"),
        (
            "state",
            "New York",
            "st",
            "1b06e2003f8420d6fa42badd8f77ec0f706b976b7a48b13c567dc5a559681683",
        ),
        ("state", "NSW", "st", "d3ef3c33db1fb92a87bc9b67e495a01e181a1c47c22e3aa32158e4500eeab448"),
        (
            "country",
            "United Kingdom",
            "country",
            "0b407281768f0e833afef47ed464b6571d01ca4d53c12ce5c51d1462f4ad6677",
        ),
        (
            "country",
            "DE",
            "country",
            "959a45d44e6fcf58361ed004681556fe50129f2109e817dec098c00c9e5d2578",
        ),
        (
            "city",
            "Menlo Park",
            "ct",
            "0007a3d64c01e23d5075203c5977c14e4f7e01a3fc570686fcc50b5e1dd42685",
        ),
        ("email", f" {'A' * 64} ", "em", "a" * 64),
        ("phone", "A" * 64, "ph", "A" * 64),
    ],
)
def test_people_are_hashed_after_normalising(name, value, key, digest):
    found = sent("custom", ORDER, {"user_data": {name: value}})

    assert found["user_data"] == {key: digest}


def test_another_gender_is_dropped_and_ids_are_not_hashed():
    user = {"gender": "other", "leadID": "42", "madId": "M-1", "ctwa_clid": "c"}

    found = sent("custom", ORDER, {"user_data": user})

    assert found["user_data"] == {"lead_id": 42, "madid": "M-1", "ctwa_clid": "c"}


def test_the_app_is_told_when_wanted():
    app = {"use_app_data": True, "advertiser_tracking_enabled": True, "version": "i2", "width": 80}

    found = sent("custom", ORDER, {"app_data_field": app})

    assert found["app_data"] == {
        "advertiser_tracking_enabled": 1,
        "application_tracking_enabled": 0,
        "extinfo": ["i2", "", "", "", "", "", "", "", "", "80", "", "", "", "", "", ""],
    }


def test_data_use_can_be_limited():
    found = sent(
        "custom", ORDER, {"data_processing_options": True, "data_processing_options_state": "1000"}
    )

    assert found["data_processing_options"] == ["LDU"]
    assert found["data_processing_options_country"] == 0
    assert found["data_processing_options_state"] == 1000


@pytest.mark.parametrize(
    ("mapping", "setting", "code"),
    [({}, "T1", "T1"), ({"test_event_code": "T2"}, "T1", "T2"), ({}, None, None)],
)
def test_a_test_code_comes_from_the_mapping_or_the_settings(mapping, setting, code):
    request = request_for(
        "facebook-conversions-api",
        "custom",
        ORDER,
        {**WEBSITE, **mapping},
        testEventCode=setting,
        **SETTINGS,
    )

    assert request.json.get("test_event_code") == code


def test_switched_on_it_reports_what_a_website_does():
    [(action, request)] = default_requests_for("facebook-conversions-api", ORDER, **SETTINGS)

    assert (action, request.json["data"][0]["action_source"]) == ("purchase", "website")


@pytest.mark.parametrize(
    ("status", "error", "kind"),
    [
        (400, b'{"error":{"message":"slow","code":4}}', Throttled),
        (400, b'{"error":{"message":"later","code":2}}', ServerFault),
        (400, b'{"error":{"message":"later","code":999,"is_transient":true}}', ServerFault),
        (400, b'{"error":{"message":"who?","code":190}}', Unauthorized),
    ],
)
def test_the_code_of_an_error_says_whether_to_try_again(status, error, kind):
    translator = translator_for("facebook-conversions-api", "custom", **SETTINGS)

    [outcome] = translator.outcomes(Response(status, body=error), [{}])

    assert type(outcome) is kind


def test_other_answers_are_judged_by_their_status():
    translator = translator_for("facebook-conversions-api", "custom", **SETTINGS)

    [refused] = translator.outcomes(Response(400, body=b'{"error":{"code":100}}'), [{}])

    assert refused.code == "400"
    assert translator.outcomes(Response(200, body=b'{"events_received":1}'), [{}]) == [None]


def test_the_check_asks_whose_token_it_is():
    assert get_integration("facebook-conversions-api").check_request(SETTINGS) == Request(
        "GET",
        "https://graph.facebook.com/v24.0/me",
        {"Authorization": "Bearer secret"},
        query={"fields": "id"},
    )
