"""A source with stored events, and warehouses that are real."""

from contextlib import contextmanager
from uuid import uuid4

import duckdb
import orjson
import psycopg
import pytest
from django.db import connection

TIMES = {
    "originalTimestamp": "2024-03-05T10:00:00.000Z",
    "sentAt": "2024-03-05T10:00:01.500Z",
    "receivedAt": "2024-03-05T09:59:32.000Z",
    "timestamp": "2024-03-05T09:59:30.500Z",
}


@pytest.fixture
def source(workspace):
    from sources.models import Source

    return Source.objects.create(workspace=workspace, slug="acme-web", name="Website")


@pytest.fixture
def store(source):
    """store(event, ...) appends events to the log as the door would have stamped them."""

    def store(*events, to=source):
        from django.utils import timezone

        from sources import partitions

        partitions.rotate(timezone.now(), 30)
        rows = []
        for event in events:
            payload = orjson.dumps({"messageId": uuid4().hex, **TIMES, **event}).decode()
            rows.append([to.pk, timezone.now(), uuid4(), event["type"], payload])
        with connection.cursor() as cursor:
            cursor.executemany(
                "INSERT INTO sources_event (source_id, received_at, key, type, payload) "
                "VALUES (%s, %s, %s, %s, %s)",
                rows,
            )

    return store


def postgres_settings() -> dict:
    given = connection.get_connection_params()
    return {
        "host": given["host"],
        "port": given.get("port") or 5432,
        "database": connection.settings_dict["NAME"],
        "user": given["user"],
        "password": given.get("password") or "",
    }


class PostgresBench:
    kind = "postgres"

    def __init__(self):
        self.settings = postgres_settings()

    @contextmanager
    def _connect(self):
        parts = {**self.settings, "dbname": self.settings["database"]}
        parts.pop("database")
        with psycopg.connect(**parts, autocommit=True) as connected:
            connected.execute("SET TIME ZONE 'UTC'")
            yield connected

    def query(self, sql):
        with self._connect() as connected:
            cursor = connected.execute(sql)
            return cursor.fetchall() if cursor.description else None

    def columns(self, table):
        """The column names and types of a table of the source, in order."""
        return dict(
            self.query(
                "SELECT column_name, data_type FROM information_schema.columns WHERE "
                f"table_schema = 'acme_web' AND table_name = '{table}' ORDER BY ordinal_position"
            )
        )

    def clean(self):
        query = (
            "SELECT nspname FROM pg_namespace WHERE nspname !~ '^(pg_|information_schema|public)'"
        )
        for (schema,) in self.query(query):
            self.query(f'DROP SCHEMA "{schema}" CASCADE')


class DuckDBBench:
    kind = "duckdb"

    def __init__(self, path):
        self.settings = {"path": str(path)}

    def query(self, sql):
        with duckdb.connect(self.settings["path"]) as connected:
            connected.execute("SET TimeZone = 'UTC'")
            return connected.execute(sql).fetchall()

    def columns(self, table):
        return dict(
            self.query(
                "SELECT column_name, data_type FROM information_schema.columns WHERE "
                f"table_schema = 'acme_web' AND table_name = '{table}' ORDER BY ordinal_position"
            )
        )

    def clean(self):
        pass


@pytest.fixture(params=["postgres", "duckdb"])
def bench(request, db, tmp_path):
    """A real database to load into: `settings` of its connector, `query`, `columns`."""
    bench = PostgresBench() if request.param == "postgres" else DuckDBBench(tmp_path / "w.duckdb")
    bench.clean()
    yield bench
    bench.clean()


@pytest.fixture
def postgres(db):
    bench = PostgresBench()
    bench.clean()
    yield bench
    bench.clean()


@pytest.fixture
def connect(workspace, source):
    """connect(bench) makes a warehouse of it that is loaded from the source."""

    def connect(bench, **fields):
        from warehouses.models import Warehouse, WarehouseSource

        fields = {"slug": "lake", "name": "Lake", "settings": bench.settings, **fields}
        warehouse = Warehouse.objects.create(workspace=workspace, kind=bench.kind, **fields)
        WarehouseSource.objects.create(warehouse=warehouse, source=source)
        return warehouse

    return connect


@pytest.fixture
def warehouse(bench, connect):
    return connect(bench)


@pytest.fixture
def postgres_connection(db):
    """A second session of the test's own database, outside of its transaction."""
    parts = postgres_settings()
    parts["dbname"] = parts.pop("database")
    with psycopg.connect(**parts, autocommit=True) as connected:
        yield connected
