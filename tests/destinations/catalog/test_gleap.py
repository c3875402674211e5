import pytest

from destinations.catalog import get_integration
from destinations.integration import Request

from ..bench import conversation, default_requests_for, translator_for

TOKEN = {"apiToken": "tok"}
HEADERS = {"Api-Token": "tok"}
API = "https://api.gleap.io/admin"
LOGIN = {
    "type": "track",
    "event": "Login",
    "userId": "ann",
    "timestamp": "2026-08-20T10:00:00.123Z",
    "properties": {"method": "sso"},
}
RECORDED = {
    "name": "Login",
    "data": {"method": "sso"},
    "date": "2026-08-20T10:00:00.123Z",
    "userId": "ann",
}


def post(path, body):
    return Request("POST", f"{API}{path}", HEADERS, json=body)


def test_a_contact_is_identified():
    event = {
        "type": "identify",
        "userId": "ann",
        "timestamp": "2026-08-20T10:00:00.123Z",
        "traits": {"email": "ann@example.com", "company": {"name": "Acme"}, "color": "red"},
        "properties": {"first_name": "Ann"},
        "context": {"locale": "en-GB", "page": {"url": "https://example.com/"}},
    }

    assert default_requests_for("gleap", event, **TOKEN) == [
        (
            "identifyContact",
            post(
                "/identify",
                {
                    "userId": "ann",
                    "email": "ann@example.com",
                    "companyName": "Acme",
                    "lang": "en-GB",
                    "lastActivity": "2026-08-20T10:00:00.123Z",
                    "name": "Ann",
                    "company": {"name": "Acme"},
                    "color": "red",
                    "lastPageView": {
                        "page": "https://example.com/",
                        "date": "2026-08-20T10:00:00.123Z",
                    },
                },
            ),
        )
    ]


def test_an_event_is_recorded():
    translator = translator_for("gleap", "trackEvent", batching=False, **TOKEN)

    assert conversation(translator, [translator.payload(LOGIN)]) == [
        post("/track", {"events": [RECORDED]})
    ]


@pytest.mark.parametrize(
    ("kind", "name", "data"),
    [
        ("page", "Home", {"page": "https://example.com/"}),
        ("screen", "Home", {"page": "Home"}),
        ("screen", None, {}),
    ],
)
def test_pages_and_screens_are_page_views(kind, name, data):
    page = {"context": {"page": {"url": "https://example.com/"}}, "name": name, "event": None}

    [(_, request)] = default_requests_for("gleap", {**LOGIN, **page, "type": kind}, **TOKEN)

    assert request.json["events"] == [{**RECORDED, "name": "pageView", "data": data}]


def test_a_page_without_an_address_has_its_name():
    page = {"type": "page", "name": "Home", "event": None}

    [(_, request)] = default_requests_for("gleap", {**LOGIN, **page}, **TOKEN)

    assert request.json["events"] == [{**RECORDED, "name": "pageView", "data": {"page": "Home"}}]


def test_a_batch_is_a_longer_list():
    translator = translator_for("gleap", "trackEvent", **TOKEN)
    payloads = [translator.payload(LOGIN), translator.payload({**LOGIN, "event": "Logout"})]

    [request] = conversation(translator, payloads)

    assert [event["name"] for event in request.json["events"]] == ["Login", "Logout"]


def test_a_user_is_forgotten():
    assert get_integration("gleap").delete_user("a/b", TOKEN) == Request(
        "DELETE", "/contacts/a%2Fb"
    )


def test_the_check_is_a_call_to_auth():
    assert get_integration("gleap").check_request(TOKEN) == Request("GET", f"{API}/auth", HEADERS)
