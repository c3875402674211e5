"""The fields of Mixpanel's actions, most of which they share. Facts as in mixpanel.py."""

from destinations.integration import Field, each, first_of, path


def _texts(*pairs):
    return [Field(name, default=path(where)) for name, where in pairs]


def _switches(*pairs):
    return [Field(name, "boolean", path(where)) for name, where in pairs]


def _numbers(*pairs):
    return [Field(name, "number", path(where)) for name, where in pairs]


IP = Field("ip", default=path("$.context.ip"))
PERSON = [
    IP,
    Field("user_id", default=path("$.userId"), allow_null=True),
    Field("anonymous_id", default=path("$.anonymousId"), allow_null=True),
]

_CAMPAIGN = _texts(
    ("utm_source", "$.context.campaign.source"),
    ("utm_medium", "$.context.campaign.medium"),
    ("utm_campaign", "$.context.campaign.name"),
    ("utm_term", "$.context.campaign.term"),
    ("utm_content", "$.context.campaign.content"),
)
_HINTS = [
    Field("mobile", "boolean", path("$.context.userAgentData.mobile")),
    *_texts(
        *(
            (name, f"$.context.userAgentData.{name}")
            for name in (
                "platform",
                "architecture",
                "bitness",
                "model",
                "platformVersion",
                "uaFullVersion",
            )
        )
    ),
    Field("wow64", "boolean", path("$.context.userAgentData.wow64")),
]

EVENT = [
    Field("event", default=path("$.event"), required=True),
    Field("distinct_id", default=first_of("$.userId", "$.anonymousId"), label="Distinct ID"),
    *_texts(
        ("anonymous_id", "$.anonymousId"),
        ("user_id", "$.userId"),
        ("group_id", "$.context.groupId"),
        ("insert_id", "$.messageId"),
    ),
    Field("time", "datetime", path("$.timestamp")),
    *_texts(
        ("app_name", "$.context.app.name"),
        ("app_namespace", "$.context.app.namespace"),
        ("app_build", "$.context.app.build"),
        ("app_version", "$.context.app.version"),
        ("os_name", "$.context.os.name"),
        ("os_version", "$.context.os.version"),
        ("device_id", "$.context.device.id"),
        ("device_type", "$.context.device.type"),
        ("device_name", "$.context.device.name"),
        ("device_manufacturer", "$.context.device.manufacturer"),
        ("device_model", "$.context.device.model"),
        ("carrier", "$.context.network.carrier"),
    ),
    *_switches(
        ("bluetooth", "$.context.network.bluetooth"),
        ("cellular", "$.context.network.cellular"),
        ("wifi", "$.context.network.wifi"),
    ),
    *_texts(
        ("country", "$.context.location.country"),
        ("region", "$.context.location.region"),
        ("language", "$.context.locale"),
        ("library_name", "$.context.library.name"),
        ("library_version", "$.context.library.version"),
    ),
    IP,
    Field("idfa", default=first_of("$.context.device.advertisingId", "$.context.device.idfa")),
    Field("url", default=path("$.context.page.url"), label="URL"),
    *_numbers(
        ("screen_width", "$.context.screen.width"),
        ("screen_height", "$.context.screen.height"),
        ("screen_density", "$.context.screen.density"),
    ),
    *_texts(
        ("referrer", "$.context.page.referrer"),
        ("userAgent", "$.context.userAgent"),
        ("advertising_id", "$.context.device.advertisingId"),
        ("ad_tracking_enabled", "$.context.device.adTrackingEnabled"),
        ("timezone", "$.context.timezone"),
        ("app_platform", "$.context.app.platform"),
    ),
    Field("name", default=first_of("$.event", "$.name")),
    Field("event_properties", "object", path("$.properties")),
    Field("context", "object", path("$.context"), hidden=True),
    Field("utm_properties", "object", properties=_CAMPAIGN),
    Field("enable_batching", "boolean", True),
    Field("batch_size", "number", 1000, minimum=1, maximum=2000),
    Field("userAgentData", "object", properties=_HINTS),
]

PURCHASE = [
    Field("generatePurchaseEventPerProduct", "boolean", True),
    *EVENT,
    Field(
        "products",
        "object",
        each("$.properties.products"),
        multiple=True,
        properties=[
            *_texts(
                *(
                    (name, f"$.{name}")
                    for name in (
                        "product_id",
                        "sku",
                        "category",
                        "name",
                        "brand",
                        "variant",
                        "coupon",
                        "url",
                        "image_url",
                    )
                )
            ),
            *_numbers(("price", "$.price"), ("position", "$.position")),
            Field("quantity", "integer", path("$.quantity")),
        ],
    ),
]
