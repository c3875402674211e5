"""The fields of the calls to another source, and where an event holds them. Facts: segment.py."""

from destinations.integration import Field, fields_but, first_of, path


def _object(name, *texts, numbers=(), booleans=()):
    properties = (
        *(Field(one) for one in texts),
        *(Field(one, "number") for one in numbers),
        *(Field(one, "boolean") for one in booleans),
    )
    return Field(name, "object", properties=properties)


IDENTIFY = [
    Field("user_id"),
    Field("anonymous_id"),
    Field("timestamp"),
    _object("application", "name", "version", "build", "namespace"),
    _object("campaign_parameters", "name", "source", "medium", "term", "content"),
    _object(
        "device",
        "id",
        "advertising_id",
        "manufacturer",
        "model",
        "name",
        "type",
        "token",
        booleans=("adTracking_Enabled",),
    ).with_(additional_properties=True),
    Field("ip_address"),
    Field("locale"),
    _object("location", "city", "country", numbers=("latitude", "longitude", "speed")),
    _object("network", "carrier", booleans=("bluetooth", "cellular", "wifi")),
    _object("operating_system", "name", "version"),
    _object("page", "path", "referrer", "search", "title", "url"),
    _object("screen", numbers=("density", "height", "width")),
    Field("user_agent"),
    Field("timezone"),
    Field("group_id"),
    Field("traits", "object"),
    Field("message_id", default=path("$.messageId"), hidden=True),
    Field("consent", "object", path("$.context.consent"), hidden=True),
    _object("address", "street", "city", "state", "country", "postalCode"),
]
WITH_TRAITS = fields_but(IDENTIFY, "address")
GROUP = [one.with_(required=True) if one.name == "group_id" else one for one in WITH_TRAITS]
TRACK = [*WITH_TRAITS, Field("event_name", required=True), Field("properties", "object")]
_PLACE = [*fields_but(WITH_TRAITS, "traits"), Field("properties", "object")]
SCREEN = [*_PLACE, Field("screen_name")]
PAGE = [*_PLACE, Field("page_name"), Field("page_category")]

_CONTEXT = {
    "user_id": path("$.userId"),
    "anonymous_id": path("$.anonymousId"),
    "timestamp": path("$.timestamp"),
    "application": path("$.context.app"),
    "campaign_parameters": path("$.context.campaign"),
    "device": path("$.context.device"),
    "ip_address": path("$.context.ip"),
    "locale": path("$.context.locale"),
    "location": path("$.context.location"),
    "network": path("$.context.network"),
    "operating_system": path("$.context.os"),
    "page": path("$.context.page"),
    "screen": path("$.context.screen"),
    "user_agent": path("$.context.userAgent"),
    "timezone": path("$.context.timezone"),
    "group_id": path("$.context.groupId"),
}
_PROPERTIES = {"properties": path("$.properties")}

# What a new destination maps: every field to its place in an event.
MAPPINGS = {
    "sendIdentify": {**_CONTEXT, "traits": path("$.traits")},
    "sendGroup": {**_CONTEXT, "group_id": path("$.groupId"), "traits": path("$.traits")},
    "sendTrack": {
        **_CONTEXT,
        **_PROPERTIES,
        "event_name": path("$.event"),
        "traits": path("$.context.traits"),
    },
    "sendScreen": {**_CONTEXT, **_PROPERTIES, "screen_name": path("$.name")},
    "sendPage": {
        **_CONTEXT,
        **_PROPERTIES,
        "page_name": path("$.name"),
        "page_category": first_of("$.category", "$.properties.category"),
    },
}
