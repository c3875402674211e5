import json

import pytest

from destinations.catalog import get_integration
from destinations.errors import InvalidPayload
from destinations.integration import Request

from ..bench import NOW, Response, conversation, default_requests_for, request_for, translator_for

SETTINGS = {
    "profileId": "8765",
    "defaultFloodlightActivityId": "111",
    "defaultFloodlightConfigurationId": "222",
    "access_token": "secret",
}
PROFILE = "https://dfareporting.googleapis.com/dfareporting/v5/userprofiles/8765"
HEADERS = {"Authorization": "Bearer secret"}
MAPPING = {"requiredId": {"gclid": "g-1"}, "ordinal": "1", "quantity": "2"}
ENCRYPTION = {
    "encryptionEntityId": "99",
    "encryptionEntityType": "DCM_ACCOUNT",
    "encryptionSource": "AD_SERVING",
}
ORDER = {
    "type": "track",
    "event": "Order Completed",
    "userId": "ann",
    "timestamp": "2026-08-20T10:00:00.123Z",
    "properties": {
        "total": 25.5,
        "customVariables": [{"type": "U1", "value": "blue"}, {"type": "U2", "value": ""}],
        "products": [{"product_id": "p-1", "quantity": 2, "price": 12.75}],
    },
    "context": {"traits": {"email": "ann@example.com", "address": {"city": "Köln"}}},
}
CONVERSION = {
    "floodlightActivityId": "111",
    "floodlightConfigurationId": "222",
    "kind": "dfareporting#conversion",
    "gclid": "g-1",
    "limitAdTracking": False,
    "childDirectedTreatment": False,
    "nonPersonalizedAd": True,
    "treatmentForUnderage": False,
    "ordinal": "1",
    "quantity": "2",
    "timestampMicros": "1787220000123000",
    "value": 25.5,
    "userIdentifiers": [
        {"hashedEmail": "71d4f55f72fa128dfb468a1a3901507c804b74316488744d769d7f4b16696476"},
        {"addressInfo": {"city": "Köln"}},
    ],
    "customVariables": [
        {"type": "U1", "value": "blue", "kind": "dfareporting#customFloodlightVariable"}
    ],
    "encryptedUserIdCandidates": [],
}


def body(mapping=None, action="conversionUpload", **settings):
    mapping = {**MAPPING, **(mapping or {})}
    settings = {**SETTINGS, **settings}
    return request_for("google-campaign-manager-360", action, ORDER, mapping, **settings).json


def sent(mapping=None, action="conversionUpload", **settings):
    [found] = body(mapping, action, **settings)["conversions"]
    return found


def test_a_conversion_is_uploaded():
    mapping = {**MAPPING, "enable_batching": False}

    assert request_for(
        "google-campaign-manager-360", "conversionUpload", ORDER, mapping, **SETTINGS
    ) == Request(
        "POST",
        f"{PROFILE}/conversions/batchinsert",
        HEADERS,
        json={
            "conversions": [CONVERSION],
            "kind": "dfareporting#conversionsBatchInsertRequest",
        },
        timeout_s=30,
    )


def test_switched_on_it_uploads_orders_that_came_from_a_click():
    click = {"Campaign Manager 360": {"gclid": "g-2"}}
    properties = {**ORDER["properties"], "order_id": "o-1"}
    event = {**ORDER, "properties": properties, "integrations": click}

    [(action, request)] = default_requests_for("google-campaign-manager-360", event, **SETTINGS)

    assert action == "conversionUpload"
    assert request.json["conversions"] == [
        {**CONVERSION, "gclid": "g-2", "ordinal": "o-1", "quantity": "1"}
    ]


def test_a_conversion_is_adjusted_without_custom_variables():
    request = request_for(
        "google-campaign-manager-360", "conversionAdjustmentUpload", ORDER, MAPPING, **SETTINGS
    )

    assert request.url == f"{PROFILE}/conversions/batchupdate"
    assert request.json == {
        "conversions": [{**CONVERSION, "customVariables": []}],
        "kind": "dfareporting#conversionsBatchUpdateRequest",
    }


def test_several_conversions_are_one_batch():
    translator = translator_for(
        "google-campaign-manager-360", "conversionUpload", MAPPING, **SETTINGS
    )

    [request] = conversation(translator, [translator.payload(ORDER)] * 2)

    assert (translator.batch.size, translator.batch.keys) == (1000, ("encryptionInfo",))
    assert request.json["conversions"] == [CONVERSION, CONVERSION]


def test_an_encrypted_id_is_sent_with_its_encryption():
    found = body({"requiredId": {"encryptedUserId": "E-1"}, "encryptionInfo": ENCRYPTION})

    assert found["encryptionInfo"] == {**ENCRYPTION, "kind": "dfareporting#encryptionInfo"}
    assert found["conversions"][0]["encryptedUserId"] == "E-1"
    assert "encryptionInfo" not in body({"encryptionInfo": ENCRYPTION})


def test_candidates_are_separated_by_commas_and_hashed():
    ids = {"encryptedUserIdCandidates": f"ann@example.com,{'a' * 64}"}

    found = sent({"requiredId": ids, "encryptionInfo": ENCRYPTION})

    assert found["encryptedUserIdCandidates"] == [
        "71d4f55f72fa128dfb468a1a3901507c804b74316488744d769d7f4b16696476",
        "a" * 64,
    ]


