"""An event becomes rows: which tables, which columns, which values. Pure.

The tables are those of a Segment warehouse (reference/warehouse-schema.md). Where its section 18
leaves a choice, this is ours: nothing is dropped that has a usable name; a property that would
shadow a column of the table's own gets an underscore; of two properties with one column the first
that is not null wins; empty strings and arrays are values; an explicit null clears a trait in
`users` and `accounts`.
"""

from hashlib import blake2b
from typing import NamedTuple

import orjson

from .columns import MAX_KEYS, Columns
from .events import moment
from .flatten import Lost, cleared, flatten
from .naming import Naming, shorten, snake_case
from .notices import Notices
from .values import TIMESTAMP, VARCHAR

Row = dict[str, object]

COMMON = {
    "id": VARCHAR,
    "received_at": TIMESTAMP,
    "uuid_ts": TIMESTAMP,
    "anonymous_id": VARCHAR,
    "original_timestamp": TIMESTAMP,
    "sent_at": TIMESTAMP,
    "timestamp": TIMESTAMP,
    "user_id": VARCHAR,
}
EVENT = COMMON | {"event": VARCHAR, "event_text": VARCHAR}
_NAMED = COMMON | {"category": VARCHAR, "name": VARCHAR}
_OBJECT = {"id": VARCHAR, "received_at": TIMESTAMP, "uuid_ts": TIMESTAMP}
# Reports over Segment's `pages` name these even when no page ever had one.
_EXPECTED_OF_PAGES = dict.fromkeys(
    [
        *("path", "referrer", "search", "title", "url", "context_ip", "context_user_agent"),
        *(f"context_campaign_{name}" for name in ("content", "medium", "name", "source", "term")),
    ],
    VARCHAR,
)
# The columns that a table has from the start, with their types. All others are event tables.
STANDARD = {
    "identifies": COMMON,
    "users": _OBJECT,
    "groups": COMMON | {"group_id": VARCHAR},
    "accounts": _OBJECT,
    "tracks": EVENT,
    "pages": _NAMED | _EXPECTED_OF_PAGES,
    "screens": _NAMED,
    "aliases": COMMON | {"previous_id": VARCHAR},
}
# One row per object, upserted; every other table has one row per call.
OBJECTS = {"users": "identifies", "accounts": "groups"}

# No property may take these names, nor any that starts with `context_`. `uuid` and `loaded_at` are
# standard columns of other engines.
_PROTECTED = frozenset(COMMON) | {"uuid", "loaded_at"}
# An id is a primary key, and an index entry has room for 2,700 bytes.
MAX_ID_LENGTH = 512


class EventTable(NamedTuple):
    """The table of one track event. `slug` is its value in the column `event`."""

    slug: str
    name: str
    columns: Columns


