import pytest

from destinations.catalog import get_integration
from destinations.errors import InvalidPayload, Rejected, ServerFault, Unauthorized
from destinations.integration import Request

from ..bench import Response, default_requests_for, requests_for, translator_for

TOKEN = {"access_token": "tok"}
BEARER = {"Authorization": "Bearer tok"}
API = "https://api.hubapi.com"
CONTACTS, COMPANIES = f"{API}/crm/v3/objects/contacts", f"{API}/crm/v3/objects/companies"
NOTHING, MISSING = Response(200, body=b"{}"), Response(404)
ANN = {
    "type": "identify",
    "userId": "ann",
    "traits": {"email": "ann@example.com", "firstName": "Ann", "address": {"city": "Rome"}},
}
ACME = {
    "type": "group",
    "groupId": "acme",
    "traits": {"name": " Acme ", "employees": 12},
    "context": {"traits": {"email": "ann@example.com"}},
}
LOGIN = {
    "type": "track",
    "event": "Log in!",
    "timestamp": "2026-08-20T10:00:00Z",
    "properties": {"Method": "sso", "email": "ann@example.com"},
}
ALONE = {"associateContact": False}


def conversation(action, event, mapping=None, answers=(), **settings):
    return requests_for("hubspot", action, event, mapping, answers, **TOKEN, **settings)


def post(url, body):
    return Request("POST", url, BEARER, json=body)


def patch(url, properties, id_property=None):
    query = {"idProperty": id_property} if id_property else None
    return Request("PATCH", url, BEARER, query, {"properties": properties})


def batch(action, events, answers, mapping=None):
    """The requests of a batch and its outcomes."""
    translator = translator_for("hubspot", action, mapping, batching=True, **TOKEN)
    steps = translator.requests([translator.payload(e) for e in events], now=None, events=events)
    requests, answers = [next(steps)], iter(answers)
    while True:
        try:
            requests.append(steps.send(next(answers, NOTHING)))
        except StopIteration as stop:
            return requests, stop.value


def test_a_known_contact_is_updated_by_e_mail():
    assert conversation("upsertContact", ANN, {"properties": {"tags": ["a", "b"], "x": None}}) == [
        patch(
            f"{CONTACTS}/ann@example.com",
            {"email": "ann@example.com", "firstname": "Ann", "city": "Rome", "tags": "a;b"},
            "email",
        )
    ]


def test_an_unknown_contact_is_created():
    [_, created] = conversation("upsertContact", ANN, answers=[MISSING])

    assert created == post(
        CONTACTS,
        {"properties": {"email": "ann@example.com", "firstname": "Ann", "city": "Rome"}},
    )


def test_a_lifecycle_stage_goes_backwards_through_none():
    answers = [Response(200, body=b'{"properties":{"lifecyclestage":"customer"}}')]

    requests = conversation("upsertContact", ANN, {"lifecyclestage": "Lead"}, answers)

    stages = [request.json["properties"]["lifecyclestage"] for request in requests]
    assert stages == ["lead", "", "lead"]


def test_a_batch_updates_whom_it_finds_and_creates_the_others():
    others = ["bob@example.com", "cleo@example.com", "ANN@example.com"]
    events = [ANN] + [{"type": "identify", "traits": {"email": email}} for email in others]
    read = (
        b'{"results":[{"id":"1","properties":{"email":"ann@example.com"}},'
        b'{"id":"2","properties":{"email":"b@b.co","hs_additional_emails":"x@x.co;bob@example.com"}}]}'
    )

    requests, outcomes = batch(
        "upsertContact", events, [Response(200, body=read), Response(401), NOTHING]
    )

    assert requests == [
        post(
            f"{CONTACTS}/batch/read",
            {
                "properties": ["email", "lifecyclestage", "hs_additional_emails"],
                "idProperty": "email",
                "inputs": [
                    {"id": "ann@example.com"},
                    {"id": "bob@example.com"},
                    {"id": "cleo@example.com"},
                ],
            },
        ),
        post(
            f"{CONTACTS}/batch/create",
            {"inputs": [{"properties": {"email": "cleo@example.com"}}]},
        ),
        post(
            f"{CONTACTS}/batch/update",
            {"inputs": [{"id": "1", "properties": {}}, {"id": "2", "properties": {}}]},
        ),
    ]
    assert [type(outcome) for outcome in outcomes] == [
        type(None),
        type(None),
        Unauthorized,
        type(None),
    ]


