"""The fields of Snap's conversion event. Facts as in snap_conversions_api.py."""

from destinations.integration import Field, each, first_of, path

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
ADDRESS = ("city", "city"), ("state", "state"), ("zip", "postalCode"), ("country", "country")
INTEGRATION = "$.integrations.Snap Conversions Api"
TRAVEL = (
    "checkin_date",
    "travel_end",
    "travel_start",
    "suggested_destinations",
    "destination_airport",
    "country",
    "city",
    "region",
    "neighborhood",
    "departing_departure_date",
    "departing_arrival_date",
    "num_adults",
    "origin_airport",
    "returning_departure_date",
    "returning_arrival_date",
    "num_children",
    "hotel_score",
    "postal_code",
    "num_infants",
    "preferred_neighborhoods",
    "preferred_star_ratings",
    "suggested_hotels",
)
# Of the older API; each is a fallback for a newer field.
DEPRECATED = (
    "click_id",
    "client_dedup_id",
    "currency",
    "description",
    "device_model",
    "email",
    "event_tag",
    "event_type",
    "idfv",
    "ip_address",
    "item_category",
    "item_ids",
    "level",
    "mobile_ad_id",
    "number_items",
    "os_version",
    "page_url",
    "phone_number",
    "search_string",
    "sign_up_method",
    "timestamp",
    "transaction_id",
    "user_agent",
    "uuid_c1",
)


def _trait(name, trait):
    return Field(name, default=first_of(f"$.context.traits.{trait}", f"$.properties.{trait}"))


def _context(name, where, type="string"):
    return Field(name, type, path(f"$.context.{where}"))


USER_DATA = Field(
    "user_data",
    "object",
    properties=(
        Field("externalId", default=first_of("$.userId", "$.anonymousId"), multiple=True),
        Field("email", default=first_of("$.properties.email", "$.traits.email")),
        Field("phone", default=first_of("$.properties.phone", "$.traits.phone")),
        _trait("gender", "gender"),
        _trait("dateOfBirth", "birthday"),
        _trait("lastName", "last_name"),
        _trait("firstName", "first_name"),
        *(_trait(name, f"address.{part}") for name, part in ADDRESS),
        _context("client_ip_address", "ip"),
        _context("client_user_agent", "userAgent"),
        Field("subscriptionID"),
        Field("leadID", "integer"),
        _context("madid", "device.advertisingId"),
        Field("sc_click_id", default=path(f"{INTEGRATION}.click_id")),
        Field("sc_cookie1", default=path(f"{INTEGRATION}.uuid_c1")),
        _context("idfv", "device.id"),
    ),
)
APP_DATA = Field(
    "app_data",
    "object",
    properties=(
        Field("advertiser_tracking_enabled", "boolean"),
        _context("application_tracking_enabled", "device.adTrackingEnabled", "boolean"),
        Field("version", choices=("i2", "a2")),
        _context("packageName", "app.namespace"),
        Field("shortVersion"),
        _context("longVersion", "app.version"),
        _context("osVersion", "os.version"),
        _context("deviceName", "device.model"),
        _context("locale", "locale"),
        Field("timezone"),
        _context("carrier", "network.carrier"),
        _context("width", "screen.width"),
        _context("height", "screen.height"),
        _context("density", "screen.density"),
        Field("cpuCores"),
        Field("storageSize"),
        Field("freeStorage"),
        _context("deviceTimezone", "timezone"),
    ),
)
CUSTOM_DATA = Field(
    "custom_data",
    "object",
    properties=(
        Field("currency", default=path("$.properties.currency")),
        Field("num_items", "integer", path("$.properties.quantity")),
        Field("order_id", default=path("$.properties.order_id")),
        Field("search_string", default=path("$.properties.query")),
        Field("sign_up_method"),
        Field("value", "number", first_of("$.properties.revenue", "$.properties.total")),
        *(Field(name, "integer" if name.startswith("num_") else "string") for name in TRAVEL),
    ),
)
CONVERSION = [
    Field("event_name"),
    Field("event_id", default=path("$.messageId")),
    Field("event_time", default=path("$.timestamp")),
    Field("action_source", choices=ACTION_SOURCES),
    USER_DATA,
    APP_DATA,
    CUSTOM_DATA,
    Field("data_processing_options", "boolean"),
    Field("data_processing_options_country", "number", choices=(0, 1)),
    Field("data_processing_options_state", "number", choices=(0, 1000)),
    _context("event_source_url", "page.url"),
    Field(
        "products",
        "object",
        each("$.properties.products"),
        multiple=True,
        properties=(
            Field("item_id", default=path("$.product_id")),
            Field("item_category", default=path("$.category")),
            Field("brand", default=path("$.brand")),
        ),
    ),
    Field("brands", multiple=True),
    Field("event_conversion_type", choices=("OFFLINE", "WEB", "MOBILE_APP")),
    Field("price", "number"),
    *map(Field, DEPRECATED),
]
