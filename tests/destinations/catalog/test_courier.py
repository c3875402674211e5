import pytest

from destinations.catalog import get_integration
from destinations.errors import InvalidPayload
from destinations.integration import Request

from ..bench import default_requests_for, request_for

HEADERS = {
    "Authorization": "Bearer key",
    "Content-Type": "application/json",
    "User-Agent": "SegmentCourier",
}
LOGIN = {"type": "track", "event": "Login", "userId": "ann", "context": {"a": [None]}}
PERSONAS = {
    "computation_id": "aud_1",
    "computation_key": "big_spenders",
    "computation_class": "audience",
}
MEMBER = {
    "type": "identify",
    "userId": "ann/1",
    "traits": {"big_spenders": True},
    "context": {"personas": PERSONAS},
}


@pytest.mark.parametrize("kind", ["track", "identify", "group"])
def test_an_event_is_forwarded_as_it_is(kind):
    event = {**LOGIN, "type": kind}

    assert default_requests_for("courier", event, apiKey="key") == [
        (
            "postToCourier",
            Request("POST", "https://api.courier.com/inbound/segment", HEADERS, json=event),
        )
    ]


def test_other_calls_are_refused():
    with pytest.raises(InvalidPayload):
        request_for("courier", "postToCourier", {"type": "page"}, apiKey="key")


def test_an_audience_is_not_forwarded_as_an_event():
    with pytest.raises(InvalidPayload, match="Sync Audience"):
        request_for("courier", "postToCourier", MEMBER, apiKey="key")


def test_europe_has_its_own_host():
    request = request_for("courier", "postToCourier", LOGIN, apiKey="key", region="EU")

    assert request.url == "https://api.eu.courier.com/inbound/segment"


def test_a_member_of_an_audience_joins_the_list():
    assert request_for("courier", "audienceToList", MEMBER, apiKey="key") == Request(
        "PUT",
        "https://api.courier.com/lists/big_spenders-aud_1/subscriptions/ann%2F1",
        HEADERS,
    )


def test_an_e_mail_address_stands_in_the_path_as_it_is():
    event = {**MEMBER, "userId": "ann+1@example.com"}

    assert request_for("courier", "audienceToList", event, apiKey="key").url == (
        "https://api.courier.com/lists/big_spenders-aud_1/subscriptions/ann+1@example.com"
    )


def test_who_left_an_audience_leaves_the_list():
    event = {**MEMBER, "traits": {"big_spenders": False}}

    assert request_for("courier", "audienceToList", event, apiKey="key").method == "DELETE"


def test_nobody_joins_no_list():
    with pytest.raises(InvalidPayload):
        request_for("courier", "audienceToList", {**MEMBER, "userId": None}, apiKey="key")


def test_the_check_is_a_call_to_debug():
    assert get_integration("courier").check_request({"apiKey": "key"}) == Request(
        "POST", "https://api.courier.com/debug", HEADERS
    )
