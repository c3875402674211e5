"""What becomes of a value in a column of another type, and of text that is no clean JSON."""

from datetime import UTC, datetime

import pytest

from warehouses.batch import Batch
from warehouses.copy_text import blocks
from warehouses.errors import InvalidSchedule
from warehouses.events import parse, wanted, with_times
from warehouses.schedule import interval
from warehouses.values import Moment, cast, utc_text

NOON = Moment("2024-01-02T12:00:00+02:00")


@pytest.mark.parametrize(
    ("value", "logical", "expected"),
    [
        (12, "varchar", "12"),
        (1.5, "varchar", "1.5"),
        (True, "varchar", "true"),
        (NOON, "varchar", "2024-01-02T12:00:00+02:00"),
        (12.9, "integer", 12),
        (-12.9, "integer", -12),
        ("12", "integer", 12),
        (" -7 ", "integer", -7),
        ("12.9", "integer", None),
        ("n/a", "integer", None),
        (1e300, "integer", None),
        ("9" * 5000, "integer", None),
        (True, "integer", 1),
        (NOON, "integer", None),
        (3, "float", 3.0),
        ("1e3", "float", 1000.0),
        ("nan", "float", None),
        ("1e999", "float", None),
        ("soon", "float", None),
        (1, "boolean", True),
        (0.0, "boolean", False),
        (2, "boolean", None),
        ("TRUE", "boolean", True),
        ("yes", "boolean", None),
        ("2024-02-29", "timestamp", "2024-02-29T00:00:00.000Z"),
        ("2024-01-02T03:04:05", "timestamp", "2024-01-02T03:04:05.000Z"),
        ("soon", "timestamp", None),
        (1709632801, "timestamp", None),
    ],
)
def test_cast(value, logical, expected):
    found = cast(value, logical)

    assert (found, type(found) is bool) == (expected, type(expected) is bool)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2024-01-02T12:00:00+02:00", "2024-01-02T10:00:00.000Z"),
        ("2024-01-02T12:00:00.123456789Z", "2024-01-02T12:00:00.123456Z"),
        ("2024-01-02 12:00Z", "2024-01-02T12:00:00.000Z"),
    ],
)
def test_utc_text(text, expected):
    assert utc_text(text) == expected


def test_copy_text_escapes_what_it_must_and_nothing_else():
    batch = Batch(
        {"id": "varchar", "n": "integer", "f": "float", "b": "boolean", "t": "timestamp"},
        {
            "id": ["a\tb\n\\N\r", "", "é"],
            "n": [1, None, -3],
            "f": [0.1, 1e300, None],
            "b": [True, False, None],
            "t": [NOON, None, NOON],
        },
    )

    assert b"".join(blocks(batch)).decode() == (
        "a\\tb\\n\\\\N\\r\t1\t0.1\tt\t2024-01-02T12:00:00+02:00\n"
        "\t\\N\t1e+300\tf\t\\N\n"
        "é\t-3\t\\N\t\\N\t2024-01-02T12:00:00+02:00\n"
    )


def test_parse_cleans_what_no_warehouse_can_hold():
    payload = rb'{"a": "x\u0000y", "b": ["\u0000"], "c\u0000": {"d": "\ud800"}, "e": NaN}'

    assert parse(payload) == {"a": "xy", "b": [""], "c\ufffd": {"d": "\ufffd"}, "e": None}


@pytest.mark.parametrize("payload", [b"nope", b"[1]", b'"x"', b"", b"\xff\xfe"])
def test_parse_refuses_what_is_no_object(payload):
    with pytest.raises(ValueError):
        parse(payload)


NOW = datetime(2024, 3, 5, 9, 59, 32, tzinfo=UTC)


@pytest.mark.parametrize(
    ("given", "original", "timestamp"),
    [
        ({}, "2024-03-05T09:59:32.000Z", "2024-03-05T09:59:32.000Z"),
        (
            {"timestamp": "2024-03-05T10:00:00Z"},
            "2024-03-05T10:00:00.000Z",
            "2024-03-05T10:00:00.000Z",
        ),
        (
            {"timestamp": "2024-03-05T10:00:00Z", "sentAt": "2024-03-05T10:00:01.500Z"},
            "2024-03-05T10:00:00.000Z",
            "2024-03-05T09:59:30.500Z",
        ),
        (
            {"originalTimestamp": "2024-03-05T10:00:00Z", "sentAt": "2024-03-05T10:00:01.500Z"},
            "2024-03-05T10:00:00.000Z",
            "2024-03-05T09:59:30.500Z",
        ),
        (
            {"originalTimestamp": "2024-03-05T10:00:00Z", "timestamp": "2024-03-05T08:00:00Z"},
            "2024-03-05T10:00:00.000Z",
            "2024-03-05T08:00:00.000Z",
        ),
        ({"timestamp": "soon"}, "2024-03-05T09:59:32.000Z", "2024-03-05T09:59:32.000Z"),
    ],
)
def test_raw_events_get_their_times(given, original, timestamp):
    event = with_times(given, NOW)

    assert event["receivedAt"] == "2024-03-05T09:59:32.000Z"
    assert (event["originalTimestamp"], event["timestamp"]) == (original, timestamp)


@pytest.mark.parametrize(
    ("choice", "expected"),
    [
        (True, True),
        (False, False),
        ({"all": True}, True),
        ({"all": False}, False),
        ({"warehouseIds": ["lake"]}, True),
        ({"warehouseIds": ["other"]}, False),
        ({"all": False, "warehouseIds": ["lake"]}, True),
        ({"all": True, "warehouseIds": ["other"]}, True),
        ({}, True),
    ],
)
def test_integrations_choose_warehouses(choice, expected):
    event = {"integrations": {"All": False, "Warehouses": choice}}

    assert wanted(event, frozenset({"7", "lake"})) is expected


@pytest.mark.parametrize(
    ("text", "seconds"), [("15m", 900), ("1h", 3600), ("2d", 172800), ("manual", None)]
)
def test_schedules(text, seconds):
    every = interval(text)

    assert (every and every.total_seconds()) == seconds


@pytest.mark.parametrize("text", ["", "0m", "15", "m", "1 h", "-1h", "1w", "99999999d"])
def test_what_is_no_schedule(text):
    with pytest.raises(InvalidSchedule):
        interval(text)
