"""Split (Harness FME): feature flags and experiments; it takes the events as they are.

API: https://developer.harness.io/docs/feature-management-experimentation/integrations/segment and,
for how a vendor is sent raw events, https://segment.com/docs/partners/subscriptions/build-webhook/
(the key is the user of Basic; both read 2026-11-23).
Facts: reference/destination-catalog/experimentation.md, "Partner endpoints that receive the raw
event" (read 2026-11-25). The address of the intake is not public; the vendor tells it, so it is a
setting here that Segment does not have.
"""

from destinations.auth import basic
from destinations.integration import Field, Integration, Request, Setting, path

integration = Integration(
    slug="split",
    name="Split",
    category="experimentation",
    docs_url=(
        "https://developer.harness.io/docs/feature-management-experimentation/integrations/segment"
    ),
    auth=basic("apiKey"),
    names=("Split",),
    description="Feature flags and experiments, measured by your events.",
    settings=[
        Setting(
            "apiKey",
            "API key",
            required=True,
            secret=True,
            help="Admin settings → Integrations → Segment, as a destination",
        ),
        Setting(
            "url",
            "Intake URL",
            type="url",
            required=True,
            help="Where Split takes events from Segment; ask its support",
        ),
    ],
)


@integration.action(
    "Send",
    trigger='type = "track" or type = "identify" or type = "page" or type = "screen"',
    fields=[Field("event", "object", path("$."), required=True)],
)
def send(payload, settings):
    return Request("POST", settings["url"], json=payload["event"])
