import pytest

from destinations.catalog import get_integration
from destinations.errors import InvalidPayload
from destinations.integration import Request

from ..bench import default_requests_for, request_for

SETTINGS = {"accountId": "AC1", "token": "secret", "phoneNumber": "+15550001"}
BASIC = {"Authorization": "Basic QUMxOnNlY3JldA=="}
API = "https://api.twilio.com/2010-04-01"


def test_a_message_is_sent():
    mapping = {"To": "+15550002", "Body": "Hi", "MediaUrl": "https://example.com/a.png"}

    assert request_for("twilio", "sendSMS", {"type": "track"}, mapping, **SETTINGS) == Request(
        "POST",
        f"{API}/Accounts/AC1/Messages.json",
        BASIC,
        form={"From": "+15550001", **mapping},
    )


def test_switched_on_it_sends_the_message_that_an_event_carries():
    event = {"type": "track", "properties": {"phone": "+15550002", "message": "Hi"}}

    [(_, request)] = default_requests_for("twilio", event, **SETTINGS)

    assert request.form == {"From": "+15550001", "To": "+15550002", "Body": "Hi"}


def test_switched_on_it_sends_nothing_without_a_message():
    event = {"type": "track", "context": {"traits": {"phone": "+15550002"}}, "properties": {}}

    with pytest.raises(InvalidPayload, match="Body is required"):
        default_requests_for("twilio", event, **SETTINGS)


def test_the_check_lists_accounts():
    assert get_integration("twilio").check_request(SETTINGS) == Request(
        "GET", f"{API}/Accounts", BASIC
    )