def test_a_batch_moves_stages_backwards_too():
    read = b'{"results":[{"id":"1","properties":{"email":"ann@example.com"}}]}'
    updated = b'{"results":[{"id":"1","properties":{"lifecyclestage":"customer"}}]}'
    answers = [Response(200, body=read), Response(200, body=updated)]

    requests, _ = batch("upsertContact", [ANN], answers, {"lifecyclestage": "Lead"})

    assert requests[1].json["inputs"][0]["properties"]["lifecyclestage"] == "lead"
    assert requests[2].json == {"inputs": [{"id": "1", "properties": {"lifecyclestage": ""}}]}
    assert requests[3].json == {"inputs": [{"id": "1", "properties": {"lifecyclestage": "lead"}}]}


def test_a_batch_creates_contacts_in_lower_case():
    event = {"type": "identify", "traits": {"email": "Ann@Example.com"}}

    [_, created], _ = batch("upsertContact", [event], [NOTHING])

    assert created.json == {"inputs": [{"properties": {"email": "ann@example.com"}}]}


def test_a_contact_without_a_stage_gets_one_through_none():
    answers = [Response(200, body=b'{"properties":{"lifecyclestage":null}}')]

    assert len(conversation("upsertContact", ANN, {"lifecyclestage": "Lead"}, answers)) == 3


def test_an_address_stands_in_the_path_as_browsers_write_it():
    event = {"type": "identify", "traits": {"email": "ann+shop@example.com"}}

    assert conversation("upsertContact", event)[0].url == f"{CONTACTS}/ann+shop@example.com"


def test_a_company_is_updated_by_the_id_of_the_group():
    assert conversation("upsertCompany", ACME, ALONE) == [
        patch(
            f"{COMPANIES}/acme",
            {"name": "Acme", "numberofemployees": 12, "segment_group_id": "acme"},
            "segment_group_id",
        )
    ]


def test_an_unknown_company_is_searched_for_then_created():
    mapping = {**ALONE, "companysearchfields": {"domain": "acme.com", "name": "Acme"}}

    [_, searched, created] = conversation("upsertCompany", ACME, mapping, [MISSING, NOTHING])

    assert searched == post(
        f"{COMPANIES}/search",
        {
            "filterGroups": [
                {"filters": [{"propertyName": "domain", "operator": "EQ", "value": "acme.com"}]},
                {"filters": [{"propertyName": "name", "operator": "EQ", "value": "Acme"}]},
            ],
            "properties": ["name", "domain", "lifecyclestage", "segment_group_id"],
            "sorts": ["name"],
        },
    )
    assert (created.url, created.json["associations"]) == (COMPANIES, [])


def test_a_company_that_the_search_finds_is_updated():
    mapping = {**ALONE, "companysearchfields": {"domain": "acme.com"}}
    found = Response(200, body=b'{"total":1,"results":[{"id":"9"}]}')

    requests = conversation("upsertCompany", ACME, mapping, [MISSING, found])

    assert (requests[2].method, requests[2].url) == ("PATCH", f"{COMPANIES}/9")


def test_of_several_companies_none_is_changed():
    mapping = {**ALONE, "companysearchfields": {"domain": "acme.com"}}

    with pytest.raises(Rejected, match="several records"):
        conversation("upsertCompany", ACME, mapping, [MISSING, Response(200, body=b'{"total":2}')])


def test_an_unknown_company_may_stay_unknown():
    mapping = {**ALONE, "createNewCompany": False}

    assert len(conversation("upsertCompany", ACME, mapping, [MISSING])) == 1


def test_the_property_of_the_group_id_is_created_when_hubspot_misses_it():
    misses = Response(400, body=b'{"error":"PROPERTY_DOESNT_EXIST","name":"segment_group_id"}')

    [asked, created, again] = conversation(
        "upsertCompany", ACME, ALONE, [misses, Response(409), NOTHING]
    )

    assert created.url == f"{API}/crm/v3/properties/companies"
    assert (created.json["name"], created.json["hasUniqueValue"]) == ("segment_group_id", True)
    assert again == asked


