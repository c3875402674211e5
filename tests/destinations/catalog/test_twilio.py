import pytest

from destinations.catalog import get_integration
from destinations.errors import InvalidPayload
from destinations.integration import Request

from ..bench import default_requests_for, request_for

SETTINGS = {"accountId": "AC1", "token": "secret", "phoneNumber": "+15550001"}
BASIC = {"Authorization": "Basic QUMxOnNlY3JldA=="}
API = "https://api.twilio.com/2010-04-01"
REQUESTED = {"type": "track", "event": "Message Requested"}


def test_a_message_is_sent():
    mapping = {"To": "+15550002", "Body": "Hi", "MediaUrl": "https://example.com/a.png"}

    assert request_for("twilio", "sendSMS", {"type": "track"}, mapping, **SETTINGS) == Request(
        "POST",
        f"{API}/Accounts/AC1/Messages.json",
        BASIC,
        form={"From": "+15550001", **mapping},
    )


def test_switched_on_it_sends_the_message_that_an_event_carries():
    event = {**REQUESTED, "properties": {"phone": "+15550002", "message": "Hi"}}

    [(_, request)] = default_requests_for("twilio", event, **SETTINGS)

    assert request.form == {"From": "+15550001", "To": "+15550002", "Body": "Hi"}


def test_switched_on_it_sends_nothing_for_other_events():
    event = {"type": "track", "event": "Login", "context": {"traits": {"phone": "+15550002"}}}

    assert default_requests_for("twilio", event, **SETTINGS) == []


def test_a_message_needs_a_number():
    event = {**REQUESTED, "properties": {"message": "Hi"}}

    with pytest.raises(InvalidPayload, match="To is required"):
        default_requests_for("twilio", event, **SETTINGS)


def test_the_check_lists_accounts():
    assert get_integration("twilio").check_request(SETTINGS) == Request(
        "GET", f"{API}/Accounts", BASIC
    )
