"""DuckDB: a file, and the warehouse that needs no server. Rows enter as Arrow tables.

One process may write and then nobody else may read, so the file is open during a sync only.
https://duckdb.org/docs/stable/connect/concurrency, read 2026-11-23.
"""

import time
from contextlib import contextmanager, suppress
from pathlib import Path

import duckdb
import pyarrow as pa
from django.conf import settings as django_settings

from warehouses.batch import Batch
from warehouses.connector import Connector, Dialect, LiveColumn, LiveTable, Session
from warehouses.naming import Naming
from warehouses.reserved import DUCKDB
from warehouses.values import utc_text
from workspaces.setting import Setting

DIALECT = Dialect(
    types={
        "integer": "BIGINT",
        "float": "DOUBLE",
        "boolean": "BOOLEAN",
        "varchar": "VARCHAR",
        "timestamp": "TIMESTAMPTZ",
    },
    logical={
        **dict.fromkeys(["BIGINT", "INTEGER", "SMALLINT", "HUGEINT"], "integer"),
        **dict.fromkeys(["DOUBLE", "FLOAT", "DECIMAL"], "float"),
        "BOOLEAN": "boolean",
        "VARCHAR": "varchar",
        **dict.fromkeys(["TIMESTAMP WITH TIME ZONE", "TIMESTAMP", "DATE"], "timestamp"),
    },
    id_type="VARCHAR PRIMARY KEY",
    # DuckDB has no limits of its own; these keep a schema usable.
    naming=Naming(DUCKDB, 255),
    max_columns=4000,
)

_ARROW = {
    "integer": pa.int64(),
    "float": pa.float64(),
    "boolean": pa.bool_(),
    "varchar": pa.string(),
    "timestamp": pa.timestamp("us", tz="UTC"),
}

# Part of what DuckDB says -> what to do about it.
_MEANINGS = {
    "Could not set lock": "Another program has the file open: close it there, or copy the file and "
    "open the copy. The next sync tries again.",
    "not a valid DuckDB database file": "The file is not a DuckDB database: choose another path.",
    "No such file or directory": "The folder does not exist or cannot be made.",
    "Permission denied": "Switchyard may not write to that path.",
    "No space left": "The disk is full.",
    "Cannot change the type": "Something, such as an index, depends on the column to be changed.",
    "newer version of DuckDB": "A newer DuckDB wrote the file: update Switchyard.",
}


class DuckDB(Connector):
    slug = "duckdb"
    name = "DuckDB file"
    dialect = DIALECT
    single_writer = True
    errors = (duckdb.Error, pa.ArrowException)
    settings = [
        Setting(
            "path",
            "File",
            default="warehouse.duckdb",
            help="Relative to SWITCHYARD_HOME unless it starts with /",
        ),
        Setting(
            "widen_integers",
            "Widen integer columns",
            type="boolean",
            default=True,
            help="Make an integer column float at its first fraction",
        ),
    ]
    # How long to wait for somebody who reads the file.
    patience_s = 20

    @contextmanager
    def open(self, settings, schema):
        connection = self._connect(file_path(settings))
        try:
            yield DuckDBSession(connection, schema)
        finally:
            connection.close()

    def place(self, settings):
        return str(file_path(settings).resolve())

    def refusal(self, settings):
        home = Path(django_settings.SWITCHYARD_HOME).resolve()
        path = file_path(settings).resolve()
        if path.suffix != ".duckdb" or not path.is_relative_to(home):
            return "The file has to lie below SWITCHYARD_HOME and end in .duckdb."
        return ""

    def _connect(self, path: Path):
        path.parent.mkdir(parents=True, exist_ok=True)
        deadline = time.monotonic() + self.patience_s
        while True:
            try:
                return duckdb.connect(str(path))
            except duckdb.IOException as error:
                if "Could not set lock" not in str(error) or time.monotonic() > deadline:
                    raise
            time.sleep(0.2)

    def explain(self, error):
        text = str(error).strip().partition("\n")[0]
        meaning = next((said for part, said in _MEANINGS.items() if part in str(error)), "")
        return f"{meaning} DuckDB says: {text}" if meaning else f"DuckDB says: {text}"

    def is_schema_drift(self, error):
        return isinstance(error, duckdb.CatalogException | duckdb.BinderException)

    def is_repeat(self, error):
        return isinstance(error, duckdb.ConstraintException)

    def is_about_rows(self, error):
        return isinstance(error, duckdb.DataError | pa.ArrowException)


def file_path(settings: dict) -> Path:
    """Return where the file of a warehouse with these settings lies."""
    return Path(django_settings.SWITCHYARD_HOME, settings.get("path") or "warehouse.duckdb")


