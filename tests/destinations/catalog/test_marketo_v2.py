import pytest

from destinations.catalog import get_integration
from destinations.errors import (
    InvalidPayload,
    InvalidSettings,
    Rejected,
    ServerFault,
    Throttled,
    Unauthorized,
)
from destinations.integration import Request

from ..bench import NOW, Response, translator_for

SLUG = "marketo-v2"
SETTINGS = {"accountId": "123-ABC-456", "clientId": "id", "clientSecret": "s"}
AUTH = {"accessToken": "tok"}
BEARER = {"Authorization": "Bearer tok"}
REST = "https://123-ABC-456.mktorest.com/rest/v1"
ANN = {
    "type": "identify",
    "userId": "ann",
    "anonymousId": "anon-1",
    "traits": {
        "email": "Ann@Example.com",
        "firstName": "Ann",
        "lastName": "Lee",
        "company": {"name": "Acme"},
        "birthday": "1990-05-17T00:00:00+02:00",
        "gender": "female",
        "phone": "+14155550100",
        "address": {"city": "Berlin", "country": "DE", "zip": "10115", "state": "BE"},
        "plan": "pro",
        "age": "36",
    },
}
ORDER = {
    "type": "track",
    "event": "Order Completed",
    "userId": "ann",
    "timestamp": "2026-08-20T10:00:00.123Z",
    "properties": {"order_id": 17, "total": "90.4", "gift": True, "products": [{"sku": "S-1"}]},
}
EVENTS = {"Order Completed": "100001, order_id, total=orderTotal float, gift=, products=items"}


def run(action, calls, answers=(), **settings):
    """The requests that calls lead to, sent as one batch, and the outcomes."""
    translator = translator_for(SLUG, action, **SETTINGS, **settings)
    payloads = [translator.payload(event) for event in calls]
    steps = translator.requests(payloads, now=NOW, auth=AUTH)
    answers, requests = iter(answers), []
    try:
        requests.append(next(steps))
        while True:
            requests.append(steps.send(Response(200, body=next(answers, b"{}"))))
    except StopIteration as stop:
        return requests, stop.value


def post(path, **body):
    return Request("POST", f"{REST}{path}", BEARER, json=body)


def test_a_lead_is_found_by_the_user_id_and_updated():
    requests, outcomes = run(
        "identify", [ANN], traits={"plan": "planName", "age": "leadAge integer"}
    )

    assert outcomes == [None]
    assert requests == [
        post(
            "/leads.json",
            action="createOrUpdate",
            lookupField="userId",
            input=[
                {
                    "userId": "ann",
                    "anonymousId": "anon-1",
                    "email": "Ann@Example.com",
                    "firstName": "Ann",
                    "lastName": "Lee",
                    "company": "Acme",
                    "city": "Berlin",
                    "country": "DE",
                    "postalCode": "10115",
                    "state": "BE",
                    "dateOfBirth": "1990-05-17",
                    "marketoSocialGender": "female",
                    "phone": "+14155550100",
                    "planName": "pro",
                    "leadAge": 36,
                }
            ],
        )
    ]


def test_a_name_is_split():
    [request], _ = run("identify", [{"userId": "a", "traits": {"name": "Ann van der Lee"}}])

    assert request.json["input"] == [{"userId": "a", "firstName": "Ann", "lastName": "van der Lee"}]


@pytest.mark.parametrize(
    ("event", "settings", "field"),
    [
        ({"traits": {"email": "ann@example.com"}, "anonymousId": "x"}, {}, "email"),
        ({"traits": {}, "anonymousId": "x"}, {"anonymousActivity": True}, "anonymousId"),
    ],
)
def test_without_a_user_id_a_lead_is_found_otherwise(event, settings, field):
    [request], _ = run("identify", [event], **settings)

    assert request.json["lookupField"] == field


@pytest.mark.parametrize("action", ["identify", "track"])
def test_nobody_is_not_a_lead(action):
    requests, [outcome] = run(
        action, [{**ORDER, "userId": None, "anonymousId": "x"}], events=EVENTS
    )

    assert (requests, type(outcome)) == ([], InvalidPayload)


def test_a_batch_of_leads_is_one_call_for_each_way_to_find_them():
    known, nobody = {"userId": "bob"}, {"anonymousId": "x"}
    mailed = {"traits": {"email": "cid@example.com"}}
    again = {"userId": "bob", "traits": {"phone": "1"}}
    answers = [
        b'{"success":true,"result":[{"id":1,"status":"updated"}]}',
        b'{"success":true,"result":[{"status":"skipped","reasons":'
        b'[{"code":"1007","message":"Multiple lead match lookup criteria"}]}]}',
    ]

    requests, outcomes = run("identify", [known, nobody, mailed, again], answers)

    assert [each.json["input"] for each in requests] == [
        [{"userId": "bob", "phone": "1"}],
        [{"email": "cid@example.com"}],
    ]
    assert [type(each) for each in outcomes] == [
        type(None),
        InvalidPayload,
        Rejected,
        type(None),
    ]


