"""Events become rows. The numbered examples are those of reference/warehouse-schema.md."""

from warehouses.naming import Naming
from warehouses.notices import Notices
from warehouses.reserved import POSTGRES
from warehouses.schema import Flattener
from warehouses.values import TYPES

TIMES = {
    "originalTimestamp": "2024-03-05T10:00:00.000Z",
    "sentAt": "2024-03-05T10:00:01.500Z",
    "receivedAt": "2024-03-05T09:59:32.000Z",
    "timestamp": "2024-03-05T09:59:30.500Z",
}
TIME_COLUMNS = {
    "original_timestamp": "2024-03-05T10:00:00.000Z",
    "sent_at": "2024-03-05T10:00:01.500Z",
    "received_at": "2024-03-05T09:59:32.000Z",
    "timestamp": "2024-03-05T09:59:30.500Z",
}
LIBRARY = {"context_library_name": "analytics.js", "context_library_version": "5.2.0"}
IDENTIFY = {
    "type": "identify",
    "messageId": "m-1",
    "anonymousId": "an-7",
    "userId": "u-42",
    "traits": {
        "email": "ada@acme.test",
        "firstName": "Ada",
        "age": 36,
        "score": 4.5,
        "isAdmin": False,
        "createdAt": "2024-01-02T03:04:05Z",
        "address": {"street": "1 Main St", "geo": {"lat": 51.5}},
        "tags": ["a", "b"],
        "nickname": None,
        "id": "crm-9",
        "2faEnabled": True,
        "group": "beta",
        "UILanguage": "en",
    },
    "context": {
        "ip": "203.0.113.9",
        "userAgent": "Mozilla/5.0",
        "library": {"name": "analytics.js", "version": "5.2.0"},
        "campaign": {"source": "mail"},
        "traits": {"plan": "pro"},
    },
    "integrations": {"All": True},
}
IDENTIFY_CONTEXT = {
    "context_ip": "203.0.113.9",
    "context_user_agent": "Mozilla/5.0",
    **LIBRARY,
    "context_campaign_source": "mail",
    "context_traits_plan": "pro",
}
IDENTIFY_TRAITS = {
    "email": "ada@acme.test",
    "first_name": "Ada",
    "age": 36,
    "score": 4.5,
    "is_admin": False,
    "created_at": "2024-01-02T03:04:05Z",
    "address_street": "1 Main St",
    "address_geo_lat": 51.5,
    "tags": '["a","b"]',
    "_id": "crm-9",
    "_2fa_enabled": True,
    "_group": "beta",
    "uilanguage": "en",
}


def flattener(notices=None):
    return Flattener(Naming(POSTGRES, 63), notices)


def rows(event, notices=None):
    """The rows of an event as table -> columns, without the four times where all are there."""
    found = {}
    for table, row in flattener(notices).rows({**TIMES, **event}):
        if row.items() >= TIME_COLUMNS.items():
            row = {name: value for name, value in row.items() if name not in TIME_COLUMNS}
        found[table] = row
    return found


def properties(values, notices=None):
    """The columns that the properties of a track make."""
    event = {"type": "track", "messageId": "m", "event": "Seen", "properties": values}
    row = rows(event, notices)["seen"]
    return {name: value for name, value in row.items() if name not in ("id", "event", "event_text")}


def test_identify_15_1():
    assert rows(IDENTIFY) == {
        "identifies": {
            "id": "m-1",
            "anonymous_id": "an-7",
            "user_id": "u-42",
            **IDENTIFY_CONTEXT,
            **IDENTIFY_TRAITS,
        },
        "users": {
            "id": "u-42",
            "received_at": "2024-03-05T09:59:32.000Z",
            **IDENTIFY_CONTEXT,
            **IDENTIFY_TRAITS,
            "nickname": None,
        },
    }


def test_identify_15_1_types():
    (_, row), _ = flattener().rows({**TIMES, **IDENTIFY})

    types = {name: TYPES[type(value)] for name, value in row.items()}
    assert {name: kind for name, kind in types.items() if kind != "varchar"} == {
        **dict.fromkeys(TIME_COLUMNS, "timestamp"),
        "age": "integer",
        "score": "float",
        "address_geo_lat": "float",
        "is_admin": "boolean",
        "_2fa_enabled": "boolean",
        "created_at": "timestamp",
    }


def test_an_anonymous_identify_makes_no_user_15_1():
    event = {
        "type": "identify",
        "messageId": "m-3",
        "anonymousId": "an-8",
        "traits": {"email": "x@y.test"},
    }

    assert rows(event) == {"identifies": {"id": "m-3", "anonymous_id": "an-8", "email": "x@y.test"}}


