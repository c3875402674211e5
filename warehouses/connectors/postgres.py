"""PostgreSQL: rows by COPY in prepared text, one primary key per table.

Facts: https://www.postgresql.org/docs/current/limits.html (63 bytes of a name, 1,600 columns with
those dropped), https://www.postgresql.org/docs/current/errcodes-appendix.html; read 2026-11-23.
"""

from contextlib import contextmanager

import orjson
import psycopg
from psycopg import errors

from warehouses.batch import Batch
from warehouses.connector import Connector, Dialect, LiveColumn, LiveTable, Session
from warehouses.copy_text import blocks
from warehouses.naming import Naming
from warehouses.reserved import POSTGRES
from workspaces.setting import Setting

DIALECT = Dialect(
    types={
        "integer": "bigint",
        "float": "double precision",
        "boolean": "boolean",
        "varchar": "text",
        "timestamp": "timestamptz",
    },
    logical={
        **dict.fromkeys(["bigint", "integer", "smallint"], "integer"),
        **dict.fromkeys(["double precision", "real", "numeric"], "float"),
        "boolean": "boolean",
        **dict.fromkeys(["text", "character varying", "character"], "varchar"),
        **dict.fromkeys(["timestamp with time zone", "timestamp without time zone"], "timestamp"),
        "date": "timestamp",
    },
    id_type="varchar(1024) NOT NULL PRIMARY KEY",
    naming=Naming(POSTGRES, 63),
    max_columns=1600,
)

# attnum counts dropped columns, which keep their slot of the 1,600 for good.
_TABLES = """
SELECT relname, attname, attnum,
       information_schema._pg_truetypid(a, t)::regtype::text,
       information_schema._pg_char_max_length(
           information_schema._pg_truetypid(a, t), information_schema._pg_truetypmod(a, t))
FROM pg_class c JOIN pg_attribute a ON attrelid = c.oid JOIN pg_type t ON t.oid = atttypid
WHERE relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = %s)
AND relkind IN ('r', 'p') AND attnum > 0 AND NOT attisdropped ORDER BY attnum
"""

# SQLSTATE or its class -> what to do about it.
_MEANINGS = {
    "3F000": "The schema does not exist: the user needs CREATE on the database.",
    "42501": "The user lacks rights, often because another user owns the schema or table. Grant "
    "USAGE and CREATE on the schema and all privileges on its tables, or make the user the owner.",
    "28P01": "User or password are wrong.",
    "28000": "The user may not log in: see its LOGIN right and the server's pg_hba.conf.",
    "3D000": "There is no such database.",
    "57P03": "The server is starting up or shutting down; the next sync tries again.",
    "53300": "The server has no connection left; the next sync tries again.",
    "53100": "The server's disk is full.",
    "55P03": "Somebody holds a lock on the table for too long; the next sync tries again.",
    "57014": "The server cancelled the query; the next sync tries again.",
    "54011": "The table has too many columns.",
    "0A000": "Something in the database, such as a view, depends on the column to be changed.",
    "25006": "The server is read-only, such as a standby.",
    "08": "The connection broke; the next sync tries again.",
    "57P": "The server went away; the next sync tries again.",
}
# What libpq says before there is an SQLSTATE: part of its text -> what to do about it.
_UNREACHABLE = {
    "could not translate host name": "There is no host by that name.",
    "failed to resolve host": "There is no host by that name.",
    "timeout expired": "The server does not answer: see host, port and firewall.",
    "timed out": "The server does not answer: see host, port and firewall.",
    "Connection refused": "Nothing listens at that host and port.",
    "No such file or directory": "No server listens on that socket.",
    "does not support SSL": "The server has no TLS: choose the mode “prefer” or “disable”.",
    "password authentication failed": "User or password are wrong.",
    "no password supplied": "The server asks for a password.",
    "no pg_hba.conf entry": "The server does not let this host or user in (pg_hba.conf).",
    "is not permitted to log in": "The user may not log in: it lacks the LOGIN right.",
    "permission denied for database": "The user needs CONNECT on the database.",
    "does not exist": "There is no such database or user.",
}


class Postgres(Connector):
    slug = "postgres"
    name = "PostgreSQL"
    dialect = DIALECT
    errors = (psycopg.Error,)
    settings = [
        Setting("host", "Host", required=True, help="Name or address of the server"),
        Setting("port", "Port", type="number", default=5432, minimum=1, maximum=65535),
        Setting("database", "Database", required=True, aliases=("dbname",)),
        Setting(
            "user",
            "User",
            required=True,
            aliases=("username",),
            help="Needs CONNECT and CREATE on the database",
        ),
        Setting("password", "Password", secret=True),
        Setting(
            "sslmode",
            "TLS",
            type="select",
            default="prefer",
            choices=("disable", "prefer", "require", "verify-full"),
        ),
        Setting(
            "widen_integers",
            "Widen integer columns",
            type="boolean",
            default=True,
            help="Make an integer column float at its first fraction; rewrites the table",
        ),
    ]

    @contextmanager
    def open(self, settings, schema):
        with _connect(settings) as connection:
            yield PostgresSession(connection, schema)

    def explain(self, error):
        state = getattr(error, "sqlstate", None) or ""
        text = str(error).strip()
        keys = (state, state[:3], state[:2])
        meaning = next((_MEANINGS[key] for key in keys if key in _MEANINGS), "")
        if not meaning and not state:
            meaning = next((said for part, said in _UNREACHABLE.items() if part in text), "")
        return f"{meaning} PostgreSQL says: {text}" if meaning else f"PostgreSQL says: {text}"

    def is_schema_drift(self, error):
        drift = (errors.UndefinedTable, errors.UndefinedColumn, errors.InvalidSchemaName)
        # DuplicateColumn cannot be: columns are added IF NOT EXISTS.
        return isinstance(error, drift)

    def is_repeat(self, error):
        return isinstance(error, errors.UniqueViolation)

    def is_about_rows(self, error):
        return (getattr(error, "sqlstate", None) or "")[:2] in {"22", "23", "54"}


