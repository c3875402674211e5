"""Digests are from `printf … | sha256sum`."""

import json
from hashlib import sha256

import pytest

from destinations.catalog import get_integration
from destinations.errors import InvalidPayload, Rejected, ServerFault, Throttled, Unauthorized
from destinations.integration import Request, Response
from destinations.request import Headers

from ..bench import NOW, conversation, translator_for

SLUG = "facebook-custom-audiences"
SETTINGS = {"retlAdAccountId": "act_1042", "access_token": "token"}
HEADERS = {"Authorization": "Bearer token"}
USERS = "https://graph.facebook.com/v24.0/23851/users"
PERSONAS = {"computation_class": "audience", "computation_key": "vips"}
SCHEMA = [
    "EXTERN_ID",
    "EMAIL",
    "PHONE",
    "DOBY",
    "DOBM",
    "DOBD",
    "LN",
    "FN",
    "FI",
    "GEN",
    "CT",
    "ST",
    "ZIP",
    "COUNTRY",
    "MADID",
]
ANN = {
    "type": "identify",
    "userId": "ann",
    "traits": {
        "vips": True,
        "email": " Ann@Example.com",
        "phone": "+1 (415) 555-0100",
        "first_name": " Ann",
        "last_name": "O'Neill",
        "gender": "Female",
        "city": "São Paulo",
        "state": "California",
        "postal_code": "94105-1234",
        "country": "US",
    },
    "context": {"personas": {**PERSONAS, "external_audience_id": "23851"}},
}
HASHES = {
    "EMAIL": "71d4f55f72fa128dfb468a1a3901507c804b74316488744d769d7f4b16696476",
    "PHONE": "5e7ec4c79ccac6e420876e65ad0e6b4b2ccf73ec3dccb50297bf2890a1ec73b9",
    "DOBY": "a7be8e1fe282a37cd666e0632b17d933fa13f21addf4798fc0455bc166e2488c",
    "DOBM": "c97550ce8213ef5cf6ed4ba48790c137df3ef6a5da20b48961001a634b6cead2",
    "DOBD": "4523540f1504cd17100c4835e85b7eefd49911580f8efff0599a8f283be6b9e3",
    "LN": "fa0fd24b2d0175a5c48e1b82f4d707a8a95f5279c4abdc43fa2f19d8e30eb47d",
    "FN": "49915e0d7d4b402e3017d010bc1c0e83cac6c797d6c16e66340fe3268693a6a1",
    "FI": "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb",
    "GEN": "252f10c83610ebca1a059c0bae8255eba2f95be4d1d7bcfa89d7248a82d9f111",
    "CT": "4a287883aa51936209f313e4c62d9b38b41b7df896dfdff33b98dc1a86607668",
    "ST": "6959097001d10501ac7d54c0bdb8db61420f658f2922cc26e46d536119a31126",
    "ZIP": "e73ac16e69f060ee98b0fda5f66f48c4648ee26950e9bab3a097389853fd859e",
    "COUNTRY": "79adb2a2fce5c6ba215fe5f27f532d4e7edbac4b6a5e09e1ef3a08084a904621",
}


def row(**members):
    return [members.get(name, "") for name in SCHEMA]


def row_of_event(name, member):
    """An event of a table that is synced, or of an audience."""
    event = {"type": "track", "event": name, "userId": "bob"}
    if member is None:
        return event
    return {**event, "properties": {"vips": member}, "context": {"personas": PERSONAS}}


def talk(events, answers=(), mapping=None, auth=None, **settings):
    """(requests, outcomes) of one batch."""
    mapping = {"external_audience_id": "23851", **(mapping or {})}
    translator = translator_for(SLUG, "sync", mapping, **{**SETTINGS, **settings})
    payloads = [translator.payload(event) for event in events]
    steps = translator.requests(payloads, now=NOW, auth=auth, events=events)
    requests, answers = [], iter(answers)
    try:
        requests.append(next(steps))
        while True:
            requests.append(steps.send(next(answers, Response(200, body=b"{}"))))
    except StopIteration as stop:
        return requests, stop.value


