import json

import pytest

from destinations.catalog import get_integration
from destinations.errors import InvalidPayload
from destinations.integration import Request

from ..bench import default_requests_for, request_for, requests_for

KEYS = {"apiKey": "key", "secretKey": "secret"}
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 16_5 like Mac OS X) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) Version/16.5 Mobile/15E148 Safari/604.1"
)
CHROME_ON = "Mozilla/5.0 ({}) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36"
CHROME = CHROME_ON.format("Macintosh; Intel Mac OS X 10_15_7")

LOGIN = {
    "type": "track",
    "event": "Login",
    "messageId": "m-1",
    "userId": "ann",
    "anonymousId": "anon-1",
    "timestamp": "2026-08-20T10:00:00.123Z",
    "properties": {"method": "sso"},
}


def sent(action, event, mapping=None, **settings):
    """The events in the body that an action sends."""
    return request_for("amplitude", action, event, mapping, **KEYS, **settings).json["events"]


def form(request):
    """A form with its JSON parts read."""
    return {
        name: json.loads(value) if name != "api_key" else value
        for name, value in request.form.items()
    }


def test_log_event_v2_uploads_the_event():
    assert request_for("amplitude", "logEventV2", LOGIN, **KEYS) == Request(
        "POST",
        "https://api2.amplitude.com/2/httpapi",
        json={
            "api_key": "key",
            "events": [
                {
                    "user_id": "ann",
                    "device_id": "anon-1",
                    "event_type": "Login",
                    "time": 1787220000123,
                    "event_properties": {"method": "sso"},
                    "insert_id": "m-1",
                    "use_batch_endpoint": False,
                }
            ],
        },
    )


def test_log_event_v2_sets_what_is_first_and_what_is_latest():
    context = {"campaign": {"source": "news", "name": "may"}, "page": {"referrer": "https://a.b"}}
    event = {**LOGIN, "context": context, "traits": {"plan": "pro"}}

    [logged] = sent("logEventV2", event, {"add": {"logins": 1}})

    assert logged["user_properties"] == {
        "plan": "pro",
        "$setOnce": {
            "initial_referrer": "https://a.b",
            "initial_utm_source": "news",
            "initial_utm_campaign": "may",
        },
        "$set": {"referrer": "https://a.b", "utm_source": "news", "utm_campaign": "may"},
        "$add": {"logins": 1},
    }


CHOSEN = {
    **LOGIN,
    "context": {"page": {"referrer": "https://a.b"}},
    "traits": {"$set": {"a": 1, "referrer": "mine"}, "$setOnce": "nonsense"},
}


def test_log_event_v2_replaces_the_operations_among_the_traits():
    [logged] = sent("logEventV2", CHOSEN)

    assert logged["user_properties"] == {
        "$set": {"referrer": "https://a.b"},
        "$setOnce": {"initial_referrer": "https://a.b"},
    }


def test_older_actions_let_the_operations_among_the_traits_go_first():
    [logged] = sent("logEvent", CHOSEN)

    assert logged["user_properties"] == {
        "$set": {"a": 1, "referrer": "mine"},
        "$setOnce": {"initial_referrer": "https://a.b"},
    }


def test_log_event_v2_skips_operations_whose_values_are_all_empty():
    [logged] = sent("logEventV2", LOGIN, {"setOnce": {"initial_referrer": ""}, "add": {"a": None}})

    assert "user_properties" not in logged


@pytest.mark.parametrize("action", ["logEvent", "logPurchase"])
def test_older_actions_set_campaign_and_referrer_alike(action):
    context = {"campaign": {"source": "news"}, "page": {"referrer": "https://a.b"}}

    [logged] = sent(action, {**LOGIN, "context": context})

    assert logged["user_properties"] == {
        "$set": {"utm_source": "news", "referrer": "https://a.b"},
        "$setOnce": {"initial_utm_source": "news", "initial_referrer": "https://a.b"},
    }


@pytest.mark.parametrize("kind", ["page", "screen"])
def test_pages_and_screens_are_logged_as_viewed(kind):
    event = {**LOGIN, "type": kind, "event": None, "name": "Home"}

    [(action, request)] = default_requests_for("amplitude", event, **KEYS)

    assert (action, request.json["events"][0]["event_type"]) == ("logEventV2", "Viewed Home")


@pytest.mark.parametrize(
    ("event", "action"),
    [
        ({**LOGIN, "event": "Order Completed"}, "logPurchase"),
        (LOGIN, "logEventV2"),
        ({"type": "identify", "userId": "ann"}, "identifyUser"),
    ],
)
def test_presets_choose_the_action(event, action):
    assert [name for name, _ in default_requests_for("amplitude", event, **KEYS)] == [action]


@pytest.mark.parametrize("kind", ["group", "alias"])
def test_groups_and_aliases_have_no_preset(kind):
    assert default_requests_for("amplitude", {"type": kind, "userId": "ann"}, **KEYS) == []


def test_europe_has_its_own_host():
    request = request_for("amplitude", "logEventV2", LOGIN, endpoint="europe", **KEYS)

    assert request.url == "https://api.eu.amplitude.com/2/httpapi"


