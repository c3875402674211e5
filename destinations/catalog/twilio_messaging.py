"""Twilio Messaging: SMS, MMS, WhatsApp, RCS and Messenger.

API: https://www.twilio.com/docs/messaging/api/message-resource. Facts:
reference/destination-catalog/support-messaging.md, "Twilio Messaging" (read 2026-11-25); the forms
of numbers and SIDs: segmentio/action-destinations, destinations/twilio-messaging (read 2026-11-25).

Segment ships no mapping. Ours wants one event, "Message Requested", and takes number and text from
it, and the sender from a setting that Segment has not, so that switching the tool on sends nothing
that nobody has written.
A sender may be whatever Twilio takes for one: Segment refuses short codes and names.
"""

import re
from datetime import timedelta

from destinations.auth import basic
from destinations.integration import (
    Field,
    Integration,
    InvalidPayload,
    Preset,
    Request,
    Setting,
    find_moment,
    first_of,
    json_text,
    path,
    required_if,
    setting,
    text_of,
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
MOST_MEDIA = 10
MOST_TAGS = 10
SOONEST, LATEST = timedelta(minutes=15), timedelta(days=35)
NUMBER = re.compile(r"\+[1-9]\d{1,14}", re.A)
SHORT_CODE = re.compile(r"[1-9]\d{4,5}", re.A)
SERVICE_SID = re.compile(r"MG[0-9a-fA-F]{32}", re.A)
CONTENT_SID = re.compile(r"HX[0-9a-fA-F]{32}", re.A)
TAG = re.compile(r"[A-Za-z0-9 _-]{1,128}", re.A)

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
            "Requested messages",
            "sendMessage",
            'type = "track" and event = "Message Requested"',
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
def send_message(payload, settings, *, now):
    form = {"To": _to(payload), **_sender(payload, now), **_content(payload)}
    if "validityPeriod" in payload:
        form["ValidityPeriod"] = payload["validityPeriod"]
    if payload.get("tags"):
        form["Tags"] = json_text(_checked_tags(payload["tags"]))
    return Request("POST", "/Messages.json", form=form)


def _to(payload):
    channel = payload["channel"]
    if channel == "Messenger":
        return PREFIXES[channel] + _required(payload, "toMessengerUserId").strip()
    to = _required(payload, "toPhoneNumber").strip()
    if not (NUMBER.fullmatch(to) or (channel != "Whatsapp" and SHORT_CODE.fullmatch(to))):
        raise InvalidPayload([("toPhoneNumber", "must be a number such as +14155550100")])
    return PREFIXES.get(channel, "") + to


def _sender(payload, now):
    channel, kind = payload["channel"], payload["senderType"]
    if kind == "Messaging Service":
        sender = {"MessagingServiceSid": _sid(payload, "messagingServiceSid", SERVICE_SID)}
        if "sendAt" in payload:
            # Twilio schedules only what goes through a messaging service.
            sender |= {"SendAt": _checked_time(payload["sendAt"], now), "ScheduleType": "fixed"}
        return sender
    if kind == "Facebook Page ID" or channel == "Messenger":
        return {"From": "messenger:" + _required(payload, "fromFacebookPageId").strip()}
    prefix = PREFIXES.get(channel, "")
    return {"From": prefix + _required(payload, "fromPhoneNumber").strip()}


def _content(payload):
    if payload["contentTemplateType"] != "Inline":
        content = {"ContentSid": _sid(payload, "contentSid", CONTENT_SID)}
        if payload.get("contentVariables"):
            content["ContentVariables"] = json_text(payload["contentVariables"])
        return content
    media = [url.strip() for url in payload.get("inlineMediaUrls", ()) if url.strip()]
    if len(media) > MOST_MEDIA:
        raise InvalidPayload([("inlineMediaUrls", f"cannot be more than {MOST_MEDIA}")])
    body = {"MediaUrl": media} if media else {}
    if "inlineBody" in payload or not media:
        body["Body"] = _required(payload, "inlineBody")
    return body


def _required(payload, name):
    if not payload.get(name):
        raise InvalidPayload([(name, "is required here")])
    return payload[name]


def _sid(payload, name, form):
    text = _required(payload, name)
    # Segment's form stores what was chosen as "its name [its SID]".
    found = re.search(r"\[(.*?)\]", text)
    sid = found[1] if found else text
    if not form.fullmatch(sid):
        raise InvalidPayload([(name, f"must be {form.pattern[:2]} and 32 hexadecimal digits")])
    return sid


def _checked_time(text, now):
    moment = find_moment(text)
    if moment is None or not now + SOONEST <= moment <= now + LATEST:
        raise InvalidPayload([("sendAt", "must be 15 minutes to 35 days ahead")])
    return text


def _checked_tags(tags):
    texts = [text for pair in tags.items() for text in map(text_of, pair)]
    if len(tags) > MOST_TAGS or not all(TAG.fullmatch(text) for text in texts):
        problem = f"cannot be more than {MOST_TAGS}, of 128 letters, digits, spaces, - and _ each"
        raise InvalidPayload([("tags", problem)])
    return tags