def data_of(event, mapping=None):
    [request], _ = talk([event], mapping=mapping)
    [found] = request.json["payload"]["data"]
    return {name: value for name, value in zip(SCHEMA, found, strict=True) if value}


def failure(status, **error):
    return Response(status, Headers(), json.dumps({"error": error}).encode())


def test_who_enters_an_audience_is_added_with_hashes():
    mapping = {
        "birth": {"year": " 1990", "month": "May", "day": "17 "},
        "name": {
            "first": {"@path": "$.traits.first_name"},
            "last": {"@path": "$.traits.last_name"},
            "firstInitial": "A",
        },
        "mobileAdId": "7A3CBEA0-BDF5",
    }
    hashes = row(EXTERN_ID="ann", MADID="7A3CBEA0-BDF5", **HASHES)

    assert talk([ANN], mapping=mapping) == (
        [
            Request(
                "POST",
                USERS,
                HEADERS,
                json={"payload": {"schema": SCHEMA, "data": [hashes]}},
            )
        ],
        [None],
    )


def test_the_audience_of_the_event_is_the_default():
    translator = translator_for(SLUG, "sync", **SETTINGS)
    [request] = conversation(translator, [translator.payload(ANN)], events=[ANN])

    assert request.url == USERS
    assert data_of(ANN)["EMAIL"] == HASHES["EMAIL"]


def test_what_the_hook_of_a_mapping_left_goes_first():
    mapping = {"retlOnMappingSave": {"outputs": {"audienceId": "777"}}}

    [request], _ = talk([ANN], mapping=mapping)

    assert request.url == "https://graph.facebook.com/v24.0/777/users"


def test_an_audience_is_needed():
    with pytest.raises(InvalidPayload):
        talk([ANN], mapping={"external_audience_id": None})


def test_a_batch_is_split_into_those_who_enter_and_those_who_leave():
    events = [
        ANN,
        {**ANN, "userId": "bob", "traits": {"vips": False}},
        {**ANN, "userId": "cleo", "traits": {}},
        {**ANN, "userId": "dan", "traits": {"vips": True}},
    ]
    mapping = {"appId": {"@if": {"exists": {"@path": "$.traits.email"}, "then": "app-1"}}}

    (add, remove), outcomes = talk(events, mapping=mapping)

    assert (add.method, remove.method, remove.url) == ("POST", "DELETE", USERS)
    assert [each[0] for each in add.json["payload"]["data"]] == ["ann", "dan"]
    assert add.json["payload"]["app_ids"] == ["app-1", ""]
    assert remove.json == {"payload": {"schema": SCHEMA, "data": [row(EXTERN_ID="bob")]}}
    assert outcomes[:2] == [None, None]
    assert (type(outcomes[2]), outcomes[2].code) == (Rejected, "INVALID_AUDIENCE_MEMBERSHIP")
    assert outcomes[3] is None


def test_pages_and_instagram_accounts_are_listed_too():
    [request], _ = talk([ANN], mapping={"pageId": "p-1", "igAccountIds": "i-1"})

    payload = request.json["payload"]
    assert (payload["page_ids"], payload["ig_account_ids"]) == (["p-1"], ["i-1"])
    assert "app_ids" not in payload


@pytest.mark.parametrize(
    ("mode", "event", "member", "method"),
    [
        ("mirror", "new", None, "POST"),
        ("mirror", "updated", None, "POST"),
        ("mirror", "deleted", None, "DELETE"),
        ("upsert", "updated", None, "POST"),
        ("upsert", "deleted", None, None),
        ("delete", "deleted", None, "DELETE"),
        ("delete", "new", None, None),
        ("mirror", "Login", None, None),
        (None, "new", None, "POST"),
        ("delete", "Audience Entered", True, "POST"),
        ("upsert", "Audience Exited", False, "DELETE"),
        ("upsert", "Audience Exited", "no", None),
    ],
)
def test_the_event_and_the_sync_mode_say_who_enters_and_who_leaves(mode, event, member, method):
    mapping = {"__segment_internal_sync_mode": mode} if mode else {}

    requests, [outcome] = talk([row_of_event(event, member)], mapping=mapping)

    assert [each.method for each in requests] == ([method] if method else [])
    assert (outcome is None) == bool(method)


