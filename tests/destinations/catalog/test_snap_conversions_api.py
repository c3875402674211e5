import pytest

from destinations.catalog import get_integration
from destinations.errors import InvalidPayload, InvalidSettings
from destinations.integration import Request

from ..bench import default_requests_for, request_for, requests_for

SETTINGS = {"access_token": "secret", "pixel_id": "px-1"}
PURCHASE = {"event_name": "PURCHASE", "action_source": "website"}
ORDER = {
    "type": "track",
    "event": "Order Completed",
    "messageId": "m-1",
    "userId": "ann",
    "timestamp": "2026-08-20T10:00:00.123Z",
    "properties": {
        "email": " Ann@Example.com ",
        "phone": "0044 844 412 4653",
        "revenue": 25.5,
        "currency": "eur",
        "order_id": "o-1",
        "products": [
            {"product_id": "p-1", "category": "Shoes", "brand": "Acme"},
            {"product_id": "p-2"},
        ],
    },
    "context": {
        "ip": "192.0.2.1",
        "userAgent": "Mozilla/5.0",
        "page": {"url": "https://shop.example/thanks"},
        "device": {"advertisingId": "EA7583CD-A667"},
    },
}
SOMEBODY = {"madid": "m-1"}


def sent(mapping=None, event=ORDER, **settings):
    """The event in the body that is sent."""
    mapping = {**PURCHASE, **(mapping or {})}
    request = request_for(
        "snap-conversions-api",
        "reportConversionEvent",
        event,
        mapping,
        **{**SETTINGS, **settings},
    )
    [found] = request.json["data"]
    return found


def test_an_order_is_a_purchase():
    [(action, request)] = default_requests_for("snap-conversions-api", ORDER, **SETTINGS)

    assert action == "reportConversionEvent"
    assert request == Request(
        "POST",
        "https://tr.snapchat.com/v3/px-1/events",
        {"Authorization": "Bearer secret"},
        query={"access_token": "secret"},
        json={
            "data": [
                {
                    "integration": "segment",
                    "event_id": "m-1",
                    "event_name": "PURCHASE",
                    "event_source_url": "https://shop.example/thanks",
                    "event_time": 1787220000123,
                    "user_data": {
                        "em": ["71d4f55f72fa128dfb468a1a3901507c804b74316488744d769d7f4b16696476"],
                        "ph": ["dc008fda46e2e64002cf2f82a4906236282d431c4f75e5b60bfe79fc48546383"],
                        "external_id": [
                            "49915e0d7d4b402e3017d010bc1c0e83cac6c797d6c16e66340fe3268693a6a1"
                        ],
                        "client_ip_address": "192.0.2.1",
                        "client_user_agent": "Mozilla/5.0",
                        "madid": "ea7583cd-a667",
                    },
                    "custom_data": {
                        "content_ids": ["p-1", "p-2"],
                        "content_category": ["Shoes", ""],
                        "brands": ["Acme", ""],
                        "num_items": 2,
                        "order_id": "o-1",
                        "value": 25.5,
                        "currency": "EUR",
                    },
                    "action_source": "website",
                }
            ]
        },
    )


@pytest.mark.parametrize(
    ("event", "name"),
    [
        ({"type": "track", "event": "Signed In"}, "LOGIN"),
        ({"type": "track", "event": "Product List Viewed"}, "LIST_VIEW"),
        ({"type": "page"}, "PAGE_VIEW"),
    ],
)
def test_presets_know_snaps_names(event, name):
    [(_, request)] = default_requests_for(
        "snap-conversions-api", {**ORDER, "event": None, **event}, **SETTINGS
    )

    assert request.json["data"][0]["event_name"] == name


@pytest.mark.parametrize(
    ("name", "value", "key", "digest"),
    [
        (
            "gender",
            "Female",
            "ge",
            "252f10c83610ebca1a059c0bae8255eba2f95be4d1d7bcfa89d7248a82d9f111",
        ),
        (
            "state",
            "New York",
            "st",
            "1b06e2003f8420d6fa42badd8f77ec0f706b976b7a48b13c567dc5a559681683",
        ),
        (
            "country",
            "Germany",
            "country",
            "959a45d44e6fcf58361ed004681556fe50129f2109e817dec098c00c9e5d2578",
        ),
        (
            "firstName",
            "Ann Marie",
            "fn",
            "2322d03565a46ece1e31e5ef0d5f79f5a0ee0dc96ff666e52948e52e0298850e",
        ),
        (
            "dateOfBirth",
            "19900131",
            "db",
            "267b39628557f31a6766b3d7f8823978c276759be4a5c9c52bf868d802ba5a0d",
        ),
        ("zip", "A" * 64, "zp", "A" * 64),
    ],
)
def test_people_are_hashed_after_normalising(name, value, key, digest):
    assert sent({"user_data": {**SOMEBODY, name: value}})["user_data"] == {
        "madid": "m-1",
        key: digest,
    }


