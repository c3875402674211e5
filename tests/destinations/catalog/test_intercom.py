import json

import pytest

from destinations.catalog import get_integration
from destinations.errors import Rejected, ServerFault
from destinations.integration import Request

from ..bench import Response, default_requests_for, requests_for

TOKEN = {"access_token": "tok"}
BEARER = {"Authorization": "Bearer tok"}
API = "https://api.intercom.io"
ONE = Response(200, body=b'{"total_count":1,"data":[{"id":"c/1"}]}')
TWO = Response(200, body=b'{"total_count":2,"data":[{"id":"c1"},{"id":"c2"}]}')
ANN = {
    "type": "identify",
    "userId": "ann",
    "timestamp": "2026-08-20T10:00:00.123Z",
    "traits": {"email": "ann@example.com", "name": "Ann"},
}
CONTACT = {
    "role": "user",
    "external_id": "ann",
    "email": "ann@example.com",
    "name": "Ann",
    "last_seen_at": 1787220000,
}
ACME = {
    "type": "group",
    "userId": "ann",
    "groupId": "acme",
    "traits": {"name": "Acme", "employees": 12, "createdAt": "2026-08-20T10:00:00Z"},
}
LOGIN = {
    "type": "track",
    "event": "Login",
    "userId": "ann",
    "timestamp": "2026-08-20T10:00:00.123Z",
    "properties": {"method": "sso"},
}


def search(field, value):
    query = {"query": {"field": field, "operator": "=", "value": value}}
    return Request("POST", f"{API}/contacts/search", BEARER, json=query)


def post(path, body):
    return Request("POST", f"{API}{path}", BEARER, json=body)


def conversation(action, event, mapping=None, answers=()):
    return requests_for("intercom", action, event, mapping, answers, **TOKEN)


def test_an_unknown_contact_is_created():
    assert conversation("identifyContact", ANN, {"role": "user"}) == [
        search("external_id", "ann"),
        post("/contacts", CONTACT),
    ]


def test_a_known_contact_is_updated():
    assert conversation("identifyContact", ANN, {"role": "user"}, [ONE])[1:] == [
        Request("PUT", f"{API}/contacts/c%2F1", BEARER, json=CONTACT)
    ]


def test_of_several_contacts_none_is_meant():
    [_, created] = conversation("identifyContact", ANN, {"role": "lead"}, [TWO])

    assert (created.method, created.url) == ("POST", f"{API}/contacts")


def test_without_an_id_the_contact_is_looked_up_by_e_mail():
    [asked, _] = conversation("identifyContact", {**ANN, "userId": None}, {"role": "user"})

    assert asked == search("email", "ann@example.com")


def test_a_contact_that_search_does_not_know_yet_is_tried_again():
    with pytest.raises(ServerFault):
        conversation("identifyContact", ANN, {"role": "user"}, [TWO, Response(409)])


def test_a_conflict_in_an_update_is_tried_again_too():
    with pytest.raises(ServerFault):
        conversation("identifyContact", ANN, {"role": "user"}, [ONE, Response(409)])


def test_unix_time_goes_as_it_was_written():
    mapping = {"role": "user", "signed_up_at": "1700000000", "last_seen_at": 1787220000}

    [_, request] = conversation("identifyContact", ANN, mapping)

    assert request.json == {**CONTACT, "signed_up_at": "1700000000"}


def test_other_refusals_of_a_contact_stand():
    with pytest.raises(Rejected):
        conversation("identifyContact", ANN, {"role": "user"}, [TWO, Response(422)])


def test_a_company_is_created_and_the_contact_attached():
    answers = [ONE, Response(200, body=b'{"id":"co-1"}')]

    assert conversation("groupIdentifyContact", ACME, answers=answers) == [
        search("external_id", "ann"),
        post(
            "/companies",
            {
                "remote_created_at": 1787220000,
                "company_id": "acme",
                "name": "Acme",
                "size": 12,
            },
        ),
        post("/contacts/c%2F1/companies", {"id": "co-1"}),
    ]


def test_a_company_without_a_contact_stands_alone():
    event = {"type": "group", "groupId": "acme"}

    assert conversation("groupIdentifyContact", event) == [
        post("/companies", {"company_id": "acme"})
    ]


def test_a_contact_id_in_the_mapping_spares_the_search():
    answers = [Response(200, body=b'{"id":"co-1"}')]

    assert conversation("groupIdentifyContact", ACME, {"contact_id": "c7"}, answers)[1] == post(
        "/contacts/c7/companies", {"id": "co-1"}
    )


def test_an_event_is_recorded():
    assert conversation("trackEvent", LOGIN) == [
        post(
            "/events",
            {
                "event_name": "Login",
                "created_at": 1787220000,
                "user_id": "ann",
                "metadata": {"method": "sso"},
            },
        )
    ]


def test_revenue_becomes_a_price_in_cents():
    properties = {"revenue": 25, "currency": "EUR", "email": "a@b.co", "sku": "x"}

    [request] = conversation("trackEvent", {**LOGIN, "properties": properties})

    assert request.json == {
        "event_name": "Login",
        "created_at": 1787220000,
        "user_id": "ann",
        "email": "a@b.co",
        "metadata": {"sku": "x", "price": {"amount": 2500, "currency": "EUR"}},
    }


@pytest.mark.parametrize(
    ("revenue", "amount"), [(0, "0"), (90.4, "9040"), (19.99, "1998.9999999999998"), (2.0, "200")]
)
def test_an_amount_is_written_as_javascript_writes_it(revenue, amount):
    [request] = conversation("trackEvent", {**LOGIN, "properties": {"revenue": revenue}})

    assert request.json["metadata"] == {"price": {"amount": json.loads(amount), "currency": "USD"}}
    assert str(request.json["metadata"]["price"]["amount"]) == amount


def test_with_an_e_mail_alone_the_contact_is_looked_up():
    event = {**LOGIN, "userId": None, "properties": {"email": "a@b.co"}}

    [asked, request] = conversation("trackEvent", event, answers=[ONE])

    assert asked == search("email", "a@b.co")
    assert (request.json["id"], request.json["metadata"]) == ("c/1", {})


def test_an_event_of_nobody_we_can_find_is_refused():
    with pytest.raises(Rejected) as refused:
        conversation("trackEvent", {**LOGIN, "userId": None, "properties": {"email": "a@b.co"}})

    assert refused.value.status == 404


@pytest.mark.parametrize("event", [ANN, ACME, LOGIN])
def test_every_call_works_when_it_is_switched_on(event):
    assert default_requests_for("intercom", event, **TOKEN)


def test_a_token_that_oauth_gave_goes_first():
    [request] = requests_for("intercom", "trackEvent", LOGIN, auth={"accessToken": "o"}, **TOKEN)

    assert request.headers == {"Authorization": "Bearer o"}


@pytest.mark.parametrize(
    ("region", "host"), [("europe", "api.eu.intercom.io"), ("australia", "api.au.intercom.io")]
)
def test_each_region_has_a_host(region, host):
    [request] = requests_for("intercom", "trackEvent", LOGIN, **TOKEN, endpoint=region)

    assert request.url == f"https://{host}/events"


def test_the_check_asks_who_we_are():
    assert get_integration("intercom").check_request(TOKEN) == Request("GET", f"{API}/me", BEARER)
