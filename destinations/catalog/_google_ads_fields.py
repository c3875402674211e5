"""The fields of Google Ads' conversions. Facts as in google_enhanced_conversions.py."""

from destinations.integration import Field, each, first_of, path, setting

CONSENT = ("GRANTED", "DENIED", "UNSPECIFIED")
ENCODED = "$.integrations.Google Ads Conversions.session_attributes_encoded"


def _person(name, where, traits="context.traits"):
    return Field(name, default=first_of(f"$.properties.{where}", f"$.{traits}.{where}"))


def _context(name, where):
    return Field(name, default=path(f"$.context.{where}"))


CONVERSION_ACTION = Field(
    "conversion_action", "number", setting("conversionActionId"), required=True
)
VALUE = [
    Field("value", "number", path("$.properties.total")),
    Field("currency", default=path("$.properties.currency")),
]
CONVERSION_TIME = Field("conversion_timestamp", default=path("$.timestamp"), required=True)
CONSENTS = [
    Field("ad_user_data_consent_state", choices=CONSENT),
    Field("ad_personalization_consent_state", choices=CONSENT),
]
BATCHING = [
    Field("enable_batching", "boolean", False),
    Field("batch_size", "number", 1500, hidden=True),
]
CONTACT = [
    _person("email_address", "email"),
    Field("phone_country_code"),
    _person("phone_number", "phone"),
]
ORDER_ID = Field("order_id", default=first_of("$.properties.orderId", "$.properties.order_id"))
CUSTOM_VARIABLES = Field("custom_variables", "object")

CLICK = [
    CONVERSION_ACTION,
    Field("gclid"),
    Field("gbraid"),
    Field("wbraid"),
    _context("user_ip_address", "ip"),
    Field("session_attributes_encoded", default=path(ENCODED)),
    Field(
        "session_attributes_key_value_pairs",
        "object",
        properties=(
            Field("gad_source", default=path("$.properties.gad_source")),
            Field("gad_campaignid", default=path("$.properties.gad_campaignid")),
            _context("landing_page_url", "page.url"),
            Field(
                "session_start_time_usec",
                default=path("$.properties.session_start_time_usec"),
                format="date-time",
            ),
            _context("landing_page_referrer", "page.referrer"),
            _context("landing_page_user_agent", "userAgent"),
        ),
    ),
    CONVERSION_TIME,
    *CONTACT,
    ORDER_ID,
    *VALUE,
    Field("conversion_environment", choices=("APP", "WEB", "UNSPECIFIED")),
    Field("merchant_id"),
    Field("merchant_country_code"),
    Field("merchant_language_code"),
    Field("local_cost", "number"),
    Field(
        "items",
        "object",
        each("$.properties.products"),
        multiple=True,
        properties=(
            Field("product_id", default=path("$.product_id")),
            Field("quantity", "number", path("$.quantity")),
            Field("price", "number", path("$.price")),
        ),
    ),
    CUSTOM_VARIABLES,
    *CONSENTS,
    *BATCHING,
]
CALL = [
    CONVERSION_ACTION,
    Field("caller_id", required=True),
    Field("call_timestamp", required=True),
    CONVERSION_TIME,
    *VALUE,
    CUSTOM_VARIABLES,
    *CONSENTS,
    *BATCHING,
]


def _address(name, where):
    # The comma in the first path is Segment's, so that path finds nothing.
    places = (f"$.properties.address.{where},", f"$.context.traits.address.{where}")
    return Field(name, default=first_of(*places))


ADJUSTMENT = [
    CONVERSION_ACTION,
    Field(
        "adjustment_type",
        required=True,
        choices=("UNSPECIFIED", "UNKNOWN", "RETRACTION", "RESTATEMENT", "ENHANCEMENT"),
    ),
    Field("adjustment_timestamp", default=path("$.timestamp")),
    ORDER_ID,
    Field("gclid"),
    Field("conversion_timestamp"),
    Field("restatement_value", "number"),
    Field("restatement_currency_code"),
    *CONTACT,
    _person("first_name", "firstName"),
    _person("last_name", "lastName"),
    _address("city", "city"),
    _address("state", "state"),
    _address("country", "country"),
    _address("postal_code", "postalCode"),
    _address("street_address", "street"),
    _context("user_agent", "userAgent"),
    *BATCHING,
]
LEGACY = [
    Field("conversion_label", required=True),
    _person("email", "email", "traits").with_(required=True, format="email"),
    Field("transaction_id", default=path("$.properties.orderId"), required=True),
    _context("user_agent", "userAgent"),
    Field("conversion_time", "datetime", path("$.timestamp"), required=True),
    Field("value", "number", path("$.properties.total")),
    Field("currency_code", default=path("$.properties.currency")),
    Field("is_app_incrementality", "boolean", False),
    Field("pcc_game", "boolean", False),
    _person("phone_number", "phone", "traits"),
    _person("first_name", "firstName", "traits"),
    _person("last_name", "lastName", "traits"),
    _person("street_address", "address.street", "traits"),
    _person("city", "address.city", "traits"),
    _person("region", "address.state", "traits"),
    _person("post_code", "address.postalCode", "traits"),
    _person("country", "address.country", "traits"),
]
