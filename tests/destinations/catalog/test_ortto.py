import pytest

from destinations.catalog import get_integration
from destinations.errors import InvalidPayload, Rejected, ServerFault
from destinations.integration import Request

from ..bench import (
    Response,
    conversation,
    default_requests_for,
    request_for,
    requests_for,
    translator_for,
)

KEY = {"api_key": "aau-secret"}
URL = "https://segment-action-api-au.ortto.app/v1"
AUTH = {"Authorization": "Bearer aau-secret"}
IDENTIFY = {
    "type": "identify",
    "messageId": "m-1",
    "userId": "ann",
    "timestamp": "2026-08-20T10:00:00.123Z",
    "traits": {"email": "ann@example.com", "address": {"city": "Rome", "postal_code": "00100"}},
    "context": {"ip": "192.0.2.1"},
}
LOGIN = {
    "type": "track",
    "event": "Login",
    "messageId": "m-2",
    "anonymousId": "anon-1",
    "timestamp": "2026-08-20T10:00:00.123Z",
    "properties": {"plan": "pro"},
}
STEERING = {"audience_update_mode": "add", "enable_batching": True, "batch_size": 500}
ACTIVITY = {
    "timestamp": "2026-08-20T10:00:00.123Z",
    "message_id": "m-2",
    "anonymous_id": "anon-1",
    "event": "Login",
    "properties": {"plan": "pro"},
    "location": {},
    **STEERING,
}


def test_identify_upserts_the_contact():
    assert default_requests_for("ortto", IDENTIFY, **KEY) == [
        (
            "upsertContactProfile",
            Request(
                "POST",
                f"{URL}/identify",
                AUTH,
                json=[
                    {
                        "timestamp": "2026-08-20T10:00:00.123Z",
                        "message_id": "m-1",
                        "user_id": "ann",
                        "ip": "192.0.2.1",
                        "location": {"city": "Rome", "post_code": "00100"},
                        "traits": IDENTIFY["traits"],
                        **STEERING,
                    }
                ],
            ),
        )
    ]


def test_track_sends_an_activity():
    [(action, request)] = default_requests_for("ortto", LOGIN, **KEY)

    assert (action, request.url, request.json) == ("trackActivity", f"{URL}/track", [ACTIVITY])


def test_a_mapping_of_segments_may_name_an_audience():
    mapping = {"onMappingSave": {"outputs": {"id": "a-1"}}, "audience_update_mode": "remove"}

    [activity] = request_for("ortto", "trackActivity", LOGIN, mapping, **KEY).json

    assert activity == {
        **ACTIVITY,
        "audience_update_mode": "remove",
        "audience": {"mode": "remove", "id": "a-1"},
    }


def test_members_without_a_name_are_left_out():
    event = {**LOGIN, "properties": {"": 1, "a": {"": 2, "b": [{"": 3}]}}}

    [activity] = request_for("ortto", "trackActivity", event, **KEY).json

    assert activity["properties"] == {"a": {"b": [{"": 3}]}}


def test_the_key_tells_the_region_and_a_test_system():
    request = request_for("ortto", "trackActivity", LOGIN, api_key="seu-secret")

    assert request.url == "https://segment-action-api-eu.ortto-stg.app/v1/track"


def test_orttos_own_events_are_not_sent_back():
    own = {**LOGIN, "context": {"app": {"namespace": "ortto.com"}}}

    assert requests_for("ortto", "trackActivity", own, **KEY) == []


def test_activities_that_ortto_refuses_fail_alone():
    translator = translator_for("ortto", "trackActivity", **KEY)
    own = {**LOGIN, "context": {"app": {"namespace": "ortto.com"}}}
    payloads = [translator.payload(event) for event in (own, LOGIN, LOGIN, LOGIN)]

    [request] = conversation(translator, payloads)
    body = (
        b'{"errors":[{"status":400,"message":"bad","index":0},'
        b'{"status":503,"message":"later","index":2}]}'
    )

    assert request.json == [ACTIVITY] * 3
    assert translator.outcomes(Response(200, body=body), payloads) == [
        None,
        Rejected("Ortto refused this: bad", status=400),
        None,
        ServerFault("Ortto refused this: later", status=503),
    ]


def test_somebody_is_needed():
    with pytest.raises(InvalidPayload, match="user_id is required here"):
        request_for("ortto", "trackActivity", {**LOGIN, "anonymousId": None}, **KEY)


def test_an_event_needs_a_name():
    with pytest.raises(InvalidPayload, match="event is required"):
        request_for("ortto", "trackActivity", {**LOGIN, "event": None}, **KEY)


def test_an_event_with_a_blank_name_fails_alone():
    blank = {**LOGIN, "event": " "}
    translator = translator_for("ortto", "trackActivity", **KEY)
    payloads = [translator.payload(event) for event in (blank, LOGIN)]

    [request] = conversation(translator, payloads)

    assert request.json == [ACTIVITY]
    outcomes = translator.outcomes(Response(200, body=b"{}"), payloads)
    assert [type(outcome) for outcome in outcomes] == [InvalidPayload, type(None)]
    with pytest.raises(InvalidPayload, match="event needs a name"):
        single = translator_for("ortto", "trackActivity", batching=False, **KEY)
        conversation(single, [payloads[0]])


def test_the_credentials_are_checked():
    assert get_integration("ortto").check_request(KEY) == Request("GET", f"{URL}/me", AUTH)
