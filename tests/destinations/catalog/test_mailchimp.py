import pytest

from destinations.catalog import get_integration
from destinations.errors import InvalidPayload
from destinations.integration import Request

from ..bench import default_requests_for, request_for

SETTINGS = {"apiKey": "key", "datacenter": "us5", "listId": "L1"}
# printf any:key | base64
AUTH = {"Authorization": "Basic YW55OmtleQ=="}
# printf ann@example.com | md5sum
MEMBER = "257c57037d384ae37ea27a07e8a01665"
IDENTIFY = {
    "type": "identify",
    "userId": "ann",
    "traits": {"email": "Ann@Example.com", "firstName": "Ann", "lastName": "Lee"},
}


def test_identify_puts_the_member_under_the_hash_of_its_address():
    assert default_requests_for("mailchimp", IDENTIFY, **SETTINGS) == [
        (
            "identify",
            Request(
                "PUT",
                f"https://us5.api.mailchimp.com/3.0/lists/L1/members/{MEMBER}",
                AUTH,
                json={
                    "email_address": "Ann@Example.com",
                    "status_if_new": "subscribed",
                    "merge_fields": {"FNAME": "Ann", "LNAME": "Lee"},
                },
            ),
        )
    ]


def test_other_traits_become_merge_tags():
    traits = {
        "email": "ann@example.com",
        "favourite_tea of all": "green",
        "vip": True,
        "left": None,
        "visits": 3,
        "tags": ["a"],
        "address": {"city": "Rome"},
    }

    request = request_for("mailchimp", "identify", {"traits": traits}, **SETTINGS)

    assert request.json["merge_fields"] == {
        "FAVOURITET": "green",
        "VIP": "true",
        "LEFT": "null",
        "VISITS": 3,
    }


def test_double_opt_in_asks_new_members_to_confirm():
    request = request_for("mailchimp", "identify", IDENTIFY, doubleOptIn=True, **SETTINGS)

    assert request.json["status_if_new"] == "pending"


def test_an_event_may_name_another_audience_and_a_status():
    options = {"listId": "L/2", "subscriptionStatus": "unsubscribed"}
    event = {**IDENTIFY, "integrations": {"MailChimp": options}}

    request = request_for("mailchimp", "identify", event, **SETTINGS)

    assert request.url.endswith(f"/lists/L%2F2/members/{MEMBER}")
    assert (request.json["status"], request.json["status_if_new"]) == ("unsubscribed", "subscribed")


def test_without_an_address_there_is_no_member():
    with pytest.raises(InvalidPayload, match="email is required"):
        request_for("mailchimp", "identify", {"userId": "ann", "traits": {}}, **SETTINGS)


def test_the_credentials_are_checked():
    request = get_integration("mailchimp").check_request(SETTINGS)

    assert request == Request(
        "GET", "https://us5.api.mailchimp.com/3.0/lists/L1", AUTH, {"fields": "id"}
    )
