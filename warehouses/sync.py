"""A sync: everything since the position of a (warehouse, source) pair, loaded in chunks.

The position moves after a chunk is in the warehouse, so a process killed between any two lines
repeats a chunk, and repeating one changes nothing (warehouses.load).
"""

import gc
from collections import Counter, defaultdict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from time import monotonic
from typing import NamedTuple

from django.utils import timezone

from sources import log
from sources.language.filters import InvalidFilter, compile_filters
from workspaces.setting import SettingsError, clean_values

from .connector import Connector
from .connectors import get_connector
from .errors import PositionMoved, WarehouseError
from .events import parse, wanted
from .load import Loader
from .locks import hold
from .models import Sync, SyncTable, Warehouse, WarehouseSource
from .naming import schema_name
from .notices import ERROR, INFO, Notices
from .records import Records
from .schema import Flattener, Row

CHUNK = 10_000

# Called after each chunk with the sync, whose counts are up to date.
Progress = Callable[[Sync], None]


def sync(
    warehouse: Warehouse, trigger: str = Sync.Trigger.MANUAL, progress: Progress | None = None
) -> list[Sync]:
    """Load every enabled source of `warehouse`; return one Sync for each, in order of slug.

    What goes wrong with the warehouse is in the Sync: its state, its error, its tables' notices.
    """
    Warehouse.objects.filter(pk=warehouse.pk).update(last_started_at=timezone.now())
    pairs = warehouse.connections.filter(enabled=True).select_related("source")
    return [_sync_pair(pair, trigger, progress) for pair in pairs.order_by("source__slug")]


def _sync_pair(pair: WarehouseSource, trigger: str, progress: Progress | None) -> Sync:
    connector = get_connector(pair.warehouse.kind)
    started_at = timezone.now()
    record = Sync(
        warehouse=pair.warehouse, source=pair.source, trigger=trigger, started_at=started_at
    )
    with hold(pair, connector.single_writer) as held:
        if not held:
            record.state, record.finished_at = Sync.State.SKIPPED, started_at
            record.error = "The sync before it was still running."
            record.save()
            return record
        _bury_the_dead(pair)
        record.save()
        pair.refresh_from_db(fields=["position"])
        run = Run(pair, record, connector, progress)
        try:
            run.go()
        finally:
            run.finish()
    return record


def _bury_the_dead(pair: WarehouseSource) -> None:
    """We hold the lock, so a sync of this pair that says it is running was killed."""
    dead = Sync.objects.filter(
        warehouse=pair.warehouse_id, source=pair.source_id, state=Sync.State.RUNNING
    )
    dead.update(
        state=Sync.State.FAILURE,
        finished_at=timezone.now(),
        error="The process was stopped. The next sync went on from where it was.",
    )


