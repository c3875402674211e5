"""Extensible Webhook. Signatures are from `printf … | openssl dgst -sha1 -hmac s3cret`."""

import pytest

from destinations.catalog import get_integration
from destinations.errors import Unauthorized
from destinations.integration import Request

from ..bench import conversation, default_requests_for, request_for, requests_for, translator_for

URL = "https://hooks.example.com/in"
LOGIN = {"type": "track", "event": "Login"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
SIGNATURE = "6617eafe6ed2ea8e5bba6a89881bd5245848d97a"
OAUTH = {
    "authType": "clientCredentials",
    "refreshTokenServerUrl": "https://auth.example.com/token",
    "clientId": "id",
    "clientSecret": "s",
}


def test_without_authentication_it_is_a_webhook():
    assert default_requests_for("webhook-extensible", LOGIN, url=URL) == [
        ("send", Request("POST", URL, json=LOGIN))
    ]


def test_a_mapping_may_give_its_own_url_and_method():
    mapping = {"url": "https://other.example/in", "method": "PUT"}

    request = request_for("webhook-extensible", "send", LOGIN, mapping, url=URL)

    assert (request.method, request.url) == ("PUT", "https://other.example/in")


def test_a_token_is_sent_after_its_prefix():
    settings = {"url": URL, "authType": "bearer", "bearerToken": "tok"}

    plain = request_for("webhook-extensible", "send", LOGIN, **settings)
    prefixed = request_for("webhook-extensible", "send", LOGIN, **settings, tokenPrefix="Key")

    assert plain.headers == {"Authorization": "Bearer tok"}
    assert prefixed.headers == {"Authorization": "Key tok"}


def test_a_token_that_oauth_gave_is_sent():
    [request] = requests_for(
        "webhook-extensible", "send", LOGIN, auth={"accessToken": "o"}, url=URL, **OAUTH
    )

    assert request.headers == {"Authorization": "Bearer o"}


def test_without_its_token_nothing_is_sent():
    with pytest.raises(Unauthorized):
        request_for("webhook-extensible", "send", LOGIN, url=URL, **OAUTH)


def test_a_form_holds_texts():
    event = {**LOGIN, "properties": {"a": 1}, "n": 2.0}

    assert request_for("webhook-extensible", "send", event, url=URL, headers=FORM) == Request(
        "POST",
        URL,
        FORM,
        form={"type": "track", "event": "Login", "properties": '{"a":1}', "n": "2"},
    )


def test_a_form_holds_what_is_no_text_as_javascript_writes_it():
    mapping = {"data": {"@path": "$.properties"}}
    event = {"properties": {"none": None, "yes": True, "tags": ["a", 1], "deep": [{"b": 2.0}]}}

    request = request_for("webhook-extensible", "send", event, mapping, url=URL, headers=FORM)

    assert request.form == {"none": "null", "yes": "true", "tags": "a,1", "deep": '[{"b":2}]'}


def test_without_data_there_is_neither_body_nor_signature():
    mapping = {"data": {"@path": "$.properties"}}
    settings = {"url": URL, "sharedSecret": "s3cret"}

    plain = request_for("webhook-extensible", "send", LOGIN, mapping, **settings)
    form = request_for("webhook-extensible", "send", LOGIN, mapping, **settings, headers=FORM)

    assert (plain, form) == (Request("POST", URL), Request("POST", URL, FORM))


def test_with_a_secret_the_body_is_signed():
    request = request_for("webhook-extensible", "send", LOGIN, url=URL, sharedSecret="s3cret")

    assert request.headers == {
        "X-Signature": SIGNATURE,
        "X-Switchyard-Timestamp": "1787227200",
        "X-Switchyard-Signature": (
            "v1=563cfeb39c968842e409ae058d2178346e691ca9bfdd7d345ebe7454abcb1609"
        ),
    }


def test_a_batch_is_a_list_of_which_x_signature_covers_the_first_element():
    translator = translator_for(
        "webhook-extensible", "send", batching=True, url=URL, sharedSecret="s3cret"
    )
    events = [LOGIN, {"type": "page"}]

    [request] = conversation(translator, [translator.payload(event) for event in events])

    assert request.json == events
    assert request.headers == {
        "X-Signature": SIGNATURE,
        "X-Switchyard-Timestamp": "1787227200",
        "X-Switchyard-Signature": (
            "v1=6c609371ea2809d4e5c8319787e49f2d02c88c8ce71084b42ed31bacf3f83c20"
        ),
    }


def test_a_batch_of_forms_is_one_request_each():
    translator = translator_for("webhook-extensible", "send", batching=True, url=URL, headers=FORM)
    events = [LOGIN, {"type": "page"}]

    requests = conversation(translator, [translator.payload(event) for event in events])

    assert [request.form for request in requests] == events


def token_request(auth=None, **settings):
    return get_integration("webhook-extensible").auth.oauth.token_request(
        {**OAUTH, **settings}, auth
    )


def test_client_credentials_are_a_grant():
    assert token_request(scope="events") == Request(
        "POST",
        "https://auth.example.com/token",
        {"Authorization": "Basic aWQ6cw=="},
        form={"grant_type": "client_credentials", "scope": "events"},
    )


def test_an_authorization_is_renewed():
    request = token_request({"refreshToken": "r"}, authType="authorizationCode")

    assert request.form == {
        "grant_type": "refresh_token",
        "scope": "",
        "refresh_token": "r",
        "client_id": "id",
        "client_secret": "s",
    }


def test_further_parameters_go_where_they_are_wanted():
    more = {"oauthParameters": {"audience": "api"}}

    assert token_request(**more).form["audience"] == "api"
    assert token_request(**more, oauthParametersIn="query").query == {"audience": "api"}
    assert token_request(**more, oauthParametersIn="header").headers["audience"] == "api"


@pytest.mark.parametrize(
    ("settings", "auth", "applies"),
    [
        ({}, None, True),
        ({"clientSecret": ""}, None, False),
        ({"authType": "authorizationCode"}, None, False),
        ({"authType": "authorizationCode"}, {"refreshToken": "r"}, True),
        ({"authType": "authorizationCode", "refreshToken": "r"}, None, True),
        ({"authType": "bearer"}, None, False),
        ({"authType": "none"}, None, False),
    ],
)
def test_a_token_is_asked_for_only_with_all_that_it_needs(settings, auth, applies):
    grant = get_integration("webhook-extensible").auth.oauth

    assert grant.applies({**OAUTH, **settings}, auth) is applies