def _connect(settings: dict) -> psycopg.Connection:
    return psycopg.connect(
        host=settings["host"],
        port=settings.get("port", 5432),
        dbname=settings["database"],
        user=settings["user"],
        password=settings.get("password"),
        sslmode=settings.get("sslmode", "prefer"),
        connect_timeout=10,
        # A server that went silent is noticed within a minute, not within two hours.
        keepalives_idle=30,
        keepalives_interval=10,
        keepalives_count=3,
        tcp_user_timeout=60_000,
        application_name="switchyard",
        autocommit=True,
        # A table locked by somebody else is given up until the next sync. Times are sent with
        # their zone, so the zone matters only to dates without one.
        options="-c lock_timeout=30s -c timezone=UTC -c client_min_messages=warning",
    )


class PostgresSession(Session):
    def __init__(self, connection: psycopg.Connection, schema: str):
        self._connection, self._schema = connection, schema
        self._execute = connection.execute

    def create_schema(self):
        # Asked first: CREATE SCHEMA IF NOT EXISTS wants the right to create even when it is there.
        query = "SELECT 1 FROM pg_namespace WHERE nspname = %s"
        if self._execute(query, [self._schema]).fetchone() is None:
            self._execute(f"CREATE SCHEMA IF NOT EXISTS {DIALECT.quote(self._schema)}")

    def drop_schema(self):
        self._execute(f"DROP SCHEMA IF EXISTS {DIALECT.quote(self._schema)} CASCADE")

    def tables(self):
        found: dict[str, LiveTable] = {}
        for table, column, number, physical, length in self._execute(_TABLES, [self._schema]):
            live = found.setdefault(table, LiveTable())
            plain = physical.partition("(")[0]
            live.columns[column] = LiveColumn(physical, DIALECT.logical.get(plain), length)
            live.slot_count = max(live.slot_count, number)
        return found

    def create_table(self, table, columns):
        listed = ", ".join(_definition(name, logical) for name, logical in columns.items())
        self._execute(f"CREATE TABLE IF NOT EXISTS {self._name(table)} ({listed})")

    def add_columns(self, table, columns):
        # Without a default this is instant, however large the table.
        added = ", ".join(
            f"ADD COLUMN IF NOT EXISTS {_definition(name, logical)}"
            for name, logical in columns.items()
        )
        self._execute(f"ALTER TABLE {self._name(table)} {added}")

    def widen(self, table, column):
        quoted = DIALECT.quote(column)
        self._execute(f"ALTER TABLE {self._name(table)} ALTER {quoted} TYPE double precision")

    def describe(self, table, column, text):
        literal = psycopg.sql.quote(text)
        self._execute(f"COMMENT ON COLUMN {self._name(table)}.{DIALECT.quote(column)} IS {literal}")

    def known_ids(self, table, ids):
        # As JSON, because the driver writes a long array slowly.
        given = "ARRAY(SELECT json_array_elements_text(%s::json))"
        query = f"SELECT id FROM {self._name(table)} WHERE id = ANY({given})"
        return {row[0] for row in self._execute(query, [orjson.dumps(ids).decode()])}

    def append(self, table, batch):
        with self._connection.transaction(), self._connection.cursor() as cursor:
            self._copy(cursor, self._name(table), batch)
        return batch.row_count

    def upsert(self, table, batch, cleared):
        target, stage = self._name(table), DIALECT.quote("switchyard_stage")
        names = [DIALECT.quote(name) for name in batch.values]
        listed = ", ".join(names)
        merged = ", ".join(
            f"{name} = COALESCE(EXCLUDED.{name}, stored.{name})" for name in names if name != '"id"'
        )
        with self._connection.transaction(), self._connection.cursor() as cursor:
            cursor.execute(
                f"CREATE TEMP TABLE {stage} ON COMMIT DROP AS SELECT {listed} FROM {target} LIMIT 0"
            )
            self._copy(cursor, stage, batch)
            cursor.execute(
                f"INSERT INTO {target} AS stored ({listed}) SELECT {listed} FROM {stage} "
                f"ON CONFLICT (id) DO UPDATE SET {merged}"
            )
            for column, ids in cleared.items():
                nulled = f"UPDATE {target} SET {DIALECT.quote(column)} = NULL"
                cursor.execute(f"{nulled} WHERE id = ANY(%s::text[])", [ids])
        return batch.row_count

    def _copy(self, cursor, quoted: str, batch: Batch) -> None:
        listed = ", ".join(DIALECT.quote(name) for name in batch.values)
        with cursor.copy(f"COPY {quoted} ({listed}) FROM STDIN") as copy:
            for block in blocks(batch):
                copy.write(block)

    def _name(self, table: str) -> str:
        return DIALECT.quote(self._schema, table)


def _definition(column: str, logical: str) -> str:
    return f"{DIALECT.quote(column)} {DIALECT.type_of(column, logical)}"
