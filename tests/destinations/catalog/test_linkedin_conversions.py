import pytest

from destinations.catalog import get_integration
from destinations.errors import InvalidPayload, Unauthorized
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

SETTINGS = {"access_token": "secret"}
HEADERS = {
    "Authorization": "Bearer secret",
    "LinkedIn-Version": "202603",
    "X-Restli-Protocol-Version": "2.0.0",
}
RULE = {"conversionRuleId": "104012"}
LEAD = {
    "type": "track",
    "event": "Lead Generated",
    "messageId": "m-1",
    "timestamp": "2026-08-20T10:00:00.123Z",
    "properties": {"revenue": 25.5, "currency": "EUR"},
    "traits": {"email": "Ann@Example.com"},
}
EMAIL = "71d4f55f72fa128dfb468a1a3901507c804b74316488744d769d7f4b16696476"
CONVERSION = {
    "conversion": "urn:lla:llaPartnerConversion:104012",
    "conversionHappenedAt": 1787220000123,
    "conversionValue": {"currencyCode": "EUR", "amount": "25.5"},
    "eventId": "m-1",
    "user": {"userIds": [{"idType": "SHA256_EMAIL", "idValue": EMAIL}]},
}


def sent(mapping=None, event=LEAD, **settings):
    """What an event alone is sent as."""
    mapping = {**RULE, "enable_batching": False, **(mapping or {})}
    request = request_for(
        "linkedin-conversions", "streamConversion", event, mapping, **SETTINGS, **settings
    )
    return request.json


def test_a_conversion_is_sent():
    mapping = {**RULE, "enable_batching": False}

    assert request_for(
        "linkedin-conversions", "streamConversion", LEAD, mapping, **SETTINGS
    ) == Request("POST", "https://api.linkedin.com/rest/conversionEvents", HEADERS, json=CONVERSION)


def test_several_conversions_are_one_batch():
    translator = translator_for("linkedin-conversions", "streamConversion", RULE, **SETTINGS)
    payloads = [translator.payload(LEAD), translator.payload({**LEAD, "messageId": "m-2"})]

    [request] = conversation(translator, payloads)

    assert translator.batch.size == 5000
    assert request == Request(
        "POST",
        "https://api.linkedin.com/rest/conversionEvents",
        {**HEADERS, "X-RestLi-Method": "BATCH_CREATE"},
        json={"elements": [CONVERSION, {**CONVERSION, "eventId": "m-2"}]},
    )


def test_one_conversion_that_linkedin_would_not_take_does_not_hold_up_the_others():
    translator = translator_for("linkedin-conversions", "streamConversion", RULE, **SETTINGS)
    events = [{**LEAD, "traits": {}}, LEAD, LEAD]
    requests = translator.requests([translator.payload(event) for event in events], now=NOW)

    request = next(requests)
    with pytest.raises(StopIteration) as stop:
        requests.send(Response(200, body=b'{"elements":[{"status":201},{"status":400}]}'))

    assert request.json == {"elements": [CONVERSION, CONVERSION]}
    assert [outcome and outcome.code for outcome in stop.value.value] == [
        "PAYLOAD_VALIDATION_FAILED",
        None,
        "400",
    ]


def test_a_batch_in_which_nobody_is_named_is_not_sent():
    translator = translator_for("linkedin-conversions", "streamConversion", RULE, **SETTINGS)
    payload = translator.payload({**LEAD, "traits": {}})
    message = "email or linkedInUUID, acxiomID, oracleID is required"

    with pytest.raises(StopIteration) as stop:
        next(translator.requests([payload, payload], now=NOW))

    assert [outcome.message for outcome in stop.value.value] == [message, message]
    with pytest.raises(InvalidPayload, match=message):
        next(translator.requests([payload], now=NOW))


def test_an_address_is_lowered_and_not_trimmed_unless_it_is_hashed_already():
    [padded] = sent({"email": " Ann@Example.com"})["user"]["userIds"]
    [digest] = sent({"email": "A" * 64})["user"]["userIds"]

    assert padded["idValue"] == "6d7f3934d3a7e5f3a790019391065963c668100832cc74fd798d1bded0558fae"
    assert digest["idValue"] == "A" * 64


