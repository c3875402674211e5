"""SIGNL4: alerts on the phones of those on duty, one for each event.

API: https://docs.signl4.com/integrations/webhook/webhook.html (read 2026-11-25).
Facts: reference/destination-catalog/experimentation.md, "Partner endpoints that receive the raw
event" (read 2026-11-25). The intake that SIGNL4 has for Segment is not public, so the event goes to
its general webhook, which takes any JSON, and the title and the like stand beside it under the
webhook's names. Whoever knows the team secret can alert, and no request only checks it.
"""

from urllib.parse import quote

from destinations.integration import (
    CALL_TYPES,
    Field,
    Integration,
    Request,
    Setting,
    path,
    setting,
)

SCENARIOS = (
    ("single_ack", "One person must confirm"),
    ("multi_ack", "All on duty must confirm"),
    ("emergency", "All of the team must confirm"),
)

integration = Integration(
    slug="signl4-alerting",
    name="SIGNL4",
    category="support-messaging",
    docs_url="https://docs.signl4.com/integrations/webhook/webhook.html",
    base_url="https://connect.signl4.com",
    names=("SIGNL4 Alerting",),
    description="Alerts those on duty, by push, text message and call.",
    settings=[
        Setting(
            "apiKey",
            "Team secret",
            required=True,
            secret=True,
            help="SIGNL4 → Teams; also the first part of the team's e-mail address",
        ),
        Setting("title", "Title", help="Of alerts; without one, what happened"),
        Setting("message", "Message"),
        Setting("alertingScenario", "Who must confirm", type="select", choices=SCENARIOS),
        Setting("location", "Location", help="Latitude, longitude"),
    ],
)


@integration.action(
    "Send",
    trigger=" or ".join(f'type = "{name}"' for name in CALL_TYPES),
    fields=[
        Field("event", "object", path("$."), required=True),
        Field("title", default=setting("title")),
        Field("message", "text", setting("message")),
        Field("alertingScenario", default=setting("alertingScenario")),
        Field("location", default=setting("location")),
    ],
)
def send(payload, settings):
    event = payload["event"]
    alert = {
        "Title": payload.get("title") or _title_of(event),
        "Message": payload.get("message"),
        "X-S4-AlertingScenario": payload.get("alertingScenario"),
        "X-S4-Location": payload.get("location"),
    }
    alert = {name: value for name, value in alert.items() if value is not None}
    where = f"/webhook/{quote(settings['apiKey'], safe='')}"
    return Request("POST", where, json={**event, **alert})


def _title_of(event):
    words = (event.get("type"), event.get("event") or event.get("name"))
    return ": ".join(word for word in words if word and type(word) is str) or "Event"
