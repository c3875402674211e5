"""The fields of Facebook's conversion events, most of which the actions share.

Facts as in facebook_conversions_api.py.
"""

from destinations.integration import Field, each, fields_but, first_of, path

ACTION_SOURCES = (
    "email",
    "website",
    "app",
    "phone_call",
    "chat",
    "physical_store",
    "system_generated",
    "other",
)
TRAITS = "$.context.traits."

USER_DATA = Field(
    "user_data",
    "object",
    required=True,
    properties=(
        Field("externalId", default=first_of("$.userId", "$.anonymousId"), multiple=True),
        Field("email", default=path(f"{TRAITS}email")),
        Field("phone", default=path(f"{TRAITS}phone")),
        Field("gender"),
        Field("dateOfBirth", default=path(f"{TRAITS}birthday")),
        Field("lastName", default=path(f"{TRAITS}lastName")),
        Field("firstName", default=path(f"{TRAITS}firstName")),
        Field("city", default=path(f"{TRAITS}address.city")),
        Field("state", default=path(f"{TRAITS}address.state")),
        Field("zip", default=path(f"{TRAITS}address.postalCode")),
        Field("country"),
        Field("client_ip_address", default=path("$.context.ip")),
        Field("client_user_agent", default=path("$.context.userAgent")),
        Field("fbc", default=path("$.properties.fbc")),
        Field("fbp", default=path("$.properties.fbp")),
        Field("subscriptionID"),
        Field("leadID", "integer"),
        Field("fbLoginID", "integer"),
        Field("anonId"),
        Field("madId"),
        Field("partner_id"),
        Field("partner_name"),
        Field("ctwa_clid"),
    ),
)
APP_DATA = Field(
    "app_data_field",
    "object",
    properties=(
        Field("use_app_data", "boolean", False),
        Field("advertiser_tracking_enabled", "boolean"),
        Field(
            "application_tracking_enabled", "boolean", path("$.context.device.adTrackingEnabled")
        ),
        Field("version", choices=("i2", "a2")),
        Field("packageName", default=path("$.context.app.namespace")),
        Field("shortVersion"),
        Field("longVersion", default=path("$.context.app.version")),
        Field("osVersion", default=path("$.context.os.version")),
        Field("deviceName", default=path("$.context.device.model")),
        Field("madId", default=path("$.context.madId")),
        Field("locale", default=path("$.context.locale")),
        Field("timezone"),
        Field("carrier", default=path("$.context.network.carrier")),
        Field("width", default=path("$.context.screen.width")),
        Field("height", default=path("$.context.screen.height")),
        Field("density", default=path("$.context.screen.density")),
        Field("cpuCores"),
        Field("storageSize"),
        Field("freeStorage"),
        Field("deviceTimezone", default=path("$.context.timezone")),
    ),
)


def _contents(where):
    return Field(
        "contents",
        "object",
        each(where),
        multiple=True,
        properties=(
            Field("id", default=path("$.product_id")),
            Field("quantity", "integer", path("$.quantity")),
            Field("item_price", "number", path("$.price")),
            Field("delivery_category"),
        ),
    )


def _value(name=None, required=False):
    default = {"default": path(f"$.properties.{name}")} if name else {}
    return Field("value", "number", required=required, **default)


ONE_PRODUCT, PRODUCTS = _contents("$.properties"), _contents("$.properties.products")
CURRENCY = Field("currency", default=path("$.properties.currency"))
CONTENT_CATEGORY = Field("content_category")
CONTENT_IDS = Field("content_ids", multiple=True)
CONTENT_NAME, CONTENT_TYPE = Field("content_name"), Field("content_type")
NUM_ITEMS = Field("num_items", "integer")

BASE = [
    Field("action_source", required=True, choices=ACTION_SOURCES),
    # Facebook reads ISO 8601 as well as Unix seconds.
    Field("event_time", default=path("$.timestamp"), required=True),
    USER_DATA,
    APP_DATA,
    Field("event_id", default=path("$.messageId")),
    Field("event_source_url", default=path("$.context.page.url")),
    Field("custom_data", "object"),
    Field("data_processing_options", "boolean"),
    Field("data_processing_options_country", "integer", choices=(0, 1)),
    Field("data_processing_options_state", "integer", choices=(0, *range(1000, 1011))),
    Field("test_event_code"),
]
PURCHASE = [
    *BASE,
    CURRENCY.with_(required=True),
    _value("revenue", required=True),
    Field("net_revenue", "number"),
    CONTENT_IDS,
    CONTENT_NAME,
    CONTENT_TYPE,
    PRODUCTS,
    NUM_ITEMS,
]
INITIATE_CHECKOUT = [
    *BASE,
    CURRENCY,
    _value("revenue"),
    CONTENT_IDS,
    PRODUCTS,
    NUM_ITEMS,
    CONTENT_CATEGORY,
]
ADD_TO_CART = [
    *BASE,
    CURRENCY,
    _value("price"),
    CONTENT_IDS,
    CONTENT_NAME,
    CONTENT_TYPE,
    ONE_PRODUCT,
]
VIEW_CONTENT = [
    *fields_but(ADD_TO_CART, "content_ids"),
    CONTENT_IDS.with_(default=path("$.properties.product_id")),
    CONTENT_CATEGORY,
]
SEARCH = [
    *BASE,
    CURRENCY,
    _value(),
    CONTENT_IDS,
    ONE_PRODUCT,
    CONTENT_CATEGORY,
    Field("search_string", default=path("$.properties.query")),
]
CUSTOM = [*BASE, Field("event_name", default=path("$.event"), required=True)]
# Segment takes this field too and sends nothing of it, so nobody is offered it.
PAGE_VIEW = [one.with_(hidden=True) if one.name == "custom_data" else one for one in BASE]
