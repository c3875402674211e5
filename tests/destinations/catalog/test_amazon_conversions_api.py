import pytest

from destinations.catalog import get_integration
from destinations.errors import InvalidPayload, InvalidSettings, Rejected, ServerFault
from destinations.integration import Request

from ..bench import NOW, Response, conversation, default_requests_for, request_for, translator_for

SETTINGS = {"advertiserId": "adv-1", "client_id": "amzn1.app", "access_token": "secret"}
EUROPE = "https://advertising-api-eu.amazon.com"
SIGN_UP = {"eventType": "SIGN_UP"}
ORDER = {
    "type": "track",
    "event": "Order Completed",
    "messageId": "m-1",
    "timestamp": "2026-08-20T10:00:00.123Z",
    "properties": {"value": 25.5, "currency": "EUR", "quantity": 2, "brand": "Acme"},
    "context": {
        "locale": "de-DE",
        "ip": "192.0.2.1",
        "traits": {"email": " Ann (x)@Example.com ", "postalCode": "50 667"},
        "device": {"advertisingId": "A-1"},
    },
}
EMAIL, POSTAL = (
    "a2cc7654deb9b8ed3ac367145eded8f85cea085bd14c3f267e34fe974cd151bc",
    "0287a41136a0712f4b9931e04846c03ff42e35caadb43fc830d17bed50669a1d",
)
EVENT = {
    "eventDescription": {
        "name": "Order Completed",
        "conversionType": "OFF_AMAZON_PURCHASES",
        "eventSource": "WEBSITE",
        "eventIngestionMethod": "SERVER_TO_SERVER",
    },
    "countryCode": "DE",
    "eventTime": "2026-08-20T10:00:00.123Z",
    "matchKeys": [
        {"type": "EMAIL", "values": [EMAIL]},
        {"type": "POSTAL", "values": [POSTAL]},
        {"type": "MAID", "values": ["A-1"]},
    ],
    "value": 25.5,
    "currencyCode": "EUR",
    "unitsSold": 2,
    "eventId": "m-1",
    "consent": {"geo": {"ipAddress": "192.0.2.1"}},
    "customData": [{"name": "brand", "value": "Acme"}],
}


def sent(mapping=None, event=ORDER, **settings):
    """The event in the body that is sent."""
    mapping = {**SIGN_UP, **(mapping or {})}
    request = request_for(
        "amazon-conversions-api", "trackConversion", event, mapping, **{**SETTINGS, **settings}
    )
    [found] = request.json["events"]
    return found


def test_an_order_is_a_purchase_off_amazon():
    [(action, request)] = default_requests_for("amazon-conversions-api", ORDER, **SETTINGS)

    assert action == "trackConversion"
    assert request == Request(
        "POST",
        "https://advertising-api.amazon.com/adsApi/v1/create/events",
        {
            "Authorization": "Bearer secret",
            "Amazon-Ads-AccountId": "adv-1",
            "Amazon-Ads-ClientId": "amzn1.app",
        },
        json={"events": [EVENT]},
    )


def test_a_page_needs_a_mapping_that_finds_its_name():
    page = {**ORDER, "type": "page", "event": None, "name": "Shoes"}

    with pytest.raises(InvalidPayload, match="name is required"):
        default_requests_for("amazon-conversions-api", page, **SETTINGS)
    found = sent({"eventType": "PAGE_VIEW", "name": {"@path": "$.name"}}, page)
    assert found["eventDescription"]["name"] == "Shoes"


def test_several_events_are_one_batch():
    translator = translator_for("amazon-conversions-api", "trackConversion", SIGN_UP, **SETTINGS)

    [request] = conversation(translator, [translator.payload(ORDER)] * 2)

    assert translator.batch.size == 500
    assert len(request.json["events"]) == 2


def test_what_amazon_would_not_take_stays_behind_and_the_rest_is_sent():
    translator = translator_for("amazon-conversions-api", "trackConversion", SIGN_UP, **SETTINGS)
    right = translator.payload(ORDER)
    steps = translator.requests([{**right, "countryCode": "Germany"}, right], now=NOW)

    request = next(steps)
    with pytest.raises(StopIteration) as stop:
        steps.send(Response(207, body=b'{"success":[{"index":0}],"error":[]}'))

    assert len(request.json["events"]) == 1
    assert [type(outcome) for outcome in stop.value.value] == [InvalidPayload, type(None)]


def test_each_region_has_its_host_and_a_data_set_is_told():
    translator = translator_for(
        "amazon-conversions-api",
        "trackConversion",
        SIGN_UP,
        region=EUROPE,
        dataSetName="orders",
        **SETTINGS,
    )

    [request] = conversation(translator, [translator.payload(ORDER)])

    assert request.url == f"{EUROPE}/adsApi/v1/create/events"
    assert request.json["events"][0]["eventDescription"]["dataSetName"] == "orders"


