"""The fields of Pinterest's conversion event. Facts as in pinterest_conversions.py.

The form factor and the family of the system are "other" in Segment's form until somebody chooses;
its default mapping does not hold them, so neither does ours.
"""

from destinations.integration import Field, any_of, each, first_of, path, required_if

EVENT_NAMES = (
    "add_payment_info",
    "add_to_cart",
    "add_to_wishlist",
    "app_install",
    "app_open",
    "checkout",
    "contact",
    "custom",
    "customize_product",
    "find_location",
    "initiate_checkout",
    "lead",
    "page_visit",
    "schedule",
    "search",
    "signup",
    "start_trial",
    "submit_application",
    "subscribe",
    "view_category",
    "view_content",
    "watch_video",
)
FORM_FACTORS = (
    "desktop",
    "laptop",
    "cellphone",
    "tablet",
    "smartwatch",
    "tv",
    "vr",
    "console",
    "other",
)
NETWORKS = (
    "wifi",
    "cellular_2g",
    "cellular_3g",
    "cellular_4g",
    "cellular_5g",
    "cellular_6g",
    "ethernet",
    "unknown",
)
SYSTEMS = ("ios", "android", "macos", "windows", "linux", "bsd", "other")
PEOPLE = (
    "hashed_maids",
    "phone",
    "first_name",
    "last_name",
    "external_id",
    "gender",
    "date_of_birth",
    "city",
    "state",
    "zip",
    "country",
)


def _context(name, where, type="string", **options):
    return Field(name, type, path(f"$.context.{where}"), **options)


def _integers(*names):
    return tuple(Field(name, "integer") for name in names)


def _texts(*names):
    return tuple(Field(name) for name in names)


USER_DATA = Field(
    "user_data",
    "object",
    properties=(
        Field("email", default=first_of("$.properties.email", "$.traits.email"), multiple=True),
        _context("client_ip_address", "ip"),
        _context("client_user_agent", "userAgent"),
        *(Field(name, multiple=True) for name in PEOPLE),
        Field("click_id", allow_null=True),
        Field("partner_id", allow_null=True),
    ),
)


def _contents(default, product):
    return Field(
        "contents",
        "object",
        **default,
        multiple=True,
        properties=(
            *(
                Field(name, type, **({"default": path(f"$.{product[name]}")} if product else {}))
                for name, type in CONTENT
            ),
            Field("item_brand_id", maximum=64),
        ),
    )


CONTENT = (
    ("id", "string"),
    ("item_price", "number"),
    ("quantity", "integer"),
    ("item_brand", "string"),
    ("item_category", "string"),
    ("item_name", "string"),
)
PRODUCT = {
    "id": "product_id",
    "item_price": "price",
    "quantity": "quantity",
    "item_brand": "brand",
    "item_category": "category",
    "item_name": "name",
}
CUSTOM_DATA = (
    Field("currency", default=path("$.properties.currency")),
    Field("value", "number", first_of("$.properties.price", "$.properties.value")),
    Field("content_ids", multiple=True),
    Field("num_items", "integer"),
    Field("order_id", default=path("$.properties.order_id")),
    Field("search_string", default=path("$.properties.query")),
    *_texts("opt_out_type", "content_brand", "content_category", "content_name"),
    Field("predicted_ltv", "number"),
)
LEGACY = [
    Field("custom_data", "object", properties=(*CUSTOM_DATA, _contents({}, {}))),
    _context("app_id", "app.id"),
    _context(
        "app_name",
        "app.name",
        required=any_of(
            required_if("data_format", "is", "legacy"), required_if("data_format", "is")
        ),
    ),
    _context("app_version", "app.version"),
    _context("device_brand", "device.brand"),
    _context("device_carrier", "device.carrier"),
    _context("device_model", "device.model"),
    _context("device_type", "device.type"),
    _context("os_version", "os.version"),
]
APP_INFO = Field(
    "app_info",
    "object",
    properties=(
        Field("app_id"),
        _context("app_name", "app.name"),
        _context("app_package_name", "app.namespace"),
        Field("app_store"),
        _context("app_version", "app.version"),
        Field("install_time", "datetime"),
        _context("user_agent", "userAgent"),
        _context("window_height", "screen.height", "integer"),
        _context("window_width", "screen.width", "integer"),
    ),
)
DEVICE_INFO = Field(
    "device_info",
    "object",
    properties=(
        *_integers("battery_level", "cpu_cores", "storage_free_space", "storage_size"),
        *_integers("external_storage_free_space", "external_storage_size"),
        _context("brand", "device.manufacturer"),
        _context("carrier", "network.carrier"),
        Field("form_factor", choices=FORM_FACTORS),
        Field("kernel_version"),
        Field("languages", multiple=True),
        _context("locale", "locale"),
        _context("model", "device.model"),
        Field("network_type", choices=NETWORKS),
        Field("os_family", choices=SYSTEMS),
        Field("os_name", maximum=100),
        Field("os_release_name"),
        _context("os_version", "os.version", maximum=100),
        _context("screen_density", "screen.density", "integer"),
        _context("screen_height", "screen.height", "integer"),
        _context("screen_width", "screen.width", "integer"),
        _context("timezone", "timezone"),
        Field("timezone_abbr"),
        _context("type", "device.type"),
    ),
)
CONVERSION = [
    Field("data_format", default="latest", choices=("latest", "legacy")),
    Field("event_name", required=True, choices=EVENT_NAMES),
    Field(
        "action_source",
        default="web",
        required=True,
        choices=("app_android", "app_ios", "web", "offline"),
    ),
    Field("event_time", "datetime", path("$.timestamp"), required=True),
    Field("event_id", default=path("$.messageId"), required=True),
    _context("event_source_url", "page.url"),
    Field("opt_out", "boolean", True),
    _context("advertiser_tracking_enabled", "device.adTrackingEnabled", "boolean"),
    USER_DATA,
    *LEGACY,
    Field("custom_data_2", "object", properties=CUSTOM_DATA),
    _contents({"default": each("$.properties.products")}, PRODUCT),
    APP_INFO,
    DEVICE_INFO,
    _context("wifi", "network.wifi", "boolean"),
    Field("language"),
]
