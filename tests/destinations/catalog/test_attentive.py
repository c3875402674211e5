import pytest

from destinations.catalog import get_integration
from destinations.errors import InvalidPayload
from destinations.integration import Request

from ..bench import default_requests_for, request_for

KEY = {"apiKey": "key"}
URL = "https://api.attentivemobile.com/v1"
AUTH = {"Authorization": "Bearer key"}
LOGIN = {
    "type": "track",
    "event": "Login",
    "messageId": "m-1",
    "userId": "ann",
    "timestamp": "2026-08-20T10:00:00.123Z",
    "properties": {"plan": "pro"},
    "context": {"traits": {"email": "ann@example.com", "phone": "+15550100"}, "locale": "en-US"},
}
USER = {
    "phone": "+15550100",
    "email": "ann@example.com",
    "externalIdentifiers": {"clientUserId": "ann"},
}
WHEN = {"externalEventId": "m-1", "occurredAt": "2026-08-20T10:00:00.123Z"}


def test_custom_events_are_sent_as_they_are():
    assert request_for("attentive", "customEvents", LOGIN, **KEY) == Request(
        "POST",
        f"{URL}/events/custom",
        AUTH,
        json={"type": "Login", "properties": {"plan": "pro"}, **WHEN, "user": USER},
    )


def test_other_identifiers_are_custom_ones():
    mapping = {"userIdentifiers": {"clientUserId": "ann", "loyalty": "7"}}

    request = request_for("attentive", "customEvents", LOGIN, mapping, **KEY)

    assert request.json["user"] == {
        "externalIdentifiers": {"clientUserId": "ann", "customIdentifiers": {"loyalty": "7"}}
    }


def test_somebody_is_needed():
    with pytest.raises(InvalidPayload, match="userIdentifiers"):
        request_for("attentive", "customEvents", {"event": "Login"}, **KEY)


PRODUCT = {"product_id": "p-1", "variant": "green", "price": 5, "currency": "EUR", "quantity": 2}
ITEM = {
    "productId": "p-1",
    "productVariantId": "green",
    "quantity": 2,
    "price": [{"value": 5, "currency": "EUR"}],
}


@pytest.mark.parametrize(
    ("name", "properties", "place"),
    [
        ("Product Viewed", PRODUCT, "product-view"),
        ("Product Added", PRODUCT, "add-to-cart"),
        ("Order Completed", {"products": [PRODUCT]}, "purchase"),
    ],
)
def test_shopping_is_sent_with_its_items(name, properties, place):
    event = {**LOGIN, "event": name, "properties": properties}

    [(action, request)] = default_requests_for("attentive", event, **KEY)

    assert (action, request.url, request.json) == (
        "ecommEvent",
        f"{URL}/events/ecommerce/{place}",
        {"items": [ITEM], "occurredAt": "2026-08-20T10:00:00.123Z", "user": USER},
    )


@pytest.mark.parametrize("value", [["a"], {"city": "Rome"}, None])
def test_attributes_are_plain_values(value):
    event = {**LOGIN, "type": "identify", "traits": {"plan": "pro", "home": value}}

    with pytest.raises(InvalidPayload, match="home must be a plain value"):
        request_for("attentive", "upsertUserAttributes", event, **KEY)


def test_properties_of_custom_events_are_no_lists():
    event = {**LOGIN, "properties": {"home": {}, "tags": ["a"]}}

    with pytest.raises(InvalidPayload, match="tags cannot be a list"):
        request_for("attentive", "customEvents", event, **KEY)


def test_identify_upserts_the_attributes():
    event = {**LOGIN, "type": "identify", "traits": {"plan": "pro"}}

    [(action, request)] = default_requests_for("attentive", event, **KEY)

    assert (action, request.url, request.json) == (
        "upsertUserAttributes",
        f"{URL}/attributes/custom",
        {"properties": {"plan": "pro"}, "user": USER},
    )


def test_subscribe_user_says_where_the_user_is():
    [(action, request)] = default_requests_for(
        "attentive", {**LOGIN, "event": "User Subscribed"}, **KEY
    )

    assert (action, request.url, request.json) == (
        "subscribeUser",
        f"{URL}/subscriptions",
        {
            "subscriptionType": "TRANSACTIONAL",
            "singleOptIn": False,
            "locale": {"language": "en", "country": "US"},
            **WHEN,
            "user": USER,
        },
    )


def test_the_credentials_are_checked():
    assert get_integration("attentive").check_request(KEY) == Request("GET", f"{URL}/me", AUTH)


def test_a_sign_up_source_stands_instead_of_the_locale():
    request = request_for("attentive", "subscribeUser", LOGIN, {"signUpSourceId": "s-1"}, **KEY)

    assert request.json["signUpSourceId"] == "s-1"
    assert "locale" not in request.json


@pytest.mark.parametrize("locale", [None, "english", "en_US"])
def test_a_locale_is_a_language_and_a_country(locale):
    with pytest.raises(InvalidPayload, match="locale"):
        request_for("attentive", "subscribeUser", LOGIN, {"locale": locale}, **KEY)
