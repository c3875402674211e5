import pytest

from destinations.catalog import get_integration
from destinations.errors import InvalidPayload
from destinations.integration import Request

from ..bench import conversation, default_requests_for, request_for, translator_for

SLUG = "optimizely-data-platform"
KEY = {"apiKey": "key"}
HEADERS = {"Authorization": "Bearer key"}
HOST = "https://function.zaius.app/twilio_segment"
WHO = {
    "type": "track",
    "userId": "ann",
    "anonymousId": "anon-1",
    "timestamp": "2026-08-20T10:00:00Z",
}
IDS = {"anonymousId": "anon-1", "userId": "ann", "fs_user_id": "ann", "web_user_id": "ann"}


def track(event, **properties):
    return {**WHO, "event": event, "properties": properties}


def test_an_order_is_a_list_of_one():
    event = track("Order Completed", order_id="o", total=5, products=[{"product_id": "p"}])

    assert default_requests_for(SLUG, event, **KEY) == [
        (
            "customEvent",
            Request(
                "POST",
                f"{HOST}/batch_custom_event",
                HEADERS,
                json=[
                    {
                        "user_identifiers": IDS,
                        "action": "purchase",
                        "type": "order",
                        "timestamp": "2026-08-20T10:00:00Z",
                        "order_id": "o",
                        "total": "5",
                        "products": [{"product_id": "p"}],
                    }
                ],
            ),
        )
    ]


@pytest.mark.parametrize(
    ("name", "action"),
    [
        ("Product Viewed", "detail"),
        ("Product Added", "add_to_cart"),
        ("Product Removed", "remove_from_cart"),
    ],
)
def test_products_have_actions(name, action):
    [(_, request)] = default_requests_for(SLUG, track(name, product_id="p", quantity=2), **KEY)

    [sent] = request.json
    assert (sent["type"], sent["action"]) == ("product", action)
    assert sent["products"] == [{"product_id": "p", "qty": 2}]


@pytest.mark.parametrize(
    ("name", "action"),
    [
        ("Email Sent", "sent"),
        ("Email Link Clicked", "click"),
        ("Email Opened", "open"),
        ("Unsubscribed", "unsubscribe"),
        ("Email Marked as Spam", "spam_report"),
    ],
)
def test_emails_have_actions(name, action):
    event = track(name, email="ann@example.com", campaign_name="may", campaign_id=7)

    [(slug, request)] = default_requests_for(SLUG, event, **KEY)

    assert (slug, request.url) == ("emailEvent", f"{HOST}/batch_email_event")
    assert request.json == [
        {
            "type": "email",
            "action": action,
            "campaign": "may",
            "campaign_id": "7",
            "user_identifiers": {**IDS, "email": "ann@example.com"},
            "timestamp": "2026-08-20T10:00:00Z",
            "campaign_event_value": None,
        }
    ]


def test_an_email_needs_an_address():
    with pytest.raises(InvalidPayload, match=r"user_identifiers.email is required"):
        default_requests_for(SLUG, track("Email Sent", campaign_name="may"), **KEY)


def test_other_events_carry_data():
    [sent] = request_for(SLUG, "nonEcommCustomEvent", track("Login", method="sso"), **KEY).json

    assert sent == {
        "user_identifiers": IDS,
        "type": "Login",
        "timestamp": "2026-08-20T10:00:00Z",
        "data": {"method": "sso"},
    }


def test_an_event_without_type_is_a_custom_one():
    mapping = {"event_type": "", "event_action": "x"}

    [sent] = request_for(SLUG, "customEvent", track("Login"), mapping, **KEY).json

    assert sent["type"] == "custom"


def test_contacts_are_described():
    traits = {
        "email": "ann@example.com",
        "first_name": "Ann",
        "birthday": "1990-05-17",
        "avatar": "https://a.b/c.png",
        "address": {"city": "Ulm", "postalCode": "89073"},
    }
    event = {**WHO, "type": "identify", "traits": traits}

    request = request_for(SLUG, "upsertContact", event, {"additional_traits": {"x": 1}}, **KEY)

    assert request.url == f"{HOST}/batch_upsert_contact"
    assert request.json == [
        {
            "x": 1,
            "user_identifiers": {**IDS, "email": "ann@example.com"},
            "address": {"city": "Ulm", "zip": "89073"},
            "first_name": "Ann",
            "image_url": "https://a.b/c.png",
            "dob_year": 1990,
            "dob_month": 5,
            "dob_day": 17,
        }
    ]


def test_a_batch_is_one_list():
    translator = translator_for(SLUG, "nonEcommCustomEvent", **KEY)
    payloads = [translator.payload(track(name)) for name in ("Login", "Logout")]

    [request] = conversation(translator, payloads)

    assert [sent["type"] for sent in request.json] == ["Login", "Logout"]
    assert translator.batch.size == 100


@pytest.mark.parametrize(
    ("region", "host"),
    [("EU", "function.eu1.ocp.optimizely.com"), ("AU", "function.au1.ocp.optimizely.com")],
)
def test_regions_have_hosts_and_the_check_shows_the_key(region, host):
    assert get_integration(SLUG).check_request({**KEY, "region": region}) == Request(
        "POST", f"https://{host}/twilio_segment/auth", HEADERS
    )
