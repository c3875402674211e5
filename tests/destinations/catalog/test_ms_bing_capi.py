import pytest

from destinations.catalog import get_integration
from destinations.errors import InvalidPayload, Rejected, ServerFault
from destinations.integration import Request

from ..bench import NOW, Response, conversation, default_requests_for, request_for, translator_for

SETTINGS = {"UetTag": "17", "ApiToken": "secret"}
ORDER = {
    "type": "track",
    "event": "Order Completed",
    "messageId": "m-1",
    "userId": "ann",
    "anonymousId": "anon-1",
    "timestamp": "2026-08-20T10:00:00.123Z",
    "properties": {
        "value": 25.5,
        "currency": "EUR",
        "order_id": "o-1",
        "products": [{"id": "p-1", "name": "Shoe", "quantity": 2}],
    },
    "context": {
        "ip": "192.0.2.1",
        "userAgent": "Mozilla/5.0",
        "page": {"url": "https://shop.example/thanks", "title": "Thanks"},
        "traits": {"email": " Ann@Example.com ", "phone": "+1 (415) 555-0100"},
    },
    "integrations": {"Microsoft Bing CAPI (Actions)": {"msclkid": "ms-1"}},
}


def test_an_order_is_sent():
    [(action, request)] = default_requests_for("ms-bing-capi", ORDER, **SETTINGS)

    assert action == "sendEvent"
    assert request == Request(
        "POST",
        "https://capi.uet.microsoft.com/v1/17/events",
        {"Authorization": "Bearer secret"},
        json={
            "data": [
                {
                    "eventType": "custom",
                    "eventId": "m-1",
                    "eventName": "Order Completed",
                    "eventTime": 1787220000,
                    "eventSourceUrl": "https://shop.example/thanks",
                    "pageTitle": "Thanks",
                    "adStorageConsent": "G",
                    "dataProvider": "SEGMENT",
                    "userData": {
                        "clientUserAgent": "Mozilla/5.0",
                        "anonymousId": "anon-1",
                        "externalId": "ann",
                        "em": EMAIL,
                        "ph": PHONE,
                        "clientIpAddress": "192.0.2.1",
                        "msclkid": "ms-1",
                    },
                    "customData": {
                        "eventValue": 25.5,
                        "transactionId": "o-1",
                        "value": 25.5,
                        "currency": "EUR",
                        "items": [{"id": "p-1", "name": "Shoe", "quantity": 2}],
                        "hotelData": {},
                    },
                    "continueOnValidationError": True,
                }
            ]
        },
    )


EMAIL = "71d4f55f72fa128dfb468a1a3901507c804b74316488744d769d7f4b16696476"
PHONE = "5e7ec4c79ccac6e420876e65ad0e6b4b2ccf73ec3dccb50297bf2890a1ec73b9"


@pytest.mark.parametrize(
    "event",
    [
        {"type": "track", "event": "Order Completed"},
        {"type": "track", "event": "Add to Cart"},
        {"type": "track", "event": "Login"},
        {"type": "page"},
    ],
)
def test_each_event_is_sent_once(event):
    event = {"timestamp": "2026-08-20T10:00:00Z", "context": {}, **event}

    assert len(default_requests_for("ms-bing-capi", event, **SETTINGS)) == 1


@pytest.mark.parametrize("batching", [True, False])
def test_several_events_are_one_list_and_so_is_one(batching):
    translator = translator_for("ms-bing-capi", "sendEvent", batching=batching, **SETTINGS)
    payloads = [translator.payload(ORDER)] * (2 if batching else 1)

    [request] = conversation(translator, payloads)

    assert set(request.json) == {"data"}
    assert [event["eventId"] for event in request.json["data"]] == ["m-1"] * len(payloads)


def test_nothing_is_said_of_hotels_and_items_without_custom_data():
    request = request_for("ms-bing-capi", "sendEvent", ORDER, {"customData": None}, **SETTINGS)

    assert "customData" not in request.json["data"][0]


def test_what_is_no_time_is_not_sent():
    data = {"eventType": "custom", "eventTime": "soon"}

    with pytest.raises(InvalidPayload, match=r"data\.eventTime must be a time"):
        request_for("ms-bing-capi", "sendEvent", ORDER, {"data": data}, **SETTINGS)