def test_a_company_is_joined_to_the_contact_of_the_event():
    answers = [Response(200, body=b'{"id":"9"}'), Response(200, body=b'{"id":"1"}')]

    assert conversation("upsertCompany", ACME, answers=answers)[1:] == [
        Request("GET", f"{CONTACTS}/ann@example.com", BEARER, {"idProperty": "email"}),
        Request("PUT", f"{COMPANIES}/9/associations/contacts/1/company_to_contact", BEARER),
    ]


def test_a_contact_that_is_not_there_yet_is_waited_for():
    with pytest.raises(ServerFault):
        conversation("upsertCompany", ACME, answers=[Response(200, body=b'{"id":"9"}'), MISSING])


def test_a_company_cannot_be_joined_to_nobody():
    with pytest.raises(Rejected, match="Identify must be called before Group"):
        conversation("upsertCompany", {**ACME, "context": {}})


def test_our_own_property_is_not_for_mappings():
    with pytest.raises(InvalidPayload):
        conversation("upsertCompany", ACME, {**ALONE, "properties": {"segment_group_id": "x"}})


def test_a_behavioral_event_is_sent():
    mapping = {"eventName": "PE12_Log In", "properties": {"a": {"b": 1}}}

    assert conversation("sendCustomBehavioralEvent", LOGIN, mapping, portalId="12") == [
        post(
            f"{API}/events/v3/send",
            {
                "eventName": "pe12_log_in",
                "occurredAt": "2026-08-20T10:00:00Z",
                "email": "ann@example.com",
                "properties": {"a": '{"b":1}'},
            },
        )
    ]


@pytest.mark.parametrize(
    ("event", "name"),
    [(LOGIN, "login"), (LOGIN, "pe13_x"), ({**LOGIN, "properties": {}}, "pe12_x")],
)
def test_a_behavioral_event_needs_its_prefix_and_somebody(event, name):
    with pytest.raises(InvalidPayload):
        conversation("sendCustomBehavioralEvent", event, {"eventName": name}, portalId="12")


JOINED_CAR = {
    "objectType": "cars",
    "properties": {"color": "red"},
    "customObjectSearchFields": {"vin": "v1"},
    "toObjectType": "contacts",
    "associationLabel": "USER_DEFINED:7",
    "searchFieldsToAssociateCustomObjects": {"email": "ann@example.com"},
}
FIVE = Response(200, body=b'{"total":1,"results":[{"id":"5"}]}')
ONE = Response(200, body=b'{"total":1,"results":[{"id":"1"}]}')
TWO = Response(200, body=b'{"total":2,"results":[{"id":"1"},{"id":"2"}]}')
SEVEN = [{"associationCategory": "USER_DEFINED", "associationTypeId": 7}]


def test_a_custom_object_is_searched_for_updated_and_joined():
    requests = conversation("upsertCustomObjectRecord", LOGIN, JOINED_CAR, [FIVE, ONE])

    assert [request.url for request in requests[:2]] == [
        f"{API}/crm/v3/objects/cars/search",
        f"{API}/crm/v3/objects/contacts/search",
    ]
    assert requests[2:] == [
        patch(f"{API}/crm/v3/objects/cars/5", {"color": "red"}),
        Request("PUT", f"{API}/crm/v4/objects/cars/5/associations/contacts/1", BEARER, json=SEVEN),
    ]


def test_a_new_custom_object_is_joined_as_it_is_created():
    [_, _, created] = conversation("upsertCustomObjectRecord", LOGIN, JOINED_CAR, [NOTHING, ONE])

    assert created == post(
        f"{API}/crm/v3/objects/cars",
        {"properties": {"color": "red"}, "associations": [{"to": {"id": "1"}, "types": SEVEN}]},
    )


def test_of_several_records_a_custom_object_is_joined_to_none():
    with pytest.raises(Rejected, match="several records"):
        conversation("upsertCustomObjectRecord", LOGIN, JOINED_CAR, [FIVE, TWO, NOTHING])


