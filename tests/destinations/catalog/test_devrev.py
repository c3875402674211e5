import pytest

from destinations.catalog import get_integration
from destinations.errors import InvalidPayload
from destinations.integration import Request

from ..bench import Response, default_requests_for, requests_for

KEY = {"apiKey": "key"}
HEADERS = {"Authorization": "key"}
API = "https://api.devrev.ai"
# A token whose claims are {"iss":"https://auth-token.eu.devrev.ai/"}.
EUROPEAN = "x.eyJpc3MiOiJodHRwczovL2F1dGgtdG9rZW4uZXUuZGV2cmV2LmFpLyJ9.y"
ANN = {"type": "identify", "traits": {"email": "Ann@Example.com", "name": "Ann"}}
NOBODY = Response(200, body=b'{"rev_users":[]}')
CREATED = Response(201, body=b'{"rev_user":{"id":"u1"}}')
WORKSPACES = Response(
    200,
    body=b'{"rev_orgs":[{"id":"o0"},'
    b'{"id":"o1","external_ref_issuer":"devrev:platform:revorg:account"}]}',
)


def get(path, **query):
    return Request("GET", f"{API}{path}", HEADERS, query)


def post(path, body):
    return Request("POST", f"{API}{path}", HEADERS, json=body)


def conversation(event, mapping=None, answers=()):
    return requests_for("devrev", "createRevUser", event, mapping, answers, **KEY)


def test_a_new_user_joins_the_account_of_their_company():
    answers = [NOBODY, Response(200, body=b'{"accounts":[{"id":"a1"}]}'), WORKSPACES]

    assert conversation(ANN, answers=answers) == [
        get("/internal/rev-users.list", email='"ann@example.com"'),
        get("/internal/accounts.list", domains='"example.com"'),
        get("/internal/rev-orgs.list", account="a1"),
        post(
            "/internal/rev-users.create",
            {
                "email": "ann@example.com",
                "display_name": "Ann",
                "external_ref": "ann@example.com",
                "org_id": "o1",
            },
        ),
    ]


def test_a_company_without_an_account_gets_one():
    answers = [NOBODY, Response(200), Response(201, body=b'{"account":{"id":"a2"}}'), WORKSPACES]

    requests = conversation(ANN, {"tag": "t1"}, [*answers, CREATED])

    assert requests[2:4] == [
        post(
            "/internal/accounts.create",
            {
                "display_name": "example.com",
                "external_refs": ["example.com"],
                "tags": [{"id": "t1"}],
                "domains": ["example.com"],
            },
        ),
        get("/internal/rev-orgs.list", account="a2"),
    ]
    assert requests[4].json["tags"] == [{"id": "t1"}]
    assert len(requests) == 5


def test_who_writes_from_a_public_domain_has_an_account_of_their_own():
    event = {"type": "identify", "traits": {"email": "ann@gmail.com"}}

    requests = conversation(event, answers=[NOBODY])

    assert requests[1:3] == [
        get("/internal/accounts.list", external_refs='"ann@gmail.com"'),
        post(
            "/internal/accounts.create",
            {"display_name": "ann@gmail.com", "external_refs": ["ann@gmail.com"]},
        ),
    ]


def test_of_several_users_the_oldest_gets_tag_and_comment():
    body = (
        b'{"rev_users":[{"id":"u2","created_date":"2026-02-01"},'
        b'{"id":"u1","created_date":"2026-01-01","tags":[{"tag":{"id":"t0"}}]}]}'
    )

    requests = conversation(ANN, {"tag": "t1", "comment": "Hi"}, [Response(200, body=body)])

    assert requests[1:] == [
        post("/internal/rev-users.update", {"id": "u1", "tags": [{"id": "t0"}, {"id": "t1"}]}),
        post(
            "/timeline-entries.create",
            {"object": "u1", "type": "timeline_comment", "body_type": "text", "body": "Hi"},
        ),
    ]


def test_an_e_mail_address_is_trimmed():
    event = {"type": "identify", "traits": {"email": " Ann@Example.com "}}

    assert conversation(event)[0] == get("/internal/rev-users.list", email='"ann@example.com"')


@pytest.mark.parametrize("email", ["ann", 'ann"@example.com', "ann@example.com,b@c.d e"])
def test_a_user_needs_an_e_mail_address(email):
    with pytest.raises(InvalidPayload):
        conversation({"type": "identify", "traits": {"email": email}})


def test_work_is_created():
    event = {
        "type": "track",
        "event": "Work Requested",
        "properties": {"work_title": "Broken", "description": "It is"},
    }
    mapping = {"partId": "part-1", "assignTo": "dev-1"}

    assert requests_for("devrev", "createWork", event, mapping, **KEY) == [
        post(
            "/internal/works.create",
            {
                "applies_to_part": "part-1",
                "title": "Broken",
                "body": "It is",
                "owned_by": ["dev-1"],
                "type": "issue",
                "priority": "p2",
            },
        )
    ]


def test_an_event_is_streamed():
    event = {
        "type": "track",
        "event": "Login",
        "userId": "ann",
        "messageId": "m-1",
        "timestamp": "2026-08-20T10:00:00.123Z",
        "properties": {"method": "sso"},
        "integrations": {"DevRev": {"accountRef": "acme"}},
    }

    assert default_requests_for("devrev", event, **KEY) == [
        (
            "streamEvent",
            post(
                "/internal/track-events.publish",
                {
                    "events_list": [
                        {
                            "name": "Login",
                            "event_time": "2026-08-20T10:00:00.123Z",
                            "event_id": "m-1",
                            "payload": {
                                "eventName": "Login",
                                "timestamp": "2026-08-20T10:00:00.123Z",
                                "userId": "ann",
                                "accountRef": "acme",
                                "properties": {"method": "sso"},
                                "messageId": "m-1",
                                "event_source": "segment",
                            },
                        }
                    ]
                },
            ),
        )
    ]


def test_the_token_says_where_the_api_is():
    check = get_integration("devrev").check_request({"apiKey": EUROPEAN})

    assert check.url == "https://api.eu.devrev.ai/dev-users.self"
