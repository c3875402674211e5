import json

import pytest

from destinations.catalog import get_integration
from destinations.errors import InvalidPayload, InvalidSettings, Rejected, ServerFault, Unauthorized
from destinations.integration import Request

from ..bench import (
    NOW,
    Response,
    conversation,
    default_requests_for,
    request_for,
    requests_for,
    translator_for,
)

SETTINGS = {"customerId": "123-456-7890", "developer_token": "dev", "access_token": "secret"}
HEADERS = {"Authorization": "Bearer secret", "developer-token": "dev"}
CUSTOMER = "https://googleads.googleapis.com/v22/customers/1234567890"
ACTION = {"conversion_action": 570}
ORDER = {
    "type": "track",
    "event": "Order Completed",
    "timestamp": "2026-08-20T10:00:00.123Z",
    "properties": {
        "total": 25.5,
        "currency": "EUR",
        "order_id": "o-1",
        "gclid": "g-1",
        "email": " Ann.B.Lee@Gmail.com ",
        "phone": "(415) 555-0100",
        "products": [{"product_id": "p-1", "price": 12.75, "quantity": 2}],
    },
    "context": {"ip": "192.0.2.1"},
}
EMAIL = {"hashedEmail": "87d68a9a1cb0bc04b713e65735d3ce9d0626231a8780d3d14a51df6fadebeced"}
PHONE = {"hashedPhoneNumber": "40d3f4e02db27d66cf4cfdda506c2c945f115a7955cc8491dda98ce5beabcda0"}


def sent(action, mapping=None, event=ORDER, **settings):
    """The one conversion in the body that an action sends."""
    mapping = {**ACTION, **(mapping or {})}
    request = request_for(
        "google-enhanced-conversions", action, event, mapping, **{**SETTINGS, **settings}
    )
    member = "conversionAdjustments" if "Adjustment" in action else "conversions"
    [found] = request.json[member]
    return found


@pytest.mark.parametrize("action", ["uploadClickConversion", "uploadClickConversion2"])
def test_a_click_is_uploaded(action):
    mapping = {**ACTION, "gclid": {"@path": "$.properties.gclid"}}

    assert request_for(
        "google-enhanced-conversions", action, ORDER, mapping, **SETTINGS
    ) == Request(
        "POST",
        f"{CUSTOMER}:uploadClickConversions",
        HEADERS,
        json={
            "conversions": [
                {
                    "conversionAction": "customers/1234567890/conversionActions/570",
                    "conversionDateTime": "2026-08-20 10:00:00+00:00",
                    "gclid": "g-1",
                    "userIpAddress": "192.0.2.1",
                    "orderId": "o-1",
                    "conversionValue": 25.5,
                    "currencyCode": "EUR",
                    "cartData": {
                        "items": [{"productId": "p-1", "quantity": 2, "unitPrice": 12.75}]
                    },
                    "userIdentifiers": [EMAIL, PHONE],
                }
            ],
            "partialFailure": True,
        },
    )


def test_switched_on_it_uploads_orders():
    [(action, request)] = default_requests_for(
        "google-enhanced-conversions", ORDER, conversionActionId="570", **SETTINGS
    )

    assert action == "uploadClickConversion2"
    assert request.json["conversions"][0]["gclid"] == "g-1"


def test_the_session_is_told_encoded_or_else_in_pairs():
    properties = {"gad_source": "1", "session_start_time_usec": "2026-08-20T10:00:00Z"}
    context = {"page": {"url": "https://shop.example/"}}
    event = {"timestamp": "2026-08-20T10:00:00Z", "properties": properties, "context": context}

    found = sent("uploadClickConversion", event=event)

    assert found["sessionAttributesKeyValuePairs"] == {
        "keyValuePairs": [
            {"sessionAttributeKey": "gad_source", "sessionAttributeValue": "1"},
            {
                "sessionAttributeKey": "landing_page_url",
                "sessionAttributeValue": "https://shop.example/",
            },
            {
                "sessionAttributeKey": "session_start_time_usec",
                "sessionAttributeValue": "1787220000000000",
            },
        ]
    }
    encoded = sent("uploadClickConversion", {"session_attributes_encoded": "abc"}, event)
    assert encoded["sessionAttributesEncoded"] == "abc"
    assert "sessionAttributesKeyValuePairs" not in encoded


def test_consent_is_told():
    found = sent("uploadClickConversion", {"ad_user_data_consent_state": "GRANTED"})

    assert found["consent"] == {"adUserData": "GRANTED"}


def test_custom_variables_are_looked_up_by_name():
    mapping = {**ACTION, "custom_variables": {"color": "red", "unknown": "x"}}
    variable = {"resourceName": "customers/1/conversionCustomVariables/7", "name": "color"}
    answer = [{"results": [{"conversionCustomVariable": variable}]}]

    lookup, upload = requests_for(
        "google-enhanced-conversions",
        "uploadClickConversion",
        ORDER,
        mapping,
        [Response(200, body=json.dumps(answer).encode())],
        **SETTINGS,
    )

    assert (lookup.url, lookup.headers) == (f"{CUSTOMER}/googleAds:searchStream", HEADERS)
    assert upload.json["conversions"][0]["customVariables"] == [
        {
            "conversionCustomVariable": "customers/1/conversionCustomVariables/7",
            "value": "red",
        }
    ]


