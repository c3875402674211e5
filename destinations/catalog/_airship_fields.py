"""The fields of Airship's actions. Facts as in airship.py."""

from destinations.integration import Field, path, required_if

AUDIENCE = [
    Field(
        "named_user_id",
        default=path("$.userId"),
        required=required_if("channel_id", "is"),
        help="Needed without a channel",
    ),
    Field("channel_id"),
    Field("channel_type", default=path("$.context.device.type")),
]
OCCURRED = Field("occurred", "datetime", path("$.timestamp"), required=True)

EVENT = [
    *AUDIENCE,
    Field("name", default=path("$.event"), required=True),
    OCCURRED,
    Field("properties", "object", path("$.properties")),
    Field("enable_batching", "boolean", False),
]


def _trait(name, type="string", key=None):
    return Field(name, type, path(f"$.traits.{key or name}"))


ATTRIBUTES = [
    *AUDIENCE,
    OCCURRED,
    Field(
        "attributes",
        "object",
        properties=(
            _trait("title"),
            _trait("first_name"),
            _trait("last_name"),
            _trait("full_name"),
            _trait("gender"),
            _trait("zipcode", "integer", "address.postalCode"),
            _trait("city", key="address.city"),
            _trait("region", key="address.region"),
            _trait("country", key="address.country"),
            _trait("birthdate", "datetime", "birthday"),
            _trait("age", "integer"),
            _trait("mobile_phone", key="phone"),
            _trait("home_phone"),
            _trait("work_phone"),
            _trait("loyalty_tier"),
            _trait("company", key="company_name"),
            _trait("username"),
            _trait("account_creation", "datetime"),
            _trait("email"),
            _trait("altitude", "integer"),
            _trait("latitude", "number"),
            _trait("longitude", "number"),
            Field("advertising_id", default=path("$.context.device.advertisingId")),
        ),
        additional_properties=True,
    ),
]

TAGS = [
    *AUDIENCE,
    Field("tags", "object", path("$.traits.airship_tags")),
    Field("tag_group", default="segment-integration", required=True),
]


def _property(name, key=None):
    return Field(name, default=path(f"$.properties.{key or name}"))


ASSOCIATE = [
    Field("channel_type", default="email", choices=("email", "sms")),
    Field("sms_sender"),
    Field("named_user_id", default=path("$.userId")),
    Field("locale", default=path("$.context.locale")),
    Field("timezone", default=path("$.context.timezone")),
    Field("opt_in_choices", default="classic", choices=("classic", "double")),
    Field(
        "channel_object",
        "object",
        required=True,
        properties=(
            _property("address").with_(required=True),
            _property("new_address", "new_email"),
            _property("commercial_opted_in"),
            _property("commercial_opted_out"),
            _property("click_tracking_opted_in"),
            _property("click_tracking_opted_out"),
            _property("open_tracking_opted_in"),
            _property("open_tracking_opted_out"),
            _property("transactional_opted_in"),
            _property("transactional_opted_out"),
            Field("suppression_state", default=path("$.context.suppression_state")),
            _property("sms_opted_in"),
        ),
    ),
]
