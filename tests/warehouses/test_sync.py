"""Events of the log end in the right tables, once, whatever happened before."""

import pytest

from warehouses.models import Sync, SyncTable, WarehouseSource
from warehouses.sync import sync

pytestmark = pytest.mark.django_db

ORDER = {"type": "track", "userId": "u-42", "event": "Order Completed"}


def states(syncs):
    return [(one.state, one.row_count, one.error) for one in syncs]


def test_every_call_type_gets_its_tables(warehouse, bench, store):
    store(
        {"type": "identify", "userId": "u-42", "traits": {"email": "ada@acme.test"}},
        {**ORDER, "properties": {"total": 30}},
        {"type": "page", "anonymousId": "an-7", "name": "Pricing"},
        {"type": "screen", "userId": "u-42", "name": "Home"},
        {"type": "group", "userId": "u-42", "groupId": "g-1", "traits": {"name": "Acme"}},
        {"type": "alias", "previousId": "an-7", "userId": "u-42"},
    )

    (done,) = sync(warehouse)

    assert (done.state, done.event_count, done.row_count, done.error) == ("success", 6, 9, "")
    assert dict(SyncTable.objects.values_list("name", "row_count")) == {
        "accounts": 1,
        "aliases": 1,
        "groups": 1,
        "identifies": 1,
        "order_completed": 1,
        "pages": 1,
        "screens": 1,
        "tracks": 1,
        "users": 1,
    }
    assert bench.query("SELECT id, email FROM acme_web.users") == [("u-42", "ada@acme.test")]
    assert bench.query("SELECT id, name FROM acme_web.accounts") == [("g-1", "Acme")]
    assert bench.query("SELECT event, event_text, total FROM acme_web.order_completed") == [
        ("order_completed", "Order Completed", 30)
    ]


def test_a_new_table_starts_with_the_standard_columns(warehouse, bench, store):
    store({**ORDER, "properties": {"total": 30, "coupon": ""}})

    sync(warehouse)

    assert list(bench.columns("order_completed")) == [
        "id",
        "received_at",
        "uuid_ts",
        "anonymous_id",
        "coupon",
        "event",
        "event_text",
        "original_timestamp",
        "sent_at",
        "timestamp",
        "total",
        "user_id",
    ]


def test_the_five_times_are_stored_in_utc(warehouse, bench, store):
    store(ORDER)

    (done,) = sync(warehouse)

    query = (
        "SELECT CAST(original_timestamp AS varchar), CAST(sent_at AS varchar), "
        "CAST(received_at AS varchar), CAST(timestamp AS varchar), uuid_ts FROM acme_web.tracks"
    )
    assert bench.query(query) == [
        (
            "2024-03-05 10:00:00+00",
            "2024-03-05 10:00:01.5+00",
            "2024-03-05 09:59:32+00",
            "2024-03-05 09:59:30.5+00",
            done.started_at,
        )
    ]


def test_a_repeat_is_dropped_within_a_sync_and_across_syncs(warehouse, bench, store):
    store({**ORDER, "messageId": "m-4", "properties": {"total": 1}})
    store({**ORDER, "messageId": "m-4", "properties": {"total": 2}})
    sync(warehouse)
    store({**ORDER, "messageId": "m-4", "properties": {"total": 3}})
    store({**ORDER, "messageId": "m-5", "properties": {"total": 4}})

    (done,) = sync(warehouse)

    assert (done.state, done.event_count, done.row_count) == ("success", 2, 2)
    assert bench.query("SELECT id, total FROM acme_web.order_completed ORDER BY id") == [
        ("m-4", 1),
        ("m-5", 4),
    ]


def test_users_are_merged_by_column_and_a_null_clears(warehouse, bench, store):
    def identify(**traits):
        return {"type": "identify", "userId": "u-42", "traits": traits}

    store(
        identify(email="ada@acme.test", plan="free", age=36, city="Rome"),
        identify(age=37, plan=None),
        identify(plan="pro", city=None, unseen=None),
    )
    sync(warehouse)
    first = bench.query("SELECT id, email, plan, age, city FROM acme_web.users")
    store(identify(title="CTO", email=None), identify(city="Oslo"))

    sync(warehouse)

    assert first == [("u-42", "ada@acme.test", "pro", 37, None)]
    assert bench.query("SELECT id, email, plan, age, city, title FROM acme_web.users") == [
        ("u-42", None, "pro", 37, "Oslo", "CTO")
    ]
    assert "unseen" not in bench.columns("users")
    assert bench.query("SELECT count(*) FROM acme_web.identifies") == [(5,)]


