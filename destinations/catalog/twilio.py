"""Twilio: a text message (SMS) for an event.

API: https://www.twilio.com/docs/messaging/api/message-resource. Facts:
reference/destination-catalog/support-messaging.md, "Twilio" (read 2026-11-25).

Segment ships no mapping. Ours wants one event, "Message Requested", and takes number and text from
it, so that switching the tool on sends nothing to anybody for whom no message was written.
"""

from destinations.auth import basic
from destinations.integration import (
    Field,
    Integration,
    Preset,
    Request,
    Setting,
    first_of,
    path,
)

integration = Integration(
    slug="twilio",
    name="Twilio",
    category="support-messaging",
    docs_url="https://segment.com/docs/connections/destinations/catalog/actions-twilio/",
    base_url="https://api.twilio.com/2010-04-01",
    auth=basic("accountId", "token"),
    check=Request("GET", "/Accounts"),
    names=("Twilio",),
    description="Sends text messages.",
    settings=[
        Setting("accountId", "Account SID", required=True, help="Twilio Console → Account Info"),
        Setting("token", "Auth token", required=True, secret=True),
        Setting("phoneNumber", "Phone number", required=True, help="Messages come from it"),
    ],
    presets=[
        Preset(
            "Requested messages",
            "sendSMS",
            'type = "track" and event = "Message Requested"',
            {
                "To": first_of("$.properties.phone", "$.context.traits.phone"),
                "Body": path("$.properties.message"),
            },
        )
    ],
)


@integration.action(
    "Send SMS",
    slug="sendSMS",
    trigger='type = "track"',
    fields=[
        Field("To", required=True),
        Field("Body", "text", required=True),
        Field("MediaUrl", label="Media URL"),
    ],
)
def send_sms(payload, settings):
    url = f"/Accounts/{settings['accountId']}/Messages.json"
    return Request("POST", url, form={"From": settings["phoneNumber"], **payload})
