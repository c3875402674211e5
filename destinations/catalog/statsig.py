"""Statsig: feature gates and experiments; it takes the events as they are.

API: https://docs.statsig.com/integrations/data-connectors/segment (read 2026-11-25), which names no
address any more. The header is that of https://docs.statsig.com/integrations/event_webhook (read
2026-11-25); the address beside it, for Segment's events, is from an older edition of the first page
and could not be confirmed. Statsig knows no request that only checks the key.
Facts: reference/destination-catalog/experimentation.md, "Partner endpoints that receive the raw
event" (read 2026-11-25). Statsig names events by itself: segment_track:<event>, and so on.
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
