"""The fields of Braze's actions, most of which they share. Facts as in braze.py."""

from destinations.catalog._currencies import CURRENCIES
from destinations.integration import (
    SYNC_MODE,
    Field,
    all_of,
    each,
    fields_but,
    first_of,
    path,
    required_if,
)

BATCHING = [
    Field("enable_batching", "boolean", True),
    Field("batch_size", "number", 75, hidden=True),
]

EXISTING_ONLY = Field("_update_existing_only", "boolean", False)


def _needed_without(*others):
    return all_of(*(required_if(other, "is") for other in others))


EXTERNAL_ID = Field(
    "external_id",
    default=path("$.userId"),
    required=_needed_without("braze_id", "email", "user_alias"),
    help="One of external_id, user_alias, email and braze_id is needed",
)
USER_ALIAS = Field("user_alias", "object", properties=(Field("alias_name"), Field("alias_label")))
WHOLE_ALIAS = USER_ALIAS.with_(
    properties=(Field("alias_name", required=True), Field("alias_label", required=True))
)
BRAZE_ID = Field("braze_id", default=path("$.properties.braze_id"), allow_null=True)


def _nullable(name, where=None, type="string", **options):
    default = {} if where is None else {"default": path(where)}
    return Field(name, type, allow_null=True, **default, **options)


PROFILE = [
    EXTERNAL_ID,
    USER_ALIAS,
    BRAZE_ID,
    _nullable("country", "$.context.location.country"),
    _nullable(
        "current_location",
        type="object",
        properties=(
            Field("latitude", "number", path("$.context.location.latitude")),
            Field("longitude", "number", path("$.context.location.longitude")),
        ),
    ),
    _nullable("date_of_first_session", type="datetime"),
    _nullable("date_of_last_session", type="datetime"),
    _nullable("dob", type="datetime", label="Date of birth"),
    _nullable("email", "$.traits.email"),
    Field("email_subscribe"),
    Field("email_open_tracking_disabled", "boolean"),
    Field("email_click_tracking_disabled", "boolean"),
    Field(
        "facebook",
        "object",
        properties=(
            Field("id"),
            Field("likes", multiple=True),
            Field("num_friends", "integer"),
        ),
    ),
    _nullable("first_name", "$.traits.firstName"),
    _nullable("gender", "$.traits.gender"),
    _nullable("home_city", "$.traits.address.city"),
    _nullable("image_url", "$.traits.avatar", format="uri"),
    _nullable("language"),
    Field("last_name", default=path("$.traits.lastName")),
    _nullable("marked_email_as_spam_at", type="datetime"),
    _nullable("phone", "$.traits.phone"),
    Field("push_subscribe"),
    Field(
        "push_tokens",
        "object",
        multiple=True,
        properties=(
            Field("app_id", required=True),
            Field("token", required=True),
            Field("device_id"),
        ),
    ),
    Field("time_zone"),
    Field(
        "twitter",
        "object",
        properties=(
            Field("id"),
            Field("screen_name"),
            Field("followers_count", "integer"),
            Field("friends_count", "integer"),
            Field("statuses_count", "integer"),
        ),
    ),
    Field(
        "subscription_groups",
        "object",
        multiple=True,
        properties=(
            Field("subscription_group_id", required=True),
            Field("subscription_state", required=True, choices=("subscribed", "unsubscribed")),
        ),
    ),
    Field("custom_attributes", "object", path("$.traits")),
    EXISTING_ONLY,
    *BATCHING,
]

EVENT = [
    EXTERNAL_ID,
    USER_ALIAS,
    Field("email", default=first_of("$.context.traits.email", "$.properties.email")),
    BRAZE_ID,
    Field("name", default=path("$.event"), required=True),
    # When we received it, unlike with other tools: destination-catalog.md, "Time".
    Field("time", "datetime", path("$.receivedAt"), required=True),
    Field("properties", "object", path("$.properties")),
    EXISTING_ONLY,
    *BATCHING,
]