def test_people_are_hashed_as_they_come():
    details = {
        "email": "Ann@Example.com ",
        "phone": "+1 415",
        "firstName": "Ann",
        "lastName": "A" * 64,
        "countryCode": "DE",
    }

    assert sent({"userDetails": details})["userIdentifiers"] == [
        {"hashedEmail": "05bf1f9d2440b120b379c3932c06f06947846824a05be0f3cc09bf66c722e61e"},
        {"hashedPhoneNumber": "e020071ae328b140be88c995bfed4fe45e86f7658423714b9a50cc6525e1a554"},
        {
            "addressInfo": {
                "hashedFirstName": (
                    "17239b6e250110330eda64a29c610bf146f89883371fab093feda03bec61b646"
                ),
                "hashedLastName": "A" * 64,
                "countryCode": "DE",
            }
        },
    ]


@pytest.mark.parametrize(
    ("mapping", "cart"),
    [
        ({}, None),
        ({"merchantId": "7"}, None),
        (
            {"merchantId": "7", "merchantFeedLabel": "DE", "merchantFeedLanguage": "de"},
            {
                "merchantId": "7",
                "merchantFeedLabel": "DE",
                "merchantFeedLanguage": "de",
                "items": [{"itemId": "p-1", "quantity": 2, "unitPrice": 12.75}],
            },
        ),
    ],
)
def test_a_cart_is_sent_when_its_feed_is_known(mapping, cart):
    assert sent(mapping).get("cartData") == cart


def test_a_mapping_may_name_another_activity():
    found = sent({"floodlightActivityId": "333", "floodlightConfigurationId": "444"})

    assert (found["floodlightActivityId"], found["floodlightConfigurationId"]) == ("333", "444")


@pytest.mark.parametrize(
    ("mapping", "settings", "message"),
    [
        ({"requiredId": {"gclid": "g", "dclid": "d"}}, {}, "requiredId needs exactly one of gclid"),
        ({"requiredId": {"gclid": ""}}, {}, "requiredId needs exactly one of gclid"),
        ({"requiredId": {"encryptedUserId": "E"}}, {}, "encryptionInfo is required"),
        ({}, {"defaultFloodlightActivityId": None}, "floodlightActivityId is required"),
        ({}, {"defaultFloodlightConfigurationId": None}, "floodlightConfigurationId is required"),
        ({"ordinal": None}, {}, "ordinal is required"),
    ],
)
def test_what_google_would_not_take_is_not_sent(mapping, settings, message):
    translator = translator_for(
        "google-campaign-manager-360",
        "conversionUpload",
        {**MAPPING, **mapping},
        batching=False,
        **{**SETTINGS, **settings},
    )

    with pytest.raises(InvalidPayload, match=message):
        conversation(translator, [translator.payload(ORDER)])


def test_one_conversion_that_google_would_not_take_does_not_hold_up_the_others():
    mapping = {**MAPPING, "requiredId": {"gclid": {"@path": "$.properties.gclid"}}}
    translator = translator_for(
        "google-campaign-manager-360", "conversionUpload", mapping, **SETTINGS
    )
    click = {**ORDER, "properties": {**ORDER["properties"], "gclid": "g-1"}}
    payloads = [translator.payload(event) for event in (ORDER, click, click)]
    requests = translator.requests(payloads, now=NOW)

    request = next(requests)
    with pytest.raises(StopIteration) as stop:
        requests.send(Response(200, body=failures([{}, {"errors": [{"code": "NOT_FOUND"}]}])))

    assert request.json["conversions"] == [CONVERSION, CONVERSION]
    codes = [outcome and outcome.code for outcome in stop.value.value]
    assert codes == ["PAYLOAD_VALIDATION_FAILED", None, "400"]


def failures(statuses):
    return json.dumps({"hasFailures": True, "status": statuses}).encode()


@pytest.mark.parametrize(
    ("answer", "codes"),
    [
        (b'{"hasFailures":false,"status":[{},{}]}', [None, None]),
        (failures([{}, {"errors": [{"code": "INTERNAL", "message": "x"}]}]), [None, "500"]),
        (failures([{"errors": [{"code": "INVALID_ARGUMENT"}]}]), ["400", "400"]),
        (failures([]), ["400", "400"]),
    ],
)
def test_an_answer_of_200_may_name_refused_conversions(answer, codes):
    translator = translator_for("google-campaign-manager-360", "conversionUpload", **SETTINGS)

    found = translator.outcomes(Response(200, body=answer), [{}, {}])

    assert [outcome and outcome.code for outcome in found] == codes


@pytest.mark.parametrize(("status", "problem"), [(200, None), (400, None), (401, ""), (403, "")])
def test_the_check_uploads_nothing(status, problem):
    integration = get_integration("google-campaign-manager-360")

    assert integration.check_request(SETTINGS) == Request(
        "POST",
        f"{PROFILE}/conversions/batchinsert",
        HEADERS,
        json={"conversions": [], "kind": "dfareporting#conversionsBatchInsertRequest"},
        timeout_s=30,
    )
    assert integration.credential_problem(Response(status)) == problem
