import pytest

from destinations.catalog import get_integration
from destinations.errors import InvalidPayload
from destinations.integration import Request

from ..bench import default_requests_for, request_for

KEY = {"source_write_key": "wk"}
BASIC = {"Authorization": "Basic d2s6"}
WHO = {"userId": "ann", "timestamp": "2026-08-20T10:00:00Z", "messageId": "m-1"}
CONTEXT = {
    "app": {"name": "Shop", "color": "red"},
    "ip": "192.0.2.1",
    "device": {"id": "d1", "advertisingId": "ad1", "adTrackingEnabled": True},
    "page": {"path": "/home", "url": "https://example.com/home"},
    "library": {"name": "analytics.js"},
    "groupId": "acme",
    "consent": {"categoryPreferences": {"ads": False}},
}
# Everything but the library and what an app has no name for.
SENT_CONTEXT = {
    "app": {"name": "Shop"},
    "device": {"id": "d1", "advertisingId": "ad1", "adTrackingEnabled": True},
    "ip": "192.0.2.1",
    "page": {"path": "/home", "url": "https://example.com/home"},
    "groupId": "acme",
    "consent": {"categoryPreferences": {"ads": False}},
}


def sent(event):
    """The event that arrives at the other source."""
    [(_, request)] = default_requests_for("segment", event, **KEY)
    [arrived] = request.json["batch"]
    return arrived


def test_a_batch_of_one_goes_to_the_tracking_api():
    event = {**WHO, "type": "identify", "traits": {"plan": "pro"}}

    assert default_requests_for("segment", event, **KEY) == [
        (
            "sendIdentify",
            Request(
                "POST",
                "https://api.segment.io/v1/batch",
                BASIC,
                json={
                    "batch": [{**WHO, "context": {}, "traits": {"plan": "pro"}, "type": "identify"}]
                },
            ),
        )
    ]


def test_a_track_call_keeps_its_context_and_traits():
    event = {
        **WHO,
        "type": "track",
        "event": "Login",
        "properties": {"method": "sso"},
        "context": {**CONTEXT, "traits": {"plan": "pro"}},
    }

    assert sent(event) == {
        **WHO,
        "type": "track",
        "event": "Login",
        "properties": {"method": "sso"},
        "context": {**SENT_CONTEXT, "traits": {"plan": "pro"}},
    }


def test_a_page_call_says_again_what_page_it_was():
    event = {**WHO, "type": "page", "name": "Home", "category": "Docs", "context": CONTEXT}

    assert sent(event) == {
        **WHO,
        "type": "page",
        "name": "Home",
        "properties": {
            "name": "Home",
            "category": "Docs",
            "path": "/home",
            "url": "https://example.com/home",
        },
        "context": SENT_CONTEXT,
    }


def test_a_screen_call_has_its_name_in_the_properties_too():
    event = {**WHO, "type": "screen", "name": "Home", "properties": {"a": 1}}

    assert sent(event) == {
        **WHO,
        "type": "screen",
        "name": "Home",
        "properties": {"a": 1, "name": "Home"},
        "context": {},
    }


def test_a_group_call_names_the_group():
    event = {**WHO, "type": "group", "groupId": "acme", "traits": {"name": "Acme"}}

    assert sent(event) == {
        **WHO,
        "type": "group",
        "groupId": "acme",
        "traits": {"name": "Acme"},
        "context": {},
    }


def test_a_property_goes_before_the_field_of_its_name():
    named = {"name": "Mine", "path": "/mine"}
    event = {**WHO, "name": "Home", "properties": named, "context": {"page": {"path": "/home"}}}

    assert sent({**event, "type": "page"})["properties"] == named
    assert sent({**event, "type": "screen"})["properties"] == named


def test_what_a_mapping_gives_for_a_device_is_not_renamed():
    mapping = {"user_id": "ann", "device": {"advertising_id": "ad1", "adTracking_Enabled": True}}

    request = request_for("segment", "sendIdentify", {}, mapping, **KEY)

    assert request.json["batch"][0]["context"] == {
        "device": {"advertising_id": "ad1", "adTracking_Enabled": True}
    }


def test_an_address_is_one_of_the_traits():
    mapping = {"user_id": "ann", "traits": {"a": 1}, "address": {"city": "Rome"}}

    request = request_for("segment", "sendIdentify", {}, mapping, **KEY)

    assert request.json["batch"][0]["traits"] == {"a": 1, "address": {"city": "Rome"}}


def test_consent_of_another_shape_stays_here():
    event = {**WHO, "type": "identify", "context": {"consent": {"ads": False}}}

    assert sent(event)["context"] == {}


def test_an_event_is_somebodys():
    with pytest.raises(InvalidPayload):
        sent({"type": "identify", "traits": {}})


def test_any_host_can_be_the_other_source():
    mapping = {"user_id": "ann"}

    request = request_for(
        "segment", "sendIdentify", {}, mapping, **KEY, endpoint="https://sw.example/v1/"
    )

    assert request.url == "https://sw.example/v1/batch"


@pytest.mark.parametrize(
    ("settings", "url"),
    [
        ({}, "https://cdn.segment.com/v1/projects/wk/settings"),
        (
            {"endpoint": "https://events.eu1.segmentapis.com/v1"},
            "https://cdn.segment.com/v1/projects/wk/settings",
        ),
        ({"endpoint": "https://sw.example/v1"}, "https://sw.example/v1/projects/wk/settings"),
    ],
)
def test_the_check_asks_for_the_settings_of_the_source(settings, url):
    assert get_integration("segment").check_request({**KEY, **settings}).url == url
