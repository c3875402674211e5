"""Webhooks (classic): each event as JSON to up to five URLs. The Webhook tool replaces it.

Facts: reference/destination-catalog/raw-data.md, "Webhooks (classic)" (read 2026-11-25).
"""

from destinations.catalog._webhooks import headers_of
from destinations.integration import (
    CALL_TYPES,
    Field,
    Integration,
    Rejected,
    Request,
    ServerFault,
    Setting,
    Throttled,
    Unauthorized,
    Unreachable,
    encode_json,
    path,
    setting,
    signing,
)

MOST_URLS = 5
TIMEOUT_S = 5

integration = Integration(
    slug="webhooks",
    name="Webhooks",
    category="raw-data",
    docs_url="https://segment.com/docs/connections/destinations/catalog/webhooks/",
    names=("Webhooks",),
    description="Sends events as JSON to up to five URLs of yours. See Webhook, its successor.",
    settings=[
        Setting(
            "urls",
            "URLs",
            type="list",
            required=True,
            aliases=("hooks",),
            help="One a line, five at most",
        ),
        Setting("headers", "Headers", type="map", help="Sent with each request"),
        Setting("sharedSecret", "Shared secret", secret=True, help="Signs each request"),
    ],
)


@integration.action(
    "Send",
    trigger=" or ".join(f'type = "{name}"' for name in CALL_TYPES),
    fields=[
        Field("data", "object", path("$."), required=True, hidden=True),
        Field("urls", default=setting("urls"), required=True, multiple=True, hidden=True),
        Field("headers", "object", setting("headers"), hidden=True),
    ],
)
def send(payload, settings):
    urls = payload["urls"][:MOST_URLS]
    body = {**payload["data"], "version": 1}
    headers = {**headers_of(payload), "User-Agent": "Segment.io/1.0"}
    if settings.get("sharedSecret"):
        signature = signing.hmac_hex(settings["sharedSecret"], encode_json(body), "sha1")
        headers["X-Signature"] = signature
    failures = []
    for url in urls:
        try:
            yield Request("POST", url, headers, json=body, timeout_s=TIMEOUT_S)
        except (Rejected, ServerFault, Throttled, Unauthorized, Unreachable) as error:
            failures.append(error)
    if len(failures) < len(urls):
        # One URL that took it is enough: the others are not asked again.
        return [None]
    raise next((each for each in failures if each.retryable), failures[0])
