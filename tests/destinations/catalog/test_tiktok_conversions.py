import pytest

from destinations.catalog import get_integration
from destinations.errors import InvalidPayload, Rejected, ServerFault, Throttled, Unauthorized
from destinations.integration import Request

from ..bench import Response, default_requests_for, request_for, translator_for

SETTINGS = {"accessToken": "secret", "pixelCode": "C4A"}
ANN_MARIE = "2322d03565a46ece1e31e5ef0d5f79f5a0ee0dc96ff666e52948e52e0298850e"
POSTAL_CODE = "0287a41136a0712f4b9931e04846c03ff42e35caadb43fc830d17bed50669a1d"
NAMED = {"event": "Contact"}
EVENT = {
    "type": "track",
    "event": "Order Completed",
    "messageId": "m-1",
    "userId": "Ann",
    "timestamp": "2026-08-20T10:00:00.123Z",
    "properties": {
        "revenue": 25,
        "currency": "EUR",
        "products": [
            {
                "product_id": "p-1",
                "name": "Shoe",
                "category": "Shoes",
                "brand": "Acme",
                "price": 12.5,
                "quantity": 2,
            }
        ],
    },
    "context": {
        "ip": "192.0.2.1",
        "userAgent": "Mozilla/5.0",
        "locale": "de-DE",
        "page": {"url": "https://shop.example/thanks", "referrer": "https://a.example/"},
        "traits": {
            "email": "Ann@Example.com",
            "phone": "+1 (415) 555-0100",
            "first_name": "Ann Marie",
            "address": {"city": "Köln Süd", "country": "DE", "postal_code": "50 667"},
        },
    },
}
NOBODY = {
    "external_id": [],
    "phone": [],
    "email": [],
    "first_name": "",
    "last_name": "",
    "city": "",
    "state": "",
    "country": "",
    "zip_code": "",
}


def sent(event, mapping=None):
    """The event in the body that is sent."""
    mapping = {**NAMED, **(mapping or {})}
    request = request_for("tiktok-conversions", "reportWebEvent", event, mapping, **SETTINGS)
    [found] = request.json["data"]
    return found


def test_an_order_is_reported():
    [(action, request)] = default_requests_for("tiktok-conversions", EVENT, **SETTINGS)

    assert action == "reportWebEvent"
    assert request == Request(
        "POST",
        "https://business-api.tiktok.com/open_api/v1.3/event/track/",
        {"Access-Token": "secret"},
        json={
            "event_source": "web",
            "event_source_id": "C4A",
            "partner_name": "Segment",
            "data": [
                {
                    "event": "CompletePayment",
                    "event_time": 1787220000,
                    "event_id": "m-1",
                    "user": {
                        "external_id": [
                            "49915e0d7d4b402e3017d010bc1c0e83cac6c797d6c16e66340fe3268693a6a1"
                        ],
                        "phone": [
                            "40d3f4e02db27d66cf4cfdda506c2c945f115a7955cc8491dda98ce5beabcda0"
                        ],
                        "email": [
                            "71d4f55f72fa128dfb468a1a3901507c804b74316488744d769d7f4b16696476"
                        ],
                        "first_name": ANN_MARIE,
                        "last_name": "",
                        "city": "klnsd",
                        "state": "",
                        "country": "de",
                        "zip_code": POSTAL_CODE,
                        "ip": "192.0.2.1",
                        "user_agent": "Mozilla/5.0",
                        "locale": "de-DE",
                    },
                    "properties": {
                        "contents": [
                            {
                                "price": 12.5,
                                "quantity": 2,
                                "content_category": "Shoes",
                                "content_id": "p-1",
                                "content_name": "Shoe",
                                "brand": "Acme",
                            }
                        ],
                        "content_type": "product",
                        "currency": "EUR",
                        "value": 25,
                    },
                    "page": {
                        "url": "https://shop.example/thanks",
                        "referrer": "https://a.example/",
                    },
                    "limited_data_use": False,
                }
            ],
        },
    )


@pytest.mark.parametrize(
    ("event", "name", "count"),
    [
        ("Callback Started", "Contact", 0),
        ("Product Added", "AddToCart", 1),
        ("Checkout Started", "InitiateCheckout", 1),
        ("Signed Up", "CompleteRegistration", 0),
    ],
)
def test_presets_know_tiktoks_names_and_where_the_products_are(event, name, count):
    [(_, request)] = default_requests_for(
        "tiktok-conversions", {**EVENT, "event": event}, **SETTINGS
    )

    [found] = request.json["data"]
    assert (found["event"], len(found["properties"]["contents"])) == (name, count)


def test_pages_are_page_views():
    page = {"type": "page", "timestamp": EVENT["timestamp"], "properties": {}}

    [(_, request)] = default_requests_for("tiktok-conversions", page, **SETTINGS)

    assert request.json["data"] == [
        {
            "event": "PageView",
            "event_time": 1787220000,
            "user": NOBODY,
            "properties": {"contents": [], "content_type": "product"},
            "limited_data_use": False,
        }
    ]


def test_an_event_without_a_time_happens_now():
    assert sent({"type": "track"})["event_time"] == 1787227200