class Flattener:
    """Makes rows of the events of one source, for one kind of warehouse.

    It remembers names, nothing of the events: the same event always gives the same rows. What got
    no column of its own goes to `notices`.
    """

    def __init__(self, naming: Naming, notices: Notices | None = None):
        self._naming = naming
        self._notices = notices or Notices()
        self._context = Columns(naming, frozenset(), "context_", "context.")
        self._tables: dict[str, Columns] = {}
        self._events: dict[str, EventTable] = {}
        self._lost: list[Lost] = []
        self._makers = {
            "track": self._track,
            "identify": self._identify,
            "page": self._page,
            "screen": self._screen,
            "group": self._group,
            "alias": self._alias,
        }

    def rows(self, event: dict) -> list[tuple[str, Row]]:
        """Return `event` (parsed, with its four times) as (table, row) pairs.

        A row is column -> int, float, bool, str or `Moment`; the column `uuid_ts` is the loader's.
        Nulls are left out, but in rows of `users` and `accounts` a None clears the column. An
        event of an unknown type gives no rows.
        """
        make = self._makers.get(event.get("type"))
        if make is None:
            return []
        context = event.get("context")
        flat: Row = {}
        if type(context) is dict:
            flatten(context, self._context, flat, self._lost)
        rows = make(event, _ids_and_times(event), flat)
        if self._lost:
            self._report(rows[-1][0])
        return rows

    def raw_name(self, table: str, column: str) -> str:
        """Return the path in the event that led to `column`, or the column itself if unknown."""
        columns = self._tables.get(OBJECTS.get(table, table))
        own = columns.raw if columns is not None else {}
        return own.get(column) or self._context.raw.get(column) or column

    def renamed(self) -> list[tuple[str, str, str]]:
        """Return (table, column, path) of every property whose plain name was not free."""
        tables = self._tables.items()
        return [(table, *pair) for table, columns in tables for pair in columns.renamed.items()]

    def _track(self, event, ids, context):
        text = event.get("event")
        text = text if type(text) is str else _text(text)
        table = self._events.get(text) or self._event_table(text)
        tracks = {**ids, **context, "event": table.slug}
        if text is not None:
            tracks["event_text"] = text
        if not table.name:  # a name without a letter or digit
            return [("tracks", tracks)]
        properties = event.get("properties")
        if type(properties) is not dict or not properties:
            return [("tracks", tracks), (table.name, tracks.copy())]
        flat: Row = {}
        flatten(properties, table.columns, flat, self._lost)
        return [("tracks", tracks), (table.name, {**tracks, **flat})]

    def _event_table(self, text: str | None) -> EventTable:
        if len(self._events) >= MAX_KEYS:
            self._events.clear()
        slug = snake_case(text or "")
        name = self._naming.identifier(slug, frozenset(STANDARD))
        columns = self._columns(name, "properties.", EVENT)
        self._events[text] = table = EventTable(slug, name, columns)
        return table

    def _identify(self, event, ids, context):
        traits = self._flat(event, "traits", "identifies", COMMON)
        rows = [("identifies", {**ids, **context, **traits})]
        if user_id := ids.get("user_id"):
            rows.append(self._object("users", user_id, event, context, traits))
        return rows

    def _group(self, event, ids, context):
        group_id = row_id(event.get("groupId"))
        traits = self._flat(event, "traits", "groups", STANDARD["groups"])
        own = {"group_id": group_id} if group_id else {}
        rows = [("groups", {**ids, **own, **context, **traits})]
        if group_id:
            rows.append(self._object("accounts", group_id, event, context, traits))
        return rows

    def _object(self, table, object_id, event, context, traits):
        nulls = {}
        if type(event.get("traits")) is dict:
            nulls = cleared(event["traits"], self._tables[OBJECTS[table]])
        own = {"id": object_id, "received_at": moment(event.get("receivedAt"))}
        return table, {**nulls, **own, **context, **traits}

    def _page(self, event, ids, context):
        return [("pages", self._named(event, ids, context, "pages"))]

    def _screen(self, event, ids, context):
        return [("screens", self._named(event, ids, context, "screens"))]

    def _named(self, event, ids, context, table):
        # `name` and `category` are no collisions: libraries copy them into the properties.
        properties = self._flat(event, "properties", table, COMMON)
        for key in ("name", "category"):
            text = _text(event.get(key))
            if text is not None:
                properties[key] = text
            elif key in properties:
                properties[key] = _text(properties[key])
        return {**ids, **context, **properties}

    def _alias(self, event, ids, context):
        traits = self._flat(event, "traits", "aliases", STANDARD["aliases"])
        previous_id = row_id(event.get("previousId"))
        own = {"previous_id": previous_id} if previous_id else {}
        return [("aliases", {**ids, **own, **context, **traits})]

    def _flat(self, event, key, table, standard) -> Row:
        value, flat = event.get(key), {}
        if type(value) is dict:
            flatten(value, self._columns(table, f"{key}.", standard), flat, self._lost)
        return flat

    def _columns(self, table: str, path: str, standard) -> Columns:
        columns = self._tables.get(table)
        if columns is None:
            columns = Columns(self._naming, _PROTECTED | frozenset(standard), "", path)
            self._tables[table] = columns
        return columns

    def _report(self, table: str) -> None:
        for lost in self._lost:
            self._notices.add(OBJECTS.get(table, table), lost.kind, lost.name, lost.path)
        self._lost.clear()


def _ids_and_times(event: dict) -> Row:
    received_at = moment(event.get("receivedAt"))
    original = moment(event.get("originalTimestamp")) or received_at
    row: Row = {
        "id": row_id(event.get("messageId")) or _id_of_content(event),
        "received_at": received_at,
        "original_timestamp": original,
        "sent_at": moment(event.get("sentAt")) or received_at,
        "timestamp": moment(event.get("timestamp")) or original,
    }
    if anonymous_id := row_id(event.get("anonymousId")):
        row["anonymous_id"] = anonymous_id
    if user_id := row_id(event.get("userId")):
        row["user_id"] = user_id
    return row


def row_id(value) -> str | None:
    """Return an id as text, cut when too long for a key; None when there is none."""
    text = value if type(value) is str else _text(value)
    if text and len(text) > MAX_ID_LENGTH:
        text = shorten(text, MAX_ID_LENGTH)
    return text or None


def _id_of_content(event: dict) -> str:
    # The door gives every event a messageId; without one a repeat must still be the same row.
    return blake2b(orjson.dumps(event, option=orjson.OPT_SORT_KEYS), digest_size=16).hexdigest()


def _text(value) -> str | None:
    """Return a scalar as text; None for null, and for what is no name or id at all."""
    if type(value) is str:
        return value
    if value is None or type(value) in (dict, list):
        return None
    return orjson.dumps(value).decode()
