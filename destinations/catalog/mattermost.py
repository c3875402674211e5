"""Mattermost: a message in a channel for each event, through an incoming webhook.

API: https://developers.mattermost.com/integrate/webhooks/incoming/ (read 2026-11-25).
Mattermost is no destination of Segment's. Whoever knows the webhook's URL can post, so it is a
secret; and as anybody may run a Mattermost under any name, it is a setting and no field, so that no
event can have its message posted elsewhere.

"@channel" in the text rings everybody, and Mattermost has no switch against that. A text that is
too long for one post becomes several.
"""

from destinations.catalog._messages import LINE, presets
from destinations.integration import Field, Integration, Request, Setting

integration = Integration(
    slug="mattermost",
    name="Mattermost",
    category="support-messaging",
    docs_url="https://developers.mattermost.com/integrate/webhooks/incoming/",
    names=("Mattermost",),
    description="Posts a message to a channel for events you choose.",
    settings=[
        Setting(
            "webhookUrl",
            "Webhook URL",
            type="url",
            required=True,
            secret=True,
            help="Mattermost → Product menu → Integrations → Incoming Webhooks",
        ),
    ],
    presets=presets("postMessage", "text"),
)


@integration.action(
    "Post message",
    slug="postMessage",
    fields=[
        Field("text", "text", LINE, required=True, help="Markdown; “@channel” rings everybody"),
        Field("channel", help="In place of the webhook's own: town-square, or @ann for a person"),
        Field("username", help="In place of the webhook's own name, where the server allows it"),
        Field("icon_url", format="uri", label="Icon URL"),
        Field("icon_emoji", help="In place of any icon: tada, with or without colons"),
    ],
)
def post_message(payload, settings):
    return Request("POST", settings["webhookUrl"], json=dict(payload))