@pytest.mark.parametrize(("member", "method"), [(True, "POST"), (False, "DELETE")])
def test_a_mapping_may_say_itself_who_enters_and_who_leaves(member, method):
    [request], _ = talk(
        [{"type": "track", "event": "Login", "userId": "ann"}], mapping={"member": member}
    )

    assert request.method == method


def test_journeys_are_audiences_and_other_computations_are_not():
    for kind, count in (("journey_step", 1), ("computed_trait", 0)):
        personas = {**PERSONAS, "computation_class": kind}

        requests, _ = talk([{**ANN, "context": {"personas": personas}}])

        assert len(requests) == count


@pytest.mark.parametrize(
    ("trait", "value", "member", "digest"),
    [
        ("phone", "0049-0", "PHONE", "490"),
        ("gender", "boy", "GEN", "m"),
        ("gender", "diverse", "GEN", "diverse"),
        ("state", "New York", "ST", "newyork"),
        ("postal_code", "SW1A 1AA", "ZIP", "sw1a1aa"),
        ("email", " ", "EMAIL", None),
        ("phone", "none", "PHONE", None),
    ],
)
def test_values_are_normalised_before_they_are_hashed(trait, value, member, digest):
    event = {**ANN, "traits": {"vips": True, trait: value}}

    expected = {member: sha256(digest.encode()).hexdigest()} if digest else {}
    assert data_of(event) == {"EXTERN_ID": "ann", **expected}


@pytest.mark.parametrize(
    ("month", "digest"),
    [
        (" 1 2 ", "6b51d431df5d7f141cbececcf79edf3dd861c3b4069f0b11661a3eefacbba918"),
        ("december", "6b51d431df5d7f141cbececcf79edf3dd861c3b4069f0b11661a3eefacbba918"),
        (5, "ef2d127de37b942baad06145e54b0c619a1f22327b2ebbcfbec78f5564afe39d"),
    ],
)
def test_months(month, digest):
    assert data_of(ANN, {"birth": {"month": month}})["DOBM"] == digest


def test_what_is_hashed_already_is_left_as_it_is():
    traits = {"vips": True, "email": HASHES["EMAIL"].upper(), "phone": HASHES["PHONE"]}

    assert data_of({**ANN, "traits": traits}) == {
        "EXTERN_ID": "ann",
        "EMAIL": HASHES["EMAIL"],
        "PHONE": HASHES["PHONE"],
    }


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (failure(400, code=80003, message="too many calls"), Throttled),
        (failure(400, code=2, message="downtime"), ServerFault),
        (failure(400, code=9, is_transient=True), ServerFault),
        (failure(400, code=190, message="expired"), Unauthorized),
        (failure(400, code=100, message="Invalid parameter"), Rejected),
        (Response(503), ServerFault),
    ],
)
def test_the_code_of_an_error_says_more_than_its_status(answer, kind):
    leaves = {**ANN, "userId": "bob", "traits": {"vips": False}}

    requests, outcomes = talk([ANN, leaves], [answer])

    assert len(requests) == 2
    assert [type(each) for each in outcomes] == [kind, type(None)]


def test_an_error_says_what_the_person_would_be_shown():
    answer = failure(
        400,
        code=190,
        message="Invalid token",
        error_user_title="Log in",
        error_user_msg="The session ended",
    )

    _, [problem] = talk([ANN], [answer])

    assert str(problem) == "Facebook answered 400: Invalid token: Log in: The session ended"


def test_a_token_of_oauth_goes_before_that_of_the_settings():
    [request], _ = talk([ANN], auth={"accessToken": "given"})

    assert request.headers == {"Authorization": "Bearer given"}


def test_the_check_reads_the_ad_account():
    assert get_integration(SLUG).check_request(SETTINGS) == Request(
        "GET",
        "https://graph.facebook.com/v24.0/act_1042",
        HEADERS,
        query={"fields": "id,name"},
    )