def test_new_properties_become_new_columns(warehouse, bench, store):
    store({**ORDER, "messageId": "m-1", "properties": {"total": 30}})
    sync(warehouse)
    store({**ORDER, "messageId": "m-2", "properties": {"total": 31, "Gift Wrap": True}})

    sync(warehouse)

    assert list(bench.columns("order_completed"))[-1] == "gift_wrap"
    assert bench.query("SELECT id, total, gift_wrap FROM acme_web.order_completed ORDER BY id") == [
        ("m-1", 30, None),
        ("m-2", 31, True),
    ]


def test_a_type_that_flips_keeps_every_row(warehouse, bench, store):
    store({**ORDER, "messageId": "m-1", "properties": {"total": 30}})
    sync(warehouse)
    values = {"m-2": 12.9, "m-3": "n/a", "m-4": "12", "m-5": [1], "m-6": {"a": 1}}
    store(*({**ORDER, "messageId": key, "properties": {"total": v}} for key, v in values.items()))

    (done,) = sync(warehouse)

    assert bench.query("SELECT id, total, total_a FROM acme_web.order_completed ORDER BY id") == [
        ("m-1", 30.0, None),
        ("m-2", 12.9, None),
        ("m-3", None, None),
        ("m-4", 12.0, None),
        ("m-5", None, None),
        ("m-6", None, 1),
    ]
    assert (done.state, done.row_count, done.error) == ("partial", 10, "")
    assert done.tables.get(name="order_completed").notices == [
        {
            "kind": "widened",
            "level": "info",
            "column": "total",
            "message": "The column total was widened from integer to float.",
            "count": 1,
            "row_ids": [],
        },
        {
            "kind": "uncastable",
            "level": "warning",
            "column": "total",
            "message": "“n/a” does not fit the type of the column total; left empty.",
            "count": 2,
            "row_ids": ["m-3", "m-5"],
        },
    ]


def test_a_fraction_is_cut_off_where_widening_is_off_15_7(bench, connect, store):
    warehouse = connect(bench, settings={**bench.settings, "widen_integers": False})
    store({**ORDER, "messageId": "m-1", "properties": {"total": 30}})
    sync(warehouse)
    store({**ORDER, "messageId": "m-2", "properties": {"total": 12.9}})

    (done,) = sync(warehouse)

    assert bench.query("SELECT total FROM acme_web.order_completed ORDER BY id") == [(30,), (12,)]
    (notice,) = done.tables.get(name="order_completed").notices
    assert notice["message"] == "12.9 lost its fraction in the integer column total."


def test_first_value_decides_the_type_of_a_new_column(warehouse, bench, store):
    store({**ORDER, "messageId": "m-1", "properties": {"total": "n/a", "rate": 1}})
    store({**ORDER, "messageId": "m-2", "properties": {"total": 30, "rate": 0.5}})

    (done,) = sync(warehouse)

    assert done.state == "success"
    assert bench.query("SELECT total, rate FROM acme_web.order_completed ORDER BY id") == [
        ("n/a", 1.0),
        ("30", 0.5),
    ]


def test_a_column_dropped_by_hand_comes_back(warehouse, bench, store):
    store({**ORDER, "messageId": "m-1", "properties": {"total": 30}})
    sync(warehouse)
    bench.query("ALTER TABLE acme_web.order_completed DROP COLUMN total")
    bench.query("ALTER TABLE acme_web.order_completed DROP COLUMN user_id")
    store({**ORDER, "messageId": "m-2", "properties": {"total": 31}})

    (done,) = sync(warehouse)

    query = "SELECT id, user_id, total FROM acme_web.order_completed ORDER BY id"
    assert bench.query(query) == [("m-1", None, None), ("m-2", "u-42", 31)]
    assert done.state == "success"
    notices = done.tables.get(name="order_completed").notices
    assert [(one["kind"], one["column"]) for one in notices] == [
        ("recreated", "user_id"),
        ("recreated", "total"),
    ]


