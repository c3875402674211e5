"""SingleStore: events as rows of a table, through the database's Data API.

Facts: reference/destination-catalog/raw-data.md, "SingleStore" (read 2026-11-25); the options of
the table: segmentio/action-destinations, destinations/singlestore (read 2026-11-25). The check
makes the table when there is none.
"""

from destinations.auth import basic
from destinations.integration import (
    Batch,
    Field,
    Integration,
    Rejected,
    Request,
    Setting,
    first_of,
    path,
    required_if,
)

# (column, type, field)
COLUMNS = (
    ("messageId", "TEXT NOT NULL", "messageid"),
    ("timestamp", "DATETIME(6) NOT NULL", "timestamp"),
    ("type", "TEXT NOT NULL", "type"),
    ("event", "TEXT", "event"),
    ("name", "TEXT", "name"),
    ("properties", "JSON", "properties"),
    ("userId", "TEXT", "userId"),
    ("anonymousId", "TEXT", "anonymousId"),
    ("groupId", "TEXT", "groupId"),
    ("traits", "JSON", "traits"),
    ("context", "JSON", "context"),
)
OPTIONS = (
    "AUTOSTATS_CARDINALITY_MODE=PERIODIC AUTOSTATS_HISTOGRAM_MODE=CREATE "
    "SQL_MODE='STRICT_ALL_TABLES'"
)
TYPES = ("track", "identify", "page", "screen", "group", "alias")


def _table(settings):
    return "`" + settings["tableName"].replace("`", "``") + "`"


def check(settings):
    columns = ", ".join(f"{name} {kind}" for name, kind, _ in COLUMNS)
    sql = f"CREATE TABLE IF NOT EXISTS {_table(settings)} ({columns}, SHARD KEY ()) {OPTIONS}"
    return Request("POST", "/exec", json={"sql": sql, "database": settings["dbName"]})


integration = Integration(
    slug="singlestore",
    name="SingleStore",
    category="raw-data",
    docs_url="https://segment.com/docs/connections/destinations/catalog/actions-singlestore/",
    base_url=lambda settings: f"https://{settings['host']}:{settings['port']}/api/v2",
    auth=basic("username", "password"),
    check=check,
    names=("Singlestore", "SingleStore"),
    description="Writes events into a table.",
    settings=[
        Setting("host", "Host", required=True, pattern=r"[A-Za-z0-9.-]+"),
        Setting("port", "Port of the Data API", default="443", pattern=r"[0-9]{1,5}"),
        Setting("username", "User name", required=True),
        Setting("password", "Password", required=True, secret=True),
        Setting("dbName", "Database", required=True),
        Setting("tableName", "Table", required=True, default="segment_data"),
    ],
)


@integration.action(
    "Send Data",
    slug="send",
    trigger=" or ".join(f'type = "{name}"' for name in TYPES),
    batch=Batch(size=100, max_size=1000),
    fields=[
        Field("messageid", default=path("$.messageId"), required=True),
        Field("timestamp", default=path("$.timestamp"), required=True),
        Field("type", default=path("$.type"), required=True, choices=TYPES),
        Field("event", default=path("$.event"), required=required_if("type", "is", "track")),
        Field("name", default=path("$.name")),
        Field("properties", "object", path("$.properties")),
        Field("userId", default=path("$.userId")),
        Field("anonymousId", default=path("$.anonymousId")),
        Field("groupId", default=path("$.groupId")),
        Field("traits", "object", first_of("$.context.traits", "$.traits")),
        Field("context", "object", path("$.context")),
        Field("max_batch_size", "number", 100, required=True, minimum=1, maximum=1000),
        Field("enable_batching", "boolean", True, hidden=True),
    ],
)
def send(payload, settings):
    return _insert([payload], settings)


@send.batch
def send_batch(payloads, settings):
    size = int(payloads[0]["max_batch_size"])
    parts = [payloads[start : start + size] for start in range(0, len(payloads), size)]
    return [_insert(part, settings) for part in parts]


@send.answer
def read_answer(response, payloads):
    if response.status == 200 or not 200 <= response.status < 300:
        return None
    # The Data API has one word for success.
    error = Rejected(f"SingleStore answered {response.status}", status=response.status)
    return [error] * len(payloads)


def _insert(payloads, settings):
    names = ", ".join(name for name, _, _ in COLUMNS)
    row = "(" + ", ".join("?" for _ in COLUMNS) + ")"
    rows = ", ".join(row for _ in payloads)
    sql = f"INSERT INTO {_table(settings)} ({names}) VALUES {rows}"
    args = [_value(payload, field) for payload in payloads for _, _, field in COLUMNS]
    return Request("POST", "/exec", json={"sql": sql, "database": settings["dbName"], "args": args})


def _value(payload, field):
    value = payload.get(field)
    if field == "timestamp":
        return value.replace("T", " ", 1).replace("Z", "", 1)
    return value
