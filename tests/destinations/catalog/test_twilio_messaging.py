import pytest

from destinations.catalog import get_integration
from destinations.errors import InvalidPayload
from destinations.integration import Request

from ..bench import default_requests_for, request_for

SETTINGS = {"accountSID": "AC1", "apiKeySID": "SK1", "apiKeySecret": "secret"}
BASIC = {"Authorization": "Basic U0sxOnNlY3JldA=="}
API = "https://api.twilio.com/2010-04-01/Accounts/AC1"
SMS = {
    "channel": "SMS",
    "senderType": "Phone number",
    "contentTemplateType": "Inline",
    "toPhoneNumber": " +15550002 ",
    "fromPhoneNumber": "+15550001",
    "inlineBody": "Hi",
}


def form(**mapping):
    return request_for("twilio-messaging", "sendMessage", {}, {**SMS, **mapping}, **SETTINGS).form


def test_a_text_message_is_sent():
    assert request_for("twilio-messaging", "sendMessage", {}, SMS, **SETTINGS) == Request(
        "POST",
        f"{API}/Messages.json",
        BASIC,
        form={"To": "+15550002", "From": "+15550001", "Body": "Hi"},
    )


def test_whatsapp_names_its_channel_on_both_sides():
    assert form(channel="Whatsapp") == {
        "To": "whatsapp:+15550002",
        "From": "whatsapp:+15550001",
        "Body": "Hi",
    }


def test_messenger_goes_from_a_page_to_a_user():
    page = {"fromFacebookPageId": "p1", "toMessengerUserId": "u1"}

    assert form(channel="Messenger", senderType="Facebook Page ID", **page) == {
        "To": "messenger:u1",
        "From": "messenger:p1",
        "Body": "Hi",
    }


def test_a_messaging_service_can_send_later():
    service = {
        "senderType": "Messaging Service",
        "messagingServiceSid": "News [MG1]",
        "sendAt": "2026-08-21T12:00:00Z",
    }

    assert form(**service) == {
        "To": "+15550002",
        "MessagingServiceSid": "MG1",
        "SendAt": "2026-08-21T12:00:00Z",
        "ScheduleType": "fixed",
        "Body": "Hi",
    }


def test_a_template_is_named_and_filled_in():
    template = {
        "contentTemplateType": "Text",
        "contentSid": "HX1",
        "contentVariables": {"1": "Ann", "n": 2.0},
    }

    assert form(**template) == {
        "To": "+15550002",
        "From": "+15550001",
        "ContentSid": "HX1",
        "ContentVariables": '{"1":"Ann","n":2}',
    }


def test_media_validity_and_tags_go_along():
    urls = ["https://example.com/a.png", " https://example.com/b.png "]

    assert form(inlineMediaUrls=urls, validityPeriod=60, tags={"team": "a"}) == {
        "To": "+15550002",
        "From": "+15550001",
        "MediaUrl": ["https://example.com/a.png", "https://example.com/b.png"],
        "Body": "Hi",
        "ValidityPeriod": 60,
        "Tags": '{"team":"a"}',
    }


@pytest.mark.parametrize(
    "mapping",
    [
        {"channel": "Fax"},
        {"toPhoneNumber": None},
        {"fromPhoneNumber": None},
        {"inlineBody": None},
        {"channel": "RCS", "senderType": "Messaging Service"},
        {"channel": "Messenger"},
        {"contentTemplateType": "Card"},
        {"validityPeriod": 0},
    ],
)
def test_what_a_message_needs_is_asked_for(mapping):
    with pytest.raises(InvalidPayload):
        form(**mapping)


def test_switched_on_it_sends_the_message_that_an_event_carries():
    event = {"type": "track", "properties": {"phone": "+15550002", "message": "Hi"}}

    [(_, request)] = default_requests_for(
        "twilio-messaging", event, fromPhoneNumber="+15550001", **SETTINGS
    )

    assert request.form == {"To": "+15550002", "From": "+15550001", "Body": "Hi"}


def test_the_check_reads_one_message():
    assert get_integration("twilio-messaging").check_request(SETTINGS) == Request(
        "GET", f"{API}/Messages.json", BASIC, {"PageSize": 1}
    )
