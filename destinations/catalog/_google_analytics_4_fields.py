"""Google Analytics' events and their fields. Facts as in google_analytics_4.py."""

from destinations.integration import Field, each, first_of, path

STREAMS = ("Web", "Mobile App")
_CONSENT = ("GRANTED", "DENIED")
_CLIENT = first_of("$.userId", "$.anonymousId")


def frame(fields, client="client_id"):
    """Return what all actions take, around the fields that one of them adds."""
    return [
        Field("data_stream_type", default="Web", choices=STREAMS),
        Field("app_instance_id"),
        Field(client, default=_CLIENT, label="Client ID"),
        Field("user_id"),
        Field("timestamp_micros", default=path("$.timestamp"), label="Time"),
        *fields,
        Field("user_properties", "object"),
        Field("engagement_time_msec", "number", 1),
        Field("params", "object"),
        Field("ad_user_data_consent", choices=_CONSENT),
        Field("ad_personalization_consent", choices=_CONSENT),
    ]


def text(name, where=None, required=False):
    return Field(name, **_from(where), required=required)


def number(name, where=None):
    return Field(name, "number", **_from(where))


def _from(where):
    return {"default": path(where)} if where else {}


_PROMOTION = [
    text(name) for name in ("creative_name", "creative_slot", "promotion_name", "promotion_id")
]


def items(where, required=True, position=False, promotions=False):
    """Return the field `items`, with one item for each product at `where`."""
    properties = [
        text("item_id", "$.product_id"),
        text("item_name", "$.name"),
        text("affiliation", "$.affiliation"),
        text("coupon", "$.coupon"),
        text("currency"),
        number("discount"),
        number("index", "$.position" if position else None),
        text("item_brand", "$.brand"),
        text("item_category", "$.category"),
        *(text(f"item_category{level}") for level in range(2, 6)),
        text("item_list_id"),
        text("item_list_name"),
        text("item_variant", "$.variant"),
        text("location_id"),
        number("price", "$.price"),
        Field("quantity", "integer", path("$.quantity")),
        *(_PROMOTION if promotions else ()),
    ]
    return Field(
        "items", "object", each(where), required=required, multiple=True, properties=properties
    )


CURRENCY = text("currency", "$.properties.currency")
VALUE = number("value", "$.properties.value")
LISTED = items("$.properties.products", position=True)
SINGLE = items("$.properties")

CART = [CURRENCY, SINGLE, VALUE]
CHECKOUT = [text("coupon", "$.properties.coupon"), CURRENCY, LISTED, VALUE]
ORDER = [
    text("affiliation", "$.properties.affiliation"),
    text("coupon", "$.properties.coupon"),
    CURRENCY.with_(required=True),
    LISTED,
    text("transaction_id", "$.properties.order_id", required=True),
    number("shipping", "$.properties.shipping"),
    number("tax", "$.properties.tax"),
    number("value", "$.properties.total"),
]
_REFUND = {
    "coupon": text("coupon"),
    "currency": CURRENCY,
    "tax": number("tax"),
    "items": items("$.properties.products", required=False, position=True),
}
REFUND = [_REFUND.get(field.name, field) for field in ORDER]


def promotion(location, required):
    return [
        text("creative_name"),
        text("creative_slot", "$.properties.creative"),
        text("location_id", location),
        text("promotion_id", "$.properties.promotion_id"),
        text("promotion_name", "$.properties.name"),
        items("$.properties", required=required, promotions=True),
    ]


# action: (label, GA4's name of the event, the Segment event that triggers it, fields)
EVENTS = {
    "purchase": ("Purchase", "purchase", "Order Completed", ORDER),
    "addToCart": ("Add to Cart", "add_to_cart", "Product Added", CART),
    "selectItem": (
        "Select Item",
        "select_item",
        "Product Clicked",
        [text("item_list_name"), text("item_list_id"), SINGLE],
    ),
    "beginCheckout": ("Begin Checkout", "begin_checkout", "Checkout Started", CHECKOUT),
    "selectPromotion": (
        "Select Promotion",
        "select_promotion",
        "Promotion Clicked",
        promotion(None, required=False),
    ),
    "viewItem": ("View Item", "view_item", "Product Viewed", CART),
    "removeFromCart": ("Remove from Cart", "remove_from_cart", "Product Removed", CART),
    "viewCart": ("View Cart", "view_cart", "Cart Viewed", [CURRENCY, LISTED, VALUE]),
    "search": (
        "Search",
        "search",
        "Products Searched",
        [text("search_term", "$.properties.query", required=True)],
    ),
    "viewItemList": (
        "View Item List",
        "view_item_list",
        "Product List Viewed",
        [
            text("item_list_id", "$.properties.list_id"),
            text("item_list_name", "$.properties.category"),
            LISTED,
        ],
    ),
    "signUp": ("Sign Up", "sign_up", "Signed Up", [text("method", "$.properties.type")]),
    "viewPromotion": (
        "View Promotion",
        "view_promotion",
        "Promotion Viewed",
        promotion("$.properties.position", required=True),
    ),
    "addPaymentInfo": (
        "Add Payment Info",
        "add_payment_info",
        "Payment Info Entered",
        [
            text("coupon"),
            CURRENCY,
            items("$.properties.products", position=True),
            text("payment_type", "$.properties.payment_method"),
            VALUE,
        ],
    ),
    "refund": ("Refund", "refund", "Order Refunded", REFUND),
    "login": ("Login", "login", "Signed In", [text("method")]),
    "generateLead": ("Generate Lead", "generate_lead", None, [CURRENCY, VALUE]),
    "addToWishlist": ("Add to Wishlist", "add_to_wishlist", "Product Added to Wishlist", CART),
}
