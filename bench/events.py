"""Events of 1.1 KB with 26 columns, the size that real ones have."""

from uuid import uuid4

import orjson

CONTEXT = {
    "library": {"name": "analytics.js", "version": "next-1.84.3"},
    "page": {
        "path": "/checkout/done",
        "referrer": "https://shop.example/checkout",
        "search": "?utm_source=mail&utm_campaign=spring",
        "title": "Thank you for your order",
        "url": "https://shop.example/checkout/done?utm_source=mail&utm_campaign=spring",
    },
    "userAgent": "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 "
    "(KHTML, like Gecko) Chrome/139.0.0.0 Safari/537.36",
    "locale": "en-US",
    "timezone": "Europe/Berlin",
    "campaign": {"source": "mail", "name": "spring"},
    "ip": "203.0.113.9",
}


def track(number: int) -> dict:
    """Return one track call."""
    return {
        "type": "track",
        "event": "Order Completed",
        "messageId": f"ajs-next-1767225600000-{uuid4()}",
        "anonymousId": str(uuid4()),
        "userId": f"user-{number % 5000}",
        "timestamp": "2026-11-01T10:00:00.000Z",
        "context": CONTEXT,
        "integrations": {},
        "properties": {
            "order_id": f"o-{number}",
            "total": 30.5 + number % 100,
            "revenue": 25,
            "currency": "EUR",
            "coupon": "SPRING",
            "shipping": {"method": "post", "price": 4.9},
            "products": [{"sku": "A-1", "price": 10.5, "quantity": 1, "name": "A small thing"}],
        },
    }


def bodies(count: int, batch: int = 1) -> list[bytes]:
    """Return `count` request bodies, each with a batch of that many events, or with one."""
    if batch == 1:
        return [orjson.dumps(track(number)) for number in range(count)]
    return [
        orjson.dumps(
            {
                "sentAt": "2026-11-01T10:00:01.000Z",
                "batch": [track(number * batch + each) for each in range(batch)],
            }
        )
        for number in range(count)
    ]
