import pytest

from destinations.catalog import get_integration
from destinations.errors import InvalidPayload, Rejected
from destinations.integration import Request

from ..bench import Response, default_requests_for, request_for, translator_for

SETTINGS = {"accessToken": "secret", "appID": "7000"}
LOGIN = {"event": "Login"}
DEVICE = {"type": "ios", "id": "V-1", "advertisingId": "EA7583CD-A667", "adTrackingEnabled": True}
ORDER = {
    "type": "track",
    "event": "Order Completed",
    "messageId": "m-1",
    "userId": "ann",
    "timestamp": "2026-08-20T10:00:00.123Z",
    "properties": {
        "revenue": 25,
        "currency": "EUR",
        "campaign": {"name": "May", "ad_group": "g-1", "ad_creative": "c-1"},
        "products": [{"product_id": "p-1", "price": 12.5, "quantity": 2}],
    },
    "context": {
        "app": {"namespace": "com.acme.shop", "name": "Shop", "version": "1.2"},
        "device": DEVICE,
        "os": {"version": "16.5"},
        "ip": "192.0.2.1",
    },
}
ANN, IDFA = (
    "49915e0d7d4b402e3017d010bc1c0e83cac6c797d6c16e66340fe3268693a6a1",
    "e1dc16c935bb6f39e5f217562531fbc9a529a086b838ac1c4597b69a7f09fb33",
)


def sent(mapping=None, event=ORDER):
    """The event in the body that is sent."""
    mapping = {**LOGIN, **(mapping or {})}
    request = request_for("tiktok-app-events", "reportAppEvent", event, mapping, **SETTINGS)
    [found] = request.json["data"]
    return found


def test_an_order_is_a_purchase():
    [(action, request)] = default_requests_for("tiktok-app-events", ORDER, **SETTINGS)

    assert action == "reportAppEvent"
    assert request == Request(
        "POST",
        "https://business-api.tiktok.com/open_api/v1.3/event/track/",
        {"Access-Token": "secret"},
        json={
            "event_source": "app",
            "event_source_id": "7000",
            "partner_name": "Segment",
            "data": [
                {
                    "event": "Purchase",
                    "event_time": 1787220000,
                    "event_id": "m-1",
                    "user": {
                        "external_id": [ANN],
                        "idfa": IDFA,
                        "idfv": "V-1",
                        "att_status": "AUTHORIZED",
                        "ip": "192.0.2.1",
                    },
                    "properties": {
                        "contents": [{"price": 12.5, "quantity": 2, "content_id": "p-1"}],
                        "content_type": "product",
                        "currency": "EUR",
                        "value": 25,
                    },
                    "app": {
                        "app_id": "com.acme.shop",
                        "app_name": "Shop",
                        "app_version": "1.2",
                    },
                    "ad": {"campaign_id": "May", "ad_id": "g-1", "creative_id": "c-1"},
                    "limited_data_use": False,
                }
            ],
        },
    )


def test_android_has_another_advertising_id_and_no_vendor_id():
    details = {"device_type": "android", "device_id": "D-1"}

    assert sent({"device_details": details})["user"] == {
        "external_id": [ANN],
        "gaid": IDFA,
        "att_status": "NOT_APPLICABLE",
        "ip": "192.0.2.1",
    }


@pytest.mark.parametrize(
    ("details", "given", "status"),
    [
        ({"device_type": "iOS", "device_version": "13.7"}, "AUTO", "NOT_APPLICABLE"),
        ({"device_type": "iOS", "device_version": "14.0"}, "AUTO", "NOT_DETERMINED"),
        ({"device_type": "iOS", "ad_tracking_enabled": False}, "AUTO", "DENIED"),
        ({"device_type": "iOS", "ad_tracking_enabled": True}, "RESTRICTED", "RESTRICTED"),
    ],
)
def test_whether_the_app_may_track_is_told_by_the_device(details, given, status):
    found = sent({"device_details": details, "att_status": given})

    assert found["user"]["att_status"] == status


@pytest.mark.parametrize(
    ("mapping", "message"),
    [
        ({"event": "Dance"}, "event must be one of"),
        ({"event": "Subscribe"}, "contents is required here"),
        ({"event": "ViewContent", "currency": None}, "currency is required here"),
        (
            {"event": "Purchase", "contents": [{"price": 1}]},
            r"contents\[0\].content_id is required for Purchase; contents\[0\].quantity is",
        ),
        (
            {"event": "AddPaymentInfo", "contents": [{"price": 1}]},
            "content_id is required for AddPaymentInfo",
        ),
        ({"app": {"app_name": "Shop"}}, "app_id is required"),
    ],
)
def test_what_tiktok_would_not_take_is_not_sent(mapping, message):
    with pytest.raises(InvalidPayload, match=message):
        sent(mapping)


def test_a_product_may_have_no_id_price_and_quantity_elsewhere():
    contents = [{"content_name": "Shoe", "price": 0, "quantity": 0}]

    found = sent({"event": "Search", "contents": contents})

    assert found["properties"]["contents"] == [{"content_name": "Shoe", "quantity": 0}]


def test_an_answer_of_200_may_be_a_refusal():
    translator = translator_for("tiktok-app-events", "reportAppEvent", **SETTINGS)

    [outcome] = translator.outcomes(Response(200, body=b'{"code":40002,"message":"no"}'), [{}])

    assert type(outcome) is Rejected


def test_the_check_sends_no_event_to_the_app():
    request = get_integration("tiktok-app-events").check_request(SETTINGS)

    assert request.json == {"event_source": "app", "event_source_id": "7000", "data": []}


@pytest.mark.parametrize(
    ("code", "problem"), [(40002, None), (40104, "TikTok answered with code 40104: empty")]
)
def test_the_check_is_about_the_token(code, problem):
    response = Response(200, body=b'{"code":%d,"message":"empty"}' % code)

    assert get_integration("tiktok-app-events").credential_problem(response) == problem


def test_what_is_empty_of_the_app_and_the_ad_is_not_told():
    app = {"app_id": "com.acme.shop", "app_name": "", "app_version": "1.2"}

    found = sent({"app": app, "ad": {"callback": "", "is_retargeting": False}})

    assert found["app"] == {"app_id": "com.acme.shop", "app_version": "1.2"}
    assert found["ad"] == {"is_retargeting": False}