@pytest.mark.parametrize(
    ("status", "body", "last"),
    [
        (200, b"{}", None),
        (
            400,
            b'{"error":{"details":[{"index":0,"errorMessage":"old"}]}}',
            Rejected("Microsoft refused: old", status=400),
        ),
    ],
)
def test_what_is_no_time_stays_behind_and_the_rest_of_its_batch_is_sent(status, body, last):
    translator = translator_for("ms-bing-capi", "sendEvent", **SETTINGS)
    right = translator.payload(ORDER)
    wrong = {**right, "data": {"eventType": "custom", "eventTime": "soon"}}
    steps = translator.requests([wrong, right], now=NOW)

    request = next(steps)
    with pytest.raises(StopIteration) as stop:
        steps.send(Response(status, body=body))

    assert [event["eventId"] for event in request.json["data"]] == ["m-1"]
    assert type(stop.value.value[0]) is InvalidPayload
    assert stop.value.value[1] == last


def test_other_refusals_hold_for_the_whole_batch():
    translator = translator_for("ms-bing-capi", "sendEvent", **SETTINGS)
    steps = translator.requests([translator.payload(ORDER)] * 2, now=NOW)

    next(steps)

    with pytest.raises(Rejected):
        steps.send(Response(404))


def test_a_person_without_email_and_phone_has_them_as_null():
    translator = translator_for(
        "ms-bing-capi", "sendEvent", {"userData": {"gaid": "g"}}, **SETTINGS
    )

    [request] = conversation(translator, [translator.payload(ORDER)])

    assert request.json["data"][0]["userData"] == {"gaid": "g", "em": None, "ph": None}


@pytest.mark.parametrize(("data", "consent"), [({}, "D"), ({"adStorageConsent": "G"}, "G")])
def test_consent_comes_from_the_mapping_or_the_settings(data, consent):
    mapping = {"data": {"eventType": "custom", "eventTime": "2026-08-20T10:00:00Z", **data}}

    request = request_for(
        "ms-bing-capi", "sendEvent", ORDER, mapping, adStorageConsent="D", **SETTINGS
    )

    assert request.json["data"][0]["adStorageConsent"] == consent


def test_a_hotel_is_told_among_the_custom_data():
    event = {**ORDER, "properties": {"hotel_partner_id": "h-1", "hotel_length_of_stay": 2}}

    request = request_for("ms-bing-capi", "sendEvent", event, **SETTINGS)

    assert request.json["data"][0]["customData"] == {
        "items": [],
        "hotelData": {"partnerHotelId": "h-1", "lengthOfStay": 2},
    }


def test_a_page_load_has_a_url():
    data = {"eventType": "pageLoad", "eventTime": "2026-08-20T10:00:00Z"}

    with pytest.raises(InvalidPayload, match=r"data\.eventSourceUrl is required here"):
        request_for("ms-bing-capi", "sendEvent", ORDER, {"data": data}, **SETTINGS)


def outcomes(status, body, count=2):
    translator = translator_for("ms-bing-capi", "sendEvent", **SETTINGS)
    return translator.outcomes(Response(status, body=body), [{}] * count)


def test_a_wrong_event_does_not_take_the_others_with_it():
    body = b'{"eventsReceived":1,"error":{"details":[{"index":1,"errorMessage":"no time"}]}}'

    assert outcomes(200, body) == [None, Rejected("Microsoft refused: no time", status=400)]


def test_a_warning_is_no_refusal():
    body = b'{"error":{"details":[{"index":1,"errorMessage":"hm","isWarning":true}]}}'

    assert outcomes(200, body) == [None, None]


def test_what_was_right_in_a_refused_batch_goes_again():
    body = b'{"error":{"details":[{"index":0,"errorMessage":"no time"}]}}'

    first, second = outcomes(400, body)

    assert (type(first), type(second)) == (Rejected, ServerFault)


def test_there_is_no_request_that_only_checks():
    assert get_integration("ms-bing-capi").check_request(SETTINGS) is None
