"""Which column a path in an event leads to, worked out once per path and then looked up.

Flattening is the hot path of a load and the same few paths come again with every event, so each
level of nesting is a dictionary from key to column name that fills itself.
"""

from .naming import Naming, snake_case

# Beyond it the rest is written as JSON text: nobody queries such a column, and Python's recursion
# has an end.
MAX_DEPTH = 100
# Keys made of data (an id as a key) would fill the memory; past this a level forgets and relearns.
MAX_KEYS = 20_000

UNUSABLE = ""  # the column of a name without any ASCII letter or digit: there is none


class Columns(dict):
    """The columns of one level: `columns[key]` is the column of that key, or `UNUSABLE`.

    `raw` collects column -> path as sent for all levels together; `renamed` the columns that got
    their underscore because the table has a column of its own by that name.
    """

    __slots__ = ("_depth", "_levels", "_naming", "_prefix", "path", "protected", "raw", "renamed")

    def __init__(self, naming: Naming, protected: frozenset[str], prefix: str = "", path: str = ""):
        self._naming, self.protected = naming, protected
        self._prefix, self.path, self._depth = prefix, path, 0
        self._levels: dict[str, Columns | None] = {}
        self.raw: dict[str, str] = {}
        self.renamed: dict[str, str] = {}

    def __missing__(self, key: str) -> str:
        if len(self) >= MAX_KEYS:
            self.clear()
            self.raw.clear()
        name = snake_case(self._prefix + key)
        if self._prefix and not snake_case(key):
            # `{"address": {"日本": 1}}` must not end up in the column `address`.
            name = UNUSABLE
        column = self._naming.identifier(name, self._taken(name))
        if column:
            self.raw.setdefault(column, self.path + key)
            if name in self._taken(name):
                self.renamed[column] = self.path + key
        self[key] = column
        return column

    def _taken(self, name: str) -> frozenset[str]:
        # The context itself protects nothing: its columns are the ones that others must not take.
        if self.protected and name.startswith("context_"):
            return frozenset({name})
        return self.protected

    def level(self, key: str) -> "Columns | None":
        """Return the columns of the object under `key`; None when that is nested too deep."""
        try:
            return self._levels[key]
        except KeyError:
            if len(self._levels) >= MAX_KEYS:
                self._levels.clear()
            self._levels[key] = level = self._make_level(key)
            return level

    def _make_level(self, key: str) -> "Columns | None":
        if self._depth >= MAX_DEPTH:
            return None
        prefix, path = f"{self._prefix}{key}_", f"{self.path}{key}."
        level = Columns(self._naming, self.protected, prefix, path)
        level._depth = self._depth + 1
        level.raw, level.renamed = self.raw, self.renamed
        return level