def test_a_table_dropped_by_hand_comes_back(warehouse, bench, store):
    store({**ORDER, "messageId": "m-1"})
    sync(warehouse)
    bench.query("DROP TABLE acme_web.order_completed")
    store({**ORDER, "messageId": "m-2"})

    (done,) = sync(warehouse)

    assert bench.query("SELECT id FROM acme_web.order_completed") == [("m-2",)]
    assert [one["kind"] for one in done.tables.get(name="order_completed").notices] == ["rebuilt"]


def test_a_sync_beside_another_is_skipped(warehouse, bench, store, postgres_connection):
    store(ORDER)
    pair = WarehouseSource.objects.get()
    key = (0x5757, warehouse.pk) if bench.kind == "duckdb" else (0x5753, pair.pk)
    postgres_connection.execute("SELECT pg_advisory_lock(%s, %s)", key)

    (skipped,) = sync(warehouse)
    postgres_connection.execute("SELECT pg_advisory_unlock(%s, %s)", key)
    (done,) = sync(warehouse)

    assert (skipped.state, skipped.error) == ("skipped", "The sync before it was still running.")
    assert (done.state, done.row_count) == ("success", 2)


@pytest.mark.parametrize("where", ["_move_to", "_load", "_report"])
def test_a_crash_loses_and_doubles_nothing(warehouse, bench, store, monkeypatch, where):
    class Killed(BaseException):
        pass

    def die(*args):
        raise Killed

    store({"type": "identify", "userId": "u", "traits": {"n": 1}}, ORDER)
    with monkeypatch.context() as patch:
        patch.setattr("warehouses.sync.Run." + where, die)
        with pytest.raises(Killed):
            sync(warehouse)
    store({"type": "identify", "userId": "u", "traits": {"n": 2}})

    (done,) = sync(warehouse)

    assert done.state == "success"
    assert bench.query("SELECT id, n FROM acme_web.users") == [("u", 2)]
    assert bench.query("SELECT count(*) FROM acme_web.identifies") == [(2,)]
    assert bench.query("SELECT count(*) FROM acme_web.order_completed") == [(1,)]


def test_a_sync_that_was_killed_is_shown_as_failed(warehouse, source, store):
    from django.utils import timezone

    Sync.objects.create(warehouse=warehouse, source=source, started_at=timezone.now())

    sync(warehouse)

    assert [(one.state, one.error) for one in Sync.objects.order_by("id")] == [
        ("failure", "The process was stopped. The next sync went on from where it was."),
        ("success", ""),
    ]


def test_hostile_names_are_only_names(warehouse, bench, store):
    names = [
        'x"; DROP TABLE acme_web.tracks; --',
        "o'clock",
        "a" * 200,
        "a" * 199 + "b",
        "select",
        "Ünïcödé",
        "ＩＤ",
        "%s {0} \\N",
    ]
    store(*({**ORDER, "event": name, "properties": {n: n for n in names}} for name in names))

    (done,) = sync(warehouse)

    tables = {table.name: table.row_count for table in done.tables.exclude(name="tracks")}
    assert bench.query("SELECT count(*) FROM acme_web.tracks") == [(8,)]
    assert len(tables) == 7
    assert {"x_drop_table_acme_web_tracks", "o_clock", "_select", "n_c_d", "s_0_n"} < set(tables)
    (row,) = bench.query(
        "SELECT x_drop_table_acme_web_tracks, o_clock, _select, n_c_d, s_0_n FROM acme_web.o_clock"
    )
    assert row == (names[0], names[1], names[4], names[5], names[7])


def test_text_that_copy_or_utf8_could_trip_over(warehouse, bench, store):
    text = "tab\t newline\n cr\r back\\slash \\N \\. quote' \" ünïcödé 🙂 \x01"
    store({**ORDER, "properties": {"text": text, "nul": "a\x00b", "empty": "", "n\x00ul": 1}})

    (done,) = sync(warehouse)

    assert (done.state, done.error) == ("success", "")
    assert bench.query("SELECT text, nul, empty, n_ul FROM acme_web.order_completed") == [
        (text, "ab", "", 1)
    ]


def test_lone_surrogates_do_not_stop_a_load(warehouse, bench, source, store):
    store(ORDER)
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE sources_event SET payload = %s",
            [
                r'{"type":"track","event":"Seen","messageId":"m","properties":{"a":"x\ud800y",'
                r'"b":NaN,"c":123456789012345678901234567890}}'
            ],
        )

    (done,) = sync(warehouse)

    assert (done.state, done.error) == ("success", "")
    assert bench.query("SELECT a, c FROM acme_web.seen") == [("x\ufffdy", 1.2345678901234568e29)]