@pytest.mark.parametrize(
    ("name", "value", "key", "sent_value"),
    [
        (
            "phone",
            "+1 (415) 555-0100",
            "PHONE",
            "5e7ec4c79ccac6e420876e65ad0e6b4b2ccf73ec3dccb50297bf2890a1ec73b9",
        ),
        (
            "firstName",
            "Ann-Marie",
            "FIRST_NAME",
            "2322d03565a46ece1e31e5ef0d5f79f5a0ee0dc96ff666e52948e52e0298850e",
        ),
        (
            "address",
            "12, Main St.",
            "ADDRESS",
            "f9abaed7b342478d752f131ee93a30fa07ee1e44e1b88f103d2fab0eba44943e",
        ),
        ("email", "A" * 64, "EMAIL", "A" * 64),
        ("rampId", "R-1", "RAMP_ID", "R-1"),
        ("matchId", "M-1", "MATCH_ID", "M-1"),
        (
            "state",
            "New York",
            "STATE",
            "350c754ba4d38897693aa077ef43072a859d23f613443133fecbbd90a3512ca5",
        ),
    ],
)
def test_people_are_hashed_after_normalising_and_ids_are_not(name, value, key, sent_value):
    found = sent({"matchKeys": {name: value}})

    assert found["matchKeys"] == [{"type": key, "values": [sent_value]}]


def test_consent_has_several_forms():
    consent = {"amznAdStorage": "GRANTED", "amznUserData": "DENIED", "tcf": "T", "gpp": "G"}

    assert sent({"consent": consent})["consent"] == {
        "tcf": "T",
        "gpp": "G",
        "amazonConsent": {"amznAdStorage": "GRANTED", "amznUserData": "DENIED"},
    }


@pytest.mark.parametrize(
    ("given", "consent"),
    [
        ({"amznUserData": "GRANTED"}, {"amazonConsent": {"amznUserData": "GRANTED"}}),
        ({"amznAdStorage": "GRANTED"}, None),
        ({"tcf": " "}, None),
    ],
)
def test_consent_to_storage_alone_is_none(given, consent):
    assert sent({"consent": given}).get("consent") == consent


def test_data_use_can_be_limited():
    found = sent({"dataProcessingOptions": "LIMITED_DATA_USE"})

    assert found["dataProcessingOptions"] == {"options": "LIMITED_DATA_USE"}


def test_currency_and_units_are_told_of_purchases_only():
    found = sent({"eventType": "SUBSCRIBE"})

    assert found["value"] == 25.5
    assert not {"currencyCode", "unitsSold"} & set(found)


def test_what_has_nothing_to_be_hashed_is_left_out():
    people = {"phone": "+++", "city": " ", "rampId": "R-1"}

    assert sent({"matchKeys": people})["matchKeys"] == [{"type": "RAMP_ID", "values": ["R-1"]}]


def test_a_time_is_sent_as_it_is():
    assert sent({"timestamp": 1787220000})["eventTime"] == "1787220000"


@pytest.mark.parametrize(
    ("mapping", "settings", "message"),
    [
        ({"countryCode": "germany"}, {}, "countryCode must be a country"),
        ({"matchKeys": {"email": ""}}, {}, "matchKeys needs at least one"),
        ({"consent": None}, {"region": EUROPE}, "consent is required in Europe"),
        ({"eventType": "DANCE"}, {}, "eventType must be one of"),
    ],
)
def test_what_amazon_would_not_take_is_not_sent(mapping, settings, message):
    with pytest.raises(InvalidPayload, match=message):
        sent(mapping, **settings)


def test_the_client_must_be_in_the_settings():
    with pytest.raises(InvalidSettings, match="client_id is not set"):
        sent(client_id=None)


def test_a_207_names_what_was_refused():
    translator = translator_for("amazon-conversions-api", "trackConversion", **SETTINGS)
    body = (
        b'{"success":[{"index":1}],"error":['
        b'{"index":2,"errors":[{"code":"BAD_REQUEST","message":"no"}]},'
        b'{"index":3,"errors":[{"code":"INTERNAL_ERROR","message":"later"}]}]}'
    )

    missing, taken, refused, later = translator.outcomes(Response(207, body=body), [{}] * 4)

    assert taken is None
    assert refused == Rejected("Amazon refused: no", status=400)
    assert (type(later), type(missing)) == (ServerFault, ServerFault)


def test_the_check_lists_profiles():
    assert get_integration("amazon-conversions-api").check_request(SETTINGS) == Request(
        "GET",
        "https://advertising-api.amazon.com/v2/profiles",
        {"Authorization": "Bearer secret", "Amazon-Advertising-API-ClientId": "amzn1.app"},
    )
