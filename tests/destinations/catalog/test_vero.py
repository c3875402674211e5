import pytest

from destinations.errors import InvalidPayload
from destinations.integration import Request

from ..bench import default_requests_for, request_for

TOKEN = {"authToken": "token"}
URL = "https://api.getvero.com/api/v2"
LOGIN = {
    "type": "track",
    "event": "Login",
    "userId": "ann",
    "timestamp": "2026-08-20T10:00:00.123Z",
    "properties": {"plan": "pro"},
    "context": {"traits": {"email": "ann@example.com"}},
}


def body(**parts):
    return {"auth_token": "token", **parts}


@pytest.mark.parametrize(
    ("event", "action", "expected"),
    [
        (
            {"type": "identify", "userId": "ann", "traits": {"email": "ann@example.com"}},
            "identify",
            Request(
                "POST",
                f"{URL}/users/track",
                json=body(id="ann", email="ann@example.com", data={"email": "ann@example.com"}),
            ),
        ),
        (
            LOGIN,
            "track",
            Request(
                "POST",
                f"{URL}/events/track",
                json=body(
                    identity={"id": "ann", "email": "ann@example.com"},
                    event_name="Login",
                    data={"plan": "pro"},
                    extras={"created_at": "2026-08-20T10:00:00.123Z"},
                ),
            ),
        ),
        (
            {"type": "track", "event": "Unsubscribe", "properties": {"id": "bob"}},
            "unsubscribe",
            Request("POST", f"{URL}/users/unsubscribe", json=body(id="bob")),
        ),
        (
            {"type": "group", "userId": "ann", "traits": {"name": "Acme"}},
            "group",
            Request(
                "PUT", f"{URL}/users/edit", json=body(id="ann", changes={"group": {"name": "Acme"}})
            ),
        ),
        (
            {"type": "alias", "userId": "ann", "previousId": "a-1"},
            "alias",
            Request("PUT", f"{URL}/users/reidentify", json=body(id="a-1", new_id="ann")),
        ),
    ],
)
def test_each_call_has_its_request(event, action, expected):
    assert default_requests_for("vero", event, **TOKEN) == [(action, expected)]


@pytest.mark.parametrize(
    ("name", "expected"), [("Home", "Viewed Home Page"), (None, "Loaded a Page")]
)
def test_a_page_view_is_an_event(name, expected):
    [(action, request)] = default_requests_for(
        "vero", {**LOGIN, "type": "page", "name": name}, **TOKEN
    )

    assert (action, request.json["event_name"]) == ("page", expected)


def test_a_user_id_that_is_an_address_is_the_address():
    event = {"type": "identify", "userId": "ann@example.com", "traits": {"plan": "pro"}}

    assert request_for("vero", "identify", event, **TOKEN).json == body(
        id="ann@example.com", data={"plan": "pro"}, email="ann@example.com"
    )


@pytest.mark.parametrize(
    ("tags", "change"),
    [
        ({"action": "add", "values": ["vip"]}, {"id": "ann", "add": ["vip"]}),
        ({"id": "bob", "action": "remove", "values": ["new"]}, {"id": "bob", "remove": ["new"]}),
    ],
)
def test_tags_follow_in_a_request_of_their_own(tags, change):
    event = {**LOGIN, "integrations": {"Vero": {"tags": tags}}}

    [_, (_, request)] = default_requests_for("vero", event, **TOKEN)

    assert request == Request("PUT", f"{URL}/users/tags/edit", json=body(**change))


def test_a_user_id_is_needed():
    with pytest.raises(InvalidPayload, match="id is required"):
        request_for("vero", "track", {**LOGIN, "userId": None}, **TOKEN)
