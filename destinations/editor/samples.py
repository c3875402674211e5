"""Events to try a mapping with while no real one has come."""

_PRODUCTS = [
    {
        "product_id": "p-1",
        "sku": "MUG-1",
        "name": "Mug",
        "category": "Kitchen",
        "brand": "Acme",
        "price": 12.5,
        "quantity": 2,
    },
    {"product_id": "p-2", "sku": "TEE-2", "name": "Tea", "price": 14.9, "quantity": 1},
]
_TRAITS = {
    "email": "ann@example.com",
    "firstName": "Ann",
    "lastName": "Sample",
    "name": "Ann Sample",
    "phone": "+15555550100",
    "plan": "pro",
    "address": {"city": "Lisbon", "country": "PT", "postalCode": "1100-000"},
}

_TYPES = {
    "track": {
        "event": "Order Completed",
        "properties": {
            "order_id": "order-1",
            "total": 39.9,
            "revenue": 36,
            "currency": "USD",
            "email": "ann@example.com",
            "products": _PRODUCTS,
        },
    },
    "identify": {"traits": _TRAITS},
    "page": {
        "name": "Home",
        "properties": {"url": "https://example.com/", "title": "Home", "path": "/"},
    },
    "screen": {"name": "Welcome", "properties": {"variation": "blue"}},
    "group": {"groupId": "acme", "traits": {"name": "Acme", "plan": "pro", "employees": 42}},
    "alias": {"previousId": "sample-anonymous"},
}
TYPES = tuple(_TYPES)


def sample(kind: str, now) -> dict:
    """Return an event of a type (a track for an unknown one), as it would be stored at `now`."""
    kind = kind if kind in _TYPES else "track"
    moment = now.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    context = {
        "ip": "203.0.113.7",
        "locale": "en-US",
        "userAgent": "Mozilla/5.0 (X11; Linux x86_64) Chrome/130.0 Safari/537.36",
        "page": {"url": "https://example.com/shop", "path": "/shop", "title": "Shop"},
        "traits": {"email": "ann@example.com"},
        "library": {"name": "switchyard-sample", "version": "1"},
    }
    if kind in ("identify", "group", "alias"):
        del context["traits"]
    return {
        "type": kind,
        **_TYPES[kind],
        "userId": "sample-user",
        "anonymousId": "sample-anonymous",
        "messageId": f"sample-{kind}-{now:%Y%m%d%H%M%S}",
        "timestamp": moment,
        "originalTimestamp": moment,
        "sentAt": moment,
        "receivedAt": moment,
        "context": context,
    }
