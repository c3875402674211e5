"""The fields of Amplitude's actions, most of which they share. Facts as in amplitude.py."""

from destinations.integration import Field, each, fields_but, first_of, path

CAMPAIGN = (
    ("utm_source", "$.context.campaign.source"),
    ("utm_medium", "$.context.campaign.medium"),
    ("utm_campaign", "$.context.campaign.name"),
    ("utm_term", "$.context.campaign.term"),
    ("utm_content", "$.context.campaign.content"),
)


def _campaign(prefix=""):
    return tuple(Field(prefix + name, default=path(where)) for name, where in CAMPAIGN)


def _referrer(name="referrer"):
    return Field(name, default=path("$.context.page.referrer"))


ADVERTISING_ID = first_of("$.context.device.advertisingId", "$.context.device.idfa")

USER = [
    Field("user_id", default=path("$.userId"), allow_null=True),
    Field("device_id", default=first_of("$.context.device.id", "$.anonymousId")),
]
MIN_ID_LENGTH = Field("min_id_length", "integer", allow_null=True)
USER_PROPERTIES = [Field("user_properties", "object", path("$.traits")), Field("groups", "object")]
DEVICE = [
    Field("app_version", default=path("$.context.app.version")),
    Field("platform", default=path("$.context.device.type")),
    Field("os_name", default=path("$.context.os.name")),
    Field("os_version", default=path("$.context.os.version")),
    Field("device_brand", default=path("$.context.device.brand")),
    Field("device_manufacturer", default=path("$.context.device.manufacturer")),
    Field("device_model", default=path("$.context.device.model")),
    Field("carrier", default=path("$.context.network.carrier")),
    Field("country", default=path("$.context.location.country")),
    Field("region", default=path("$.context.location.region")),
    Field("city", default=path("$.context.location.city")),
    Field("dma"),
    Field("language", default=path("$.context.locale")),
]
BROWSER = [
    Field("userAgent", default=path("$.context.userAgent")),
    Field("userAgentParsing", "boolean", True),
    Field("includeRawUserAgent", "boolean", False),
    Field(
        "userAgentData",
        "object",
        properties=(
            Field("model", default=path("$.context.userAgentData.model")),
            Field("platformVersion", default=path("$.context.userAgentData.platformVersion")),
        ),
    ),
]
ORIGIN = [Field("utm_properties", "object", properties=_campaign()), _referrer()]
LIBRARY = Field("library", default=path("$.context.library.name"))


def _revenue(prefix):
    return [
        Field("price", "number", path(f"{prefix}price")),
        Field("quantity", "integer", path(f"{prefix}quantity")),
        Field("revenue", "number", path(f"{prefix}revenue")),
        Field("productId", default=path(f"{prefix}productId")),
        Field("revenueType", default=path(f"{prefix}revenueType")),
    ]


LOG_EVENT = [
    *USER,
    Field("event_type", default=path("$.event"), required=True),
    Field("session_id", "datetime", path("$.integrations.Actions Amplitude.session_id")),
    Field("time", "datetime", path("$.timestamp")),
    Field("event_properties", "object", path("$.properties")),
    *USER_PROPERTIES,
    *DEVICE,
    *_revenue("$.properties."),
    Field("location_lat", "number", path("$.context.location.latitude")),
    Field("location_lng", "number", path("$.context.location.longitude")),
    Field("ip", default=path("$.context.ip")),
    Field("idfa", default=ADVERTISING_ID),
    Field("idfv", default=path("$.context.device.id")),
    Field("adid", default=ADVERTISING_ID),
    Field("android_id"),
    Field("event_id", "integer"),
    Field("insert_id", default=path("$.messageId")),
    LIBRARY.with_(hidden=True),
    Field(
        "library2",
        "object",
        properties=(
            Field("behavior", default="use_mapping", choices=("auto", "use_mapping")),
            Field("mapping", default=path("$.context.library.name")),
        ),
    ),
    Field(
        "products",
        "object",
        each("$.properties.products"),
        multiple=True,
        properties=_revenue("$."),
        additional_properties=True,
    ),
    Field("use_batch_endpoint", "boolean", False),
    *BROWSER,
    *ORIGIN,
    MIN_ID_LENGTH,
]

LOG_EVENT_V2 = [
    *fields_but(LOG_EVENT, "utm_properties", "referrer"),
    Field(
        "setOnce",
        "object",
        properties=(_referrer("initial_referrer"), *_campaign("initial_")),
        additional_properties=True,
    ),
    Field(
        "setAlways",
        "object",
        properties=(_referrer(), *_campaign()),
        additional_properties=True,
    ),
    Field("add", "object"),
]
