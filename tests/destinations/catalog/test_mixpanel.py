import json

import pytest

from destinations.catalog import get_integration
from destinations.errors import InvalidPayload, Rejected, Throttled
from destinations.integration import Request
from destinations.translation import default_subscriptions

from ..bench import (
    Response,
    conversation,
    default_requests_for,
    request_for,
    requests_for,
    translator_for,
)

TOKEN = {"projectToken": "tok"}
LOGIN = {
    "type": "track",
    "event": "Login",
    "messageId": "m-1",
    "userId": "ann",
    "anonymousId": "anon-1",
    "timestamp": "2026-08-20T10:00:00.123Z",
    "properties": {"method": "sso"},
}
ORDER = {
    **LOGIN,
    "event": "Order Completed",
    "properties": {
        "order_id": "o-1",
        "total": 25,
        "coupon": "may",
        "products": [{"product_id": "p-1", "price": "5"}, {"sku": "s-2", "other": 1}],
    },
}
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 16_5 like Mac OS X) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) Version/16.5 Mobile/15E148 Safari/604.1"
)


def properties(event, mapping=None, action="trackEvent", **settings):
    [sent] = request_for("mixpanel", action, event, mapping, **TOKEN, **settings).json
    return sent["properties"]


def data(request):
    return json.loads(request.form["data"])


def test_track_event_imports_the_event():
    assert request_for("mixpanel", "trackEvent", LOGIN, **TOKEN) == Request(
        "POST",
        "https://api.mixpanel.com/import",
        {"Authorization": "Basic dG9rOg=="},
        query={"strict": "1"},
        json=[
            {
                "event": "Login",
                "properties": {
                    "id": "ann",
                    "distinct_id": "ann",
                    "$anon_id": "anon-1",
                    "$device_id": "anon-1",
                    "$identified_id": "ann",
                    "$user_id": "ann",
                    "event_original_name": "Login",
                    "time": 1787220000123,
                    "$source": "segment",
                    "$insert_id": "m-1",
                    "method": "sso",
                },
            }
        ],
    )


def test_the_context_becomes_mixpanels_own_properties():
    context = {
        "app": {"name": "Shop", "version": "2.0"},
        "campaign": {"source": "news", "name": "may"},
        "library": {"name": "analytics.js", "version": "1.2"},
        "network": {"wifi": True},
        "page": {"url": "https://a.b/c"},
        "userAgentData": {"mobile": True, "platform": "iOS", "model": "x"},
    }

    sent = properties({**LOGIN, "context": context}, sourceName="web")

    expected = {
        "$app_name": "Shop",
        "$app_version_string": "2.0",
        "utm_source": "news",
        "utm_campaign": "may",
        "mp_lib": "Segment Actions: analytics.js",
        "$lib_version": "1.2",
        "$wifi_enabled": True,
        "$current_url": "https://a.b/c",
        "$mobile": True,
        "$platform": "iOS",
        "segment_source_name": "web",
    }
    assert {name: sent[name] for name in expected} == expected
    assert "$model" not in sent


@pytest.mark.parametrize(
    ("agent", "expected"),
    [
        (IPHONE, {"$browser": "Mobile Safari", "$browser_version": "16.5"}),
        ("Chrome/120.0.1.2 Safari/537.36", {"$browser": "Chrome", "$browser_version": "120.0.1.2"}),
        ("Chrome/120.0 OPR/105.0", {"$browser": "Opera", "$browser_version": "105.0"}),
        ("curl/8.0", {"$browser": ""}),
    ],
)
def test_the_user_agent_tells_the_browser(agent, expected):
    sent = properties({**LOGIN, "context": {"userAgent": agent}})

    assert {name: sent[name] for name in sent if name.startswith("$browser")} == expected


def test_properties_cannot_replace_what_identifies_the_event():
    sent = properties({**LOGIN, "properties": {"time": 1, "distinct_id": "x", "$os": "mine"}})

    assert (sent["time"], sent["distinct_id"], sent["$os"]) == (1787220000123, "ann", "mine")


def test_what_came_through_iterable_says_so():
    event = {**LOGIN, "context": {"integration": {"name": "Iterable"}}}

    assert properties(event)["$source"] == "Iterable"


def test_an_event_without_an_id_has_the_same_one_at_each_attempt():
    event = {**LOGIN, "messageId": None}

    first, second = properties(event)["$insert_id"], properties(event)["$insert_id"]

    assert first == second
    assert len(first) == 16


def test_an_event_without_time_happens_now():
    assert properties({**LOGIN, "timestamp": None})["time"] == 1787227200000


