"""VWO. The literal UUID is from SHA-1 by hand (RFC 9562, 5.5): account 7, then "ann"."""

import pytest

from destinations.integration import Request

from ..bench import default_requests_for, request_for

ACCOUNT = {"vwoAccountId": 7}
NOW_MS, NOW_S = 1787227200000, 1787227200
CONTEXT = {
    "page": {"url": "https://a.b/c", "referrer": "https://g.g"},
    "ip": "192.0.2.1",
    "userAgent": "Browser/1",
}
HEADERS = {"User-Agent": "Browser/1", "X-Forwarded-For": "192.0.2.1"}
PAGE = {"url": "https://a.b/c", "referrer": "https://g.g", "referrerUrl": "https://g.g"}
META = {"source": "segment.cloud", "metric": {}}
BOUGHT = {
    "type": "track",
    "event": "Bought it",
    "context": CONTEXT,
    "properties": {"vwo_uuid": "U1", "price": 5},
}


def body(name, props, **more):
    return {
        "d": {
            "msgId": f"U1-{NOW_S}",
            "visId": "U1",
            "sessionId": NOW_S,
            "event": {"name": name, "time": NOW_MS, "props": props},
            **more,
        }
    }


def test_track_event_sends_the_event_of_a_visitor():
    assert default_requests_for("vwo", BOUGHT, **ACCOUNT) == [
        (
            "trackEvent",
            Request(
                "POST",
                "https://dev.visualwebsiteoptimizer.com/events/t",
                HEADERS,
                query={"en": "segment.Bought it", "a": "7"},
                json=body(
                    "segment.Bought it",
                    {
                        "price": 5,
                        "page": PAGE,
                        "isCustomEvent": True,
                        "vwoMeta": {**META, "ogName": "Bought it"},
                    },
                ),
            ),
        )
    ]


def test_identify_user_sets_the_properties_of_a_visitor():
    event = {"type": "identify", "traits": {"vwo_uuid": "U1", "plan": "pro"}}

    [(action, request)] = default_requests_for("vwo", event, **ACCOUNT)

    assert action == "identifyUser"
    assert request == Request(
        "POST",
        "https://dev.visualwebsiteoptimizer.com/events/t",
        query={"en": "vwo_syncVisitorProp", "a": "7"},
        json=body(
            "vwo_syncVisitorProp",
            {
                "page": {},
                "isCustomEvent": True,
                "vwoMeta": META,
                "$visitor": {"props": {"segment.plan": "pro"}},
            },
            visitor={"props": {"segment.plan": "pro"}},
        ),
    )


def test_page_visit_sends_the_url():
    event = {"type": "page", "context": CONTEXT, "properties": {"vwo_uuid": "U1"}}

    [(action, request)] = default_requests_for("vwo", event, **ACCOUNT)

    assert action == "pageVisit"
    assert request.json == body(
        "segment.pageView",
        {"url": "https://a.b/c", "page": PAGE, "isCustomEvent": False, "vwoMeta": META},
    )


def test_with_an_sdk_key_the_visitor_is_the_user():
    settings = {**ACCOUNT, "apikey": "sdk-key"}
    event = {**BOUGHT, "properties": {"vwo_uuid": "ann"}}

    sent = request_for("vwo", "trackEvent", event, **settings).json["d"]

    assert sent["visId"] == "0915A85A7D5D5989A869FC3F97734542"
    assert sent["visitor"] == {"props": {"vwo_fs_environment": "sdk-key"}}
    assert sent["event"]["props"]["$visitor"] == sent["visitor"]


@pytest.mark.parametrize("region", ["EU", "AS"])
def test_regions_have_paths(region):
    request = request_for("vwo", "trackEvent", BOUGHT, region=region, **ACCOUNT)

    assert request.url == f"https://dev.visualwebsiteoptimizer.com/{region.lower()}01/events/t"


@pytest.mark.parametrize(
    ("name", "action"),
    [("Audience Entered", "audience_entered"), ("Audience Exited", "audience_exited")],
)
def test_audiences_are_synced(name, action):
    event = {"type": "track", "event": name, "userId": "ann", "properties": {"audience_key": "x"}}

    assert request_for("vwo", "syncAudience", event, **ACCOUNT) == Request(
        "POST",
        "https://dev.visualwebsiteoptimizer.com/collect/events/t",
        query={"en": "vwo_integration", "a": "7"},
        json={
            "d": {
                "event": {
                    "name": "vwo_integration",
                    "time": NOW_MS,
                    "props": {
                        "action": action,
                        "audienceName": "x",
                        "audienceId": "x",
                        "identifier": "ann",
                        "accountId": 7,
                        "integration": "segment",
                    },
                }
            }
        },
    )
