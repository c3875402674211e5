import pytest

from destinations.catalog import get_integration
from destinations.errors import InvalidPayload
from destinations.integration import Request

from ..bench import default_requests_for, request_for

SETTINGS = {"accountSID": "AC1", "apiKeySID": "SK1", "apiKeySecret": "secret"}
BASIC = {"Authorization": "Basic U0sxOnNlY3JldA=="}
API = "https://api.twilio.com/2010-04-01/Accounts/AC1"
SERVICE, CONTENT = "MG" + "0a" * 16, "HX" + "0b" * 16
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
        "messagingServiceSid": f"News [{SERVICE}]",
        "sendAt": "2026-08-21T12:00:00Z",
    }

    assert form(**service) == {
        "To": "+15550002",
        "MessagingServiceSid": SERVICE,
        "SendAt": "2026-08-21T12:00:00Z",
        "ScheduleType": "fixed",
        "Body": "Hi",
    }


@pytest.mark.parametrize("time", ["2026-08-20T12:14:00Z", "2026-09-25T12:00:00Z"])
def test_later_is_neither_too_soon_nor_too_late(time):
    service = {"senderType": "Messaging Service", "messagingServiceSid": SERVICE}

    with pytest.raises(InvalidPayload, match="sendAt must be 15 minutes to 35 days ahead"):
        form(**service, sendAt=time)


def test_a_short_code_is_a_number_too():
    assert form(toPhoneNumber="12345")["To"] == "12345"


def test_a_template_is_named_and_filled_in():
    template = {
        "contentTemplateType": "Text",
        "contentSid": CONTENT,
        "contentVariables": {"1": "Ann", "n": 2.0},
    }

    assert form(**template) == {
        "To": "+15550002",
        "From": "+15550001",
        "ContentSid": CONTENT,
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
        {"toPhoneNumber": "+1 (415) 555-0100"},
        {"toPhoneNumber": "0123"},
        {"toPhoneNumber": "12345", "channel": "Whatsapp"},
        {"senderType": "Messaging Service", "messagingServiceSid": "MG1"},
        {"contentTemplateType": "Card", "contentSid": "HX1"},
        {"inlineMediaUrls": [f"https://example.com/{number}.png" for number in range(11)]},
        {"tags": {"team": "a/b"}},
        {"tags": {f"t{number}": "a" for number in range(11)}},
    ],
)
def test_what_a_message_needs_is_asked_for(mapping):
    with pytest.raises(InvalidPayload):
        form(**mapping)


def test_switched_on_it_sends_the_message_that_an_event_carries():
    properties = {"phone": "+15550002", "message": "Hi"}
    event = {"type": "track", "event": "Message Requested", "properties": properties}

    [(_, request)] = default_requests_for(
        "twilio-messaging", event, fromPhoneNumber="+15550001", **SETTINGS
    )

    assert request.form == {"To": "+15550002", "From": "+15550001", "Body": "Hi"}


def test_the_check_reads_one_message():
    assert get_integration("twilio-messaging").check_request(SETTINGS) == Request(
        "GET", f"{API}/Messages.json", BASIC, {"PageSize": 1}
    )