@pytest.mark.parametrize(
    ("settings", "url", "authorization", "strict"),
    [
        ({"apiRegion": "EU 🇪🇺"}, "https://api-eu.mixpanel.com/import", "Basic dG9rOg==", "1"),
        ({"apiRegion": "IN 🇮🇳"}, "https://api-in.mixpanel.com/import", "Basic dG9rOg==", "1"),
        (
            {"apiSecret": "secret", "strictMode": "0"},
            "https://api.mixpanel.com/import",
            "Basic c2VjcmV0Og==",
            "0",
        ),
    ],
)
def test_settings_choose_host_credentials_and_strictness(settings, url, authorization, strict):
    request = request_for("mixpanel", "trackEvent", LOGIN, **TOKEN, **settings)

    assert (request.url, request.headers["Authorization"]) == (url, authorization)
    assert request.query == {"strict": strict}


def test_a_purchase_has_one_more_event_for_each_product():
    order, first, second = request_for("mixpanel", "trackPurchase", ORDER, **TOKEN).json

    shared = {
        name: order["properties"][name]
        for name in ("id", "distinct_id", "$anon_id", "$device_id", "$identified_id", "$user_id")
    }
    assert order["properties"]["coupon"] == "may"
    assert first == {
        "event": "Product Purchased",
        "properties": {
            **shared,
            "event_original_name": "Order Completed",
            "$source": "segment",
            "order_id": "o-1",
            "$insert_id": "0m-1",
            "time": 1787220000122,
            "product_id": "p-1",
            "price": 5,
        },
    }
    assert second["properties"]["$insert_id"] == "1m-1"
    assert second["properties"]["time"] == 1787220000121


def test_products_can_be_left_in_their_order():
    mapping = {"generatePurchaseEventPerProduct": False}

    assert len(request_for("mixpanel", "trackPurchase", ORDER, mapping, **TOKEN).json) == 1


def test_events_share_a_request():
    translator = translator_for("mixpanel", "trackEvent", **TOKEN)
    events = [LOGIN, {**LOGIN, "event": "Logout"}]

    [request] = conversation(translator, [translator.payload(event) for event in events])

    assert [each["event"] for each in request.json] == ["Login", "Logout"]
    assert (translator.batch.size, translator.batch.bytes) == (1000, 2_000_000)


def refusal(*positions):
    records = [{"index": position, "message": "bad time"} for position in positions]
    body = json.dumps({"code": 400, "failed_records": records}).encode()
    return Response(400, body=body)


def test_only_the_events_that_are_named_have_failed():
    translator = translator_for("mixpanel", "trackEvent", **TOKEN)
    payloads = [translator.payload(LOGIN)] * 3

    assert translator.outcomes(refusal(1), payloads) == [
        None,
        Rejected("bad time", status=400),
        None,
    ]


def test_a_product_that_failed_fails_its_purchase():
    translator = translator_for("mixpanel", "trackPurchase", **TOKEN)
    payloads = [translator.payload(ORDER)] * 2

    assert translator.outcomes(refusal(4), payloads) == [None, Rejected("bad time", status=400)]


def test_a_refusal_that_names_nothing_is_for_all():
    translator = translator_for("mixpanel", "trackEvent", **TOKEN)

    outcomes = translator.outcomes(Response(401, body=b"no"), [translator.payload(LOGIN)])

    assert [error.code for error in outcomes] == ["401"]


def test_purchases_that_find_no_room_wait():
    products = [{"sku": "s"}] * 1200
    translator = translator_for("mixpanel", "trackPurchase", **TOKEN)
    payloads = [translator.payload({**ORDER, "properties": {"products": products}})] * 2

    [request] = conversation(translator, payloads)

    assert len(request.json) == 1201
    assert translator.outcomes(Response(200, body=b"{}"), payloads) == [
        None,
        Throttled("there was no room in the batch", status=429),
    ]


IDENTIFY = {
    "type": "identify",
    "userId": "ann",
    "anonymousId": "anon-1",
    "context": {"ip": "192.0.2.1"},
    "traits": {
        "email": "ann@example.com",
        "firstName": "Ann",
        "lastName": "Lee",
        "createdAt": "2020-01-01",
        "plan": "pro",
    },
}


def test_identify_joins_the_ids_and_then_describes_the_person():
    link, profile = requests_for("mixpanel", "identifyUser", IDENTIFY, sourceName="web", **TOKEN)

    assert link.url == "https://api.mixpanel.com/track"
    assert data(link) == {
        "event": "$identify",
        "properties": {
            "$identified_id": "ann",
            "$anon_id": "anon-1",
            "token": "tok",
            "segment_source_name": "web",
        },
    }
    assert profile.url == "https://api.mixpanel.com/engage"
    assert data(profile) == {
        "$token": "tok",
        "$distinct_id": "ann",
        "$ip": "192.0.2.1",
        "$set": {
            "$created": "2020-01-01",
            "$email": "ann@example.com",
            "$first_name": "Ann",
            "$last_name": "Lee",
            "$name": "Ann Lee",
            "plan": "pro",
        },
    }


