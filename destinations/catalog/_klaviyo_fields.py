"""The fields of Klaviyo's actions. Facts as in klaviyo.py."""

from destinations.integration import Field, all_of, first_of, path, required_if


def _needed_without(*others):
    return all_of(*(required_if(other, "is") for other in others))


COUNTRY = Field("country_code", help="ISO 3166, for telephone numbers without “+”")
EXTERNAL_ID = Field(
    "external_id",
    required=_needed_without("email", "phone_number"),
    maximum=255,
    help="One of email, phone_number and external_id is needed",
)
PERSON_FROM_CONTEXT = [
    Field("email", default=path("$.context.traits.email"), format="email"),
    Field("phone_number", default=path("$.context.traits.phone")),
    EXTERNAL_ID,
    COUNTRY,
]
LIST = Field(
    "list_id",
    default=first_of(
        "$.context.personas.audience_settings.listId",
        "$.context.personas.external_audience_id",
    ),
    required=True,
    hidden=True,
)


def batching(size, *keys, enabled=True, minimum=100):
    """The fields that steer batches. Where `enabled` is None the person decides."""
    switch = Field("enable_batching", "boolean")
    found = [
        switch if enabled is None else switch.with_(default=enabled),
        Field("batch_size", "number", size, minimum=minimum, maximum=size),
    ]
    if keys:
        found.append(Field("batch_keys", default=list(keys), multiple=True, hidden=True))
    return found


def _location(prefix):
    def part(name, where=None):
        default = {"default": path(f"{prefix}{where}")} if where else {}
        return Field(name, allow_null=True, **default)

    return Field(
        "location",
        "object",
        properties=(
            part("address1", "address.street"),
            part("address2"),
            part("city", "address.city"),
            part("region", "address.state"),
            part("zip", "address.postal_code"),
            part("latitude"),
            part("longitude"),
            part("country", "address.country"),
        ),
    )


def _description(prefix, properties):
    return [
        Field("first_name", default=path(f"{prefix}firstName")),
        Field("last_name", default=path(f"{prefix}lastName")),
        Field("organization", default=path(f"{prefix}company.name")),
        Field("title", default=path(f"{prefix}title")),
        Field("image", default=path(f"{prefix}avatar")),
        _location(prefix),
        Field("properties", "object", path(properties)),
    ]


UPSERT = [
    Field("email", default=path("$.traits.email"), format="email"),
    Field("phone_number", default=path("$.context.traits.phone")),
    EXTERNAL_ID,
    COUNTRY,
    *_description("$.traits.", "$.properties"),
    Field("list_id"),
    Field("override_list_id", default=path("$.integrations.Klaviyo.listId"), hidden=True),
    *batching(10000, "list_id", "override_list_id", enabled=None),
]
ADD = [
    *PERSON_FROM_CONTEXT,
    LIST,
    *_description("$.properties.", "$.properties.properties"),
    *batching(10000, "list_id"),
]
REMOVE_FROM_AUDIENCE = [*PERSON_FROM_CONTEXT, LIST, *batching(1000, "list_id")]
REMOVE = [
    Field("email", default=path("$.traits.email"), format="email"),
    Field("phone_number", default=path("$.traits.phone")),
    EXTERNAL_ID,
    COUNTRY,
    Field("list_id", required=True),
    *batching(1000, "list_id"),
]


def _profile(**email):
    return Field(
        "profile",
        "object",
        required=True,
        properties=(
            Field("email", **email),
            Field("phone_number"),
            COUNTRY,
            Field(
                "external_id",
                default=path("$.userId"),
                required=_needed_without("email", "phone_number", "anonymous_id"),
                maximum=255,
            ),
            Field("anonymous_id", default=path("$.anonymousId")),
        ),
        additional_properties=True,
    )


_OCCURRENCE = [
    Field("properties", "object", path("$.properties"), required=True),
    Field("time", "datetime", path("$.timestamp")),
    Field("value", "number"),
    Field("unique_id", default=path("$.messageId")),
]
EVENT = [
    _profile(format="email"),
    Field("metric_name", default=path("$.event"), required=True),
    *_OCCURRENCE,
    *batching(1000),
]
ORDER = [
    _profile(),
    *_OCCURRENCE,
    Field("products", "object", multiple=True),
    Field("event_name", default="Order Completed"),
    Field("product_event_name", default="Ordered Product"),
]

_SUBSCRIBER = [
    Field(
        "email",
        default=first_of("$.traits.email", "$.context.traits.email"),
        required=required_if("phone_number", "is"),
        format="email",
    ),
    Field("phone_number", default=first_of("$.traits.phone", "$.context.traits.phone")),
    COUNTRY,
    Field("list_id"),
]
SUBSCRIBE = [
    *_SUBSCRIBER,
    Field("custom_source", default="-59"),
    Field("historical_import", "boolean", False),
    Field("consented_at", "datetime", path("$.timestamp")),
    *batching(1000, "list_id", "custom_source", "historical_import", enabled=None),
]
UNSUBSCRIBE = [*_SUBSCRIBER, *batching(100, "list_id", enabled=None, minimum=50)]