def test_track_15_2():
    event = {
        "type": "track",
        "messageId": "m-4",
        "anonymousId": "an-7",
        "userId": "u-42",
        "event": "Order Completed",
        "properties": {
            "orderId": "o-1",
            "total": 30,
            "currency": "EUR",
            "coupon": "",
            "shipping": {"method": "post"},
            "products": [{"sku": "A", "price": 10.5}, {"sku": "B", "price": 19.5}],
            "user_id": "shadow",
            "event": "x",
        },
        "context": {
            "page": {"url": "https://acme.test/done"},
            "library": {"name": "analytics.js", "version": "5.2.0"},
        },
    }
    tracks = {
        "id": "m-4",
        "anonymous_id": "an-7",
        "user_id": "u-42",
        "event": "order_completed",
        "event_text": "Order Completed",
        "context_page_url": "https://acme.test/done",
        **LIBRARY,
    }

    assert rows(event) == {
        "tracks": tracks,
        "order_completed": {
            **tracks,
            "order_id": "o-1",
            "total": 30,
            "currency": "EUR",
            "coupon": "",
            "shipping_method": "post",
            "products": '[{"sku":"A","price":10.5},{"sku":"B","price":19.5}]',
            "_user_id": "shadow",
            "_event": "x",
        },
    }


def test_a_nasty_track_15_2():
    notices = Notices()
    event = {
        "type": "track",
        "messageId": "m-5",
        "userId": "u-42",
        "event": "2FA Enabled",
        "properties": {"_id": 7, "Item.SKU": "A", "items": [], "日本語": "x", "when": "2024-02-29"},
    }
    tracks = {
        "id": "m-5",
        "user_id": "u-42",
        "event": "2fa_enabled",
        "event_text": "2FA Enabled",
    }

    assert rows(event, notices) == {
        "tracks": tracks,
        "_2fa_enabled": {**tracks, "_id": 7, "item_sku": "A", "items": "[]", "_when": "2024-02-29"},
    }
    assert [(one["kind"], one["column"], one["count"]) for one in notices.of("_2fa_enabled")] == [
        ("unusable", "properties.日本語", 1)
    ]


def test_page_15_3():
    event = {
        "type": "page",
        "messageId": "m-6",
        "anonymousId": "an-7",
        "name": "Pricing",
        "category": "Docs",
        "properties": {
            "path": "/pricing",
            "url": "https://acme.test/pricing?utm_source=mail",
            "title": "Pricing",
            "referrer": "",
            "search": "?utm_source=mail",
        },
        "context": {"page": {"path": "/pricing"}, "campaign": {"source": "mail"}},
    }

    assert rows(event) == {
        "pages": {
            "id": "m-6",
            "anonymous_id": "an-7",
            "name": "Pricing",
            "category": "Docs",
            "path": "/pricing",
            "url": "https://acme.test/pricing?utm_source=mail",
            "title": "Pricing",
            "referrer": "",
            "search": "?utm_source=mail",
            "context_page_path": "/pricing",
            "context_campaign_source": "mail",
        }
    }


def test_a_page_takes_its_name_from_the_properties_when_the_call_has_none():
    event = {"type": "page", "messageId": "m", "properties": {"name": "Home", "category": 7}}

    assert rows(event) == {"pages": {"id": "m", "name": "Home", "category": "7"}}


def test_screen_15_4():
    event = {
        "type": "screen",
        "messageId": "m-7",
        "userId": "u-42",
        "name": "Home",
        "properties": {"tabIndex": 2},
        "context": {
            "device": {"id": "d1", "type": "ios"},
            "os": {"name": "iOS", "version": "17.1"},
        },
    }

    assert rows(event) == {
        "screens": {
            "id": "m-7",
            "user_id": "u-42",
            "name": "Home",
            "tab_index": 2,
            "context_device_id": "d1",
            "context_device_type": "ios",
            "context_os_name": "iOS",
            "context_os_version": "17.1",
        }
    }


def test_group_15_5():
    event = {
        "type": "group",
        "messageId": "m-8",
        "userId": "u-42",
        "groupId": "g-1",
        "traits": {"name": "Acme", "employees": 120, "plan": {"tier": "gold"}},
        "context": {"ip": "203.0.113.9"},
    }
    traits = {
        "context_ip": "203.0.113.9",
        "name": "Acme",
        "employees": 120,
        "plan_tier": "gold",
    }

    assert rows(event) == {
        "groups": {"id": "m-8", "user_id": "u-42", "group_id": "g-1", **traits},
        "accounts": {"id": "g-1", "received_at": "2024-03-05T09:59:32.000Z", **traits},
    }