@contextmanager
def collector_off():
    """Keep the cyclic garbage collector still.

    A chunk is a few hundred thousand objects without a cycle among them; walking them again and
    again took a third of the time of a load.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


class Chunk(NamedTuple):
    """Rows of the events up to the position `until`, as table -> rows, without what is filtered."""

    until: int
    event_count: int
    filtered_count: int
    tables: dict[str, list[Row]]


class Run:
    """One sync of one pair while it runs."""

    def __init__(self, pair: WarehouseSource, record: Sync, connector: Connector, progress):
        self._pair, self._record, self._connector = pair, record, connector
        self._progress = progress
        self._notices = Notices()
        self._flattener = Flattener(connector.dialect.naming, self._notices)
        self._counts: Counter[str] = Counter()
        self._failed: set[str] = set()
        self._finished = False
        # The names under which `integrations.Warehouses` may list it.
        warehouse = pair.warehouse
        self._ids = frozenset({str(warehouse.pk), warehouse.slug, warehouse.name})
        self._filter = None

    def go(self) -> None:
        """Load chunk after chunk until the mark fixed at the start, or until a table fails."""
        source, warehouse = self._pair.source, self._pair.warehouse
        schema = schema_name(source.schema_name or source.slug, self._connector.dialect.naming)
        mark = log.horizon()
        filters = [each for each in warehouse.filters if each.get("enabled", True)]
        try:
            self._filter = compile_filters(filters) if filters else None
            settings = clean_values(self._connector.settings, warehouse.settings)
            with self._connector.open(settings, schema) as session:
                records = Records(warehouse, schema, self._flattener.raw_name)
                loader = Loader(
                    self._connector,
                    session,
                    records,
                    self._notices,
                    self._record.started_at,
                    widen=settings.get("widen_integers", True),
                )
                self._load_until(mark, loader)
        except (OSError, *self._connector.errors) as error:
            self._record.error = self._connector.explain(error)
        except (SettingsError, InvalidFilter, WarehouseError) as error:
            self._record.error = str(error)
        self._finished = True

    def _load_until(self, mark: int, loader: Loader) -> None:
        # A thread loads one chunk while this one reads and prepares the next. Our own database is
        # left to this thread.
        with collector_off(), ThreadPoolExecutor(max_workers=1) as thread:
            chunk = self._prepare(self._pair.position, mark)
            while chunk:
                self._record.prepared_at = self._record.prepared_at or timezone.now()
                loading = thread.submit(self._load, chunk, loader)
                following = self._prepare(chunk.until, mark) if chunk.until < mark else None
                loading.result()
                loader.records.save()
                if not self._failed:
                    self._move_to(chunk.until)
                    self._record.event_count += chunk.event_count
                    self._record.filtered_count += chunk.filtered_count
                self._report()
                chunk = None if self._failed else following

    def _prepare(self, after: int, mark: int) -> Chunk:
        """Return the rows of the next events after a position, ready to be loaded."""
        started = monotonic()
        entries = log.read([self._pair.source_id], after, mark, CHUNK)
        until = mark if len(entries) < CHUNK else entries[-1].id
        chunk = Chunk(until, len(entries), *self._tables(entries))
        self._record.preparation_s += monotonic() - started
        return chunk

    def _tables(self, entries: list[log.Entry]) -> tuple[int, dict[str, list[Row]]]:
        """Return how many events were filtered, and the rows of the others by table."""
        tables: defaultdict[str, list[Row]] = defaultdict(list)
        filtered = 0
        make = self._flattener.rows
        for entry in entries:
            try:
                event = parse(entry.payload)
            except ValueError:
                self._notices.add("tracks", "unreadable", str(entry.id), entry.id)
                continue
            kept = self._let_through(event)
            if kept is None:
                filtered += 1
                continue
            for table, row in make(kept):
                tables[table].append(row)
        return filtered, tables

    def _let_through(self, event: dict) -> dict | None:
        """Return the event as it may be loaded, or None for one that may not."""
        if "integrations" in event and not wanted(event, self._ids):
            return None
        return event if self._filter is None else self._filter(event).event

    def _load(self, chunk: Chunk, loader: Loader) -> None:
        started = monotonic()
        for table, rows in chunk.tables.items():
            self._load_table(loader, table, rows)
        self._record.loading_s += monotonic() - started

    def _load_table(self, loader: Loader, table: str, rows: list[Row]) -> None:
        try:
            self._counts[table] += loader.load(table, rows)
        except self._connector.errors as error:
            explained = self._connector.explain(error)
            self._notices.add(table, "failed", "", explained, len(rows))
            self._record.error = self._record.error or f"Table {table}: {explained}"
            self._failed.add(table)

    def _move_to(self, position: int) -> None:
        old = self._pair.position
        mine = WarehouseSource.objects.filter(pk=self._pair.pk, position=old)
        if not mine.update(position=position):
            raise PositionMoved
        self._pair.position = position

    def _report(self) -> None:
        self._record.row_count = self._counts.total()
        counts = ["event_count", "filtered_count", "row_count"]
        self._record.save(update_fields=["prepared_at", "preparation_s", "loading_s", *counts])
        if self._progress:
            self._progress(self._record)

    def finish(self) -> None:
        """Write down what was done; also when an exception that is our bug ends the run."""
        for table, column, path in self._flattener.renamed():
            self._notices.add(table, "renamed", column, path)
        record = self._record
        if not self._finished:
            record.error = "The sync ended with an error of Switchyard's own; see the server's log."
        record.finished_at = timezone.now()
        record.row_count = self._counts.total()
        names = {**self._counts, **dict.fromkeys(self._notices.tables())}
        tables = [
            SyncTable(
                sync=record,
                name=name,
                row_count=self._counts[name],
                notices=self._notices.of(name),
            )
            for name in names
        ]
        SyncTable.objects.bulk_create(tables)
        record.notice_count = sum(len(table.notices) for table in tables)
        record.state = self._state()
        record.save()

    def _state(self) -> Sync.State:
        graver = self._notices.worst() not in (None, INFO)
        if not self._record.error and not graver:
            return Sync.State.SUCCESS
        if self._record.row_count:
            return Sync.State.PARTIAL
        # Values were left out of rows that were there before: nothing failed.
        failed = self._record.error or self._notices.worst() == ERROR
        return Sync.State.FAILURE if failed else Sync.State.PARTIAL
