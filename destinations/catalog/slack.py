"""Slack: a message in a channel for each event, through an incoming webhook.

Facts: reference/destination-catalog/support-messaging.md, "Slack" (read 2026-11-25).

Whoever knows the webhook's URL can post. Segment keeps it in each mapping, where everyone who may
read a mapping reads it; here it is a secret setting that mappings need not repeat. A URL that a
mapping does hold is masked wherever it is shown. Segment ships no mappings for Slack; ours give
each type of call a line of text, so that switching it on shows something.
"""

import re

from destinations.catalog._messages import LINE, URL, presets
from destinations.integration import (
    Field,
    Integration,
    InvalidPayload,
    Request,
    Setting,
)

_URL = re.compile(r"https://[a-z0-9-]+(?:\.[a-z0-9-]+)*\.slack\.com/\S+", re.I | re.A)

integration = Integration(
    slug="slack",
    name="Slack",
    category="support-messaging",
    docs_url="https://segment.com/docs/connections/destinations/catalog/actions-slack/",
    base_url="https://hooks.slack.com",
    names=("Actions Slack", "Slack (Actions)"),
    description="Posts a message to a channel for events you choose.",
    settings=[
        Setting(
            "webhookUrl",
            "Webhook URL",
            type="url",
            secret=True,
            help="Slack → your app → Incoming Webhooks. Starts with https://hooks.slack.com/",
        ),
    ],
    presets=presets("postToChannel", "text"),
)


@integration.action(
    "Post Message",
    slug="postToChannel",
    fields=[
        URL,
        Field("text", "text", LINE, required=True),
        Field("channel"),
        Field("username", default="Segment"),
        Field("icon_url", default="https://logo.clearbit.com/segment.com", label="Icon URL"),
    ],
)
def post_to_channel(payload, settings):
    if not _URL.fullmatch(payload["url"]):
        # Anything else is a mistake, or an event that wants to be posted elsewhere.
        raise InvalidPayload([("url", "must be a webhook of Slack: https://….slack.com/…")])
    shown = ("channel", "text", "username", "icon_url")
    message = {name: payload[name] for name in shown if name in payload}
    return Request("POST", payload["url"], json=message)
