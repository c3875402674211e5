"""What goes wrong in a warehouse is said in words, and loses nothing."""

import psycopg
import pytest

from warehouses.check import check
from warehouses.errors import CheckFailed
from warehouses.models import WarehouseSource
from warehouses.sync import sync

pytestmark = pytest.mark.django_db

ORDER = {"type": "track", "userId": "u-42", "event": "Order Completed"}


def order(key, **properties):
    return {**ORDER, "messageId": key, "properties": properties}


def kinds(done, table="order_completed"):
    return [(one["kind"], one["column"]) for one in done.tables.get(name=table).notices]


@pytest.mark.parametrize(
    ("change", "meaning"),
    [
        ({"host": "127.0.0.1", "port": 1}, "Nothing listens at that host and port."),
        ({"host": "no.such.host.invalid"}, "There is no host by that name."),
        ({"host": "/nowhere"}, "No server listens on that socket."),
        ({"database": "nowhere"}, "There is no such database or user."),
    ],
)
def test_an_unreachable_server_is_a_failure_that_keeps_the_position(
    postgres, connect, store, change, meaning
):
    warehouse = connect(postgres, settings={**postgres.settings, **change})
    store(ORDER)

    (done,) = sync(warehouse)

    assert (done.state, done.row_count) == ("failure", 0)
    assert done.error.startswith(meaning + " PostgreSQL says: ")
    assert WarehouseSource.objects.get().position == 0
    with pytest.raises(CheckFailed, match=meaning):
        check(warehouse)


def test_a_warehouse_that_works_passes_the_check_and_keeps_no_trace(warehouse, bench):
    assert check(warehouse) is None

    query = "SELECT schema_name FROM information_schema.schemata WHERE schema_name LIKE 'switch%'"
    assert bench.query(query) == []


def test_settings_that_cannot_be_right_are_a_failure(postgres, connect, store):
    warehouse = connect(postgres, settings={"host": "localhost"})
    store(ORDER)

    (done,) = sync(warehouse)

    assert done.state == "failure"
    assert done.error == "database: This is required.; user: This is required."


def test_a_file_that_is_no_database_is_a_failure(tmp_path, connect, store):
    from .conftest import DuckDBBench

    bench = DuckDBBench(tmp_path / "w.duckdb")
    (tmp_path / "w.duckdb").write_text("hello " * 1000)
    warehouse = connect(bench)
    store(ORDER)

    (done,) = sync(warehouse)

    assert done.state == "failure"
    assert done.error.startswith("The file is not a DuckDB database: choose another path.")


@pytest.fixture
def loader_user(postgres):
    """A user who may create schemas and nothing else."""
    postgres.query("CREATE ROLE loader LOGIN PASSWORD 'secret'")
    postgres.query(f'GRANT CREATE ON DATABASE "{postgres.settings["database"]}" TO loader')
    yield {**postgres.settings, "user": "loader", "password": "secret"}
    postgres.query("DROP OWNED BY loader CASCADE")
    postgres.query("DROP ROLE loader")


def test_a_failing_table_stops_the_position_and_not_the_others(
    postgres, connect, store, loader_user
):
    warehouse = connect(postgres, settings=loader_user)
    store(order("m-1"))
    sync(warehouse)
    before = WarehouseSource.objects.get().position
    postgres.query("ALTER TABLE acme_web.order_completed OWNER TO postgres")
    store(order("m-2"))

    (failed,) = sync(warehouse)
    after = WarehouseSource.objects.get().position
    postgres.query("ALTER TABLE acme_web.order_completed OWNER TO loader")
    (done,) = sync(warehouse)

    assert (failed.state, failed.row_count) == ("partial", 1)
    assert failed.error.startswith("Table order_completed: The user lacks rights")
    assert kinds(failed) == [("failed", "")]
    assert before == after
    assert (done.state, done.row_count) == ("success", 1)
    assert postgres.query("SELECT id FROM acme_web.order_completed ORDER BY id") == [
        ("m-1",),
        ("m-2",),
    ]


def test_2000_columns_are_capped_and_the_rows_loaded(postgres, connect, store):
    warehouse = connect(postgres)
    store(*(order(f"m-{n}", **{f"p{n}_{i}": i for i in range(200)}) for n in range(10)))

    (done,) = sync(warehouse)

    assert (done.state, done.row_count, done.error) == ("partial", 20, "")
    assert len(postgres.columns("order_completed")) == 1600
    assert {one["kind"] for one in done.tables.get(name="order_completed").notices} == {
        "column_limit"
    }
    assert postgres.query("SELECT count(*) FROM acme_web.order_completed") == [(10,)]
    assert postgres.query("SELECT p0_0, p0_199, p5_7 FROM acme_web.order_completed LIMIT 1") == [
        (0, 199, None)
    ]


def test_a_row_too_large_for_a_page_is_loaded_in_part(postgres, connect, store):
    warehouse = connect(postgres)
    store(order("m-1", n=1), order("m-2", **{f"p{i}": i for i in range(1500)}), order("m-3", n=3))

    (done,) = sync(warehouse)

    query = "SELECT id, n, p0, p299, p1499 FROM acme_web.order_completed ORDER BY id"
    assert postgres.query(query) == [
        ("m-1", 1, None, None, None),
        ("m-2", None, 0, 299, None),
        ("m-3", 3, None, None, None),
    ]
    assert (done.state, kinds(done)) == ("partial", [("narrowed", "")])


