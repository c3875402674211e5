from destinations.catalog import get_integration
from destinations.integration import Request

from ..bench import Response, conversation, default_requests_for, requests_for, translator_for

TOKEN = {"access_token": "tok"}
BEARER = {"Authorization": "Bearer tok"}
API = "https://api.attio.com"
RECEIVED = "2026-08-20T10:00:00.000Z"
ANN = {
    "type": "identify",
    "userId": "ann",
    "receivedAt": RECEIVED,
    "traits": {"email": "ann@example.com"},
}
ACME = {
    "type": "group",
    "groupId": "acme",
    "userId": "ann",
    "receivedAt": RECEIVED,
    "traits": {"website": "acme.com"},
}
PERSON = {"email_addresses": "ann@example.com"}
USER = {"primary_email_address": "ann@example.com", "person": "ann@example.com", "user_id": "ann"}


def put(kind, attribute, values):
    query = {"matching_attribute": attribute, "append_to_existing_values": "true"}
    url = f"{API}/v2/objects/{kind}/records/simple"
    return Request("PUT", url, BEARER, query, json={"data": {"values": values}})


def assertion(kind, attribute, values):
    return {
        "object": kind,
        "mode": "create-or-update",
        "matching_attribute": attribute,
        "multiselect_values": "append",
        "values": values,
        "received_at": RECEIVED,
    }


def batch(action, event, mapping=None):
    translator = translator_for("attio", action, mapping, batching=True, **TOKEN)
    [request] = conversation(translator, [translator.payload(event)])
    assert (request.method, request.url) == ("PUT", f"{API}/v2/batch/records")
    return request.json["assertions"]


def test_a_person_then_a_user_are_asserted():
    assert [request for _, request in default_requests_for("attio", ANN, **TOKEN)] == [
        put("people", "email_addresses", PERSON),
        put("users", "user_id", USER),
    ]


def test_attributes_of_the_mapping_go_along():
    mapping = {"person_attributes": {"name": "Ann"}, "user_attributes": {"plan": "pro"}}

    [person, user] = requests_for("attio", "identifyUser", ANN, mapping, **TOKEN)

    assert person.json["data"]["values"] == {**PERSON, "name": "Ann"}
    assert user.json["data"]["values"] == {**USER, "plan": "pro"}


def test_in_a_batch_the_person_stands_inside_the_user():
    person = assertion("people", "email_addresses", PERSON)

    assert batch("identifyUser", ANN) == [assertion("users", "user_id", {**USER, "person": person})]


def test_a_workspace_belongs_to_the_company_asserted_before():
    answers = [Response(200, body=b'{"data":{"id":{"record_id":"c1"}}}')]

    assert requests_for("attio", "groupWorkspace", ACME, answers=answers, **TOKEN) == [
        put("companies", "domains", {"domains": "acme.com"}),
        put(
            "workspaces",
            "workspace_id",
            {"workspace_id": "acme", "company": "c1", "users": ["ann"]},
        ),
    ]


def test_in_a_batch_the_company_stands_inside_the_workspace():
    company = assertion("companies", "domains", {"domains": "acme.com"})
    workspace = {"workspace_id": "acme", "company": company, "users": ["ann"]}

    assert batch("groupWorkspace", ACME) == [assertion("workspaces", "workspace_id", workspace)]


def test_an_assertion_without_a_moment_was_received_now():
    translator = translator_for("attio", "assertRecord", batching=True, **TOKEN)

    [request] = conversation(translator, [translator.payload({"type": "track"})])

    assert request.json["assertions"][0]["received_at"] == "2026-08-20T12:00:00.000Z"


def test_any_record_is_asserted():
    mapping = {"object": "deals", "matching_attribute": "id", "attributes": {"id": 5}}

    assert requests_for("attio", "assertRecord", ANN, mapping, **TOKEN) == [
        put("deals", "id", {"id": 5})
    ]
    assert batch("assertRecord", ANN, mapping) == [assertion("deals", "id", {"id": 5})]


def test_batches_are_off_until_a_mapping_asks_for_them():
    assert translator_for("attio", "identifyUser", **TOKEN).batch is None


def test_the_check_asks_about_the_token():
    assert get_integration("attio").check_request(TOKEN) == Request(
        "GET", f"{API}/v1/token", BEARER
    )