def test_a_new_custom_object_is_created_if_wanted():
    mapping = {"objectType": "cars", "properties": {"color": "red"}}

    assert conversation("upsertCustomObjectRecord", LOGIN, mapping) == [
        post(
            f"{API}/crm/v3/objects/cars",
            {"properties": {"color": "red"}, "associations": []},
        )
    ]
    assert (
        conversation("upsertCustomObjectRecord", LOGIN, {**mapping, "createNewCustomRecord": False})
        == []
    )


CAR = {
    "object_details": {"object_type": "cars", "id_field_name": "vin", "id_field_value": "V1"},
    "properties": {"color": "red"},
}
WRITTEN = Response(200, body=b'{"results":[{"id":"5","properties":{"vin":"V1"}}]}')
MODE = "__segment_internal_sync_mode"


def test_an_object_is_upserted():
    requests, outcomes = batch("upsertObject", [LOGIN], [WRITTEN], CAR)

    assert requests == [
        post(
            f"{API}/crm/v3/objects/cars/batch/upsert",
            {
                "inputs": [
                    {
                        "idProperty": "vin",
                        "id": "V1",
                        "properties": {"color": "red", "vin": "V1"},
                    }
                ]
            },
        )
    ]
    assert outcomes == [None]


def test_an_object_cannot_be_deleted():
    with pytest.raises(InvalidPayload, match="sync mode"):
        batch("upsertObject", [LOGIN], [], {**CAR, MODE: "delete"})


def test_an_object_that_hubspot_leaves_out_is_refused():
    _, [outcome] = batch("upsertObject", [LOGIN], [Response(207, body=b'{"results":[]}')], CAR)

    assert type(outcome) is Rejected


def test_update_writes_what_hubspot_has():
    mapping = {**CAR, MODE: "update"}

    [read, update] = batch("upsertObject", [LOGIN], [WRITTEN], mapping)[0]
    nothing = batch("upsertObject", [LOGIN], [NOTHING], mapping)

    assert read.json == {"properties": ["vin"], "idProperty": "vin", "inputs": [{"id": "V1"}]}
    assert update.json == {
        "inputs": [{"idProperty": "vin", "id": "V1", "properties": {"color": "red"}}]
    }
    assert (len(nothing[0]), nothing[1]) == (1, [None])


def test_add_writes_what_hubspot_has_not():
    mapping = {**CAR, MODE: "add"}

    [_, create] = batch("upsertObject", [LOGIN], [NOTHING], mapping)[0]

    assert create.url == f"{API}/crm/v3/objects/cars/batch/create"
    assert create.json == {
        "inputs": [{"idProperty": "vin", "properties": {"color": "red", "vin": "V1"}}]
    }
    assert len(batch("upsertObject", [LOGIN], [WRITTEN], mapping)[0]) == 1