def test_the_older_fields_are_fallbacks():
    mapping = {
        "event_name": None,
        "event_type": "SEARCH",
        "action_source": None,
        "event_conversion_type": "WEB",
        "event_time": None,
        "timestamp": 1787220000123,
        "event_id": None,
        "client_dedup_id": "d-1",
        "user_data": None,
        "email": "ann@example.com",
        "click_id": "c-1",
        "products": None,
        "item_ids": "a; b;",
        "item_category": "x,y",
        "number_items": "2 pairs",
        "custom_data": None,
        "currency": "usd",
        "price": 5,
    }

    found = sent(mapping)

    assert (found["event_name"], found["event_id"]) == ("SEARCH", "d-1")
    assert (found["action_source"], found["event_time"]) == ("website", 1787220000123)
    assert found["user_data"] == {
        "em": ["71d4f55f72fa128dfb468a1a3901507c804b74316488744d769d7f4b16696476"],
        "sc_click_id": "c-1",
    }
    assert found["custom_data"] == {
        "content_ids": ["a", "b"],
        "content_category": ["x", "y"],
        "num_items": 2,
        "value": 5,
        "currency": "USD",
    }


def test_an_event_of_an_app_goes_to_the_app_and_tells_about_it():
    mapping = {"action_source": "app", "app_data": {"longVersion": "1.2", "width": 80}}
    settings = {**SETTINGS, "snap_app_id": "app-1", "app_id": "123456"}

    request = request_for(
        "snap-conversions-api", "reportConversionEvent", ORDER, {**PURCHASE, **mapping}, **settings
    )

    assert request.url == "https://tr.snapchat.com/v3/app-1/events"
    assert request.json["data"][0]["app_data"] == {
        "app_id": "123456",
        "advertiser_tracking_enabled": 0,
        "application_tracking_enabled": 0,
        "extinfo": ["i2", "", "", "1.2", "", "", "", "", "", "80", "", "", "", "", "", ""],
    }


def test_without_data_about_the_app_nothing_is_said_of_tracking_in_it():
    mapping = {"action_source": "app", "app_data": None, "os_version": "17.5"}

    found = sent(mapping, snap_app_id="app-1")

    assert found["app_data"] == {
        "advertiser_tracking_enabled": 0,
        "extinfo": ["a2", "", "", "", "17.5", "", "", "", "", "", "", "", "", "", "", ""],
    }


@pytest.mark.parametrize(
    ("time", "milliseconds"),
    [
        ("2026-08-20T12:00:00+02:00", 1787220000000),
        (1787220000123, 1787220000123),
        ("1787220000", 1787220000),
    ],
)
def test_a_bare_number_is_sent_as_it_is(time, milliseconds):
    assert sent({"event_time": time})["event_time"] == milliseconds


def test_texts_are_trimmed_and_journeys_are_told():
    data = {
        "order_id": " o-2 ",
        "sign_up_method": " ",
        "travel_end": " 2026-09-01",
        "num_adults": 2,
    }

    found = sent({"products": None, "custom_data": data})

    assert found["custom_data"] == {"order_id": "o-2", "travel_end": "2026-09-01", "num_adults": 2}


def test_leading_zeros_of_a_phone_go_but_not_those_after_a_plus():
    # Segment strips zeros at the very start only.
    zeros, plus = (sent({"user_data": {"phone": phone}}) for phone in ("0044 8", "+0044 8"))

    assert zeros["user_data"]["ph"] == [
        "a4ecdd704d258aa841bb3f9a1e3b0cafc59bd88810e542f8e7a0519809d78fe7"
    ]
    assert plus["user_data"]["ph"] == [
        "4971b0384460a38def0424ca3f484b7563fa398d7713098a58249e52ffa52fca"
    ]


def test_what_is_neither_website_nor_app_is_offline():
    assert sent({"action_source": "phone_call"})["action_source"] == "OFFLINE"


def test_data_use_can_be_limited():
    found = sent({"data_processing_options": True, "data_processing_options_country": 1})

    assert found["data_processing_options"] == ["LDU"]
    assert found["data_processing_options_country"] == 1


@pytest.mark.parametrize(
    ("mapping", "message"),
    [
        ({"action_source": None}, "action_source is required"),
        ({"event_name": None}, "event_name is required"),
        ({"event_time": None}, "event_time is required"),
        ({"user_data": {"client_ip_address": "192.0.2.1"}}, "user_data needs email, phone"),
        ({"custom_data": {"currency": "XXX"}}, "currency cannot be XXX at Snap"),
    ],
)
def test_what_snap_would_not_take_is_not_sent(mapping, message):
    with pytest.raises(InvalidPayload, match=message):
        sent(mapping)


def test_an_event_of_an_app_needs_the_app_in_the_settings():
    with pytest.raises(InvalidSettings, match="snap_app_id is not set"):
        sent({"action_source": "app"})


def test_a_token_of_oauth_goes_before_the_setting():
    [request] = requests_for(
        "snap-conversions-api",
        "reportConversionEvent",
        ORDER,
        PURCHASE,
        auth={"accessToken": "fresh"},
        **SETTINGS,
    )

    assert request.headers == {"Authorization": "Bearer fresh"}
    assert request.query == {"access_token": "fresh"}


def test_there_is_no_request_that_only_checks():
    assert get_integration("snap-conversions-api").check_request(SETTINGS) is None
