import pytest

from destinations.catalog import get_integration
from destinations.errors import InvalidPayload, Unauthorized
from destinations.integration import Request

from ..bench import Response, requests_for

API = "https://api.helpscout.net/v2"
BEARER = {"Authorization": "Bearer tok"}
ANN = {
    "type": "identify",
    "userId": "ann@example.com",
    "traits": {"name": "Ann de Lee", "phone": "+15550002", "company": {"name": "Acme"}},
}
FOUND = Response(200, body=b'{"_embedded":{"customers":[{"id":7}]}}')
LOOK_UP = Request("GET", f"{API}/customers", BEARER, {"query": '(email:"ann@example.com")'})


def conversation(event, answers=(), **settings):
    settings = settings or {"access_token": "tok"}
    return requests_for("help-scout", "identify", event, answers=answers, **settings)


def test_an_unknown_customer_is_created():
    assert conversation(ANN) == [
        LOOK_UP,
        Request(
            "POST",
            f"{API}/customers",
            BEARER,
            json={
                "firstName": "Ann",
                "lastName": "de Lee",
                "organization": "Acme",
                "emails": [{"type": "work", "value": "ann@example.com"}],
                "phone": "+15550002",
            },
        ),
    ]


def test_a_known_customer_keeps_what_we_do_not_know():
    assert conversation(ANN, [FOUND]) == [
        LOOK_UP,
        Request(
            "PATCH",
            f"{API}/customers/7",
            BEARER,
            json=[
                {"op": "replace", "path": "/firstName", "value": "Ann"},
                {"op": "replace", "path": "/lastName", "value": "de Lee"},
                {"op": "replace", "path": "/organization", "value": "Acme"},
            ],
        ),
    ]


@pytest.mark.parametrize(
    "event",
    [
        {**ANN, "userId": "ann"},
        {**ANN, "userId": 'a" OR email:"b@example.com'},
        {**ANN, "traits": {"firstName": "Ann"}},
        {**ANN, "traits": {}},
    ],
)
def test_a_customer_needs_a_name_and_an_e_mail_address(event):
    with pytest.raises(InvalidPayload):
        conversation(event)


def test_an_app_has_to_be_connected_first():
    with pytest.raises(Unauthorized):
        conversation(ANN, client_id="id", client_secret="secret")


def test_the_app_asks_for_a_token_with_its_secret():
    oauth = get_integration("help-scout").auth.oauth

    assert oauth.token_request({"client_id": "id", "client_secret": "s"}, None) == Request(
        "POST",
        f"{API}/oauth2/token",
        form={"grant_type": "client_credentials", "client_id": "id", "client_secret": "s"},
    )
