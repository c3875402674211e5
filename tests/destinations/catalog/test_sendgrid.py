import json

import pytest

from destinations.catalog import get_integration
from destinations.errors import InvalidPayload
from destinations.integration import Request

from ..bench import Response, default_requests_for, request_for, requests_for, translator_for

KEY = {"sendGridApiKey": "key"}
URL = "https://api.sendgrid.com/v3"
AUTH = {"Authorization": "Bearer key"}
IDENTIFY = {
    "type": "identify",
    "anonymousId": "anon-1",
    "traits": {"email": "ann@example.com", "first_name": "Ann", "address": {"state": "Lazio"}},
}
CONTACT = {
    "first_name": "Ann",
    "state_province_region": "Lazio",
    "email": "ann@example.com",
    "anonymous_id": "anon-1",
}
DEFINITIONS = Response(
    200, body=json.dumps({"custom_fields": [{"id": "e1_T", "name": "Plan"}]}).encode()
)


def test_update_user_profile_puts_the_contact():
    assert default_requests_for("sendgrid", IDENTIFY, **KEY) == [
        (
            "updateUserProfile",
            Request("PUT", f"{URL}/marketing/contacts", AUTH, json={"contacts": [CONTACT]}),
        )
    ]


@pytest.mark.parametrize("name", ["plan", "e1_T"])
def test_custom_fields_go_by_name_or_id(name):
    custom = {"customFields": {name: True}}

    requests = requests_for(
        "sendgrid", "updateUserProfile", IDENTIFY, custom, answers=[DEFINITIONS], **KEY
    )

    assert requests[0] == Request("GET", f"{URL}/marketing/field_definitions", AUTH)
    assert requests[1].json == {"contacts": [{**CONTACT, "custom_fields": {"e1_T": "true"}}]}


def test_an_unknown_custom_field_rejects_its_contact_alone():
    translator = translator_for("sendgrid", "updateUserProfile", **KEY)
    payloads = [
        {"primary_email": "a@b.co", "customFields": {"Age": 5}},
        {"primary_email": "c@d.co"},
    ]
    steps = translator.requests(payloads, now=None)

    next(steps)
    request = steps.send(DEFINITIONS)
    with pytest.raises(StopIteration) as stop:
        steps.send(Response(202))

    assert request.json == {"contacts": [{"email": "c@d.co"}]}
    assert [type(outcome) for outcome in stop.value.value] == [InvalidPayload, type(None)]


def test_somebody_is_needed():
    with pytest.raises(InvalidPayload, match="primary_email is required here"):
        request_for("sendgrid", "updateUserProfile", {"traits": {"first_name": "Ann"}}, **KEY)


def test_europe_has_its_own_host():
    europe = "https://api.eu.sendgrid.com"

    request = request_for("sendgrid", "updateUserProfile", IDENTIFY, endpoint=europe, **KEY)

    assert request.url == f"{europe}/v3/marketing/contacts"


WELCOME = {"type": "track", "properties": {"email": "ann@example.com", "name": "Ann"}}
MAIL = {"from": {"email": "shop@example.com"}, "template_id": "Welcome [d-abc]"}


def mail(**changes):
    return request_for("sendgrid", "sendEmail", WELCOME, {**MAIL, **changes}, **KEY)


def test_send_email_sends_a_template_to_the_person_of_the_event():
    request = mail(
        headers={"X-Try": 1},
        custom_args={"n": 2},
        dynamic_template_data={"name": "Ann"},
        send_at="2026-08-21T12:00:00Z",
        categories=["welcome"],
        group_id="News [12]",
        ip_pool_name="pool",
    )

    assert (request.url, request.json) == (
        f"{URL}/mail/send",
        {
            "personalizations": [
                {
                    "to": [{"email": "ann@example.com", "name": "Ann"}],
                    "headers": {"X-Try": "1"},
                    "custom_args": {"n": "2"},
                    "dynamic_template_data": {"name": "Ann"},
                    "send_at": 1787313600,
                }
            ],
            "from": {"email": "shop@example.com"},
            "reply_to": {"email": "shop@example.com"},
            "template_id": "d-abc",
            "categories": ["welcome"],
            "asm": {"group_id": 12},
            "ip_pool_name": "pool",
        },
    )


@pytest.mark.parametrize(
    "changes",
    [
        {"template_id": "abc"},
        {"headers": {"Reply-To": "x@y.zz"}},
        {"send_at": "2026-08-24T12:00:00Z"},
        {"categories": ["x" * 256]},
        {"group_id": "News"},
        {"ip_pool_name": "ab"},
        {"from": {"name": "Shop"}},
        {"domain": "example.org"},
    ],
)
def test_what_sendgrid_would_refuse_is_refused(changes):
    with pytest.raises(InvalidPayload):
        mail(**changes)


def test_a_mail_needs_a_sender_a_template_and_a_recipient():
    assert mail(domain="example.com").json == {
        "personalizations": [{"to": [{"email": "ann@example.com", "name": "Ann"}], "headers": {}}],
        "from": {"email": "shop@example.com"},
        "reply_to": {"email": "shop@example.com"},
        "template_id": "d-abc",
    }


def test_answers_go_to_the_sender_by_name_where_nothing_else_is_said():
    request = mail(
        **{"from": {"email": "shop@example.com", "name": "Shop"}},
        reply_to={"email": "help@example.com"},
        cc=[{"email": "bob@example.com"}],
    )

    assert request.json["reply_to"] == {"email": "help@example.com", "name": "Shop"}
    assert request.json["personalizations"][0]["cc"] == [{"email": "bob@example.com"}]


@pytest.mark.parametrize("group", ["12", "12 [News]", "News [12]", "2026 News [12]"])
def test_an_unsubscribe_group_may_come_with_its_name(group):
    assert mail(group_id=group).json["asm"] == {"group_id": 12}


def test_the_key_is_checked():
    assert get_integration("sendgrid").check_request(KEY) == Request(
        "GET", f"{URL}/user/account", AUTH
    )