class DuckDBSession(Session):
    def __init__(self, connection, schema: str):
        self._connection, self._schema = connection, schema
        self._execute = connection.execute
        self._execute("SET TimeZone = 'UTC'")

    def create_schema(self):
        self._execute(f"CREATE SCHEMA IF NOT EXISTS {DIALECT.quote(self._schema)}")

    def drop_schema(self):
        self._execute(f"DROP SCHEMA IF EXISTS {DIALECT.quote(self._schema)} CASCADE")

    def tables(self):
        found: dict[str, LiveTable] = {}
        query = (
            "SELECT table_name, column_name, data_type FROM duckdb_columns() "
            "WHERE database_name = current_database() AND schema_name = ? "
            "AND table_oid IN (SELECT table_oid FROM duckdb_tables()) ORDER BY column_index"
        )
        for table, column, physical in self._execute(query, [self._schema]).fetchall():
            live = found.setdefault(table, LiveTable())
            logical = DIALECT.logical.get(physical.partition("(")[0])
            live.columns[column] = LiveColumn(physical, logical)
            live.slot_count += 1
        return found

    def create_table(self, table, columns):
        listed = ", ".join(_definition(name, logical) for name, logical in columns.items())
        self._execute(f"CREATE TABLE IF NOT EXISTS {self._name(table)} ({listed})")

    def add_columns(self, table, columns):
        # DuckDB takes one column a statement.
        with self._transaction():
            for name, logical in columns.items():
                added = f"ADD COLUMN IF NOT EXISTS {_definition(name, logical)}"
                self._execute(f"ALTER TABLE {self._name(table)} {added}")

    def widen(self, table, column):
        quoted = DIALECT.quote(column)
        self._execute(f"ALTER TABLE {self._name(table)} ALTER {quoted} TYPE DOUBLE")

    def describe(self, table, column, text):
        literal = "'" + text.replace("'", "''") + "'"
        self._execute(f"COMMENT ON COLUMN {self._name(table)}.{DIALECT.quote(column)} IS {literal}")

    def known_ids(self, table, ids):
        query = f"SELECT id FROM {self._name(table)} SEMI JOIN batch USING (id)"
        with self._registered(pa.table({"id": pa.array(ids, pa.string())})):
            return {row[0] for row in self._execute(query).fetchall()}

    def append(self, table, batch):
        with self._transaction(), self._registered(_arrow(batch)):
            self._execute(f"INSERT INTO {self._name(table)} BY NAME SELECT * FROM batch")
        return batch.row_count

    def upsert(self, table, batch, cleared):
        target = self._name(table)
        names = [DIALECT.quote(name) for name in batch.values if name != "id"]
        merged = ", ".join(f"{name} = COALESCE(EXCLUDED.{name}, stored.{name})" for name in names)
        with self._transaction(), self._registered(_arrow(batch)):
            self._execute(
                f"INSERT INTO {target} AS stored BY NAME SELECT * FROM batch "
                f"ON CONFLICT (id) DO UPDATE SET {merged}"
            )
            for column, ids in cleared.items():
                nulled = f"UPDATE {target} SET {DIALECT.quote(column)} = NULL"
                self._execute(f"{nulled} WHERE id IN (SELECT unnest(?))", [ids])
        return batch.row_count

    @contextmanager
    def _transaction(self):
        self._execute("BEGIN")
        try:
            yield
            self._execute("COMMIT")
        except BaseException:
            # A COMMIT that failed has ended the transaction already.
            with suppress(duckdb.TransactionException):
                self._connection.rollback()
            raise

    @contextmanager
    def _registered(self, table: pa.Table):
        self._connection.register("batch", table)
        try:
            yield
        finally:
            self._connection.unregister("batch")

    def _name(self, table: str) -> str:
        return DIALECT.quote(self._schema, table)


def _definition(column: str, logical: str) -> str:
    return f"{DIALECT.quote(column)} {DIALECT.type_of(column, logical)}"


def _arrow(batch: Batch) -> pa.Table:
    arrays = {name: _array(batch.types[name], values) for name, values in batch.values.items()}
    return pa.table(arrays)


def _array(logical: str, values: list) -> pa.Array:
    if logical != "timestamp":
        return pa.array(values, _ARROW[logical])
    try:
        return pa.array(values, pa.string()).cast(_ARROW[logical])
    except pa.ArrowInvalid:
        # ISO 8601 has forms that Arrow does not read, such as nine digits of a fraction.
        texts = [None if value is None else utc_text(value) for value in values]
        return pa.array(texts, pa.string()).cast(_ARROW[logical])
