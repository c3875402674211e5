"""The words in which a connector is written: Dialect, Connector, Session.

A connector is one module in `warehouses/connectors`, named after its slug, with one subclass of
`Connector`. Forms, files and docs are drawn from its `settings`; nothing else names a warehouse.
"""

from abc import ABC, abstractmethod
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from secrets import token_hex

from workspaces.setting import Setting

from .batch import Batch
from .naming import Naming
from .values import INTEGER, VARCHAR


@dataclass(frozen=True)
class Dialect:
    """The facts of one SQL engine.

    `types` maps logical types to the engine's, `logical` the other way, by the names under which
    the engine lists existing columns. `max_columns` counts dropped ones where the engine does.
    """

    types: dict[str, str]
    logical: dict[str, str]
    id_type: str
    naming: Naming
    max_columns: int

    def quote(self, *names: str) -> str:
        """Return names as one quoted, dotted identifier."""
        return ".".join('"' + name.replace('"', '""') + '"' for name in names)

    def type_of(self, column: str, logical: str) -> str:
        return self.id_type if column == "id" else self.types[logical]


@dataclass
class LiveColumn:
    """A column as it is in the warehouse; `logical` is None for a type that we do not load."""

    physical: str
    logical: str | None
    max_length: int | None = None


@dataclass
class LiveTable:
    """A table as it is in the warehouse. `slot_count` counts dropped columns too."""

    columns: dict[str, LiveColumn] = field(default_factory=dict)
    slot_count: int = 0


class Session(ABC):
    """An open connection to one schema of a warehouse.

    Every call stands alone: it is committed when it returns, and repeating it changes nothing.
    Methods raise what `Connector.explain` understands.
    """

    @abstractmethod
    def create_schema(self) -> None:
        """Create the schema unless it exists."""

    @abstractmethod
    def drop_schema(self) -> None:
        """Drop the schema with all that is in it."""

    @abstractmethod
    def tables(self) -> dict[str, LiveTable]:
        """Return the tables of the schema as they are now."""

    @abstractmethod
    def create_table(self, table: str, columns: dict[str, str]) -> None:
        """Create a table with these columns (name -> logical type); `id` is its key."""

    @abstractmethod
    def add_columns(self, table: str, columns: dict[str, str]) -> None:
        """Add those columns (name -> logical type) that are missing."""

    @abstractmethod
    def widen(self, table: str, column: str) -> None:
        """Make an integer column a float column."""

    @abstractmethod
    def describe(self, table: str, column: str, text: str) -> None:
        """Store `text` as the comment of a column."""

    @abstractmethod
    def known_ids(self, table: str, ids: list[str]) -> set[str]:
        """Return those of `ids` that the table has."""

    @abstractmethod
    def append(self, table: str, batch: Batch) -> int:
        """Add rows whose ids are new, and return how many; all or none.

        Raises what `is_repeat` knows when a stranger added one of the ids meanwhile.
        """

    @abstractmethod
    def upsert(self, table: str, batch: Batch, cleared: dict[str, list[str]]) -> int:
        """Insert or update one row per id, and return how many; all or none.

        A value replaces the stored one, None keeps it; `cleared` maps columns to the ids whose
        value becomes NULL.
        """


class Connector(ABC):
    """One kind of warehouse. `settings` are the values of the definitions in `settings`."""

    slug: str
    name: str
    settings: list[Setting]
    dialect: Dialect
    # Takes one writer at a time: its sources are loaded one after the other.
    single_writer = False
    # The errors that its driver raises.
    errors: tuple[type[Exception], ...]

    @abstractmethod
    def open(self, settings: dict, schema: str) -> AbstractContextManager[Session]:
        """Connect, for one sync. Raises one of `errors` or OSError."""

    def place(self, settings: dict) -> str | None:
        """Return what a warehouse with these settings must not share with another workspace."""
        return None

    def refusal(self, settings: dict) -> str:
        """Return why somebody who is not the operator may not use these settings, or ""."""
        return ""

    def check(self, settings: dict) -> None:
        """Go through what a sync does, in a schema of its own that is removed again."""
        with self.open(settings, f"switchyard_check_{token_hex(4)}") as session:
            session.create_schema()
            try:
                session.create_table("rows", {"id": VARCHAR})
                session.add_columns("rows", {"number": INTEGER})
                session.append("rows", Batch({"id": VARCHAR}, {"id": ["one"]}))
            finally:
                session.drop_schema()

    @abstractmethod
    def explain(self, error: Exception) -> str:
        """Return a sentence that tells an operator what to do."""

    def is_schema_drift(self, error: Exception) -> bool:
        """Is it about a table or column that somebody dropped or added by hand?"""
        return False

    def is_repeat(self, error: Exception) -> bool:
        """Is it an id that the table has already?"""
        return False

    def is_about_rows(self, error: Exception) -> bool:
        """Can it be the fault of single rows, such as one too large, so that others may pass?"""
        return False