def test_a_click_in_the_url_goes_before_the_field():
    page = {"url": "https://shop.example/?ttclid=from-url"}
    event = {"properties": {"ttclid": "from-field"}, "context": {"page": page}}

    assert sent(event)["user"]["ttclid"] == "from-url"
    assert sent({"properties": {"ttclid": "from-field"}})["user"]["ttclid"] == "from-field"
    assert sent({"integrations": {"TikTok Conversions": {"ttclid": "x"}}})["user"]["ttclid"] == "x"


def test_what_is_hashed_already_is_not_hashed_again_and_phones_are_cut():
    phones = ["00112233445566778899", "A" * 64, "unknown"]

    found = sent({"type": "track"}, {"email": ["A" * 64, ""], "phone_number": phones})

    assert found["user"]["email"] == ["a" * 64]
    assert found["user"]["phone"] == [
        "4d638af93dfe452f3c2259f482ada1c42960d2ddebdb9b6e472f9f18d60075d4",
        "A" * 64,
    ]


def test_a_lead_comes_from_the_crm():
    mapping = {"event_source": "crm"}
    event = {"properties": {"lead_id": "l-1", "lead_event_source": "hubspot", "city": "Rome"}}

    request = request_for(
        "tiktok-conversions", "reportWebEvent", event, {**NAMED, **mapping}, **SETTINGS
    )

    assert request.json["event_source"] == "crm"
    assert request.json["data"][0]["lead"] == {"lead_id": "l-1", "lead_event_source": "hubspot"}


def test_travel_is_told_when_the_event_is_about_travel():
    event = {"properties": {"city": "Rome", "num_adults": "2", "destination_ids": ["d-1"]}}

    found = sent(event, {"event_spec_type": "travel_fields"})

    assert found["properties"] == {
        "contents": [],
        "content_type": "product",
        "city": "Rome",
        "num_adults": 2,
        "destination_ids": ["d-1"],
    }
    assert "city" not in sent(event)["properties"]


def test_mileage_and_prices_of_a_vehicle_are_put_together():
    event = {
        "properties": {
            "make": "Acme",
            "mileage_value": 100,
            "mileage_unit": "KM",
            "preferred_price_range_min": 1,
            "preferred_price_range_max": 2,
        }
    }

    found = sent(event, {"event_spec_type": "vehicle_fields"})

    assert found["properties"] == {
        "contents": [],
        "content_type": "product",
        "make": "Acme",
        "mileage": {"unit": "KM", "value": 100},
        "preferred_price_range": [1, 2],
    }


def test_a_test_code_is_told_beside_the_events():
    mapping = {**NAMED, "test_event_code": "T1"}

    request = request_for("tiktok-conversions", "reportWebEvent", EVENT, mapping, **SETTINGS)

    assert request.json["test_event_code"] == "T1"


def test_an_event_needs_a_name():
    with pytest.raises(InvalidPayload, match="event is required"):
        sent(EVENT, {"event": None})


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (40100, Throttled),
        (50000, ServerFault),
        (40105, Unauthorized),
        (40002, Rejected),
    ],
)
def test_an_answer_of_200_may_be_a_refusal(code, kind):
    translator = translator_for("tiktok-conversions", "reportWebEvent", **SETTINGS)
    body = b'{"code":%d,"message":"no"}' % code

    [outcome] = translator.outcomes(Response(200, body=body), [{}])

    assert (type(outcome), outcome.code) == (kind, str(code))


@pytest.mark.parametrize(("status", "codes"), [(200, [None]), (500, ["500"])])
def test_other_answers_are_judged_by_their_status(status, codes):
    translator = translator_for("tiktok-conversions", "reportWebEvent", **SETTINGS)

    outcomes = translator.outcomes(Response(status, body=b'{"code":0,"message":"OK"}'), [{}])

    assert [outcome and outcome.code for outcome in outcomes] == codes


def test_the_check_sends_a_dummy_event_to_the_pixel():
    assert get_integration("tiktok-conversions").check_request(SETTINGS) == Request(
        "POST",
        "https://business-api.tiktok.com/open_api/v1.3/pixel/track/",
        {"Access-Token": "secret"},
        json={"pixel_code": "C4A", "event": "Test Event", "timestamp": "", "context": {}},
    )


@pytest.mark.parametrize(
    ("status", "body", "problem"),
    [
        (200, b'{"code":0,"message":"OK"}', None),
        (200, b'{"code":40002,"message":"timestamp: Invalid value"}', None),
        (200, b'{"code":40105,"message":"revoked"}', "TikTok answered with code 40105: revoked"),
        (200, b'{"code":40001,"message":"no"}', "TikTok answered with code 40001: no"),
        (200, b'{"code":50000,"message":"later"}', "TikTok answered with code 50000: later"),
        (502, b"", ""),
    ],
)
def test_the_check_is_about_the_token_and_not_about_the_dummy_event(status, body, problem):
    integration = get_integration("tiktok-conversions")

    assert integration.credential_problem(Response(status, body=body)) == problem


def test_a_search_without_products_has_an_empty_one_like_segments():
    event = {**EVENT, "event": "Products Searched", "properties": {"query": "shoes"}}

    [(_, request)] = default_requests_for("tiktok-conversions", event, **SETTINGS)

    assert request.json["data"][0]["properties"] == {
        "contents": [{}],
        "content_type": "product",
        "query": "shoes",
    }
