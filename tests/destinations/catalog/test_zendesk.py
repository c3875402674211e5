import pytest

from destinations.catalog import get_integration
from destinations.errors import InvalidPayload, Rejected
from destinations.integration import Request

from ..bench import Response, default_requests_for, requests_for

SETTINGS = {"subdomain": "acme", "email": "agent@acme.com", "token": "tok"}
BASIC = {"Authorization": "Basic YWdlbnRAYWNtZS5jb20vdG9rZW46dG9r"}
API = "https://acme.zendesk.com/api/v2"
ANN = {
    "type": "identify",
    "userId": "ann",
    "traits": {
        "email": "ann@example.com",
        "firstName": "Ann",
        "lastName": "Lee",
        "timezone": "UTC",
        "favoriteColor": "red",
    },
}
ACME = {
    "type": "group",
    "userId": "ann",
    "groupId": "acme",
    "traits": {"name": "Acme", "domainNames": ["acme.com"], "planName": "pro"},
}
LOGIN = {"type": "track", "event": "Login", "userId": "ann", "properties": {"method": "sso"}}
USER_7 = Response(200, body=b'{"user":{"id":7}}')
USERS = Response(200, body=b'{"users":[{"id":7}]}')
ORGANIZATION_9 = Response(200, body=b'{"organization":{"id":9}}')
NOTHING = Response(200, body=b"{}")
TWO = Response(200, body=b'{"count":2}')


def get(path, **query):
    return Request("GET", f"{API}{path}", BASIC, query)


def post(path, body):
    return Request("POST", f"{API}{path}", BASIC, json=body)


def conversation(action, event, answers=(), **settings):
    return requests_for("zendesk", action, event, answers=answers, **SETTINGS, **settings)


def test_a_user_is_created_or_updated_and_other_traits_are_fields():
    assert conversation("identify", ANN) == [
        get("/users/search.json", query='email:"ann@example.com"'),
        post(
            "/users/create_or_update.json",
            {
                "user": {
                    "name": "Ann Lee",
                    "email": "ann@example.com",
                    "time_zone": "UTC",
                    "verified": False,
                    "user_fields": {"favorite_color": "red"},
                    "external_id": "ann",
                }
            },
        ),
    ]


def test_of_several_users_none_is_changed():
    with pytest.raises(Rejected, match="several users"):
        conversation("identify", ANN, [TWO])


def test_a_user_needs_a_name():
    with pytest.raises(InvalidPayload, match="name"):
        conversation("identify", {**ANN, "traits": {"firstName": "Ann"}})


def test_who_leaves_a_company_leaves_the_organization():
    event = {**ANN, "traits": {**ANN["traits"], "company": {"id": "acme", "remove": True}}}
    answers = [NOTHING, USER_7, Response(200, body=b'{"organizations":[{"id":9}]}'), Response(404)]

    requests = conversation("identify", event, answers, removeUsersFromOrganizations=True)

    assert "company" not in requests[1].json["user"]["user_fields"]
    assert requests[2:] == [
        get("/organizations/search.json", external_id="acme"),
        Request("DELETE", f"{API}/users/7/organizations/9.json", BASIC),
    ]


def test_nobody_leaves_an_organization_unless_it_is_switched_on():
    event = {**ANN, "traits": {**ANN["traits"], "company": {"id": "acme", "remove": True}}}

    assert len(conversation("identify", event, [NOTHING, USER_7])) == 2


def test_an_organization_is_created_and_the_user_joins_it():
    assert conversation("group", ACME, [NOTHING, ORGANIZATION_9, USERS]) == [
        get("/organizations/search.json", name="Acme"),
        post(
            "/organizations/create_or_update.json",
            {
                "organization": {
                    "name": "Acme",
                    "domain_names": ["acme.com"],
                    "organization_fields": {"plan_name": "pro"},
                    "external_id": "acme",
                }
            },
        ),
        get("/users/search.json", external_id="ann"),
        post(
            "/organization_memberships.json",
            {"organization_membership": {"user_id": 7, "organization_id": 9}},
        ),
    ]


def test_who_is_a_member_already_stays_one():
    answers = [NOTHING, ORGANIZATION_9, USERS, Response(422)]

    assert len(conversation("group", ACME, answers)) == 4


def test_a_group_of_an_unknown_user_is_refused():
    with pytest.raises(Rejected, match="identify comes first"):
        conversation("group", ACME, [NOTHING, ORGANIZATION_9])


def test_of_several_organizations_none_is_changed():
    with pytest.raises(Rejected, match="several organizations"):
        conversation("group", ACME, [TWO])


def test_groups_without_a_user_have_to_be_allowed():
    event = {**ACME, "userId": None}

    with pytest.raises(InvalidPayload):
        conversation("group", event)
    assert len(conversation("group", event, allowGroupWithoutUserId=True)) == 2


def test_listed_events_are_recorded():
    assert default_requests_for("zendesk", LOGIN, **SETTINGS, events=["Login"]) == [
        (
            "track",
            post(
                "/user_profiles/events",
                {
                    "event": {
                        "source": "segment",
                        "type": "Login",
                        "description": "Login",
                        "properties": {"method": "sso"},
                    },
                    "profile": {
                        "source": "segment",
                        "type": "customer",
                        "identifiers": [{"type": "external_id", "value": "ann"}],
                    },
                },
            ),
        )
    ]


def test_an_e_mail_address_in_the_event_names_the_user():
    event = {**LOGIN, "properties": {"email": "ann@example.com"}}

    [request] = conversation("track", event, events=["Login"])

    assert request.json["profile"]["identifiers"] == [{"type": "email", "value": "ann@example.com"}]


def test_events_that_are_not_listed_stay_here():
    assert conversation("track", LOGIN, events=["Logout"]) == []


def test_events_of_nobody_known_stay_here():
    assert conversation("track", {**LOGIN, "userId": None}, events=["Login"]) == []


def test_a_token_that_oauth_gave_goes_first():
    [request] = requests_for(
        "zendesk", "track", LOGIN, auth={"accessToken": "o"}, **SETTINGS, events=["Login"]
    )

    assert request.headers == {"Authorization": "Bearer o"}


def test_the_check_asks_who_we_are():
    assert get_integration("zendesk").check_request(SETTINGS) == Request(
        "GET", f"{API}/users/me.json", BASIC
    )