def test_an_event_is_a_custom_activity_of_its_lead():
    answers = [b'{"success":true,"result":[{"id":318581,"status":"created"}]}']

    requests, outcomes = run("track", [ORDER], answers, events=EVENTS)

    assert outcomes == [None]
    assert requests == [
        post(
            "/leads.json",
            action="createOrUpdate",
            lookupField="userId",
            input=[{"userId": "ann"}],
        ),
        post(
            "/activities/external.json",
            input=[
                {
                    "leadId": 318581,
                    "activityDate": "2026-08-20T10:00:00+00:00",
                    "activityTypeId": 100001,
                    "primaryAttributeValue": "17",
                    "attributes": [
                        {"name": "orderTotal", "value": 90.4},
                        {"name": "gift", "value": True},
                        {"name": "items", "value": '[{"sku":"S-1"}]'},
                    ],
                }
            ],
        ),
    ]


def test_an_event_without_an_activity_is_not_sent():
    assert run("track", [ORDER], events={"Login": "1, plan"}) == ([], [None])


def test_events_of_a_batch_have_the_same_name():
    assert translator_for(SLUG, "track", **SETTINGS).batch.keys == ("event",)


@pytest.mark.parametrize(
    ("line", "error"),
    [("1, missing", InvalidPayload), ("x, order_id", InvalidSettings), ("1", InvalidSettings)],
)
def test_an_activity_needs_an_id_and_a_primary_value(line, error):
    requests, [outcome] = run("track", [ORDER], events={"Order Completed": line})

    assert (requests, type(outcome)) == ([], error)


def test_what_goes_wrong_with_one_activity_is_its_own():
    unknown, wrong = {**ORDER, "userId": "bob"}, {**ORDER, "properties": {}}
    answers = [
        b'{"success":true,"result":[{"id":1},{"status":"skipped","reasons":[{"code":"1003"}]}]}',
        b'{"success":true,"result":[{"status":"skipped","errors":[{"code":"1049"}]}]}',
    ]

    requests, outcomes = run("track", [wrong, ORDER, unknown], answers, events=EVENTS)

    assert [each["leadId"] for each in requests[1].json["input"]] == [1]
    assert [type(each) for each in outcomes] == [InvalidPayload, Rejected, Rejected]


@pytest.mark.parametrize(
    ("code", "kind", "status"),
    [
        ("602", Unauthorized, 401),
        ("603", Unauthorized, 403),
        ("606", Throttled, 429),
        ("607", Throttled, 429),
        ("615", Throttled, 429),
        ("713", ServerFault, 500),
        ("609", Rejected, 406),
    ],
)
def test_an_answer_of_200_may_mean_no(code, kind, status):
    answer = b'{"success":false,"errors":[{"code":"%s","message":"No"}]}' % code.encode()

    with pytest.raises(kind) as error:
        run("identify", [ANN], [answer])

    assert (error.value.status, str(error.value)) == (status, f"Marketo refused: {code} No")


def test_a_failure_without_a_reason_is_tried_again():
    with pytest.raises(ServerFault):
        run("identify", [ANN], [b'{"success":false}'])


def test_the_token_is_asked_for_in_the_query():
    assert get_integration(SLUG).auth.oauth.token_request(SETTINGS, None) == Request(
        "GET",
        "https://123-ABC-456.mktorest.com/identity/oauth/token",
        query={"grant_type": "client_credentials", "client_id": "id", "client_secret": "s"},
    )


def test_the_credentials_are_checked_by_the_answer():
    tool = get_integration(SLUG)
    refused = b'{"success":false,"errors":[{"code":"601","message":"Access token invalid"}]}'

    assert tool.check_request(SETTINGS, auth=AUTH).url == f"{REST}/leads/describe.json"
    assert tool.credential_problem(Response(200, body=b'{"success":true}')) is None
    assert tool.credential_problem(Response(503)) == ""
    assert tool.credential_problem(Response(200, body=refused)) == (
        "Marketo refused: 601 Access token invalid"
    )


@pytest.mark.parametrize(
    ("value", "kind", "sent"),
    [
        ("12", "integer", 12),
        ("12.5", "currency", 12.5),
        (5, "string", "5"),
        ("yes", "boolean", True),
        ("maybe", "boolean", "maybe"),
        ("many", "integer", "many"),
        (1787220000, "datetime", "2026-08-20T10:00:00+00:00"),
        (1787220000, "date", "2026-08-20"),
        ("someday", "date", "someday"),
        ({"a": 1}, "", '{"a":1}'),
    ],
)
def test_custom_fields_have_types(value, kind, sent):
    event = {"userId": "ann", "traits": {"custom": value}}

    [request], _ = run("identify", [event], traits={"custom": f"field {kind}"})

    assert request.json["input"] == [{"userId": "ann", "field": sent}]