def test_an_object_is_joined_to_others_and_parted_from_others():
    other = {
        "object_type": "contacts",
        "association_label": "HUBSPOT_DEFINED:279",
        "id_field_name": "email",
        "id_field_value": "Ann@example.com",
    }
    contact = Response(
        200, body=b'{"results":[{"id":"1","properties":{"email":"ann@example.com"}}]}'
    )
    mapping = {**CAR, "associations": [other], "dissociations": [other]}

    requests, _ = batch("upsertObject", [LOGIN], [WRITTEN, contact, NOTHING, contact], mapping)

    joined = {
        "inputs": [
            {
                "types": [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": "279"}],
                "from": {"id": "5"},
                "to": {"id": "1"},
            }
        ]
    }
    assert [request.url.removeprefix(API) for request in requests] == [
        "/crm/v3/objects/cars/batch/upsert",
        "/crm/v3/objects/contacts/batch/upsert",
        "/crm/v4/associations/cars/contacts/batch/create",
        "/crm/v3/objects/contacts/batch/read",
        "/crm/v4/associations/cars/contacts/batch/labels/archive",
    ]
    assert requests[2].json == requests[4].json == joined


def test_properties_that_hubspot_misses_are_created_in_the_group():
    details = {**CAR["object_details"], "property_group": "car_information"}
    misses = Response(400, body=b"PROPERTY_DOESNT_EXIST")

    requests, _ = batch(
        "upsertObject",
        [LOGIN],
        [misses, Response(200, body=b'{"results":[{"name":"doors"}]}'), Response(201), WRITTEN],
        {**CAR, "object_details": details, "properties": {"doors": 5, "color": "red"}},
    )

    assert requests[1:3] == [
        Request("GET", f"{API}/crm/v3/properties/cars", BEARER),
        post(
            f"{API}/crm/v3/properties/cars/batch/create",
            {
                "inputs": [
                    {
                        "name": "color",
                        "label": "color",
                        "groupName": "car_information",
                        "type": "string",
                        "fieldType": "text",
                    }
                ]
            },
        ),
    ]
    assert requests[3] == requests[0]


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (5, ("number", "number")),
        ("x", ("string", "text")),
        ("2026-01-05", ("date", "date")),
        ("2026-01-05T09:30:00Z", ("datetime", "date")),
        ("TRUE", ("enumeration", "booleancheckbox")),
    ],
)
def test_a_new_property_has_the_type_of_its_value(value, kind):
    details = {**CAR["object_details"], "property_group": "car_information"}
    mapping = {"object_details": details, "sensitive_properties": {"It": value}}
    misses = Response(400, body=b"PROPERTY_DOESNT_EXIST")

    [_, asked, created, _], _ = batch(
        "upsertObject", [LOGIN], [misses, NOTHING, NOTHING, WRITTEN], mapping
    )

    [definition] = created.json["inputs"]
    assert asked.query == {"dataSensitivity": "sensitive"}
    assert (definition["name"], definition["dataSensitivity"]) == ("it", "sensitive")
    assert (definition["type"], definition["fieldType"]) == kind


def test_properties_of_an_object_are_named_and_written_as_hubspot_wants_them():
    properties = {"Top Speed": " fast ", "New": "True", "tags": ["a", "b"], "none": None}

    [request], _ = batch("upsertObject", [LOGIN], [WRITTEN], {**CAR, "properties": properties})

    assert request.json["inputs"][0]["properties"] == {
        "top_speed": "fast",
        "new": True,
        "tags": '["a","b"]',
        "vin": "V1",
    }


def test_a_property_of_an_object_starts_with_a_letter():
    with pytest.raises(InvalidPayload):
        batch("upsertObject", [LOGIN], [], {**CAR, "properties": {"1st": "x"}})


def test_several_payloads_for_one_object_become_one():
    late = {**LOGIN, "timestamp": "2026-08-20T11:00:00Z", "properties": {"color": "blue"}}
    early = {**LOGIN, "properties": {"color": "red", "doors": 5}}

    [request], outcomes = batch(
        "upsertObject", [late, early], [WRITTEN], {**CAR, "properties": {"@path": "$.properties"}}
    )

    assert [one["properties"] for one in request.json["inputs"]] == [
        {"color": "blue", "doors": 5, "vin": "V1"}
    ]
    assert outcomes == [None, None]


AUDIENCE = {
    **LOGIN,
    "properties": {"vips": True},
    "context": {"personas": {"computation_class": "audience", "computation_key": "vips"}},
}
LISTED = {**CAR, "list_details": {"connected_to_engage_audience": True, "should_create_list": True}}


def test_a_record_enters_the_list_of_its_audience():
    answers = [MISSING, Response(200, body=b'{"list":{"listId":"77"}}'), WRITTEN]

    requests, _ = batch("upsertObject", [AUDIENCE], answers, LISTED)

    assert requests[:2] == [
        Request("GET", f"{API}/crm/v3/lists/object-type-id/cars/name/vips", BEARER),
        post(
            f"{API}/crm/v3/lists",
            {"name": "vips", "objectTypeId": "cars", "processingType": "MANUAL"},
        ),
    ]
    assert requests[3] == Request(
        "PUT",
        f"{API}/crm/v3/lists/77/memberships/add-and-remove",
        BEARER,
        json={"recordIdsToAdd": ["5"], "recordIdsToRemove": []},
    )


def test_a_record_leaves_a_list_that_the_mapping_names():
    mapping = {**CAR, "list_details": {"list_name": "Old ones", "list_action": False}}
    known = Response(200, body=b'{"list":{"listId":"7","processingType":"MANUAL"}}')

    requests, _ = batch("upsertObject", [LOGIN], [known, WRITTEN], mapping)

    assert requests[0].url == f"{API}/crm/v3/lists/object-type-id/cars/name/Old%20ones"
    assert requests[2].json == {"recordIdsToAdd": [], "recordIdsToRemove": ["5"]}


