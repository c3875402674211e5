"""What a sync has to tell about a table: what was renamed, left out, or went wrong.

An `info` changes nothing for the outcome; a `warning` means that values were left out and an
`error` that rows were: with one of these a sync is not a success.
"""

from dataclasses import asdict, dataclass, field

INFO, WARNING, ERROR = "info", "warning", "error"

# kind: (level, sentence). {name} is the column or the path, {sample} the first such value.
KINDS = {
    "renamed": (INFO, "“{sample}” is in the column {name}: the plain name is a standard column's."),
    "widened": (INFO, "The column {name} was widened from integer to float."),
    "recreated": (INFO, "The column {name} was missing in the warehouse and was added again."),
    "rebuilt": (INFO, "The table was missing in the warehouse and was created again."),
    "unusable": (
        WARNING,
        "“{name}” has no letter from a to z and no digit to name a column after; left out.",
    ),
    "claimed": (
        WARNING,
        "“{sample}” leads to the column {name} like another property of the same event, "
        "whose value was kept.",
    ),
    "uncastable": (WARNING, "{sample} does not fit the type of the column {name}; left empty."),
    "truncated": (INFO, "{sample} lost its fraction in the integer column {name}."),
    "cut": (WARNING, "{sample} is longer than the column {name} allows and was cut."),
    "unknown_type": (
        WARNING,
        "The column {name} has the type {sample}, which is not loaded; left empty.",
    ),
    "column_limit": (
        WARNING,
        "The table has as many columns as it can hold; the column {name} was not added.",
    ),
    "narrowed": (
        WARNING,
        "The warehouse refused the row {sample} as a whole; only part of its columns was loaded.",
    ),
    "unreadable": (WARNING, "The stored event {sample} cannot be read; left out."),
    "failed": (ERROR, "{sample}"),
}
MAX_NOTICES = 100  # of one table; a table of 2,000 odd columns would fill the page
MAX_SAMPLE = 200


@dataclass
class Notice:
    """`row_ids` are the ids of the first few rows it is about."""

    kind: str
    level: str
    column: str
    message: str
    count: int = 0
    row_ids: list[str] = field(default_factory=list)


class Notices:
    """The notices of one sync, gathered per table; equal ones are counted."""

    def __init__(self):
        self._tables: dict[str, dict[tuple[str, str], Notice]] = {}

    def add(self, table: str, kind: str, name: str = "", sample="", count=1, row_id=None):
        """Count a notice; `sample` is kept of the first one."""
        notices = self._tables.setdefault(table, {})
        notice = notices.get((kind, name))
        if notice is None:
            if len(notices) >= MAX_NOTICES and kind != "failed":
                return
            level, sentence = KINDS[kind]
            shown = str(sample) if kind == "failed" else str(sample)[:MAX_SAMPLE]
            message = sentence.format(name=name[:MAX_SAMPLE], sample=shown)
            notice = notices[kind, name] = Notice(kind, level, name, message)
        notice.count += count
        if row_id is not None and len(notice.row_ids) < 5 and row_id not in notice.row_ids:
            notice.row_ids.append(row_id)

    def of(self, table: str) -> list[dict]:
        """Return the notices of `table` as JSON-able dictionaries, in the order found."""
        return [asdict(notice) for notice in self._tables.get(table, {}).values()]

    def tables(self) -> list[str]:
        return list(self._tables)

    def worst(self) -> str | None:
        """Return the gravest level among all notices, or None without any."""
        levels = {one.level for notices in self._tables.values() for one in notices.values()}
        return next((level for level in (ERROR, WARNING, INFO) if level in levels), None)
