import pytest

from destinations.catalog import get_integration
from destinations.errors import InvalidPayload, Rejected, ServerFault, Throttled, Unauthorized
from destinations.integration import Request
from destinations.request import Headers

from ..bench import Response, default_requests_for, request_for, translator_for

SLUG = "actions-pardot"
UNIT = "0UvB00000004C3JKAU"
SETTINGS = {"businessUnitID": UNIT, "accountID": "1093553", "access_token": "tok"}
HEADERS = {"Authorization": "Bearer tok", "Pardot-Business-Unit-Id": UNIT}
UPSERT = "https://pi.pardot.com/api/v5/objects/prospects/do/upsertLatestByEmail"
XML = Headers({"Content-Type": "text/xml; charset=utf-8"})
JSON = Headers({"Content-Type": "application/json"})
ANN = {
    "type": "identify",
    "userId": "ann",
    "traits": {
        "email": "ann@example.com",
        "first_name": "Ann",
        "last_name": "Lee",
        "phone": "+14155550100",
        "company": "Acme",
        "title": "Engineer",
        "website": "https://acme.example",
        "address": {"city": "Berlin", "state": "BE", "postal_code": "10115", "country": "DE"},
    },
}
PROSPECT = {
    "email": "ann@example.com",
    "firstName": "Ann",
    "lastName": "Lee",
    "phone": "+14155550100",
    "company": "Acme",
    "jobTitle": "Engineer",
    "city": "Berlin",
    "state": "BE",
    "zip": "10115",
    "country": "DE",
    "website": "https://acme.example",
}


def test_a_prospect_is_upserted():
    assert request_for(SLUG, "prospects", ANN, **SETTINGS) == Request(
        "POST",
        UPSERT,
        HEADERS,
        json={
            "matchEmail": "ann@example.com",
            "prospect": PROSPECT,
            "secondaryDeletedSearch": True,
        },
    )


def test_custom_fields_win():
    mapping = {
        "salutation": "Dr.",
        "industry": "Retail",
        "secondaryDeletedSearch": False,
        "customFields": {"company": "ACME", "Plan": 5},
    }

    assert request_for(SLUG, "prospects", ANN, mapping, **SETTINGS).json == {
        "matchEmail": "ann@example.com",
        "prospect": {
            **PROSPECT,
            "salutation": "Dr.",
            "industry": "Retail",
            "company": "ACME",
            "Plan": 5,
        },
        "secondaryDeletedSearch": False,
    }


def test_values_may_be_properties():
    event = {"type": "track", "properties": {"email": "ann@example.com", "first_name": "Ann"}}

    request = request_for(SLUG, "prospects", event, **SETTINGS)

    assert request.json["prospect"] == {"email": "ann@example.com", "firstName": "Ann"}


def test_an_e_mail_address_is_needed():
    with pytest.raises(InvalidPayload):
        request_for(SLUG, "prospects", {"type": "identify", "traits": {}}, **SETTINGS)


def test_a_sandbox_has_hosts_of_its_own():
    oauth = get_integration(SLUG).auth.oauth
    settings = {**SETTINGS, "isSandbox": True, "client_id": "id", "client_secret": "s"}

    assert request_for(SLUG, "prospects", ANN, **settings).url.startswith("https://pi.demo.pardot.")
    assert oauth.token_request(settings, {"refreshToken": "r"}) == Request(
        "POST",
        "https://test.salesforce.com/services/oauth2/token",
        form={
            "grant_type": "refresh_token",
            "client_id": "id",
            "client_secret": "s",
            "refresh_token": "r",
        },
    )


def test_the_consent_page_is_that_of_salesforce():
    settings = {"client_id": "id", "client_secret": "s"}

    url = get_integration(SLUG).auth.oauth.consent_url(settings, "https://us/", "state", "proof")

    assert url.startswith("https://login.salesforce.com/services/oauth2/authorize?")
    assert "scope=pardot_api+refresh_token" in url


def answer(code):
    return b'{"code":%d,"message":"No"}' % code


@pytest.mark.parametrize(
    ("response", "kind", "status"),
    [
        (Response(400, XML, b"<rsp/>"), Unauthorized, 401),
        (Response(403, XML, b"<rsp/>"), Unauthorized, 401),
        (Response(401, JSON, answer(184)), Unauthorized, 401),
        (Response(400, JSON, answer(66)), Throttled, 429),
        (Response(400, JSON, answer(122)), Throttled, 429),
        (Response(400, JSON, answer(183)), ServerFault, 500),
        (Response(400, JSON, answer(4)), Rejected, 400),
        (Response(503, XML, b"<rsp/>"), ServerFault, 503),
    ],
)
def test_what_went_wrong_is_in_the_body(response, kind, status):
    [outcome] = translator_for(SLUG, "prospects", **SETTINGS).outcomes(response, [{}])

    assert (type(outcome), outcome.status) == (kind, status)


def test_an_answer_of_200_is_a_prospect():
    response = Response(200, JSON, b'{"id":1,"email":"ann@example.com"}')

    assert translator_for(SLUG, "prospects", **SETTINGS).outcomes(response, [{}]) == [None]


def test_the_credentials_are_checked_by_a_prospect():
    tool = get_integration(SLUG)

    assert tool.check_request(SETTINGS) == Request(
        "GET",
        "https://pi.pardot.com/api/v5/objects/prospects",
        HEADERS,
        {"fields": "id", "limit": 1},
    )
    assert tool.credential_problem(Response(200, JSON, b'{"values":[]}')) is None
    assert tool.credential_problem(Response(404)) == ""
    assert "business unit" in tool.credential_problem(Response(400, XML))


def test_identify_works_when_it_is_switched_on():
    [(action, _)] = default_requests_for(SLUG, ANN, **SETTINGS)

    assert action == "prospects"
