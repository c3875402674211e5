import hashlib
import re
from base64 import b64encode

import pytest

from destinations.catalog import get_integration
from destinations.errors import InvalidPayload, Rejected, ServerFault, Throttled

from ..bench import Response, conversation, default_requests_for, request_for, translator_for

SETTINGS = {"api_user": "acme001", "api_password": "secret"}
URL = "https://api.emarsys.net/api/v2"
IDENTIFY = {"type": "identify", "traits": {"email": "ann@example.com", "firstName": "Ann"}}
KEY = {"key_field": "3", "key_value": {"@path": "$.traits.email"}}
CONTACT = {"3": "ann@example.com", "1": "Ann"}


def both(action, mapping):
    """The request of one event alone, and that of two in a batch."""
    alone = translator_for("emarsys", action, mapping, **SETTINGS)
    together = translator_for("emarsys", action, mapping, batching=True, **SETTINGS)
    payload = alone.payload(IDENTIFY)
    return *conversation(alone, [payload]), *conversation(together, [payload] * 2)


def test_identify_upserts_the_contact_of_that_address():
    [(action, request)] = default_requests_for("emarsys", IDENTIFY, **SETTINGS)

    assert (action, request.method, request.url, request.json) == (
        "upsertContact",
        "PUT",
        f"{URL}/contact/?create_if_not_exists=1",
        {"key_id": "3", "contacts": [CONTACT]},
    )


def test_requests_are_signed_with_a_digest_in_hex():
    request = request_for("emarsys", "upsertContact", IDENTIFY, KEY, **SETTINGS)

    form = (
        r'UsernameToken Username="acme001", PasswordDigest="(.+)", '
        r'Nonce="([0-9a-f]{32})", Created="2026-08-20T12:00:00.000Z"'
    )
    digest, nonce = re.fullmatch(form, request.headers["X-WSSE"]).groups()
    hexed = hashlib.sha1(f"{nonce}2026-08-20T12:00:00.000Zsecret".encode()).hexdigest()
    assert digest == b64encode(hexed.encode()).decode()


def test_each_request_has_a_nonce_of_its_own():
    headers = [request.headers["X-WSSE"] for request in both("upsertContact", KEY)]

    assert headers[0] != headers[1]


@pytest.mark.parametrize(
    ("action", "verb"), [("addToContactList", "add"), ("removeFromContactList", "delete")]
)
def test_contacts_are_put_on_a_list_and_taken_off_it(action, verb):
    alone, together = both(action, {**KEY, "contactlistid": 7})

    assert (alone.method, alone.url) == ("POST", f"{URL}/contactlist/7/{verb}")
    assert alone.json == {"key_id": "3", "external_ids": ["ann@example.com"]}
    assert together.json == {"key_id": "3", "external_ids": ["ann@example.com"] * 2}


def test_events_are_triggered_for_one_contact_or_for_many():
    alone, together = both("triggerEvent", {**KEY, "eventid": 9, "event_payload": {"a": 1}})

    contact = {"external_id": "ann@example.com", "data": {"a": 1}}
    assert (alone.url, alone.json) == (f"{URL}/event/9/trigger", {"key_id": "3", **contact})
    assert together.json == {"key_id": "3", "contacts": [contact, contact]}


def test_an_event_without_a_payload_says_so():
    alone, together = both("triggerEvent", {**KEY, "eventid": "9"})

    assert alone.json == {"key_id": "3", "external_id": "ann@example.com", "data": None}
    assert together.json["contacts"] == [{"external_id": "ann@example.com", "data": None}] * 2


def test_events_are_numbered_from_one():
    with pytest.raises(InvalidPayload, match="eventid must be at least 1"):
        request_for("emarsys", "triggerEvent", IDENTIFY, {**KEY, "eventid": 0}, **SETTINGS)


def test_batches_are_of_one_list_and_one_key():
    mapping = {**KEY, "enable_batching": True}
    translator = translator_for("emarsys", "addToContactList", mapping, **SETTINGS)

    assert translator.batch.keys == ("contactlistid", "key_field")


@pytest.mark.parametrize(
    ("status", "body", "outcome"),
    [
        (200, b'{"replyCode":0,"data":""}', None),
        (
            200,
            b'{"replyCode":2008,"replyText":"No contact found"}',
            Rejected("Emarsys answered 2008: No contact found", status=400),
        ),
        (404, b"", ServerFault("Emarsys answered 404", status=404)),
        (400, b"", Rejected("Emarsys answered 400", status=400)),
        (429, b"", Throttled("Emarsys answered 429", status=429)),
    ],
)
def test_what_an_answer_means(status, body, outcome):
    translator = translator_for("emarsys", "upsertContact", **SETTINGS)

    assert translator.outcomes(Response(status, body=body), [{}]) == [outcome]


@pytest.mark.parametrize(
    ("status", "body", "problem"),
    [
        (200, b'{"replyCode":0,"data":{"id":7}}', None),
        (200, b'{"replyCode":1,"replyText":"Unauthorized"}', "Unauthorized"),
        (401, b"Unauthorized", ""),
    ],
)
def test_the_credentials_are_right_when_emarsys_says_zero(status, body, problem):
    assert get_integration("emarsys").credential_problem(Response(status, body=body)) == problem


def test_contacts_that_are_left_out_are_rejected_alone():
    translator = translator_for("emarsys", "upsertContact", **SETTINGS)
    body = b'{"replyCode":0,"data":{"errors":{"b":{"2005":"No value"}}}}'

    assert translator.outcomes(
        Response(200, body=body), [{"key_value": "a"}, {"key_value": "b"}]
    ) == [
        None,
        Rejected("Emarsys refused this: {'2005': 'No value'}", status=400),
    ]
