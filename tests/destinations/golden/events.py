"""A dozen standard events, with what real SDKs put into them and what real shops say."""

PEOPLE = {
    "email": "Ann.Lee@Example.com ",
    "phone": "+1 (415) 555-0100",
    "firstName": "Ann",
    "lastName": "Lee",
    "name": "Ann Lee",
    "birthday": "1990-05-17",
    "gender": "female",
    "age": 36,
    "title": "Engineer",
    "company": {"id": "acme", "name": "Acme"},
    "address": {
        "street": "1 Main St",
        "city": "San Francisco",
        "state": "CA",
        "postalCode": "94105",
        "country": "US",
    },
    "plan": "pro",
    "logins": 12,
    "subscribed": True,
    "createdAt": "2026-01-05T09:30:00.000Z",
    "tags": ["a", "b"],
}

WEB = {
    "library": {"name": "analytics.js", "version": "next-1.70.0"},
    "ip": "203.0.113.7",
    "locale": "en-US",
    "timezone": "America/Los_Angeles",
    "userAgent": (
        "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 "
        "(KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36"
    ),
    "page": {
        "path": "/shoes",
        "referrer": "https://search.example/?q=shoes",
        "search": "?gclid=g-1&fbclid=f-1",
        "title": "Shoes",
        "url": "https://shop.example/shoes?gclid=g-1&fbclid=f-1",
    },
    "campaign": {
        "name": "spring",
        "source": "newsletter",
        "medium": "email",
        "term": "shoes",
        "content": "top",
    },
    "traits": {
        "email": "ann.lee@example.com",
        "phone": "+14155550100",
        "firstName": "Ann",
        "lastName": "Lee",
        "address": {"city": "San Francisco", "state": "CA", "country": "US"},
    },
}

MOBILE = {
    "library": {"name": "analytics-ios", "version": "4.1.8"},
    "app": {"name": "Shop", "version": "3.2.1", "build": "321", "namespace": "com.example.shop"},
    "device": {
        "id": "B5372DB0-C21E-11E4-8DFC-AA07A5B093DB",
        "advertisingId": "7A3CBEA0-BDF5-11E4-8DFC-AA07A5B093DB",
        "adTrackingEnabled": True,
        "manufacturer": "Apple",
        "model": "iPhone15,2",
        "name": "Ann's iPhone",
        "type": "ios",
        "token": "ff15bc0c20c4aa6cd50854ff165fd265c838e5405bfeb9571066395b8c9da449",
    },
    "os": {"name": "iOS", "version": "17.5"},
    "network": {"carrier": "T-Mobile", "cellular": False, "wifi": True, "bluetooth": False},
    "screen": {"width": 393, "height": 852, "density": 3},
    "location": {"latitude": 37.78, "longitude": -122.39, "city": "San Francisco"},
    "ip": "2001:db8::7",
    "locale": "en-US",
    "timezone": "America/Los_Angeles",
}

SHOE = {
    "product_id": "p-1",
    "sku": "S-1",
    "name": "Trail Shoe",
    "category": "Shoes",
    "brand": "Acme",
    "variant": "blue",
    "price": 39.5,
    "quantity": 2,
    "coupon": "SPRING",
    "position": 1,
    "url": "https://shop.example/p/1",
    "image_url": "https://shop.example/p/1.png",
}
SOCKS = {"product_id": "p-2", "name": "Socks", "category": "Shoes", "price": 5, "quantity": 1}


def _event(number, call_type, context, **more):
    return {
        "type": call_type,
        "messageId": f"message-{number:02}",
        "anonymousId": "anon-1",
        "userId": "user-1",
        "timestamp": f"2026-08-20T10:00:{number:02}.123Z",
        "originalTimestamp": f"2026-08-20T10:00:{number:02}.100Z",
        "sentAt": f"2026-08-20T10:00:{number:02}.200Z",
        "receivedAt": f"2026-08-20T10:00:{number:02}.323Z",
        "context": context,
        "integrations": {},
        **more,
    }


def _track(number, name, context, properties, **more):
    return _event(number, "track", context, event=name, properties=properties, **more)


ORDER = {
    "order_id": "o-1",
    "checkout_id": "c-1",
    "affiliation": "Web",
    "total": 90.4,
    "subtotal": 84,
    "revenue": 84,
    "shipping": 4.4,
    "tax": 7,
    "discount": 5,
    "coupon": "SPRING",
    "currency": "USD",
    "products": [SHOE, SOCKS],
}
PAGE = {
    "path": "/shoes",
    "referrer": "https://search.example/?q=shoes",
    "search": "?gclid=g-1&fbclid=f-1",
    "title": "Shoes",
    "url": "https://shop.example/shoes?gclid=g-1&fbclid=f-1",
}
# SHA-256 of ann.lee@example.com, as a sender that hashes by itself would give it.
HASHED = "b7e0d8372a47f54bbefeb251ab9ac1e9e6b2d1983263de10196101be3961ed23"

EVENTS = {
    "identify": _event(1, "identify", WEB, traits=PEOPLE),
    "identify, mobile and sparse": _event(
        2, "identify", MOBILE, userId=None, traits={"email": "ann.lee@example.com"}
    ),
    "page": _event(3, "page", WEB, name="Shoes", category="Shop", properties=PAGE),
    "screen": _event(4, "screen", MOBILE, name="Welcome", properties={"step": 1}),
    "group": _event(
        5,
        "group",
        WEB,
        groupId="acme",
        traits={"name": "Acme", "industry": "Retail", "employees": 120, "plan": "enterprise"},
    ),
    "alias": _event(6, "alias", WEB, previousId="anon-1"),
    "Order Completed": _track(7, "Order Completed", WEB, ORDER),
    "Product Added": _track(
        8, "Product Added", WEB, {**SHOE, "cart_id": "cart-1", "currency": "EUR", "value": 79}
    ),
    "Products Searched": _track(9, "Products Searched", MOBILE, {"query": "shoes"}),
    "Signed Up, nobody known": _track(
        10, "Signed Up", WEB, {"method": "Google", "plan": "free"}, userId=None
    ),
    "Application Opened": _track(
        11, "Application Opened", MOBILE, {"from_background": False, "version": "3.2.1"}
    ),
    "hashed and odd": _track(
        12,
        "Ödd “Event” 🎉",
        {"library": {"name": "analytics-python", "version": "2.3.3"}, "traits": {"email": HASHED}},
        {
            "email": HASHED,
            "null": None,
            "empty": "",
            "zero": 0,
            "yes": True,
            "number as text": "12.50",
            "nested": {"a": {"b": [1, {"c": "d"}]}},
            "total": "19.99",
            "products": [],
        },
        integrations={"All": True, "Actions Amplitude": {"session_id": 1755684000000}},
    ),
}
