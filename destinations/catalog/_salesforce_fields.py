"""The fields of Salesforce's objects, and what Salesforce needs of them. Facts as in salesforce.py.

Their names are Salesforce's in snake case: last_name is LastName there.
"""

from destinations.integration import Field, first_of, path, required_if

COMMON = [
    Field("recordMatcherOperator", default="OR", choices=("OR", "AND")),
    Field("enable_batching", "boolean", False),
    Field("batch_size", "number", 5000, hidden=True),
    Field("traits", "object", help="Find the record: names of Salesforce's fields and values"),
    Field(
        "bulkUpsertExternalId",
        "object",
        properties=(Field("externalIdName"), Field("externalIdValue")),
    ),
    Field("bulkUpdateRecordId"),
]
OPERATION = Field("operation", required=True, choices=("create", "update", "upsert", "delete"))
CUSTOM_FIELDS = Field("customFields", "object", help="API names, most of them ending in __c")

# What is no field of a record.
STEERING = frozenset({"operation", "customFields", "customObjectName", *(f.name for f in COMMON)})


def _either(name, where, kind="string"):
    return Field(name, kind, first_of(f"$.traits.{where}", f"$.properties.{where}"))


def _address(prefix):
    names = ("city", "postal_code", "country", "street", "state")
    return [_either(prefix + name, f"address.{name}") for name in names]


_PERSON = [_either("first_name", "first_name"), _either("email", "email")]

LEAD = [_either("company", "company"), _either("last_name", "last_name"), *_PERSON, *_address("")]
CONTACT = [
    _either("last_name", "last_name"),
    *_PERSON,
    Field("account_id"),
    *_address("mailing_"),
]
ACCOUNT = [
    Field("name", default=path("$.traits.name")),
    Field("account_number", default=path("$.groupId")),
    _either("number_of_employees", "employees", "integer"),
    *_address("billing_"),
    *(Field(one.name.replace("billing_", "shipping_")) for one in _address("billing_")),
    _either("phone", "phone"),
    _either("description", "description"),
    _either("website", "website"),
]
CASE = [Field("description")]
OPPORTUNITY = [
    *CASE,
    Field("close_date"),
    Field("name"),
    Field("stage_name"),
    Field("amount"),
]
CUSTOM_OBJECT = [Field("customObjectName", required=True)]

# (slug, label, Salesforce's object, its fields, what a new record needs, suggested trigger)
OBJECTS = [
    ("lead", "Lead", "Lead", LEAD, ("last_name",), 'type = "identify"'),
    ("contact", "Contact", "Contact", CONTACT, ("last_name",), ""),
    ("account", "Account", "Account", ACCOUNT, ("name",), 'type = "group"'),
    (
        "opportunity",
        "Opportunity",
        "Opportunity",
        OPPORTUNITY,
        ("close_date", "name", "stage_name"),
        "",
    ),
    ("cases", "Case", "Case", CASE, (), ""),
    ("customObject", "Custom Object", None, CUSTOM_OBJECT, (), ""),
]


def first_fields(slug, fields):
    """The fields of the actions with an operation: a lead says what it needs to be created."""
    if slug != "lead":
        return fields
    needed = required_if("operation", "is", "create")
    return [one.with_(required=needed) if one.name == "last_name" else one for one in fields]
