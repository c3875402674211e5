import pytest

from destinations.catalog import get_integration
from destinations.errors import InvalidPayload
from destinations.integration import Request

from ..bench import Response, conversation, default_requests_for, request_for, translator_for

SETTINGS = {"ad_account_id": "t2_1", "conversion_token": "secret"}
PURCHASE = {"tracking_type": "Purchase"}
ORDER = {
    "type": "track",
    "event": "Order Completed",
    "messageId": "m-1",
    "userId": "ann",
    "timestamp": "2026-08-20T10:00:00.123Z",
    "properties": {
        "revenue": 25.5,
        "currency": "EUR",
        "quantity": 2,
        "products": [{"product_id": "p-1", "name": " Shoe ", "category": "Shoes"}],
    },
    "context": {
        "ip": "192.0.2.1",
        "userAgent": "Mozilla/5.0",
        "screen": {"height": 80, "width": 60},
        "traits": {"email": "Ann.Lee+news@Example.com", "phone": "+1 (415) 555-0100 ext 12"},
        "device": {"advertisingId": "EA7583CD", "type": "ios"},
    },
}


def sent(mapping=None, event=ORDER, action="standardEvent"):
    """The event in the body that an action sends."""
    mapping = {**PURCHASE, **(mapping or {})}
    request = request_for("reddit-conversions-api", action, event, mapping, **SETTINGS)
    [found] = request.json["events"]
    return found


def test_an_order_is_a_purchase():
    [(action, request)] = default_requests_for("reddit-conversions-api", ORDER, **SETTINGS)

    assert action == "standardEvent"
    assert request == Request(
        "POST",
        "https://ads-api.reddit.com/api/v2.0/conversions/events/t2_1",
        {"Authorization": "Bearer secret"},
        json={
            "events": [
                {
                    "event_at": "2026-08-20T10:00:00.123Z",
                    "event_type": {"tracking_type": "Purchase"},
                    "event_metadata": {
                        "currency": "EUR",
                        "item_count": 2,
                        "value_decimal": 25.5,
                        "products": [{"category": "Shoes", "id": "p-1", "name": "Shoe"}],
                        "conversion_id": CONVERSION_ID,
                    },
                    "user": {
                        "email": EMAIL,
                        "external_id": ANN,
                        "ip_address": IP,
                        "phone_number": PHONE,
                        "user_agent": "Mozilla/5.0",
                        "screen_dimensions": {"height": 80, "width": 60},
                        "idfa": IDFA,
                    },
                }
            ],
            "test_mode": False,
            "partner": "SEGMENT",
        },
    )


CONVERSION_ID = "a461b472cb41a9ec3dee5c90cf8e4a78252c9d82319adf75830031b8c309bfc6"
EMAIL = "462f6ec66c33e718aca4c9e37af9f7e814ff17b28ae0ef4c5832e69251fdc659"
ANN = "49915e0d7d4b402e3017d010bc1c0e83cac6c797d6c16e66340fe3268693a6a1"
IP = "37fcff24bf62035b2b08020afc08b4fecd4fcffce57ab23518e3561ff0fe76b9"
PHONE = "40d3f4e02db27d66cf4cfdda506c2c945f115a7955cc8491dda98ce5beabcda0"
IDFA = "7640ef6e475e3ccf4f8a6186feae93238454632471e08b694e85ae038db15219"


@pytest.mark.parametrize(
    ("event", "name", "metadata"),
    [
        ({"type": "page"}, "PageVisit", {}),
        ({"type": "track", "event": "Product Added"}, "AddToCart", {"currency": "EUR"}),
        ({"type": "track", "event": "Signed Up"}, "SignUp", {"currency": "EUR"}),
    ],
)
def test_presets_know_reddits_names(event, name, metadata):
    properties = {"currency": "EUR", "quantity": 2, "revenue": 5}
    event = {**ORDER, "event": None, "properties": properties, **event}

    [(_, request)] = default_requests_for("reddit-conversions-api", event, **SETTINGS)

    [found] = request.json["events"]
    assert found["event_type"] == {"tracking_type": name}
    assert found["event_metadata"] == {**metadata, "conversion_id": CONVERSION_ID}