PURCHASE = [
    *fields_but(EVENT, "name", "email"),
    Field("email", default=path("$.traits.email")),
    Field(
        "products",
        "object",
        path("$.properties.products"),
        required=True,
        multiple=True,
        properties=(
            Field("product_id", required=True),
            Field("currency"),
            Field("price", "number", required=True),
            Field("quantity", "integer"),
        ),
        additional_properties=True,
    ),
]

ALIAS = [
    _nullable("external_id"),
    Field("alias_name", required=True),
    Field("alias_label", required=True),
]

MERGE_BEHAVIOR = Field("merge_behavior", choices=("none", "merge"))
IDENTIFY = [
    Field("external_id", required=True),
    WHOLE_ALIAS.with_(required=True),
    MERGE_BEHAVIOR,
]


def _priorities(*choices):
    return (
        Field("first_priority", choices=choices),
        Field("second_priority", choices=choices),
    )


_ORDERS = ("unidentified", "most_recently_updated", "least_recently_updated")
PRIORITIZATION = Field("prioritization", "object", properties=_priorities("identified", *_ORDERS))
IDENTIFY_V2 = [
    Field("external_id", required=True),
    WHOLE_ALIAS.with_(required=required_if("email_to_identify", "is")),
    Field("email_to_identify", required=required_if("user_alias", "is")),
    Field(
        "prioritization",
        "object",
        properties=_priorities(*_ORDERS),
        required=required_if("email_to_identify", "is_not"),
    ),
    MERGE_BEHAVIOR,
]

CATALOG_ITEM = [
    Field("catalog_name", label="Catalog", help="The name of a catalog that exists in Braze"),
    Field("onMappingSave", "object", hidden=True),
    Field("item", "object", required=required_if(SYNC_MODE, "is", "upsert")),
    Field("item_id", required=True, minimum=1, maximum=250),
    Field("enable_batching", "boolean", True),
    Field("batch_size", "number", 50, hidden=True),
]


def _recipients(properties, alias):
    return Field(
        "recipients",
        "object",
        # One person: whoever the event is about.
        default=[
            {
                "external_user_id": path("$.userId"),
                "email": path("$.traits.email"),
                **({"user_alias": alias} if alias else {}),
            }
        ],
        multiple=True,
        properties=(
            Field("external_user_id"),
            Field(
                "user_alias",
                "object",
                properties=USER_ALIAS.properties if alias else (),
            ),
            Field("email"),
            Field(properties, "object"),
            Field("send_to_existing_only", "boolean"),
            Field("attributes", "object"),
        ),
    )


CAMPAIGN = [
    Field("campaign_id", required=True),
    Field("send_id"),
    Field("trigger_properties", "object", path("$.properties")),
    Field(
        "broadcast",
        "boolean",
        required=_needed_without("recipients", "audience"),
    ),
    Field(
        "attachments",
        "object",
        multiple=True,
        properties=(Field("file_name", required=True), Field("url", required=True)),
    ),
    _recipients("trigger_properties", None),
    PRIORITIZATION,
    Field("audience", "object"),
]
CANVAS = [
    Field("canvas_id", required=True),
    Field("canvas_entry_properties", "object", path("$.properties")),
    Field("broadcast", "boolean"),
    _recipients(
        "canvas_entry_properties",
        {
            "alias_name": path("$.traits.braze_alias"),
            "alias_label": path("$.traits.braze_alias_label"),
        },
    ).with_(required=required_if("broadcast", "is_not", True)),
    PRIORITIZATION,
    Field("audience", "object"),
]

ECOMMERCE_EVENTS = (
    "ecommerce.product_viewed",
    "ecommerce.cart_updated",
    "ecommerce.checkout_started",
    "ecommerce.order_placed",
    "ecommerce.order_cancelled",
    "ecommerce.order_refunded",
)
_ORDER_EVENTS = ECOMMERCE_EVENTS[3:]

