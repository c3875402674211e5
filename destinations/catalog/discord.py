"""Discord: a message in a channel for each event, through a webhook.

API: https://discord.com/developers/docs/resources/webhook#execute-webhook (read 2026-11-23).
Discord is no destination of Segment's. Whoever knows the webhook's URL can post, so it is a secret.

Nobody is mentioned unless the mapping says so: an event may come from anybody, and must not be able
to ring a whole server with "@everyone".
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

_URL = re.compile(
    r"https://(?:(?:canary|ptb)\.)?discord(?:app)?\.com/api/(?:v\d+/)?webhooks/\d+/[\w-]+", re.A
)


integration = Integration(
    slug="discord",
    name="Discord",
    category="support-messaging",
    docs_url="https://discord.com/developers/docs/resources/webhook",
    check=lambda settings: Request("GET", settings["webhookUrl"]),
    names=("Discord",),
    description="Posts a message to a channel for events you choose.",
    settings=[
        Setting(
            "webhookUrl",
            "Webhook URL",
            type="url",
            required=True,
            secret=True,
            help="Discord → the channel's settings → Integrations → Webhooks",
        ),
    ],
    presets=presets("postMessage", "content"),
)


@integration.action(
    "Post message",
    slug="postMessage",
    fields=[
        URL,
        Field("content", "text", LINE, True),
        Field("username", help="In place of the webhook's own name"),
        Field("avatar_url", format="uri", label="Avatar URL"),
        Field("thread_id", help="Post into this thread of the channel"),
        Field("allow_mentions", "boolean", False, help="Ring those whom the text mentions"),
    ],
)
def post_message(payload, settings):
    if not _URL.fullmatch(payload["url"]):
        # Anything else is a mistake, or an event that wants to be posted elsewhere.
        raise InvalidPayload([("url", "must be a webhook of Discord")])
    shown = ("content", "username", "avatar_url")
    message = {name: payload[name] for name in shown if name in payload}
    if not payload.get("allow_mentions"):
        message["allowed_mentions"] = {"parse": []}
    # Without "wait" Discord answers 204 whether or not it kept the message.
    query = {"wait": "true"}
    if "thread_id" in payload:
        query["thread_id"] = payload["thread_id"]
    return Request("POST", payload["url"], query=query, json=message)