def test_the_batch_endpoint_is_a_choice():
    mapping = {"use_batch_endpoint": True}

    request = request_for("amplitude", "logEventV2", LOGIN, mapping, **KEYS)

    assert request.url == "https://api2.amplitude.com/batch"


def test_the_shortest_id_is_an_option():
    request = request_for("amplitude", "logEventV2", LOGIN, {"min_id_length": 1}, **KEYS)

    assert request.json["options"] == {"min_id_length": 1}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("1787220000123", 1787220000123),
        (1787220000123, 1787220000123),
        (123, 123),
        ("2026-08-20T10:00:00.123Z", 1787220000123),
    ],
)
def test_session_ids_are_milliseconds(value, expected):
    event = {**LOGIN, "integrations": {"Actions Amplitude": {"session_id": value}}}

    assert sent("logEventV2", event)[0]["session_id"] == expected


@pytest.mark.parametrize(
    ("device", "platform"), [("ios", "iOS"), ("my Android", "my Android"), ("web-IOS", "web-iOS")]
)
def test_platforms_are_spelled_as_amplitude_does(device, platform):
    event = {**LOGIN, "context": {"device": {"type": device}}}

    assert sent("logEventV2", event)[0]["platform"] == platform


def test_the_browser_library_means_the_web():
    event = {**LOGIN, "context": {"library": {"name": "analytics.js"}}}

    [logged] = sent("logEventV2", event)

    assert (logged["platform"], logged["library"]) == ("Web", "analytics.js")


def test_the_library_can_be_left_out():
    event = {**LOGIN, "context": {"library": {"name": "analytics-python"}}}

    assert sent("logEventV2", event)[0]["library"] == "analytics-python"
    assert sent("logEventV2", event, {"library2": {"behavior": "auto"}})[0]["library"] == "segment"


def test_the_user_agent_tells_the_device():
    [logged] = sent("logEventV2", {**LOGIN, "context": {"userAgent": IPHONE}})

    assert {name: logged[name] for name in logged if name.startswith(("os_", "device_"))} == {
        "device_id": "anon-1",
        "os_name": "iOS",
        "os_version": "16",
        "device_manufacturer": "Apple",
        "device_model": "iPhone",
        "device_type": "mobile",
    }


def test_a_computer_of_apple_has_amplitudes_name():
    [logged] = sent("logEventV2", {**LOGIN, "context": {"userAgent": CHROME}})

    assert (logged["os_name"], logged["device_model"]) == ("Mac OS", "Macintosh")


@pytest.mark.parametrize(
    ("agent", "told"),
    [
        ("Linux; Android 10; K", {"os_name": "Android", "device_model": "K"}),
        ("X11; CrOS x86_64 14541.0.0", {"os_name": "Chromium OS", "device_model": "Chromium OS"}),
    ],
)
def test_a_device_of_an_unknown_maker_has_none(agent, told):
    [logged] = sent("logEventV2", {**LOGIN, "context": {"userAgent": CHROME_ON.format(agent)}})

    names = ("os_name", "device_model", "device_manufacturer")
    assert {name: logged[name] for name in names if name in logged} == told


def test_hints_know_better_than_the_user_agent_and_fields_better_than_both():
    context = {
        "userAgent": CHROME,
        "userAgentData": {"model": "MacBook", "platformVersion": "14.1"},
        "os": {"name": "macOS"},
    }

    [logged] = sent("logEventV2", {**LOGIN, "context": context})

    assert (logged["os_name"], logged["os_version"], logged["device_model"]) == (
        "macOS",
        "14.1",
        "MacBook",
    )


def test_the_user_agent_may_be_left_alone_or_passed_on():
    event = {**LOGIN, "context": {"userAgent": IPHONE}}

    [logged] = sent("logEventV2", event, {"userAgentParsing": False, "includeRawUserAgent": True})

    assert logged["user_agent"] == IPHONE
    assert "os_name" not in logged


ORDER = {
    **LOGIN,
    "event": "Order Completed",
    "properties": {
        "revenue": 30,
        "products": [
            {"price": 10, "quantity": 2, "productId": "p-1"},
            {"price": 10, "quantity": "1"},
        ],
    },
}


def test_a_purchase_has_revenue_and_one_more_event_for_each_product():
    order, first, second = sent("logPurchase", ORDER)

    assert (order["event_type"], order["revenue"]) == ("Order Completed", 30)
    assert order["revenueType"] == "Purchase"
    assert order["insert_id"] == "m-1"
    assert first == {
        **{name: order[name] for name in ("user_id", "device_id", "time")},
        "use_batch_endpoint": False,
        "event_type": "Product Purchased",
        "event_properties": {"price": 10, "quantity": 2, "productId": "p-1"},
        "insert_id": "m-1-2",
    }
    assert second["insert_id"] == "m-1-3"


