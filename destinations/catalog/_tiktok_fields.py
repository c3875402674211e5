"""The fields of TikTok Conversions' event, and those of its two special kinds.

Facts as in tiktok_conversions.py.
"""

from destinations.catalog._tiktok import CONTENT_TYPE, CONTENTS, people_fields
from destinations.integration import Field, first_of, path, required_if


def _property(name, type="string", where=None, **options):
    return Field(name, type, path(f"$.properties.{where or name}"), **options)


def _person(name):
    return Field(name, default=first_of(f"$.properties.{name}", f"$.context.traits.{name}"))


def _address(name, where):
    places = (f"$.properties.address.{where}", f"$.context.traits.address.{where}")
    return Field(name, default=first_of(*places))


def _click(name):
    return Field(
        name,
        default=first_of(f"$.properties.{name}", f"$.integrations.TikTok Conversions.{name}"),
    )


PHONE, EMAIL, EXTERNAL_ID = people_fields("phone_number", "email", "external_id")

VEHICLE = (
    *map(_property, ("postal_code", "make", "model")),
    _property("year", "number"),
    _property("state_of_vehicle", choices=("New", "Used", "CPO")),
    _property("mileage_value", "number"),
    _property("mileage_unit", choices=("MI", "KM")),
    _property("exterior_color"),
    _property("transmission", choices=("Automatic", "Manual", "Other")),
    _property(
        "body_style",
        choices=(
            "Convertible",
            "Coupe",
            "Hatchback",
            "Minivan",
            "Truck",
            "SUV",
            "Sedan",
            "Van",
            "Wagon",
            "Crossover",
            "Other",
        ),
    ),
    _property("fuel_type", choices=("Diesel", "Electric", "Flex", "Gasoline", "Hybrid", "Other")),
    _property(
        "drivetrain",
        where="drive_train",
        choices=("AWD", "FOUR_WD", "FWD", "RWD", "TWO_WD", "Other"),
    ),
    _property("preferred_price_range_min", "number"),
    _property("preferred_price_range_max", "number"),
    *map(_property, ("trim", "vin", "interior_color")),
    _property("condition_of_vehicle", choices=("Excellent", "Good", "Fair", "Poor", "Other")),
    *map(_property, ("viewcontent_type", "search_type", "registration_type")),
)
TRAVEL = (
    *map(_property, ("city", "region", "country", "checkin_date", "checkout_date")),
    *(_property(name, "number") for name in ("num_adults", "num_children", "num_infants")),
    _property("suggested_hotels", multiple=True),
    *map(_property, ("departing_departure_date", "returning_departure_date")),
    *map(_property, ("origin_airport", "destination_airport")),
    _property("destination_ids", multiple=True),
    *map(_property, ("departing_arrival_date", "returning_arrival_date")),
    _property("travel_class", choices=("eco", "prem", "bus", "first")),
    _property("user_score", "number"),
    _property("preferred_num_stops", "integer"),
    *map(_property, ("travel_start", "travel_end")),
    _property("suggested_destinations", multiple=True),
)

WEB_EVENT = [
    Field("event_source", default="web", choices=("web", "crm")),
    Field("event_spec_type", choices=("travel_fields", "vehicle_fields")),
    Field("event", required=True),
    Field("event_id", default=path("$.messageId")),
    Field("timestamp", "datetime", path("$.timestamp")),
    PHONE,
    EMAIL,
    _person("first_name"),
    _person("last_name"),
    Field(
        "address",
        "object",
        properties=(
            _address("city", "city"),
            _address("country", "country"),
            _address("zip_code", "postal_code"),
            _address("state", "state"),
        ),
    ),
    _property("order_id"),
    _property("shop_id"),
    EXTERNAL_ID,
    _click("ttclid"),
    _click("ttp"),
    Field("locale", default=path("$.context.locale")),
    Field("url", default=path("$.context.page.url")),
    Field("referrer", default=path("$.context.page.referrer")),
    Field("ip", default=path("$.context.ip")),
    Field("user_agent", default=path("$.context.userAgent")),
    CONTENTS,
    _property("content_ids", multiple=True),
    _property("num_items", "number"),
    CONTENT_TYPE,
    _property("currency"),
    Field("value", "number", first_of("$.properties.value", "$.properties.revenue")),
    Field("description"),
    _property("query"),
    _property("limited_data_use", "boolean"),
    Field("test_event_code"),
    _property("delivery_category", choices=("in_store", "curbside", "home_delivery")),
    _property("predicted_ltv", "number"),
    _property("search_string"),
    Field(
        "lead_fields",
        "object",
        required=required_if("event_source", "is", "crm"),
        properties=(_property("lead_id"), _property("lead_event_source")),
    ),
    Field("vehicle_fields", "object", properties=VEHICLE),
    Field("travel_fields", "object", properties=TRAVEL),
]
