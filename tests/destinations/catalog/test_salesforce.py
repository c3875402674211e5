import pytest

from destinations.catalog import get_integration
from destinations.errors import InvalidPayload, Rejected, ServerFault
from destinations.integration import Request

from ..bench import Response, default_requests_for, requests_for, translator_for

SETTINGS = {"instanceUrl": "https://acme.my.salesforce.com/", "access_token": "tok"}
BEARER = {"Authorization": "Bearer tok"}
API = "https://acme.my.salesforce.com/services/data/v53.0"
ONE = Response(200, body=b'{"totalSize":1,"records":[{"Id":"00Q1"}]}')
TWO = Response(200, body=b'{"totalSize":2,"records":[{"Id":"00Q1"},{"Id":"00Q2"}]}')
JOB = Response(200, body=b'{"id":"j1"}')
MODE = "__segment_internal_sync_mode"
ANN = {
    "type": "identify",
    "userId": "ann",
    "traits": {
        "email": "ann@example.com",
        "last_name": "Lee",
        "company": "Acme",
        "address": {"postal_code": "10115"},
    },
}
LEAD = {
    "Company": "Acme",
    "LastName": "Lee",
    "Email": "ann@example.com",
    "PostalCode": "10115",
}
BY_EMAIL = {"traits": {"Email": "ann@example.com"}}


def conversation(action, event, mapping=None, answers=()):
    return requests_for("salesforce", action, event, mapping, answers, **SETTINGS)


def query(soql):
    return Request("GET", f"{API}/query/", BEARER, {"q": soql})


def write(method, path, record):
    return Request(method, f"{API}{path}", BEARER, json=record)


def test_a_lead_is_created_and_custom_fields_win():
    mapping = {"operation": "create", "customFields": {"Company": "ACME", "Plan__c": "pro"}}

    assert conversation("lead", ANN, mapping) == [
        write("POST", "/sobjects/Lead", {**LEAD, "Company": "ACME", "Plan__c": "pro"})
    ]


def test_a_lead_that_is_found_is_updated():
    assert conversation("lead", ANN, {"operation": "upsert", **BY_EMAIL}, [ONE]) == [
        query("SELECT Id FROM Lead WHERE Email = 'ann@example.com'"),
        write("PATCH", "/sobjects/Lead/00Q1", LEAD),
    ]


def test_a_lead_that_is_not_found_is_created_by_an_upsert_only():
    upsert = conversation("lead", ANN, {"operation": "upsert", **BY_EMAIL})

    assert upsert[1] == write("POST", "/sobjects/Lead", LEAD)
    with pytest.raises(Rejected) as refused:
        conversation("lead", ANN, {"operation": "update", **BY_EMAIL})
    assert refused.value.status == 404


def test_of_several_leads_none_is_changed():
    with pytest.raises(Rejected) as refused:
        conversation("lead", ANN, {"operation": "upsert", **BY_EMAIL}, [TWO])

    assert refused.value.status == 300


def test_a_known_id_spares_the_search():
    mapping = {"operation": "update", "traits": {"Id": "00Q/7"}}

    assert conversation("lead", ANN, mapping) == [write("PATCH", "/sobjects/Lead/00Q%2F7", LEAD)]


def test_a_lead_is_deleted():
    mapping = {"operation": "delete", **BY_EMAIL}

    assert conversation("lead", ANN, mapping, [ONE])[1] == Request(
        "DELETE", f"{API}/sobjects/Lead/00Q1", BEARER
    )


def test_values_of_a_search_cannot_leave_their_quotes():
    traits = {"Name'; x": "O'Neil\\' OR Id != ''", "Age": 5.0, "Active": True}
    mapping = {"operation": "upsert", "recordMatcherOperator": "AND", "traits": traits}

    assert conversation("lead", ANN, mapping)[0] == query(
        "SELECT Id FROM Lead WHERE Namex = 'O\\'Neil\\\\\\' OR Id != \\'\\''"
        " AND Age = 5 AND Active = true"
    )


@pytest.mark.parametrize(
    ("action", "mapping"),
    [
        ("lead", {"operation": "create", "last_name": None}),
        ("lead", {"operation": "upsert", "traits": {}}),
        ("lead", {"operation": "upsert", "traits": {"a": [1]}}),
        ("contact", {"operation": "upsert", "last_name": None, **BY_EMAIL}),
        ("opportunity", {"operation": "create", "name": "x", "close_date": "2026-01-01"}),
        ("account", {"operation": "create", "name": None}),
        ("customObject", {"operation": "create"}),
    ],
)
def test_what_salesforce_needs_is_asked_for(action, mapping):
    with pytest.raises(InvalidPayload):
        conversation(action, ANN, mapping)


@pytest.mark.parametrize(
    ("action", "mapping", "kind", "record"),
    [
        (
            "contact",
            {"account_id": "001"},
            "Contact",
            {
                "LastName": "Lee",
                "Email": "ann@example.com",
                "AccountId": "001",
                "MailingPostalCode": "10115",
            },
        ),
        (
            "opportunity",
            {"close_date": "2026-01-01", "name": "Big", "stage_name": "New", "amount": 5},
            "Opportunity",
            {"CloseDate": "2026-01-01", "Name": "Big", "StageName": "New", "Amount": "5"},
        ),
        ("cases", {"description": "Broken"}, "Case", {"Description": "Broken"}),
        (
            "customObject",
            {"customObjectName": "Car__c", "customFields": {"Color__c": "red"}},
            "Car__c",
            {"Color__c": "red"},
        ),
    ],
)
def test_every_object_has_its_own_fields(action, mapping, kind, record):
    assert conversation(action, ANN, {"operation": "create", **mapping}) == [
        write("POST", f"/sobjects/{kind}", record)
    ]