def test_a_list_is_not_made_unasked():
    mapping = {**CAR, "list_details": {"list_name": "x", "should_create_list": False}}

    with pytest.raises(InvalidPayload):
        batch("upsertObject", [LOGIN], [MISSING], mapping)


CONTACT_EVENT = {
    "event_name": {"@path": "$.event"},
    "record_details": {"object_type": "contact", "email": "ann@example.com"},
    "properties": {"Paid": " TRUE ", "Amount": "12.50 ", "Phone": "+4912", "On": "2026-01-01"},
}


def test_an_unknown_custom_event_is_defined_then_sent():
    defined = Response(201, body=b'{"fullyQualifiedName":"pe12_log_in_"}')

    [asked, created, sent] = conversation("customEvent", LOGIN, CONTACT_EVENT, [MISSING, defined])

    assert asked == Request(
        "GET",
        f"{API}/events/v3/event-definitions/log_in_/",
        BEARER,
        {"includeProperties": "true"},
    )
    assert (created.json["name"], created.json["primaryObject"]) == ("log_in_", "contact")
    assert [(each["name"], each["type"]) for each in created.json["propertyDefinitions"]] == [
        ("paid", "enumeration"),
        ("amount", "number"),
        ("phone", "string"),
        ("on", "datetime"),
    ]
    options = created.json["propertyDefinitions"][0]["options"]
    assert [each["value"] for each in options] == [True, False]
    assert sent == post(
        f"{API}/events/v3/send",
        {
            "eventName": "pe12_log_in_",
            "email": "ann@example.com",
            "occurredAt": "2026-08-20T10:00:00Z",
            "properties": {"paid": True, "amount": 12.5, "phone": "+4912", "on": "2026-01-01"},
        },
    )


def test_a_known_custom_event_gets_the_properties_it_lacks():
    body = b'{"fullyQualifiedName":"pe12_x","properties":[{"name":"paid"},{"name":"on"}]}'

    requests = conversation("customEvent", LOGIN, CONTACT_EVENT, [Response(200, body=body)])

    assert [(each.url, each.json["name"]) for each in requests[1:3]] == [
        (f"{API}/events/v3/event-definitions/pe12_x/property", "amount"),
        (f"{API}/events/v3/event-definitions/pe12_x/property", "phone"),
    ]


def test_an_archived_custom_event_is_defined_anew():
    archived = Response(200, body=b'{"archived":true}')

    requests = conversation("customEvent", LOGIN, CONTACT_EVENT, [archived])

    assert requests[1].url == f"{API}/events/v3/event-definitions"


def test_a_custom_event_that_is_being_defined_is_tried_again():
    with pytest.raises(ServerFault):
        conversation("customEvent", LOGIN, CONTACT_EVENT, [MISSING, Response(409)])


@pytest.mark.parametrize(
    ("mode", "answer"), [("update", MISSING), ("add", NOTHING), ("upsert", Response(500))]
)
def test_sync_modes_limit_what_is_defined(mode, answer):
    with pytest.raises((Rejected, ServerFault)):
        conversation("customEvent", LOGIN, {**CONTACT_EVENT, MODE: mode}, [answer])


@pytest.mark.parametrize(
    "details", [{"object_type": "contact"}, {"object_type": "deal", "email": "a@b.co"}]
)
def test_a_custom_event_needs_a_record(details):
    with pytest.raises(InvalidPayload):
        conversation("customEvent", LOGIN, {"event_name": "x", "record_details": details})


@pytest.mark.parametrize(
    ("event", "action"), [(ANN, "upsertContact"), (ACME, "upsertCompany"), (LOGIN, "customEvent")]
)
def test_every_call_works_when_it_is_switched_on(event, action):
    assert default_requests_for("hubspot", event, **TOKEN)[0][0] == action


def test_the_check_reads_one_contact():
    assert get_integration("hubspot").check_request(TOKEN) == Request(
        "GET", CONTACTS, BEARER, {"limit": 1}
    )
