"""Adjust: events of apps that did not happen in the app, for attribution.

API: https://dev.adjust.com/en/api/s2s-api/events/ (read 2026-11-23).
Facts: reference/destination-catalog/advertising.md, "Adjust (Actions)" (read 2026-11-23). Two
things are as Adjust documents them, where the reference leaves them open:

- The body is form-encoded: Adjust takes no other.
- The device is told in parameters of its own (`idfa` and `idfv`, `gps_adid` and `android_id`), and
  so are `revenue` and `currency`: Adjust needs the one and counts the other.

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
    text_of,
)

# Names of the advertising ID and of the device ID by the system of the device.
DEVICE_IDS = {"ios": ("idfa", "idfv"), "android": ("gps_adid", "android_id")}

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
def send_event(payload, settings):
    form = {
        "app_token": payload.get("app_token") or needed(settings, "default_app_token"),
        "event_token": payload.get("event_token") or needed(settings, "default_event_token"),
        "environment": settings["environment"],
        "s2s": 1,
        "callback_params": json_text(payload),
        "created_at_unix": _seconds(payload.get("timestamp")),
        **_device(payload),
        "revenue": payload.get("revenue"),
        "currency": payload.get("currency"),
    }
    return Request(
        "POST", "/event", form={name: text_of(value) for name, value in present(form).items()}
    )


def _seconds(moment):
    """Return whole seconds, rounded as Segment does."""
    return None if moment is None else (epoch_ms(moment) + 500) // 1000


def _device(payload):
    names = DEVICE_IDS.get(payload["device_type"].lower())
    ids = (payload["advertising_id"], payload["device_id"])
    return dict(zip(names, ids, strict=True)) if names else {}
