import pytest

from destinations.catalog import get_integration
from destinations.errors import InvalidPayload
from destinations.integration import Request

from ..bench import conversation, default_requests_for, request_for, translator_for

KEYS = {"api_key": "phc_1", "project_id": "7"}
LOGIN = {
    "type": "track",
    "event": "Login",
    "userId": "ann",
    "timestamp": "2026-08-20T10:00:00Z",
    "receivedAt": "2026-08-20T10:00:01Z",
    "context": {"ip": "192.0.2.1", "page": {"url": "https://a.b/c"}},
    "properties": {"method": "sso"},
}


def sent(event, **settings):
    [(_, request)] = default_requests_for("posthog", event, **KEYS, **settings)
    [one] = request.json["batch"]
    return one


def test_track_event_sends_a_batch_of_one():
    assert request_for("posthog", "event", LOGIN, **KEYS) == Request(
        "POST",
        "https://us.i.posthog.com/batch/",
        json={
            "api_key": "phc_1",
            "historical_migration": False,
            "batch": [
                {
                    "event": "Login",
                    "timestamp": "2026-08-20T10:00:01Z",
                    "properties": {
                        "method": "sso",
                        "distinct_id": "ann",
                        "$process_person_profile": False,
                        "$ip": "192.0.2.1",
                    },
                }
            ],
        },
    )


@pytest.mark.parametrize(
    ("kind", "name", "property", "value"),
    [
        ("page", "$pageview", "$current_url", "https://a.b/c"),
        ("screen", "$screen", "$screen_name", "Home"),
    ],
)
def test_pages_and_screens_have_names_of_their_own(kind, name, property, value):
    one = sent({**LOGIN, "type": kind, "event": None, "name": "Home"})

    assert (one["event"], one["properties"][property]) == (name, value)


def test_a_page_needs_a_url():
    event = {**LOGIN, "type": "page", "context": {}}

    with pytest.raises(InvalidPayload, match="current_url is required here"):
        sent(event)


def test_places_are_looked_up_unless_switched_off():
    assert sent(LOGIN, geoip_disable=True)["properties"]["$geoip_disable"] is True


def test_events_from_newer_networks_pass():
    event = {**LOGIN, "context": {"ip": "2001:db8::7"}}

    assert sent(event)["properties"]["$ip"] == "2001:db8::7"


def test_the_address_of_europe_and_of_a_migration():
    settings = {"endpoint": "https://eu.i.posthog.com", "historical_migration": True}

    request = request_for("posthog", "event", LOGIN, **KEYS, **settings)

    assert request.url == "https://eu.i.posthog.com/batch/"
    assert request.json["historical_migration"] is True


def test_batches_are_a_choice():
    assert translator_for("posthog", "event", **KEYS).batch is None

    translator = translator_for("posthog", "event", {"enable_batching": True}, **KEYS)
    [request] = conversation(translator, [translator.payload(LOGIN)] * 2)

    assert len(request.json["batch"]) == 2
    assert translator.batch.size == 100


def test_identify_sets_the_properties_of_a_person():
    event = {**LOGIN, "type": "identify", "traits": {"plan": "pro"}}

    [(action, request)] = default_requests_for("posthog", event, **KEYS)

    assert action == "identify"
    assert request == Request(
        "POST",
        "https://us.i.posthog.com/i/v0/e/",
        json={
            "event": "$identify",
            "api_key": "phc_1",
            "distinct_id": "ann",
            "properties": {"$set": {"plan": "pro"}, "$ip": "192.0.2.1"},
            "timestamp": "2026-08-20T10:00:00Z",
        },
    )


def test_the_credential_check_asks_for_no_flags():
    assert get_integration("posthog").check_request(KEYS) == Request(
        "POST",
        "https://us.i.posthog.com/flags",
        query={"v": "2"},
        json={"api_key": "phc_1", "distinct_id": "switchyard", "disable_flags": True},
    )