def test_a_person_may_have_other_ids_and_one_external_one():
    mapping = {
        "email": None,
        "linkedInUUID": "u-1",
        "acxiomID": "a-1",
        "oracleID": "o-1",
        "userInfo": {"firstName": "Ann", "lastName": "Lee"},
        "externalIds": ["e-1", "e-2"],
    }

    assert sent(mapping)["user"] == {
        "userIds": [
            {"idType": "LINKEDIN_FIRST_PARTY_ADS_TRACKING_UUID", "idValue": "u-1"},
            {"idType": "ACXIOM_ID", "idValue": "a-1"},
            {"idType": "ORACLE_MOAT_ID", "idValue": "o-1"},
        ],
        "userInfo": {"firstName": "Ann", "lastName": "Lee"},
        "externalIds": ["e-1"],
    }


@pytest.mark.parametrize(
    ("mapping", "message"),
    [
        ({"email": None}, "email or linkedInUUID, acxiomID, oracleID is required"),
        ({"conversionHappenedAt": "2026-05-01T00:00:00Z"}, "is older than 90 days"),
        ({"conversionRuleId": None}, "conversionRuleId is required"),
        ({"userInfo": {"firstName": "Ann"}}, "userInfo.lastName is required"),
    ],
)
def test_what_linkedin_would_not_take_is_not_sent(mapping, message):
    with pytest.raises(InvalidPayload, match=message):
        sent(mapping)


@pytest.mark.parametrize(
    ("mapping", "rule_id"),
    [
        ({"onMappingSave": {"outputs": {"id": "7"}}}, "7"),
        ({"conversionRuleId": "8"}, "8"),
        ({"conversionRuleId": None}, "9"),
    ],
)
def test_the_rule_is_that_of_the_mapping_or_of_the_settings(mapping, rule_id):
    found = sent(mapping, conversionRuleId="9")

    assert found["conversion"] == f"urn:lla:llaPartnerConversion:{rule_id}"


def test_moments_may_be_milliseconds():
    found = sent({"conversionHappenedAt": "1787220000123", "conversionValue": None})

    assert found["conversionHappenedAt"] == 1787220000123
    assert "conversionValue" not in found


def test_switched_on_it_finds_the_address_of_a_track_call():
    event = {**LEAD, "traits": {}, "context": {"traits": {"email": "ann@example.com"}}}

    [(_, request)] = default_requests_for(
        "linkedin-conversions", event, conversionRuleId="104012", **SETTINGS
    )

    assert request.json["elements"] == [CONVERSION]


def outcomes(status, body, count=2):
    translator = translator_for("linkedin-conversions", "streamConversion", **SETTINGS)
    found = translator.outcomes(Response(status, body=body), [{}] * count)
    return [outcome and outcome.code for outcome in found]


def test_each_event_of_a_batch_has_a_status():
    body = b'{"elements":[{"status":201},{"status":400,"error":{"message":"no"}},{"status":429}]}'

    assert outcomes(200, body, 4) == [None, "400", "429", "500"]


def test_other_answers_hold_for_the_whole_batch():
    assert outcomes(503, b"{}") == ["503", "503"]
    assert outcomes(201, b"") == [None, None]


def test_a_token_of_oauth_goes_before_the_setting():
    [request] = requests_for(
        "linkedin-conversions",
        "streamConversion",
        LEAD,
        RULE,
        auth={"accessToken": "fresh"},
        **SETTINGS,
    )

    assert request.headers["Authorization"] == "Bearer fresh"


def test_without_a_token_nothing_is_sent():
    with pytest.raises(Unauthorized, match="there is no access token"):
        request_for("linkedin-conversions", "streamConversion", LEAD, RULE)


def test_the_check_asks_whose_token_it_is():
    assert get_integration("linkedin-conversions").check_request(SETTINGS) == Request(
        "GET", "https://api.linkedin.com/rest/me", HEADERS
    )