@pytest.mark.parametrize(
    ("mode", "methods"),
    [
        ("add", ["POST"]),
        ("update", ["GET", "PATCH"]),
        ("upsert", ["GET", "PATCH"]),
        ("delete", ["GET", "DELETE"]),
        (None, ["GET", "PATCH"]),
    ],
)
def test_in_second_versions_the_sync_mode_is_the_operation(mode, methods):
    mapping = {**BY_EMAIL, **({MODE: mode} if mode else {})}

    requests = conversation("lead2", ANN, mapping, [] if mode == "add" else [ONE])

    assert [request.method for request in requests] == methods


def bulk(action, payloads, mapping, answers):
    """The requests of a batch and its outcomes."""
    mapping = {"enable_batching": True, **mapping}
    translator = translator_for("salesforce", action, mapping, **SETTINGS)
    assert translator.batch.size == 5000
    steps = translator.requests([translator.payload(each) for each in payloads], now=None)
    requests, answers = [next(steps)], iter(answers)
    while True:
        try:
            requests.append(steps.send(next(answers, Response(200))))
        except StopIteration as stop:
            return requests, stop.value


ID = {"bulkUpsertExternalId": {"externalIdName": "Key__c", "externalIdValue": {"@path": "userId"}}}


def test_a_batch_is_a_job_with_a_table():
    traits = {"last_name": 'B "the" B', "address": {"city": "x"}}
    other = {"userId": "b", "traits": traits, "type": "identify"}
    plan = {"@path": "traits.address.city"}
    mapping = {"operation": "upsert", **ID, "customFields": {"Plan__c": plan}}

    requests, outcomes = bulk("lead", [ANN, other, {**ANN, "userId": None}], mapping, [JOB])

    assert requests == [
        write(
            "POST",
            "/jobs/ingest",
            {
                "object": "Lead",
                "contentType": "CSV",
                "operation": "upsert",
                "externalIdFieldName": "Key__c",
            },
        ),
        Request(
            "PUT",
            f"{API}/jobs/ingest/j1/batches",
            {**BEARER, "Content-Type": "text/csv", "Accept": "application/json"},
            body="LastName,City,Plan__c,Company,Email,PostalCode,Key__c\n"
            '"Lee",#N/A,#N/A,"Acme","ann@example.com","10115","ann"\n'
            '"B ""the"" B","x","x",#N/A,#N/A,#N/A,"b"\n',
        ),
        write("PATCH", "/jobs/ingest/j1", {"state": "UploadComplete"}),
    ]
    assert [type(each) for each in outcomes] == [type(None), type(None), InvalidPayload]


def test_new_records_of_a_batch_have_no_id():
    requests, _ = bulk("lead", [ANN], {"operation": "create"}, [JOB])

    assert requests[0].json == {"object": "Lead", "contentType": "CSV", "operation": "insert"}
    assert requests[1].body == (
        'Company,LastName,Email,PostalCode\n"Acme","Lee","ann@example.com","10115"\n'
    )


def test_a_batch_cannot_delete():
    mapping = {"operation": "delete", "enable_batching": True}
    translator = translator_for("salesforce", "lead", mapping, **SETTINGS)

    with pytest.raises(StopIteration) as stop:
        next(translator.requests([translator.payload(ANN)], now=None))

    [outcome] = stop.value.value
    assert type(outcome) is InvalidPayload


def test_a_job_whose_table_is_refused_is_given_up():
    mapping = {"operation": "create", "enable_batching": True}
    translator = translator_for("salesforce", "lead", mapping, **SETTINGS)
    steps = translator.requests([translator.payload(ANN)], now=None)
    next(steps)
    steps.send(JOB)

    closed = steps.send(Response(503))

    assert closed == write("PATCH", "/jobs/ingest/j1", {"state": "UploadComplete"})
    with pytest.raises(ServerFault):
        steps.send(Response(200))


@pytest.mark.parametrize(
    ("event", "action"),
    [(ANN, "lead2"), ({"type": "group", "groupId": "a", "traits": {"name": "A"}}, "account2")],
)
def test_identify_and_group_work_when_they_are_switched_on(event, action):
    [(first, looked_up), (_, written)] = default_requests_for("salesforce", event, **SETTINGS)

    assert (first, looked_up.method, written.method) == (action, "GET", "POST")


def test_a_password_is_a_grant():
    oauth = get_integration("salesforce").auth.oauth
    settings = {
        "isSandbox": True,
        "username": "ann",
        "auth_password": "pw",
        "security_token": "st",
        "client_id": "id",
        "client_secret": "s",
    }

    assert oauth.token_request(settings, {"refreshToken": "r"}) == Request(
        "POST",
        "https://test.salesforce.com/services/oauth2/token",
        form={
            "grant_type": "password",
            "client_id": "id",
            "client_secret": "s",
            "username": "ann",
            "password": "pwst",
        },
    )


def test_a_connected_app_renews_its_token():
    oauth = get_integration("salesforce").auth.oauth
    settings = {"client_id": "id", "client_secret": "s"}

    assert oauth.token_request(settings, {"refreshToken": "r"}) == Request(
        "POST",
        "https://login.salesforce.com/services/oauth2/token",
        form={
            "grant_type": "refresh_token",
            "client_id": "id",
            "client_secret": "s",
            "refresh_token": "r",
        },
    )