def test_alias_15_6():
    event = {
        "type": "alias",
        "messageId": "m-9",
        "previousId": "an-7",
        "userId": "u-42",
        "context": {"ip": "203.0.113.9"},
    }

    assert rows(event) == {
        "aliases": {
            "id": "m-9",
            "user_id": "u-42",
            "previous_id": "an-7",
            "context_ip": "203.0.113.9",
        }
    }


def test_two_spellings_share_a_table_15_7():
    flat = flattener()
    spellings = ["Order Completed", "orderCompleted"]

    found = [
        (table, row["event_text"])
        for text in spellings
        for table, row in flat.rows({"type": "track", "event": text, "messageId": "m", **TIMES})
    ]

    assert found == [
        ("tracks", "Order Completed"),
        ("order_completed", "Order Completed"),
        ("tracks", "orderCompleted"),
        ("order_completed", "orderCompleted"),
    ]


def test_an_event_called_like_a_standard_table_gets_one_of_its_own():
    assert list(rows({"type": "track", "messageId": "m", "event": "Users"})) == ["tracks", "_users"]


def test_an_event_without_a_usable_name_is_in_tracks_alone():
    assert rows({"type": "track", "messageId": "m", "event": "日本語"}) == {
        "tracks": {"id": "m", "event": "", "event_text": "日本語"}
    }


def test_an_unknown_type_makes_no_rows():
    assert rows({"type": "video", "messageId": "m"}) == {}


def test_of_two_properties_with_one_column_the_first_wins():
    notices = Notices()

    assert properties({"a.b": None, "aB": 1, "a": {"b": 2}}, notices) == {"a_b": 1}
    assert [(one["kind"], one["column"]) for one in notices.of("seen")] == [("claimed", "a_b")]


def test_properties_never_replace_context():
    assert properties({"context_ip": 1, "contextIp": 2, "context": {"ip": 3}}) == {"_context_ip": 1}


def test_numbers_are_typed_by_value():
    values = {"a": 1.0, "b": 1.5, "c": 2**63, "d": -(2**63), "e": 1e300, "f": True}

    found = properties(values)

    assert found == {"a": 1, "b": 1.5, "c": 2.0**63, "d": -(2**63), "e": 1e300, "f": True}
    assert [type(value) for value in found.values()] == [int, float, float, int, float, bool]


def test_only_full_date_times_with_a_zone_are_timestamps():
    texts = {
        "a": "2024-01-02T03:04:05Z",
        "b": "2024-01-02 03:04:05.123456+02:00",
        "c": "2024-01-02T03:04Z",
        "d": "2024-01-02",
        "e": "2024-01-02T03:04:05",
        "f": "2024-13-02T03:04:05Z",
        "g": "2024-01-02T03:04:05+19:00",
        "h": "0001-01-01T00:00:00+05:00",
        "i": "call 2024-01-02T03:04:05Z",
    }

    found = properties(texts)

    assert found == texts
    assert [n for n, v in found.items() if TYPES[type(v)] == "timestamp"] == ["a", "b", "c"]


def test_very_deep_objects_become_text_in_the_end():
    deep = {"x": 1}
    for _ in range(150):
        deep = {"a": deep}

    ((name, value),) = properties(deep).items()

    assert len(name) == 63
    assert value.endswith('{"x":1}' + "}" * 49)


def test_objects_cleared_columns_are_none_however_deep():
    event = {
        "type": "identify",
        "messageId": "m",
        "userId": "u",
        "traits": {"plan": None, "address": {"city": None, "zip": 1}},
    }

    assert rows(event)["users"] == {
        "id": "u",
        "received_at": "2024-03-05T09:59:32.000Z",
        "plan": None,
        "address_city": None,
        "address_zip": 1,
    }


def test_times_that_were_stored_as_sent_are_read_leniently():
    event = {"type": "alias", "messageId": "m", "sentAt": 1709632801, "originalTimestamp": "junk"}

    ((_, row),) = flattener().rows({**TIMES, **event})

    assert row == {
        "id": "m",
        "received_at": "2024-03-05T09:59:32.000Z",
        "original_timestamp": "2024-03-05T09:59:32.000Z",
        "sent_at": "2024-03-05T10:00:01.000Z",
        "timestamp": "2024-03-05T09:59:30.500Z",
    }


def test_raw_names_say_what_a_column_stands_for():
    flat = flattener()
    flat.rows({**TIMES, **IDENTIFY})

    assert flat.raw_name("users", "address_geo_lat") == "traits.address.geo.lat"
    assert flat.raw_name("identifies", "context_user_agent") == "context.userAgent"
    assert flat.renamed() == [("identifies", "_id", "traits.id")]
