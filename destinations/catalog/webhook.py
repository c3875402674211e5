"""Webhook: the event as JSON to any URL.

Facts: reference/destination-catalog/raw-data.md, "Webhook" (read 2026-11-25).

Segment keeps URL, method and headers in each mapping. Here they are settings first, so that one
URL is typed once and a new webhook works when it is switched on; a mapping may still give its own.
Besides Segment's X-Signature, which covers no more than the first event of a batch, there are
headers that cover the whole body and its age; and a batch is what the settings ask for.
"""

from destinations.catalog._webhooks import METHODS, data_of, headers_of
from destinations.integration import (
    CALL_TYPES,
    UNSET,
    Batch,
    Field,
    Integration,
    Request,
    Setting,
    encode_json,
    path,
    setting,
    signing,
)

integration = Integration(
    slug="webhook",
    name="Webhook",
    category="raw-data",
    docs_url="https://segment.com/docs/connections/destinations/catalog/actions-webhook/",
    names=("Webhook", "Webhooks (Actions)"),
    description="Sends events as JSON to a URL of yours, signed if you like.",
    settings=[
        Setting("url", "URL", type="url", help="Where events are sent"),
        Setting(
            "sharedSecret",
            "Shared secret",
            secret=True,
            aliases=("secret",),
            help="Signs each request: X-Signature and X-Switchyard-Signature",
        ),
        Setting("method", "Method", type="select", default="POST", choices=METHODS),
        Setting("headers", "Headers", type="map", help="Sent with each request"),
        Setting(
            "enable_batching",
            "Send batches",
            type="boolean",
            default=False,
            help="One request carries a list of events",
        ),
        Setting("batch_size", "Events in a batch", type="number", default=1000),
    ],
)


@integration.action(
    "Send",
    trigger=" or ".join(f'type = "{name}"' for name in CALL_TYPES),
    batch=Batch(size=1000, max_size=4000, keys=("url", "method", "headers"), enabled=False),
    fields=[
        Field("url", "string", setting("url"), required=True, format="uri", label="URL"),
        Field("method", "string", setting("method"), required=True, choices=METHODS),
        Field("headers", "object", setting("headers")),
        Field("data", "object", path("$.")),
        Field("enable_batching", "boolean", setting("enable_batching"), hidden=True),
        Field("batch_size", "number", setting("batch_size"), hidden=True),
        Field("batch_keys", "string", multiple=True, hidden=True),
    ],
)
def send(payload, settings, *, now):
    return _request(payload, data_of(payload), data_of(payload), settings, now)


@send.batch
def send_batch(payloads, settings, *, now):
    # X-Signature covers the first element alone although the body is the whole list: Segment's
    # receivers check it so. X-Switchyard-Signature covers all of it.
    elements = [payload.get("data") for payload in payloads]
    return _request(payloads[0], elements, elements[0], settings, now)


def _request(payload, body, signed, settings, now):
    headers = headers_of(payload)
    secret = settings.get("sharedSecret")
    if secret and body is not UNSET:
        encoded = encode_json(body)
        signed = encoded if signed is body else encode_json(signed)
        headers = {
            **headers,
            "X-Signature": signing.hmac_hex(secret, signed, "sha1"),
            **signing.switchyard_headers(secret, encoded, now),
        }
    return Request(payload["method"], payload["url"], headers, json=body)