def test_integrations_may_keep_an_event_out(warehouse, store):
    store(
        {**ORDER, "integrations": {"Warehouses": False}},
        {**ORDER, "integrations": {"Warehouses": {"all": False}}},
        {**ORDER, "integrations": {"Warehouses": {"warehouseIds": ["other"]}}},
        {**ORDER, "integrations": {"Warehouses": {"all": False, "warehouseIds": ["lake"]}}},
        {**ORDER, "integrations": {"All": False}},
        {**ORDER, "integrations": {"Warehouses": {"all": True}}},
    )

    (done,) = sync(warehouse)

    assert (done.event_count, done.row_count) == (6, 6)


def test_chunks_follow_one_another(warehouse, bench, store, monkeypatch):
    monkeypatch.setattr("warehouses.sync.CHUNK", 2)
    store(*({**ORDER, "properties": {"n": number}} for number in range(5)))
    seen = []

    sync(warehouse, progress=lambda one: seen.append((one.event_count, one.row_count)))

    assert seen == [(2, 4), (4, 8), (5, 10)]
    assert bench.query("SELECT sum(n) FROM acme_web.order_completed") == [(10,)]


def test_a_moved_position_ends_the_sync(warehouse, store, monkeypatch):
    from warehouses.sync import Run

    store(ORDER)
    original = Run._move_to

    def interfered(self, position):
        WarehouseSource.objects.update(position=position + 7)
        original(self, position)

    monkeypatch.setattr(Run, "_move_to", interfered)

    (done,) = sync(warehouse)

    assert (done.state, done.error) == (
        "partial",
        "The position of this source was changed while it was loaded; run the sync again.",
    )


def test_each_source_has_a_schema_and_a_position_of_its_own(warehouse, bench, store, workspace):
    from sources.models import Source

    server = Source.objects.create(
        workspace=workspace, slug="server", name="Server", schema_name="backend"
    )
    WarehouseSource.objects.create(warehouse=warehouse, source=server)
    store({**ORDER, "messageId": "m-1"})
    store({**ORDER, "messageId": "m-1"}, to=server)

    syncs = sync(warehouse)

    assert states(syncs) == [("success", 2, ""), ("success", 2, "")]
    assert bench.query("SELECT id FROM backend.tracks") == [("m-1",)]


def test_nothing_new_is_a_success(warehouse):
    assert states(sync(warehouse)) == [("success", 0, "")]


def test_own_records_say_what_each_column_stands_for(warehouse, store):
    from warehouses.models import WarehouseColumn

    store({**ORDER, "properties": {"Item": {"SKU": "A"}, "total": 1}})
    sync(warehouse)
    store({**ORDER, "properties": {"total": 1.5}})

    sync(warehouse)

    own = WarehouseColumn.objects.filter(table="order_completed", raw_name__contains=".")
    assert list(own.values_list("schema", "name", "raw_name", "type")) == [
        ("acme_web", "item_sku", "properties.Item.SKU", "varchar"),
        ("acme_web", "total", "properties.total", "float"),
    ]


def test_filters_hold_back_events_and_properties(bench, connect, store):
    drop_tests = {"if": "event = 'Test'", "action": "drop"}
    no_coupons = {"if": "all", "action": "drop_properties", "fields": {"properties": ["coupon"]}}
    switched_off = {"if": "all", "action": "drop", "enabled": False}
    warehouse = connect(bench, filters=[drop_tests, no_coupons, switched_off])
    store({**ORDER, "event": "Test"}, {**ORDER, "properties": {"total": 30, "coupon": "X"}})

    (done,) = sync(warehouse)

    assert (done.state, done.event_count, done.filtered_count) == ("success", 2, 1)
    assert "coupon" not in bench.columns("order_completed")
    assert bench.query("SELECT event FROM acme_web.tracks") == [("order_completed",)]


def test_a_filter_that_is_no_longer_one_stops_the_sync_and_loads_nothing(bench, connect, store):
    warehouse = connect(bench, filters=[{"if": "event =", "action": "drop"}])
    store(ORDER)

    (done,) = sync(warehouse)

    assert done.state == "failure"
    assert done.error.startswith("filter 1: ")
    assert WarehouseSource.objects.get().position == 0