def test_a_custom_event_has_a_name_of_its_own():
    found = sent({"custom_event_name": " Level up "}, action="customEvent")

    assert found["event_type"] == {"tracking_type": "Custom", "custom_event_name": "Level up"}


def test_android_has_another_advertising_id_and_an_unknown_device_has_none():
    user = {"advertising_id": "EA7583CD"}

    assert sent({"user": {**user, "device_type": "android"}})["user"]["aaid"] == IDFA
    assert not {"idfa", "aaid"} & set(sent({"user": user})["user"])


def test_metadata_of_which_nothing_is_known_are_empty_or_missing():
    nothing = {"products": None, "conversion_id": None}

    assert sent({**nothing, "event_metadata": {}})["event_metadata"] == {}
    assert "event_metadata" not in sent({**nothing, "event_metadata": None})


@pytest.mark.parametrize(
    ("number", "digest"),
    [
        (
            "415 555 0100 anexo 7",
            "7baccf3c5ea1d0027ffe486f873735bffc3b065f5e136e7244e658693c7cb879",
        ),
        (
            "415 555 0100 x7 ext 8",
            "aaa15386587ca2251f68f137ae106fa7e74ea5bebbe2faf356a6df11b8927f22",
        ),
    ],
)
def test_the_extension_of_a_telephone_number_is_cut_off(number, digest):
    assert sent({"user": {"phone_number": number}})["user"]["phone_number"] == digest


def test_a_telephone_number_without_digits_is_left_out():
    assert sent({"user": {"phone_number": "secret"}, "screen_dimensions": None})["user"] == {}


def test_data_use_can_be_limited():
    options = {"country": "US", "modes": "LDU", "region": "US-CA"}

    assert sent({"user": {}, "data_processing_options": options})["user"] == {
        "data_processing_options": {"country": "US", "region": "US-CA", "modes": ["LDU"]},
        "screen_dimensions": {"height": 80, "width": 60},
    }


@pytest.mark.parametrize("country", ["DE", "CW", "LY", "UN"])
def test_countries_are_known_by_their_codes(country):
    found = sent({"data_processing_options": {"country": country}})

    assert found["user"]["data_processing_options"] == {"country": country}


def test_an_unknown_currency_is_refused():
    with pytest.raises(InvalidPayload, match=r"event_metadata\.currency must be one of"):
        sent({"event_metadata": {"currency": "GOLD"}})


def test_the_test_mode_is_a_setting():
    request = request_for(
        "reddit-conversions-api", "standardEvent", ORDER, PURCHASE, test_mode=True, **SETTINGS
    )

    assert request.json["test_mode"] is True


def test_a_batch_is_one_list_of_events():
    translator = translator_for(
        "reddit-conversions-api", "standardEvent", PURCHASE, batching=True, **SETTINGS
    )
    payloads = [translator.payload({**ORDER, "messageId": name}) for name in ("m-1", "m-2")]

    [request] = conversation(translator, payloads)

    ids = [event["event_metadata"]["conversion_id"] for event in request.json["events"]]
    assert ids == [
        CONVERSION_ID,
        "8ae2a41095969ce3ebefc08446532811f94c840741cdcb845bc041936ef60523",
    ]


def test_batches_are_off_until_a_mapping_wants_them():
    off = translator_for("reddit-conversions-api", "standardEvent", **SETTINGS)
    on = translator_for(
        "reddit-conversions-api", "standardEvent", {"enable_batching": True}, **SETTINGS
    )

    assert off.batch is None
    assert on.batch.size == 1000


def test_the_check_sends_no_event_in_test_mode():
    assert get_integration("reddit-conversions-api").check_request(SETTINGS) == Request(
        "POST",
        "https://ads-api.reddit.com/api/v2.0/conversions/events/t2_1",
        {"Authorization": "Bearer secret"},
        json={"test_mode": True, "events": []},
    )


@pytest.mark.parametrize(
    ("status", "problem"),
    [
        (200, None),
        (400, None),
        (401, ""),
        (403, "Reddit does not know this ad account for this token"),
        (503, ""),
    ],
)
def test_a_missing_event_is_not_the_fault_of_the_credentials(status, problem):
    tool = get_integration("reddit-conversions-api")

    assert tool.credential_problem(Response(status)) == problem
