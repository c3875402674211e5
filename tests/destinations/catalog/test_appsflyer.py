import json

import pytest

from destinations.catalog import get_integration
from destinations.errors import InvalidPayload, InvalidSettings
from destinations.integration import Request

from ..bench import default_requests_for, request_for, requests_for

SETTINGS = {"appsFlyerDevKey": "dev-key", "appleAppID": "123456", "androidAppID": "com.acme.shop"}
ORDER = {
    "type": "track",
    "event": "Order Completed",
    "userId": "ann",
    "timestamp": "2026-08-20T12:00:00.123+02:00",
    "properties": {"total": 25.5, "revenue": 20, "currency": "EUR", "orderId": "o-1"},
    "context": {
        "ip": "192.0.2.1",
        "device": {"type": "ios", "id": "V-1", "advertisingId": "A-1"},
        "os": {"version": "16.5"},
        "app": {"namespace": "com.acme.shop"},
    },
    "integrations": {"AppsFlyer": {"appsFlyerId": "af-1"}},
}
ANDROID = {**ORDER, "context": {"device": {"type": "android", "id": "D-1", "advertisingId": "A-1"}}}


def sent(event=ORDER, **settings):
    """The body that is sent."""
    return request_for("appsflyer", "trackEvent", event, **{**SETTINGS, **settings}).json


def test_an_order_on_ios_is_sent():
    [(action, request)] = default_requests_for("appsflyer", ORDER, **SETTINGS)

    assert action == "trackEvent"
    assert request == Request(
        "POST",
        "https://api2.appsflyer.com/inappevent/id123456",
        {"authentication": "dev-key"},
        json={
            "appsflyer_id": "af-1",
            "customer_user_id": "ann",
            "eventName": "Order Completed",
            "eventValue": '{"orderId":"o-1","af_revenue":25.5}',
            "eventTime": "2026-08-20 10:00:00.123",
            "eventCurrency": "EUR",
            "ip": "192.0.2.1",
            "idfa": "A-1",
            "os": "16.5",
            "bundleIdentifier": "com.acme.shop",
        },
    )


def test_android_has_another_app_and_another_advertising_id():
    request = request_for("appsflyer", "trackEvent", ANDROID, **SETTINGS)

    assert request.url == "https://api2.appsflyer.com/inappevent/com.acme.shop"
    assert request.json["advertising_id"] == "A-1"
    assert not {"idfa", "os"} & set(request.json)


def test_the_newer_api_has_another_host_and_token():
    settings = {**SETTINGS, "useApiV3": True, "appsFlyerS2SToken": "s2s"}

    request = request_for("appsflyer", "trackEvent", ORDER, **settings)

    assert request.url == "https://api3.appsflyer.com/inappevent/id123456"
    assert request.headers == {"authentication": "s2s"}


def test_other_events_have_their_revenue_and_dollars():
    event = {**ORDER, "event": "Renewed", "properties": {"revenue": 20, "total": 99, "plan": "pro"}}

    found = sent(event)

    assert json.loads(found["eventValue"]) == {"plan": "pro", "af_revenue": 20}
    assert found["eventCurrency"] == "USD"


@pytest.mark.parametrize("inside", [True, False])
def test_consent_is_found_inside_and_beside(inside):
    manual = {"manual": {"gdpr_applies": True}}
    own = {"appsFlyerId": "af-1", **({"consent_data": manual} if inside else {})}
    integrations = {"AppsFlyer": own, **({} if inside else {"consent_data": manual})}

    assert sent({**ORDER, "integrations": integrations})["consent_data"] == manual


def test_an_event_without_an_appsflyer_id_is_not_sent():
    with pytest.raises(InvalidPayload, match="appsFlyerId is required"):
        sent({**ORDER, "integrations": {}})


def test_the_appsflyer_id_may_be_omitted_when_there_is_an_advertising_id():
    found = sent({**ORDER, "integrations": {}}, canOmitAppsFlyerId=True)

    assert (found["idfa"], "appsflyer_id" in found) == ("A-1", False)


def test_the_idfv_stands_in_for_the_advertising_id():
    event = {**ORDER, "integrations": {}, "context": {"device": {"type": "ios", "id": "V-1"}}}

    with pytest.raises(InvalidPayload, match="advertisingId is required without"):
        sent(event, canOmitAppsFlyerId=True)
    assert sent(event, canOmitAppsFlyerId=True, fallbackToIdfv=True)["idfv"] == "V-1"


@pytest.mark.parametrize("context", [{}, {"device": {"type": "web"}}])
def test_an_event_of_no_app_is_not_sent(context):
    assert requests_for("appsflyer", "trackEvent", {**ORDER, "context": context}, **SETTINGS) == []


def test_the_device_says_which_app_must_be_set():
    with pytest.raises(InvalidSettings, match="appleAppID is not set"):
        sent(appleAppID=None)


def test_roku_has_an_app_of_its_own():
    event = {**ORDER, "context": {"device": {"type": "roku", "advertisingId": "R-1"}}}

    request = request_for("appsflyer", "trackEvent", event, rokuAppID="r-17", **SETTINGS)

    assert request.url == "https://api2.appsflyer.com/inappevent/r-17"
    assert request.json["advertising_id"] == "R-1"


def test_there_is_no_request_that_only_checks():
    assert get_integration("appsflyer").check_request(SETTINGS) is None