def test_revenue_can_be_counted_for_each_product():
    order, first, second = sent("logPurchase", ORDER, {"trackRevenuePerProduct": True})

    assert "revenue" not in order
    assert (first["revenue"], first["quantity"], first["price"]) == (20, 2, 10)
    assert first["productId"] == "p-1"
    assert second["revenue"] == 10


def test_an_order_without_products_keeps_its_revenue():
    event = {**ORDER, "properties": {"revenue": 30}}

    [order] = sent("logPurchase", event, {"trackRevenuePerProduct": True})

    assert (order["revenue"], order["revenueType"]) == (30, "Purchase")


def test_no_revenue_is_not_sent_as_zero():
    [order] = sent("logPurchase", {**ORDER, "properties": {"revenue": 0}})

    assert not {"revenue", "revenueType"} & set(order)


def test_only_the_order_tells_what_the_user_agent_says():
    order, first, _ = sent("logPurchase", {**ORDER, "context": {"userAgent": IPHONE}})

    assert (order["os_name"], "os_name" in first) == ("iOS", False)


def test_quantity_times_price_counts_before_revenue():
    properties = {"price": 5, "quantity": 3, "revenue": 99, "revenueType": "Refund"}

    [order] = sent("logPurchase", {**ORDER, "properties": properties})

    assert (order["revenue"], order["revenueType"]) == (15, "Refund")


def test_revenue_is_sent_by_purchases_only():
    [logged] = sent("logEvent", {**LOGIN, "properties": {"revenue": 5, "price": 5, "quantity": 1}})

    assert not {"revenue", "price", "quantity", "productId", "revenueType"} & set(logged)


def test_an_event_needs_a_name():
    with pytest.raises(InvalidPayload, match="event_type is required"):
        sent("logEventV2", {**LOGIN, "event": None})


def test_a_null_user_id_is_passed_on():
    assert sent("logEventV2", {**LOGIN, "userId": None})[0]["user_id"] is None


def test_identify_user_sends_a_form():
    event = {
        "type": "identify",
        "userId": "ann",
        "anonymousId": "anon-1",
        "traits": {"plan": "pro"},
        "context": {"campaign": {"source": "news"}, "library": {"name": "analytics-node"}},
    }

    request = request_for("amplitude", "identifyUser", event, {"min_id_length": 2}, **KEYS)

    assert (request.method, request.url) == ("POST", "https://api2.amplitude.com/identify")
    assert form(request) == {
        "api_key": "key",
        "identification": {
            "user_id": "ann",
            "device_id": "anon-1",
            "library": "segment",
            "user_properties": {
                "plan": "pro",
                "$set": {"utm_source": "news"},
                "$setOnce": {"initial_utm_source": "news"},
            },
        },
        "options": {"min_id_length": 2},
    }


@pytest.mark.parametrize(
    ("endpoint", "host"),
    [("north_america", "api.amplitude.com"), ("europe", "api.eu.amplitude.com")],
)
def test_map_user_joins_two_ids(endpoint, host):
    event = {"type": "alias", "previousId": "old", "userId": "new"}

    request = request_for("amplitude", "mapUser", event, endpoint=endpoint, **KEYS)

    assert request.url == f"https://{host}/usermap"
    assert form(request) == {
        "api_key": "key",
        "mapping": [{"user_id": "old", "global_user_id": "new"}],
    }


GROUP = {
    "type": "group",
    "userId": "ann",
    "groupId": "acme",
    "traits": {"size": 5},
    "timestamp": "2026-08-20T10:00:00.123Z",
}
COMPANY = {"group_type": "company", "group_value": {"@path": "$.groupId"}}


def test_group_identify_tells_about_the_member_and_then_about_the_group():
    member, group = requests_for("amplitude", "groupIdentifyUser", GROUP, COMPANY, **KEYS)

    assert member.url == "https://api2.amplitude.com/identify"
    assert form(member)["identification"] == [
        {
            "user_id": "ann",
            "library": "segment",
            "groups": {"company": "acme"},
            "user_properties": {"company": "acme"},
            "time": 1787220000123,
        }
    ]
    assert group.url == "https://api2.amplitude.com/groupidentify"
    assert form(group)["identification"] == [
        {
            "group_properties": {"size": 5},
            "group_value": "acme",
            "group_type": "company",
            "library": "segment",
        }
    ]


def test_group_identify_without_a_member_tells_about_the_group_alone():
    event = {**GROUP, "userId": None}

    [group] = requests_for("amplitude", "groupIdentifyUser", event, COMPANY, **KEYS)

    assert group.url.endswith("/groupidentify")


def test_the_credential_check_asks_for_a_user():
    request = get_integration("amplitude").check_request({**KEYS, "endpoint": "europe"})

    assert request == Request(
        "GET",
        "https://analytics.eu.amplitude.com/api/2/usersearch",
        {"Authorization": "Basic a2V5OnNlY3JldA=="},
        query={"user": "switchyard"},
    )


def test_a_person_can_be_deleted():
    request = get_integration("amplitude").delete_user("ann", KEYS)

    assert request.url == "https://amplitude.com/api/2/deletions/users"
    assert request.json == {"user_ids": ["ann"], "requester": "segment"}
