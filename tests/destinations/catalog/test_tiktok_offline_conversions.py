import pytest

from destinations.catalog import get_integration
from destinations.errors import InvalidPayload, Throttled
from destinations.integration import Request

from ..bench import Response, default_requests_for, request_for, translator_for

SETTINGS = {"accessToken": "secret", "eventSetID": "710"}
NAMED = {"event": "Contact"}
ORDER = {
    "type": "track",
    "event": "Order Completed",
    "messageId": "m-1",
    "userId": "Ann",
    "timestamp": "2026-08-20T10:00:00.123Z",
    "properties": {
        "email": "Ann@Example.com",
        "value": 0,
        "currency": "EUR",
        "products": [{"product_id": "p-1", "price": 12.5, "quantity": 2}],
    },
    "context": {"page": {"url": "https://shop.example/?ttclid=from-url"}},
}
ANN, EMAIL = (
    "49915e0d7d4b402e3017d010bc1c0e83cac6c797d6c16e66340fe3268693a6a1",
    "71d4f55f72fa128dfb468a1a3901507c804b74316488744d769d7f4b16696476",
)


def sent(event=ORDER, mapping=None, action="reportOfflineEvent"):
    """The event in the body that an action sends."""
    mapping = {**NAMED, **(mapping or {})}
    request = request_for("tiktok-offline-conversions", action, event, mapping, **SETTINGS)
    [found] = request.json["data"]
    return found


def test_an_order_is_reported():
    [(action, request)] = default_requests_for("tiktok-offline-conversions", ORDER, **SETTINGS)

    assert action == "reportOfflineEvent"
    assert request == Request(
        "POST",
        "https://business-api.tiktok.com/open_api/v1.3/event/track/",
        {"Access-Token": "secret"},
        json={
            "event_source": "offline",
            "event_source_id": "710",
            "partner_name": "Segment",
            "data": [
                {
                    "event": "CompletePayment",
                    "event_time": 1787220000,
                    "event_id": "m-1",
                    "user": {
                        "external_id": [ANN],
                        "phone": [],
                        "email": [EMAIL],
                        "ttclid": "from-url",
                    },
                    "properties": {
                        "contents": [{"price": 12.5, "quantity": 2, "content_id": "p-1"}],
                        "content_type": "product",
                        "currency": "EUR",
                        "value": 0,
                    },
                    "page": {"url": "https://shop.example/?ttclid=from-url"},
                    "limited_data_use": False,
                }
            ],
        },
    )


@pytest.mark.parametrize(
    "action",
    ["trackPaymentOfflineConversion", "trackNonPaymentOfflineConversion"],
)
def test_the_older_actions_send_the_same(action):
    assert sent(action=action) == sent()


def test_a_click_in_the_field_goes_before_the_url():
    properties = {**ORDER["properties"], "ttclid": "from-field"}

    assert sent({**ORDER, "properties": properties})["user"]["ttclid"] == "from-field"


def test_the_test_code_is_told_in_the_event():
    mapping = {**NAMED, "test_event_code": "T1"}

    request = request_for(
        "tiktok-offline-conversions", "reportOfflineEvent", ORDER, mapping, **SETTINGS
    )

    assert request.json["data"][0]["test_event_code"] == "T1"
    assert "test_event_code" not in request.json


def test_somebody_must_be_named():
    with pytest.raises(InvalidPayload, match="email_addresses or phone_numbers or external_ids"):
        sent({"type": "track", "properties": {}})


def test_an_answer_of_200_may_be_a_refusal():
    translator = translator_for("tiktok-offline-conversions", "reportOfflineEvent", **SETTINGS)

    [outcome] = translator.outcomes(Response(200, body=b'{"code":40100,"message":"slow"}'), [{}])

    assert type(outcome) is Throttled


def test_the_check_sends_a_dummy_event_to_the_event_set():
    request = get_integration("tiktok-offline-conversions").check_request(SETTINGS)

    assert request.url == "https://business-api.tiktok.com/open_api/v1.3/offline/track/"
    assert request.json["event_set_id"] == "710"


@pytest.mark.parametrize(
    ("code", "problem"), [(40002, None), (40102, "TikTok answered with code 40102: expired")]
)
def test_the_check_is_about_the_token(code, problem):
    response = Response(200, body=b'{"code":%d,"message":"expired"}' % code)

    assert get_integration("tiktok-offline-conversions").credential_problem(response) == problem