# Segment's list for Braze is of 2025: without what ISO 4217 withdrew, and without metals.
_GONE = {"ANG", "CUC", "HRK", "SLL", "ZWL"}
_NO_MONEY = {"XAG", "XAU", "XBA", "XBB", "XBC", "XBD", "XPD", "XPT", "XTS", "XXX"}
_SHOP_CURRENCIES = (CURRENCIES - _GONE - _NO_MONEY) | {"XAD", "XCG", "ZWG"}


def _when(*names):
    return required_if("name", "is", names)


def _product(prefix):
    return [
        Field("product_id", default=path(f"{prefix}product_id"), required=True),
        Field("product_name", default=path(f"{prefix}name"), required=True),
        Field("variant_id", default=path(f"{prefix}variant"), required=True),
        Field("image_url", default=path(f"{prefix}image_url"), format="uri"),
        Field("product_url", default=path(f"{prefix}url"), format="uri"),
        Field("price", "number", path(f"{prefix}price"), required=True),
    ]


_ECOMMERCE = [
    Field("name", required=True, choices=ECOMMERCE_EVENTS),
    EXTERNAL_ID.with_(required=_needed_without("braze_id", "email", "phone", "user_alias")),
    WHOLE_ALIAS,
    Field(
        "email",
        default=first_of("$.context.traits.email", "$.properties.email"),
        format="email",
    ),
    Field(
        "phone",
        default=first_of("$.context.traits.phone", "$.properties.phone"),
        allow_null=True,
    ),
    Field(
        "braze_id",
        default=first_of("$.context.traits.braze_id", "$.properties.braze_id"),
        allow_null=True,
    ),
    Field(
        "cancel_reason",
        default=path("$.properties.reason"),
        required=_when("ecommerce.order_cancelled"),
    ),
    Field("time", default=path("$.timestamp"), required=True, format="date-time"),
    Field(
        "checkout_id",
        default=path("$.properties.checkout_id"),
        required=_when("ecommerce.checkout_started"),
    ),
    Field("order_id", default=path("$.properties.order_id"), required=_when(*_ORDER_EVENTS)),
    Field(
        "cart_id",
        default=path("$.properties.cart_id"),
        required=_when("ecommerce.cart_updated"),
    ),
    Field(
        "total_value",
        "number",
        path("$.properties.total"),
        required=_when("ecommerce.checkout_started", *_ORDER_EVENTS),
    ),
    Field("action", default=path("$.properties.action"), choices=("add", "remove", "replace")),
    Field("subtotal_value", "number", path("$.properties.subtotal")),
    Field("tax", "number", path("$.properties.tax")),
    Field("shipping", "number", path("$.properties.shipping")),
    Field("total_discounts", "number", path("$.properties.discount")),
    Field(
        "discounts",
        "object",
        each("$.properties.discount_items"),
        multiple=True,
        properties=(
            Field("code", default=path("$.code"), required=True),
            Field("amount", "number", path("$.amount"), required=True),
        ),
    ),
    Field(
        "currency",
        default=path("$.properties.currency"),
        required=True,
        choices=tuple(sorted(_SHOP_CURRENCIES)),
    ),
    Field("source", default=path("$.properties.source"), required=True),
    Field("metadata", "object"),
    Field("enable_batching", "boolean", True),
    Field("batch_size", "number", 75, minimum=2, maximum=75),
]
ECOMMERCE = [
    *_ECOMMERCE,
    Field(
        "products",
        "object",
        each("$.properties.products"),
        required=True,
        multiple=True,
        properties=(
            *_product("$."),
            Field("quantity", "number", path("$.quantity"), required=True),
        ),
        additional_properties=True,
    ),
]
ECOMMERCE_SINGLE = [
    *_ECOMMERCE,
    Field(
        "catalog_type",
        default=path("$.properties.type"),
        multiple=True,
        choices=("price_drop", "back_in_stock"),
    ),
    Field("product", "object", properties=_product("$.properties."), required=True),
]
