"""The fields of HubSpot's actions. Facts as in hubspot.py."""

from destinations.integration import Field, first_of, path

EMAIL = first_of("$.properties.email", "$.context.traits.email")

ADDRESS = [
    Field("address", default=path("$.traits.address.street")),
    Field("city", default=path("$.traits.address.city")),
    Field("state", default=path("$.traits.address.state")),
]
ZIP = Field("zip", default=first_of("$.traits.address.postalCode", "$.traits.address.postal_code"))

CONTACT = [
    Field("email", default=path("$.traits.email"), required=True, format="email"),
    Field("company", default=path("$.traits.company")),
    Field("firstname", default=first_of("$.traits.first_name", "$.traits.firstName")),
    Field("lastname", default=first_of("$.traits.last_name", "$.traits.lastName")),
    Field("phone", default=path("$.traits.phone")),
    *ADDRESS,
    Field("country", default=path("$.traits.address.country")),
    ZIP,
    Field("website", default=path("$.traits.website")),
    Field("lifecyclestage"),
    Field("properties", "object"),
    Field("enable_batching", "boolean", False),
]

COMPANY = [
    Field("groupid", default=first_of("$.groupId", "$.context.groupId"), required=True),
    Field("createNewCompany", "boolean", True, required=True),
    Field("associateContact", "boolean", True, required=True),
    Field("companysearchfields", "object"),
    Field("name", default=path("$.traits.name")),
    Field("description", default=path("$.traits.description")),
    *ADDRESS,
    ZIP,
    Field("domain", default=path("$.traits.website")),
    Field("phone", default=path("$.traits.phone")),
    Field("numberofemployees", "integer", path("$.traits.employees")),
    Field("industry", default=path("$.traits.industry")),
    Field("lifecyclestage"),
    Field("properties", "object"),
]

BEHAVIORAL_EVENT = [
    Field("eventName", required=True),
    Field("occurredAt", "datetime", path("$.timestamp")),
    Field("email", default=EMAIL, format="email"),
    Field("utk"),
    Field("objectId"),
    Field("properties", "object"),
]

CUSTOM_OBJECT = [
    Field("createNewCustomRecord", "boolean", True),
    Field("customObjectSearchFields", "object"),
    Field("objectType", required=True),
    Field("properties", "object", required=True),
    Field("searchFieldsToAssociateCustomObjects", "object"),
    Field("toObjectType"),
    Field("associationLabel"),
]

_RELATED = (
    Field("object_type", required=True),
    Field("association_label", required=True),
    Field("id_field_name", required=True),
    Field("id_field_value"),
)

OBJECT = [
    Field(
        "object_details",
        "object",
        required=True,
        properties=(
            Field("object_type", required=True),
            Field("id_field_name", required=True),
            Field("id_field_value", required=True),
            Field("property_group"),
        ),
    ),
    Field("properties", "object"),
    Field("sensitive_properties", "object"),
    Field("association_sync_mode", default="upsert", required=True, choices=("upsert", "read")),
    Field("associations", "object", multiple=True, properties=_RELATED),
    Field("dissociations", "object", multiple=True, properties=_RELATED),
    Field(
        "list_details",
        "object",
        properties=(
            Field("connected_to_engage_audience", "boolean", False),
            Field("list_name"),
            Field("list_action", "boolean"),
            Field("should_create_list", "boolean", True),
        ),
    ),
    Field("enable_batching", "boolean", True, hidden=True),
    Field("batch_size", "number", 100, required=True, hidden=True),
    Field("batch_keys", default=["list_details"], multiple=True, hidden=True),
    Field("timestamp", default=path("$.timestamp")),
    Field("traits_or_props", "object", first_of("$.properties", "$.traits"), hidden=True),
    Field("computation_key", default=path("$.context.personas.computation_key"), hidden=True),
    Field("computation_class", default=path("$.context.personas.computation_class"), hidden=True),
]

CUSTOM_EVENT = [
    Field("event_name", required=True),
    Field(
        "record_details",
        "object",
        required=True,
        properties=(
            Field("object_type", required=True),
            Field("object_id", "number"),
            Field("email", default=EMAIL, format="email"),
            Field("utk"),
        ),
    ),
    Field("properties", "object"),
    Field("occurred_at", "datetime", path("$.timestamp")),
]