@pytest.mark.parametrize(
    ("answer", "variables"), [([], None), ([{"results": [{"conversionCustomVariable": {}}]}], [])]
)
def test_an_account_without_custom_variables_gets_none(answer, variables):
    mapping = {**ACTION, "custom_variables": {"color": "red"}}

    *_, upload = requests_for(
        "google-enhanced-conversions",
        "uploadClickConversion",
        ORDER,
        mapping,
        [Response(200, body=json.dumps(answer).encode())],
        **SETTINGS,
    )

    assert upload.json["conversions"][0].get("customVariables") == variables


@pytest.mark.parametrize("action", ["uploadCallConversion", "uploadCallConversion2"])
def test_a_call_is_uploaded(action):
    mapping = {**ACTION, "caller_id": "+14155550100", "call_timestamp": "2026-08-20T09:00:00Z"}

    request = request_for("google-enhanced-conversions", action, ORDER, mapping, **SETTINGS)

    assert request.url == f"{CUSTOMER}:uploadCallConversions"
    assert request.json["conversions"] == [
        {
            "conversionAction": "customers/1234567890/conversionActions/570",
            "callerId": "+14155550100",
            "callStartDateTime": "2026-08-20 09:00:00+00:00",
            "conversionDateTime": "2026-08-20 10:00:00+00:00",
            "conversionValue": 25.5,
            "currencyCode": "EUR",
        }
    ]


@pytest.mark.parametrize("action", ["uploadConversionAdjustment", "uploadConversionAdjustment2"])
def test_a_conversion_is_adjusted(action):
    mapping = {
        **ACTION,
        "adjustment_type": "RESTATEMENT",
        "restatement_value": 20,
        "restatement_currency_code": "EUR",
    }
    traits = {"firstName": "Ann", "address": {"city": "Köln", "country": "DE"}}
    event = {**ORDER, "context": {"userAgent": "Mozilla/5.0", "traits": traits}}

    request = request_for("google-enhanced-conversions", action, event, mapping, **SETTINGS)

    assert request.url == f"{CUSTOMER}:uploadConversionAdjustments"
    assert request.json == {
        "conversionAdjustments": [
            {
                "conversionAction": "customers/1234567890/conversionActions/570",
                "adjustmentType": "RESTATEMENT",
                "adjustmentDateTime": "2026-08-20 10:00:00+00:00",
                "orderId": "o-1",
                "gclidDateTimePair": {},
                "userIdentifiers": [EMAIL, PHONE, {"addressInfo": ADDRESS}],
                "userAgent": "Mozilla/5.0",
                "restatementValue": {"adjustedValue": 20, "currencyCode": "EUR"},
            }
        ],
        "partialFailure": True,
    }


ADDRESS = {
    "hashedFirstName": "17239b6e250110330eda64a29c610bf146f89883371fab093feda03bec61b646",
    "city": "Köln",
    "countryCode": "DE",
}


def test_a_retraction_has_no_value_and_an_adjustment_without_a_time_is_of_now():
    mapping = {"adjustment_type": "RETRACTION", "adjustment_timestamp": None}

    found = sent("uploadConversionAdjustment", mapping)

    assert "restatementValue" not in found
    assert found["adjustmentDateTime"] == "2026-08-20 12:00:00+00:00"


@pytest.mark.parametrize(
    ("phone", "country", "normal"),
    [
        (
            "+44 20 7031 3000",
            "+44",
            "f3d7e96c73fb0de1b66acfce541d7af758fbd4f3fa3af0ea4e10110000d3625e",
        ),
        ("020 7031", "44", "2d3f41590e89ec74a4f203228d8cd86beee1eb91731dc27acf82164256cd8d8d"),
        (
            "1 415 555 0100",
            None,
            "40d3f4e02db27d66cf4cfdda506c2c945f115a7955cc8491dda98ce5beabcda0",
        ),
        ("A" * 64, None, "A" * 64),
    ],
)
def test_telephones_get_the_code_of_their_country(phone, country, normal):
    mapping = {"phone_number": phone, "phone_country_code": country, "email_address": None}

    found = sent("uploadClickConversion", mapping)

    assert found["userIdentifiers"] == [{"hashedPhoneNumber": normal}]


@pytest.mark.parametrize("email", ["ann", "ann@example", "änn@example.com", "a b@example.com"])
def test_what_is_no_address_is_refused(email):
    with pytest.raises(InvalidPayload, match="email_address is no e-mail address"):
        sent("uploadClickConversion", {"email_address": email})


def test_an_order_without_products_has_an_empty_cart():
    event = {**ORDER, "properties": {}}

    assert sent("uploadClickConversion", event=event) == {
        "conversionAction": "customers/1234567890/conversionActions/570",
        "conversionDateTime": "2026-08-20 10:00:00+00:00",
        "userIpAddress": "192.0.2.1",
        "cartData": {"items": []},
        "userIdentifiers": [],
    }


