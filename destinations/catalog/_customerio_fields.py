"""The fields of Customer.io's actions, most of which they share. Facts as in customerio.py."""

from destinations.integration import Field, first_of, path, template

BATCHING = [
    Field("enable_batching", "boolean", True),
    Field("batch_size", "number", 50, minimum=2, maximum=100),
]
CONVERT = Field("convert_timestamp", "boolean", True)
PERSON = Field("person_id", default=path("$.userId"), required=True)
ANONYMOUS = Field("anonymous_id", default=path("$.anonymousId"))
OBJECT_TYPE = Field(
    "object_type_id",
    default=first_of("$.properties.object_type_id", "$.properties.objectTypeId"),
)
DEVICE = Field("device_id", default=path("$.context.device.token"), required=True)
IDENTITY = [
    Field("id", default=first_of("$.userId", "$.traits.email")),
    ANONYMOUS,
    Field("email", default=template("{{traits.email}}")),
    Field("created_at", default=first_of("$.traits.created_at", "$.traits.createdAt")),
    Field("group_id", default=path("$.traits.objectId")),
    Field("custom_attributes", "object", path("$.traits")),
    Field("relationship_attributes", "object", path("$.traits.relationshipAttributes")),
    Field("timestamp", default=path("$.timestamp")),
    CONVERT,
    Field(
        "object_type_id",
        default=first_of("$.traits.object_type_id", "$.traits.objectTypeId"),
    ),
    *BATCHING,
]
EVENT = [
    Field("id", default=path("$.userId")),
    ANONYMOUS,
    Field("name", default=path("$.event"), required=True),
    Field("event_id", default=path("$.messageId")),
    Field("timestamp", default=path("$.timestamp")),
    Field("data", "object", path("$.properties")),
    CONVERT,
    *BATCHING,
]
