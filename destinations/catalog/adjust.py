"""Adjust: events of apps that did not happen in the app, for attribution.

API: https://dev.adjust.com/en/api/s2s-api/events/ (read 2026-11-25).
Facts: reference/destination-catalog/advertising.md, "Adjust (Actions)", and Segment's open source
(adjust/functions.ts); both read 2026-11-25.

The request is Segment's, a body of JSON, though Adjust documents parameters in the URL or in a
form; the device, `revenue` and `currency` are told inside `callback_params`, as there.

There is no credential check: Adjust has no request that records nothing.
"""

from destinations.catalog._bodies import needed, present
from destinations.integration import (
    Field,
    Integration,
    Request,
    Setting,
    epoch_ms,
    json_text,
    path,
)

integration = Integration(
    slug="adjust",
    name="Adjust",
    category="advertising",
    docs_url="https://dev.adjust.com/en/api/s2s-api/events/",
    base_url="https://s2s.adjust.com",
    names=("Adjust (Actions)",),
    description="Tells Adjust about events that did not happen in the app.",
    settings=[
        Setting(
            "environment",
            "Environment",
            type="select",
            required=True,
            default="production",
            choices=("production", "sandbox"),
        ),
        Setting(
            "default_app_token",
            "App token",
            secret=True,
            help="For mappings that name none. Adjust → your app",
        ),
        Setting(
            "default_event_token",
            "Event token",
            secret=True,
            help="For mappings that name none. Adjust → your app → Events",
        ),
    ],
)


@integration.action(
    "Send Event",
    slug="sendEvent",
    trigger='type = "track" and event = "Conversion Completed"',
    fields=[
        Field("timestamp", "datetime", path("$.timestamp")),
        Field("app_token", secret=True),
        Field("event_token", secret=True),
        Field("device_id", default=path("$.context.device.id"), required=True),
        Field("advertising_id", default=path("$.context.device.advertisingId"), required=True),
        Field("device_type", default=path("$.context.device.type"), required=True),
        Field("library_name", default=path("$.context.library.name")),
        Field("revenue", "number", path("$.properties.revenue")),
        Field("currency", default=path("$.properties.currency")),
    ],
)
def send_event(payload, settings, *, mapping):
    # In text the order counts: it is that of the mapping, as at Segment.
    in_order = {name: payload[name] for name in mapping if name in payload}
    body = present(
        {
            "app_token": payload.get("app_token") or needed(settings, "default_app_token"),
            "event_token": payload.get("event_token") or needed(settings, "default_event_token"),
            "environment": settings["environment"],
            "s2s": 1,
            "callback_params": json_text({**in_order, **payload}),
            "created_at_unix": _seconds(payload.get("timestamp")),
        }
    )
    return Request("POST", "/event", json=body)


def _seconds(moment):
    """Return whole seconds, rounded as Segment does."""
    return None if moment is None else (epoch_ms(moment) + 500) // 1000
