"""Twilio Messaging: SMS, MMS, WhatsApp, RCS and Messenger.

API: https://www.twilio.com/docs/messaging/api/message-resource. Facts:
reference/destination-catalog/support-messaging.md, "Twilio Messaging" (read 2026-11-23).

Segment ships no mapping. Ours takes number and text from the event itself, and the sender from a
setting that Segment has not, so that switching the tool on sends nothing that nobody has written.
Whether a number or a SID is one, Twilio says.
"""

import re

from destinations.auth import basic
from destinations.integration import (
    Field,
    Integration,
    InvalidPayload,
    Preset,
    Request,
    Setting,
    first_of,
    json_text,
    path,
    required_if,
    setting,
)

CHANNELS = ("SMS", "MMS", "Whatsapp", "RCS", "Messenger")
SENDERS = ("Phone number", "Messaging Service", "Facebook Page ID")
CONTENTS = (
    "Inline",
    "Text",
    "Media",
    "Quick Reply",
    "Call to Action",
    "List Picker",
    "Card",
    "WhatsApp Card",
    "WhatsApp Authentication",
    "Catalog",
    "Carousel",
)
PREFIXES = {"Whatsapp": "whatsapp:", "Messenger": "messenger:"}

integration = Integration(
    slug="twilio-messaging",
    name="Twilio Messaging",
    category="support-messaging",
    docs_url="https://segment.com/docs/connections/destinations/catalog/actions-twilio-messaging/",
    base_url=lambda settings: (
        f"https://api.twilio.com/2010-04-01/Accounts/{settings['accountSID']}"
    ),
    auth=basic("apiKeySID", "apiKeySecret"),
    check=Request("GET", "/Messages.json", query={"PageSize": 1}),
    names=("Twilio Messaging",),
    description="Sends messages on many channels.",
    settings=[
        Setting("accountSID", "Account SID", required=True, help="Twilio Console → Account Info"),
        Setting("apiKeySID", "API key SID", required=True, secret=True),
        Setting("apiKeySecret", "API key secret", required=True, secret=True),
        Setting("fromPhoneNumber", "Phone number", help="The sender where a mapping names none"),
    ],
    presets=[
        Preset(
            "Events with a phone and a message",
            "sendMessage",
            'type = "track"',
            {
                "channel": "SMS",
                "senderType": "Phone number",
                "contentTemplateType": "Inline",
                "toPhoneNumber": first_of("$.properties.phone", "$.context.traits.phone"),
                "inlineBody": path("$.properties.message"),
            },
        )
    ],
)


@integration.action(
    "Send message",
    slug="sendMessage",
    fields=[
        Field("channel", required=True, choices=CHANNELS),
        Field("senderType", required=True, choices=SENDERS),
        Field("contentTemplateType", required=True, choices=CONTENTS),
        Field("toPhoneNumber"),
        Field("toMessengerUserId", required=required_if("channel", "is", "Messenger")),
        Field("fromPhoneNumber", default=setting("fromPhoneNumber")),
        Field("fromFacebookPageId", required=required_if("channel", "is", "Messenger")),
        Field("messagingServiceSid", required=required_if("channel", "is", "RCS")),
        Field("contentSid"),
        Field("contentVariables", "object"),
        Field("inlineBody", "text"),
        Field("inlineMediaUrls", multiple=True),
        Field("validityPeriod", "number", minimum=1, maximum=14400),
        Field("sendAt", format="date-time"),
        Field("tags", "object"),
    ],
)
def send_message(payload, settings):
    form = {"To": _to(payload), **_sender(payload), **_content(payload)}
    if "validityPeriod" in payload:
        form["ValidityPeriod"] = payload["validityPeriod"]
    if payload.get("tags"):
        form["Tags"] = json_text(payload["tags"])
    return Request("POST", "/Messages.json", form=form)


def _to(payload):
    messenger = payload["channel"] == "Messenger"
    to = _required(payload, "toMessengerUserId" if messenger else "toPhoneNumber")
    return PREFIXES.get(payload["channel"], "") + to.strip()


def _sender(payload):
    channel, kind = payload["channel"], payload["senderType"]
    if kind == "Messaging Service":
        sender = {"MessagingServiceSid": _sid(_required(payload, "messagingServiceSid"))}
        if "sendAt" in payload:
            # Twilio schedules only what goes through a messaging service.
            sender |= {"SendAt": payload["sendAt"], "ScheduleType": "fixed"}
        return sender
    if kind == "Facebook Page ID" or channel == "Messenger":
        return {"From": "messenger:" + _required(payload, "fromFacebookPageId").strip()}
    prefix = PREFIXES.get(channel, "")
    return {"From": prefix + _required(payload, "fromPhoneNumber").strip()}


def _content(payload):
    if payload["contentTemplateType"] != "Inline":
        content = {"ContentSid": _sid(_required(payload, "contentSid"))}
        if payload.get("contentVariables"):
            content["ContentVariables"] = json_text(payload["contentVariables"])
        return content
    media = [url.strip() for url in payload.get("inlineMediaUrls", ()) if url.strip()]
    body = {"MediaUrl": media} if media else {}
    if "inlineBody" in payload or not media:
        body["Body"] = _required(payload, "inlineBody")
    return body


def _required(payload, name):
    if not payload.get(name):
        raise InvalidPayload([(name, "is required here")])
    return payload[name]


def _sid(text):
    # Segment's form stores what was chosen as "its name [its SID]".
    found = re.search(r"\[(.*?)\]", text)
    return found[1] if found else text
