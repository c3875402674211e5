"""Microsoft Teams: a message in a channel for each event, through an incoming webhook.

API: https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/how-to/connectors-using
(read 2026-11-23): an Adaptive Card, the one form that both kinds of webhook take, the retired
Microsoft 365 connectors and the Workflows that replace them. Teams is no destination of Segment's.
Whoever knows the webhook's URL can post, so it is a secret.
"""

import re

from destinations.catalog._messages import LINE, URL, presets
from destinations.integration import (
    Field,
    Integration,
    InvalidPayload,
    Request,
    Setting,
    for_status,
)

_URL = re.compile(
    r"https://(?:[a-z0-9-]+\.)+(?:webhook\.office\.com|logic\.azure\.(?:com|us)"
    r"|powerplatform\.(?:com|us))(?::443)?/\S+",
    re.I | re.A,
)
_HIDDEN_FAILURE = re.compile(rb"endpoint returned HTTP error (\d{3})")


integration = Integration(
    slug="microsoft-teams",
    name="Microsoft Teams",
    category="support-messaging",
    docs_url=(
        "https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/"
        "how-to/connectors-using"
    ),
    names=("Microsoft Teams",),
    description="Posts a message to a channel for events you choose.",
    settings=[
        Setting(
            "webhookUrl",
            "Webhook URL",
            type="url",
            required=True,
            secret=True,
            help="Teams → the channel → Workflows → When a Teams webhook request is received",
        ),
    ],
    presets=presets("postMessage", "text"),
)


@integration.action(
    "Post message",
    slug="postMessage",
    fields=[
        URL,
        Field("text", "text", LINE, True),
        Field("title", help="Above the text, in bold"),
    ],
)
def post_message(payload, settings):
    if not _URL.fullmatch(payload["url"]):
        # Anything else is a mistake, or an event that wants to be posted elsewhere.
        raise InvalidPayload([("url", "must be an incoming webhook of Microsoft Teams")])
    blocks = [{"type": "TextBlock", "text": payload["text"], "wrap": True}]
    if "title" in payload:
        title = {"type": "TextBlock", "text": payload["title"], "wrap": True}
        blocks.insert(0, {**title, "size": "Medium", "weight": "Bolder"})
    card = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.2",
        "body": blocks,
    }
    attachment = {
        "contentType": "application/vnd.microsoft.card.adaptive",
        "contentUrl": None,
        "content": card,
    }
    return Request("POST", payload["url"], json={"type": "message", "attachments": [attachment]})


@post_message.answer
def read_answer(response, payloads):
    # A connector answers 200 when Teams itself refuses, mostly for too many messages: only the
    # text says so.
    found = _HIDDEN_FAILURE.search(response.body)
    if not found or response.status >= 300:
        return None
    return [for_status(int(found[1]), "Teams refused the message")] * len(payloads)
