"""Statsig: feature gates and experiments; it takes the events as they are.

API: https://docs.statsig.com/integrations/data-connectors/segment (read 2026-11-23). The address
and its header are those that an older edition of that page gives for a webhook from Segment.
Facts: reference/destination-catalog/experimentation.md, "Partner endpoints that receive the raw
event" (read 2026-11-23). Statsig names events by itself: segment_track:<event>, and so on.
"""

from destinations.auth import header
from destinations.integration import CALL_TYPES, Field, Integration, Request, Setting, path

integration = Integration(
    slug="statsig",
    name="Statsig",
    category="experimentation",
    docs_url="https://docs.statsig.com/integrations/data-connectors/segment",
    base_url="https://api.statsig.com/v1",
    auth=header("statsig-api-key", "apiKey"),
    names=("Statsig",),
    description="Feature gates and experiments, measured by your events.",
    settings=[
        Setting(
            "apiKey",
            "Server secret key",
            required=True,
            secret=True,
            help="Project settings → API keys. Also enable the integration with Segment there",
        ),
    ],
)


@integration.action(
    "Send",
    trigger=" or ".join(f'type = "{name}"' for name in CALL_TYPES),
    fields=[Field("event", "object", path("$."), required=True)],
)
def send(payload, settings):
    return Request("POST", "/webhooks/segment_webhook", json=payload["event"])