def test_2000_columns_in_duckdb(tmp_path, connect, store):
    from .conftest import DuckDBBench

    bench = DuckDBBench(tmp_path / "w.duckdb")
    warehouse = connect(bench)
    store(*(order(f"m-{n}", **{f"p{n}_{i}": i for i in range(200)}) for n in range(10)))

    (done,) = sync(warehouse)

    assert (done.state, done.row_count) == ("success", 20)
    assert len(bench.columns("order_completed")) == 2010


def test_columns_that_people_changed_are_respected(postgres, connect, store):
    warehouse = connect(postgres)
    store(order("m-1", code="abc", data=[1], n=1))
    sync(warehouse)
    table = "ALTER TABLE acme_web.order_completed"
    postgres.query(f"{table} ALTER code TYPE varchar(4)")
    postgres.query(f"{table} ALTER data TYPE jsonb USING data::jsonb")
    postgres.query(f"{table} ALTER n TYPE smallint")
    store(order("m-2", code="abcdef", data=[2], n=2), order("m-3", code="x", n=70000))

    (done,) = sync(warehouse)

    query = "SELECT id, code, data, n FROM acme_web.order_completed ORDER BY id"
    assert postgres.query(query) == [
        ("m-1", "abc", [1], 1),
        ("m-2", "abcd", None, 2),
        ("m-3", None, None, None),
    ]
    assert done.state == "partial"
    assert set(kinds(done)) == {("cut", "code"), ("unknown_type", "data"), ("narrowed", "")}


def test_a_view_that_blocks_widening_fails_the_table_with_the_reason(postgres, connect, store):
    warehouse = connect(postgres)
    store(order("m-1", total=1))
    sync(warehouse)
    postgres.query("CREATE VIEW acme_web.v AS SELECT total FROM acme_web.order_completed")
    store(order("m-2", total=1.5))

    (done,) = sync(warehouse)

    assert done.state == "partial"
    assert "such as a view, depends on the column to be changed." in done.error


def test_a_table_that_changes_under_the_load_is_looked_at_again(
    postgres, connect, store, monkeypatch
):
    from warehouses.connectors.postgres import PostgresSession

    warehouse = connect(postgres)
    store(order("m-1", total=1))
    sync(warehouse)
    store(order("m-2", total=2))
    original = PostgresSession.append

    def meddled(self, table, batch):
        if table == "order_completed" and "total" in postgres.columns(table) and not meddled.done:
            meddled.done = True
            postgres.query("ALTER TABLE acme_web.order_completed DROP COLUMN total")
        return original(self, table, batch)

    meddled.done = False
    monkeypatch.setattr(PostgresSession, "append", meddled)

    (done,) = sync(warehouse)

    assert (done.state, done.row_count) == ("success", 2)
    assert kinds(done) == [("recreated", "total")]


def test_a_row_that_a_stranger_wrote_meanwhile_is_a_repeat(postgres, connect, store, monkeypatch):
    from warehouses.connectors.postgres import PostgresSession

    warehouse = connect(postgres)
    store(order("m-1"))
    sync(warehouse)
    store(order("m-2"), order("m-3"))
    original = PostgresSession.append

    def meddled(self, table, batch):
        insert = f"INSERT INTO acme_web.{table} (id) VALUES ('m-2') ON CONFLICT DO NOTHING"
        postgres.query(insert)
        return original(self, table, batch)

    monkeypatch.setattr(PostgresSession, "append", meddled)

    (done,) = sync(warehouse)

    assert (done.state, done.row_count) == ("success", 2)
    assert postgres.query("SELECT id FROM acme_web.tracks ORDER BY id") == [
        ("m-1",),
        ("m-2",),
        ("m-3",),
    ]


def test_a_locked_file_is_waited_for(tmp_path, connect, store):
    import subprocess
    import sys

    from .conftest import DuckDBBench

    bench = DuckDBBench(tmp_path / "w.duckdb")
    warehouse = connect(bench)
    store(ORDER)
    script = (
        "import duckdb, sys, time; c = duckdb.connect(sys.argv[1]); print('open', flush=True); "
        "time.sleep(0.7)"
    )
    command = [sys.executable, "-c", script, bench.settings["path"]]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as other:
        other.stdout.readline()

        (done,) = sync(warehouse)

    assert (done.state, done.row_count, done.error) == ("success", 2, "")


def test_passwords_are_in_no_error(postgres, connect, store):
    settings = {**postgres.settings, "user": "nobody", "password": "hunter2-secret"}
    warehouse = connect(postgres, settings=settings)
    store(ORDER)

    (done,) = sync(warehouse)

    assert done.state == "failure"
    assert "hunter2" not in done.error


def test_errors_of_the_driver_are_explained():
    from warehouses.connectors import get_connector

    explain = get_connector("postgres").explain

    assert explain(psycopg.errors.InvalidPassword("boom")) == (
        "User or password are wrong. PostgreSQL says: boom"
    )
    assert explain(psycopg.errors.SyntaxError("boom")) == "PostgreSQL says: boom"
