"""Rows of one source into one schema, table by table, whatever state the schema is in.

A call to `Loader.load` may be repeated at any time and then changes nothing: rows whose id is
known are left out, objects are written as they were.
"""

from collections.abc import Sequence
from datetime import datetime

from .batch import Batch, by_column, cleared, cut, distinct, fit, fold, has_fractions, infer
from .connector import Connector, LiveColumn, LiveTable, Session
from .notices import Notices
from .records import Records
from .schema import EVENT, OBJECTS, STANDARD, Row
from .values import FLOAT, INTEGER, VARCHAR, Moment

FIRST_COLUMNS = ["id", "received_at", "uuid_ts"]
# A row that is too large for the warehouse is tried with this many of its own columns, then none.
NARROW_COLUMNS = 300
# So many single rows of a chunk may be refused before the fault is taken to be the table's.
REFUSED_ROWS = 100


class Loader:
    """Loads into the schema of `session`. `synced_at` is what `uuid_ts` gets."""

    def __init__(
        self,
        connector: Connector,
        session: Session,
        records: Records,
        notices: Notices,
        synced_at: datetime,
        widen: bool = True,
    ):
        self._connector, self._session = connector, session
        self.records, self._notices, self._widen = records, notices, widen
        self._synced_at = Moment(synced_at.isoformat())
        self._refused = 0
        self._misfits: list[dict] = []
        self.read_schema()

    def read_schema(self) -> None:
        """Read what is there: people drop columns and tables by hand."""
        self._session.create_schema()
        self._live = self._session.tables()

    def load(self, table: str, rows: list[Row]) -> int:
        """Load rows into `table` and return how many it gained or, of objects, were written.

        Raises one of the connector's errors when the table cannot be loaded; then none of `rows`
        or only some are there.
        """
        self._refused = 0
        try:
            return self._attempt(table, rows)
        except self._connector.errors as error:
            if self._connector.is_schema_drift(error) or self._connector.is_repeat(error):
                # Somebody changed the table since we looked at it.
                self.read_schema()
                return self._attempt(table, rows)
            raise

    def _attempt(self, table: str, rows: list[Row]) -> int:
        try:
            return self._load(table, rows)
        except self._connector.errors as error:
            if self._connector.is_repeat(error) or not self._connector.is_about_rows(error):
                raise
            return self._load_apart(table, rows, error)

    def _load_apart(self, table: str, rows: list[Row], error: Exception) -> int:
        """Load the halves of `rows`, so that a row that is refused costs no other row."""
        if len(rows) > 1:
            middle = len(rows) // 2
            return self._attempt(table, rows[:middle]) + self._attempt(table, rows[middle:])
        self._refused += 1
        if self._refused > REFUSED_ROWS:
            raise error
        standard = STANDARD.get(table, EVENT)
        row = rows[0]
        own = [name for name in row if name not in standard]
        for kept in (NARROW_COLUMNS, 0):
            if len(own) <= kept:
                continue
            left_out = set(own[kept:])
            narrow = {name: value for name, value in row.items() if name not in left_out}
            try:
                count = self._load(table, [narrow])
            except self._connector.errors:
                continue
            self._notices.add(table, "narrowed", "", row["id"], row_id=row["id"])
            return count
        raise error

    def _load(self, table: str, rows: list[Row]) -> int:
        # Of values it could not fit; counted only when the rows are in, as rows may be tried again.
        self._misfits.clear()
        count = self._upsert(table, rows) if table in OBJECTS else self._append(table, rows)
        for misfit in self._misfits:
            self._notices.add(table, **misfit)
        return count

    def _append(self, table: str, rows: list[Row]) -> int:
        rows = distinct(rows)
        if table in self._live:
            known = self._session.known_ids(table, [row["id"] for row in rows])
            rows = [row for row in rows if row["id"] not in known] if known else rows
        return self._session.append(table, self._batch(table, rows)) if rows else 0

    def _upsert(self, table: str, rows: list[Row]) -> int:
        # Before folding: a trait that came and was cleared at once is a column all the same.
        live = self._ensure(table, by_column(rows))
        rows = fold(rows)
        nulls = {name: ids for name, ids in cleared(rows).items() if name in live.columns}
        return self._session.upsert(table, self._batch(table, rows), nulls)

    def _batch(self, table: str, rows: list[Row]) -> Batch:
        columns = by_column(rows)
        columns["uuid_ts"] = [self._synced_at] * len(rows)
        return self._fit(table, self._ensure(table, columns), columns)

    def _ensure(self, table: str, columns: dict[str, Sequence]) -> LiveTable:
        """Bring the table to what `columns` ask for, and return it as it then is."""
        live = self._live.get(table)
        if live is None:
            return self._create(table, columns)
        standard = STANDARD.get(table, EVENT)
        missing = {
            name: logical
            for name, values in columns.items()
            if name not in live.columns and (logical := standard.get(name) or infer(values))
        }
        added = self._within_limit(table, missing, live.slot_count)
        if added:
            self._session.add_columns(table, added)
            for name in added:
                if self.records.has(table, name):
                    self._notices.add(table, "recreated", name)
            self._added(table, live, added)
        in_use = ((name, live.columns.get(name)) for name in columns)
        self.records.add(table, {name: one.logical for name, one in in_use if one and one.logical})
        if self._widen:
            self._widen_integers(table, live, columns)
        return live

    def _create(self, table: str, columns: dict[str, Sequence]) -> LiveTable:
        standard = STANDARD.get(table, EVENT)
        wanted = dict(standard)
        inferred = {name: infer(values) for name, values in columns.items() if name not in standard}
        own = {name: logical for name, logical in inferred.items() if logical}
        wanted |= self._within_limit(table, own, len(standard))
        rest = sorted(name for name in wanted if name not in FIRST_COLUMNS)
        ordered = {name: wanted[name] for name in FIRST_COLUMNS + rest}
        self._session.create_table(table, ordered)
        if self.records.has(table, "id"):
            self._notices.add(table, "rebuilt")
        live = self._live[table] = LiveTable()
        self._added(table, live, ordered)
        return live

    def _within_limit(self, table, columns: dict[str, str], slot_count: int) -> dict[str, str]:
        room = max(0, self._connector.dialect.max_columns - slot_count)
        for name in list(columns)[room:]:
            self._notices.add(table, "column_limit", name)
        return dict(list(columns.items())[:room])

    def _added(self, table: str, live: LiveTable, columns: dict[str, str]) -> None:
        dialect = self._connector.dialect
        for name, logical in columns.items():
            live.columns[name] = LiveColumn(dialect.types[logical], logical)
            if len(name) == dialect.naming.max_length:
                # Perhaps a cut name: the comment says what it stands for.
                self._session.describe(table, name, self.records.raw_name(table, name))
        live.slot_count += len(columns)
        self.records.add(table, columns)

    def _widen_integers(self, table: str, live: LiveTable, columns: dict[str, Sequence]) -> None:
        for name, values in columns.items():
            column = live.columns.get(name)
            if column is None or column.logical != INTEGER or not has_fractions(values):
                continue
            self._session.widen(table, name)
            live.columns[name] = LiveColumn(self._connector.dialect.types[FLOAT], FLOAT)
            self._notices.add(table, "widened", name)
            self.records.add(table, {name: FLOAT})

    def _fit(self, table: str, live: LiveTable, columns: dict[str, Sequence]) -> Batch:
        types, fitting, ids = {}, {}, columns["id"]
        note = self._note
        for name, values in columns.items():
            column = live.columns.get(name)
            if column is None:
                continue
            if column.logical is None:
                note("unknown_type", name, column.physical, columns["id"][0])
                continue
            fitted = fit(name, values, column.logical, ids, note)
            if column.max_length and column.logical == VARCHAR and name != "id":
                fitted = cut(name, fitted, column.max_length, ids, note)
            types[name], fitting[name] = column.logical, fitted
        return Batch(types, fitting)

    def _note(self, kind: str, name: str, sample, row_id: str) -> None:
        self._misfits.append({"kind": kind, "name": name, "sample": sample, "row_id": row_id})