def test_a_manager_may_have_the_access():
    request = request_for(
        "google-enhanced-conversions",
        "uploadClickConversion",
        ORDER,
        ACTION,
        loginCustomerId="111-222-3333",
        **SETTINGS,
    )

    assert request.headers["login-customer-id"] == "1112223333"


def test_an_upload_needs_the_customer_in_the_settings():
    with pytest.raises(InvalidSettings, match="customerId is not set"):
        sent("uploadClickConversion", customerId=None)


def test_several_clicks_are_one_batch_when_the_mapping_wants_it():
    mapping = {**ACTION, "enable_batching": True}
    translator = translator_for(
        "google-enhanced-conversions", "uploadClickConversion", mapping, **SETTINGS
    )

    [request] = conversation(translator, [translator.payload(ORDER)] * 2)

    assert len(request.json["conversions"]) == 2
    off = translator_for("google-enhanced-conversions", "uploadClickConversion", ACTION, **SETTINGS)
    assert off.batch is None


def test_one_wrong_address_does_not_hold_up_a_batch():
    mapping = {**ACTION, "enable_batching": True}
    translator = translator_for(
        "google-enhanced-conversions", "uploadClickConversion2", mapping, **SETTINGS
    )
    nobody = {**ORDER, "properties": {"email": "ann"}}
    payloads = [translator.payload(event) for event in (nobody, ORDER, ORDER)]
    requests = translator.requests(payloads, now=NOW)

    request = next(requests)
    answer = failure(error(1, "UNPARSEABLE_GCLID"))
    with pytest.raises(StopIteration) as stop:
        requests.send(Response(200, body=json.dumps(answer).encode()))

    assert len(request.json["conversions"]) == 2
    codes = [outcome and outcome.code for outcome in stop.value.value]
    assert codes == ["PAYLOAD_VALIDATION_FAILED", None, "400"]


def failure(*errors):
    return {"partialFailureError": {"message": "bad", "details": [{"errors": list(errors)}]}}


def error(index, code):
    element = {"fieldName": "conversions", "index": str(index)}
    where = {"fieldPathElements": [element, {"fieldName": "gclid"}]}
    return {"errorCode": {"anyError": code}, "message": code, "location": where}


@pytest.mark.parametrize(
    ("answer", "kinds"),
    [
        ({}, [None, None]),
        (failure(error(1, "UNPARSEABLE_GCLID")), [None, Rejected]),
        (failure(error(0, "TRANSIENT_ERROR")), [ServerFault, None]),
        (failure(), [Rejected, Rejected]),
    ],
)
def test_an_answer_of_200_may_name_refused_conversions(answer, kinds):
    translator = translator_for("google-enhanced-conversions", "uploadClickConversion", **SETTINGS)

    found = translator.outcomes(Response(200, body=json.dumps(answer).encode()), [{}, {}])

    assert [outcome and type(outcome) for outcome in found] == kinds


LEGACY = {
    "conversion_label": "label",
    "transaction_id": "o-1",
    "email": "Ann.Lee@gmail.com",
    "first_name": "Ann-Marie",
    "city": "St. Louis",
    "phone_number": "+1 415 555 0100",
}


def test_the_older_api_wants_hashes_as_base64():
    request = request_for(
        "google-enhanced-conversions",
        "postConversion",
        {**ORDER, "context": {}},
        LEGACY,
        conversionTrackingId="99",
        **SETTINGS,
    )

    assert request == Request(
        "POST",
        "https://www.google.com/ads/event/api/v1",
        {"Authorization": "Bearer secret"},
        query={"conversion_tracking_id": "99"},
        json={
            "pii_data": {
                "hashed_email": "FuICvc2WRq8R-qOlo7nAemMD6WKVgyRvggjkPFKQh94=",
                "hashed_phone_number": ["QNP04C2yfWbPTP3aUGwslF8RWnlVzISR3amM5b6rzaA="],
                "address": [
                    {
                        "hashed_first_name": "IyLQNWWkbs4eMeXvDV959aDuDclv9mblKUjlLgKYhQ4=",
                        "city": "stlouis",
                    }
                ],
            },
            "oid": "o-1",
            "conversion_time": 1787220000123000,
            "label": "label",
            "value": 25.5,
            "currency_code": "EUR",
            "is_app_incrementality": 0,
            "pcc_game": 0,
        },
    )


def test_the_older_api_answers_400_to_a_token_that_has_run_out():
    translator = translator_for("google-enhanced-conversions", "postConversion", **SETTINGS)
    body = b'{"error_statuses":[{"error_code":"INVALID_OAUTH_TOKEN"}]}'

    [outcome] = translator.outcomes(Response(400, body=body), [{}])

    assert type(outcome) is Unauthorized
    assert translator.outcomes(Response(200), [{}]) == [None]


def test_the_check_lists_customers():
    assert get_integration("google-enhanced-conversions").check_request(SETTINGS) == Request(
        "GET",
        "https://googleads.googleapis.com/v22/customers:listAccessibleCustomers",
        HEADERS,
    )
