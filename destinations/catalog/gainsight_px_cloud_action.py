"""Gainsight PX: guides and analytics inside a product; it takes the events as they are.

Facts: reference/destination-catalog/analytics.md, "Gainsight Px Cloud (Actions)" (read 2026-11-25).
"""

from destinations.auth import basic
from destinations.integration import Field, Integration, Preset, Request, Setting, path

HOSTS = {
    "north_america": "https://segment-esp.aptrinsic.com",
    "europe": "https://segment-esp-eu.aptrinsic.com",
    "us2": "https://segment-esp-us2.aptrinsic.com",
}

PUSH = "/rte/segmentio/v1/push"


def check_answer(response):
    # An empty list is no event: a bad request from those with a right key.
    return None if response.status == 400 else ""


integration = Integration(
    slug="gainsight-px-cloud-action",
    name="Gainsight PX",
    category="analytics",
    docs_url="https://segment.com/docs/connections/destinations/catalog/actions-gainsight-px-cloud/",
    base_url=lambda settings: HOSTS.get(settings["dataCenter"], HOSTS["north_america"]),
    auth=basic("apiKey"),
    check=Request("POST", PUSH, json=[]),
    check_answer=check_answer,
    names=("Gainsight Px Cloud (Actions)",),
    description="Guides and analytics inside a product.",
    settings=[
        Setting("apiKey", "API key", required=True, secret=True, help="Settings → Integrations"),
        Setting(
            "dataCenter",
            "Data center",
            type="select",
            required=True,
            choices=(
                ("north_america", "North America"),
                ("europe", "Europe"),
                ("us2", "US 2"),
            ),
        ),
    ],
    presets=[
        Preset(f"{kind.capitalize()} calls", "sendEvent", f'type = "{kind}"')
        for kind in ("identify", "group", "track", "page")
    ],
)


@integration.action(
    "Send Event", slug="sendEvent", fields=[Field("segmentEvent", "object", path("$."))]
)
def send_event(payload, settings):
    return Request("POST", PUSH, json=payload.get("segmentEvent", {}))