def test_identify_without_traits_describes_nobody():
    [link] = requests_for("mixpanel", "identifyUser", {**IDENTIFY, "traits": {}}, **TOKEN)

    assert link.url.endswith("/track")


def test_a_person_without_user_id_is_known_by_the_anonymous_one():
    event = {**IDENTIFY, "userId": None}

    link, profile = requests_for("mixpanel", "identifyUser", event, **TOKEN)

    assert data(link)["properties"]["$identified_id"] is None
    assert data(profile)["$distinct_id"] == "anon-1"


GROUP = {"type": "group", "groupId": "acme", "traits": {"name": "Acme", "company": "c-1"}}


@pytest.mark.parametrize(
    ("mapping", "key", "value"),
    [({}, "$group_id", "acme"), ({"group_key": "company"}, "company", "c-1")],
)
def test_group_identify_describes_the_group(mapping, key, value):
    request = request_for("mixpanel", "groupIdentifyUser", GROUP, mapping, **TOKEN)

    assert request.url == "https://api.mixpanel.com/groups"
    assert data(request) == {
        "$token": "tok",
        "$group_key": key,
        "$group_id": value,
        "$set": {"$name": "Acme", "company": "c-1"},
    }


def test_a_group_needs_traits():
    with pytest.raises(InvalidPayload, match="traits is required"):
        request_for("mixpanel", "groupIdentifyUser", {**GROUP, "traits": None}, **TOKEN)


def test_alias_joins_two_ids():
    event = {"type": "alias", "previousId": "old", "userId": "new"}

    request = request_for("mixpanel", "alias", event, sourceName="web", **TOKEN)

    assert data(request) == {
        "event": "$create_alias",
        "properties": {"distinct_id": "old", "alias": "new", "token": "tok"},
    }


def test_increments_are_added_as_numbers():
    event = {**LOGIN, "properties": {"increment": {"logins": 1, "hours": "1.5"}}}

    request = request_for("mixpanel", "incrementProperties", event, **TOKEN)

    assert request.url == "https://api.mixpanel.com/engage"
    assert data(request) == {
        "$token": "tok",
        "$distinct_id": "ann",
        "$add": {"logins": 1, "hours": 1.5},
    }


def test_increments_that_are_neither_numbers_nor_texts_are_left_out():
    increment = {"none": None, "yes": True, "list": [1], "logins": "2"}
    event = {**LOGIN, "properties": {"increment": increment}}

    request = request_for("mixpanel", "incrementProperties", event, **TOKEN)

    assert data(request)["$add"] == {"logins": 2}


@pytest.mark.parametrize("increment", [{"a": "x"}, {"a": "1_0"}, {str(n): 1 for n in range(21)}])
def test_increments_are_at_most_twenty_numbers(increment):
    with pytest.raises(InvalidPayload):
        event = {**LOGIN, "properties": {"increment": increment}}
        request_for("mixpanel", "incrementProperties", event, **TOKEN)


def test_an_answer_of_zero_is_a_refusal():
    translator = translator_for("mixpanel", "alias", **TOKEN)

    assert translator.outcomes(Response(200, body=b"1"), [{}]) == [None]
    assert translator.outcomes(Response(200, body=b"0"), [{}]) == [
        Rejected("Mixpanel refused the data", status=400)
    ]


@pytest.mark.parametrize("kind", ["page", "screen"])
def test_pages_and_screens_are_tracked_as_viewed(kind):
    event = {**LOGIN, "type": kind, "event": None, "name": "Home"}

    [(action, request)] = default_requests_for("mixpanel", event, **TOKEN)

    [sent] = request.json
    assert (action, sent["event"]) == ("trackEvent", "Viewed Home")
    assert sent["properties"]["event_original_name"] == "Home"


def test_the_presets_are_segments():
    assert [
        (preset.action, preset.trigger)
        for preset in default_subscriptions(get_integration("mixpanel"))
    ] == [
        ("trackEvent", 'type = "track" and event != "Order Completed"'),
        ("trackPurchase", 'type = "track" and event = "Order Completed"'),
        ("trackEvent", 'type = "page"'),
        ("trackEvent", 'type = "screen"'),
        ("identifyUser", 'type = "identify"'),
        ("groupIdentifyUser", 'type = "group"'),
    ]


def test_the_credential_check_sends_the_token():
    assert get_integration("mixpanel").check_request(TOKEN) == Request(
        "POST",
        "https://mixpanel.com/api/app/validate-project-credentials/",
        json={"project_token": "tok"},
    )
