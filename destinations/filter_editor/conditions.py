"""An FQL condition as rows that a person can click together, and back. Pure.

    read("event = 'Login' and userId != null")
    →  Conditions("all", [event is Login, userId is not null])

`write` gives text that means the same. Text that no row can show (`length(x) > 3`, a mix of
`and` with `or`) is Odd: it is valid, and stays text.
"""

import re
from dataclasses import dataclass, field
from typing import NamedTuple

from sources.language.fql_syntax import CONSTANTS, KEYWORDS, FQLError, parse
from sources.language.values import number_text

MOST_ROWS = 20

# How the rows hang together; each with the words between which it is written.
JOINS = {
    "everything": "every event",
    "all": "events for which all of these hold",
    "any": "events for which any of these holds",
    "not_all": "events for which not all of these hold",
    "none": "events for which none of these holds",
}
SUBJECTS = {
    "event": "Event name",
    "type": "Event type",
    "properties": "Property",
    "traits": "Trait",
    "context": "Context",
    "userId": "User id",
    "anonymousId": "Anonymous id",
    "name": "Page or screen name",
    "": "Other field",
}
WITH_PATH = ("properties", "traits", "context", "")


class Operator(NamedTuple):
    """`takes` is text, number, list or nothing; `form` is how it is written."""

    label: str
    takes: str
    form: str


OPERATORS = {
    "is": Operator("is", "text", "{} = {}"),
    "is_not": Operator("is not", "text", "{} != {}"),
    "contains": Operator("contains", "text", "contains({}, {})"),
    "not_contains": Operator("does not contain", "text", "!contains({}, {})"),
    "match": Operator("matches the pattern", "text", "match({}, {})"),
    "not_match": Operator("does not match the pattern", "text", "!match({}, {})"),
    "in": Operator("is one of", "list", "{} in {}"),
    "not_in": Operator("is none of", "list", "!({} in {})"),
    "null": Operator("is null or missing", "", "{} = null"),
    "not_null": Operator("is there", "", "{} != null"),
    "true": Operator("is true", "", "{} = true"),
    "false": Operator("is false", "", "{} = false"),
    "equals": Operator("is the number", "number", "{} = {}"),
    "not_equals": Operator("is not the number", "number", "{} != {}"),
    "less": Operator("is less than", "number", "{} < {}"),
    "at_most": Operator("is at most", "number", "{} <= {}"),
    "greater": Operator("is greater than", "number", "{} > {}"),
    "at_least": Operator("is at least", "number", "{} >= {}"),
}
_COMPARISONS = {
    "<": "less",
    "<=": "at_most",
    ">": "greater",
    ">=": "at_least",
}
_NEGATED = {"contains": "not_contains", "match": "not_match", "in": "not_in"}
_NUMBER = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?", re.ASCII)
_NOT_IN_WORDS = re.compile(r"[^\w-]")
_LIKE_A_NUMBER = re.compile(r"[+-]?[0-9]")
# What a text box of one line would not give back as it was.
_NOT_TYPED = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")


class Odd(ValueError):
    """A valid condition that rows cannot show; the message says why."""


@dataclass
class Row:
    """One condition. `problem` says what is missing or wrong with it."""

    subject: str = "event"
    path: str = ""
    operator: str = "is"
    value: str = ""
    problem: str = field(default="", compare=False)

    @property
    def takes(self) -> str:
        return OPERATORS[self.operator].takes

    @property
    def has_path(self) -> bool:
        return self.subject in WITH_PATH

    @property
    def shown_problem(self) -> str:
        """The problem, but for a row that nobody has filled in yet."""
        return "" if self == Row() else self.problem

    @property
    def keys(self) -> list[str]:
        path = self.path.split(".") if self.has_path else []
        return [self.subject, *path] if self.subject else path


@dataclass
class Conditions:
    join: str = "all"
    rows: list[Row] = field(default_factory=list)

    @property
    def ready(self) -> bool:
        return not any(row.problem for row in self.rows)


# --- from rows to text -----------------------------------------------------------------------


def write(conditions: Conditions) -> str:
    """Return the FQL text. Raises ValueError and notes the problem in a row that is not ready."""
    if conditions.join == "everything" or not conditions.rows:
        return "all"
    check(conditions)
    parts = [_written(row) for row in conditions.rows]
    text = (" and " if conditions.join in ("all", "not_all") else " or ").join(parts)
    return f"!({text})" if conditions.join in ("not_all", "none") else text


def check(conditions: Conditions) -> None:
    for row in conditions.rows:
        row.problem = _problem(row)
    if not conditions.ready:
        raise ValueError("A condition is not complete.")


def _problem(row: Row) -> str:
    if row.has_path and not row.path:
        return "Name a field." if not row.subject else "Name a path, such as plan."
    if not all(row.keys):
        return "A path cannot have an empty part."
    if row.takes == "text" and not row.value:
        return "Fill in a value."
    if row.takes == "number" and not _NUMBER.fullmatch(row.value.strip()):
        return "This has to be a number, such as 10 or 2.5."
    if row.takes == "list" and not _items(row.value):
        return "Name at least one value; put commas between several."
    return ""


def _written(row: Row) -> str:
    value = {
        "text": lambda: _quoted(row.value),
        "number": lambda: row.value.strip(),
        "list": lambda: f"[{', '.join(map(_quoted, _items(row.value)))}]",
        "": lambda: "",
    }[row.takes]()
    return OPERATORS[row.operator].form.format(_path(row.keys), value)


def _items(text: str) -> list[str]:
    return [each for each in (part.strip() for part in text.split(",")) if each]


def _path(keys: list[str]) -> str:
    written = [_NOT_IN_WORDS.sub(lambda sign: f"\\{sign[0]}", key) for key in keys]
    text = ".".join(written)
    special = text in (*KEYWORDS, *CONSTANTS, "all") or _LIKE_A_NUMBER.match(text)
    return f"\\{text}" if special else text


def _quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


# --- from text to rows -----------------------------------------------------------------------


def read(text: str) -> Conditions:
    """Return the rows of a condition. Raises FQLError when it is not FQL, Odd when it is, but no
    rows can show it."""
    if not text.strip():
        raise FQLError("there is no condition; write all for every event", 0)
    if text.strip() == "all":
        return Conditions("everything")
    node, negated = parse(text), False
    row = _row(node)
    if row is not None:
        return Conditions("all", [row])
    if node[0] == "!":
        node, negated = node[2], True
    join = {"and": "not_all" if negated else "all"}.get(node[0], "none" if negated else "any")
    parts = node[2] if node[0] in ("and", "or") else [node]
    rows = [_row(part) for part in parts]
    if not all(rows):
        raise Odd("It has a part that these rows have no words for.")
    if len(rows) > MOST_ROWS:
        raise Odd(f"It has more than {MOST_ROWS} parts.")
    return Conditions(join, rows)


def _row(node) -> Row | None:
    """Return the row that shows this node, or None."""
    negated = node[0] == "!"
    if negated:
        node = node[2]
    operator, path, value = _parts(node)
    operator = _NEGATED.get(operator) if negated else operator
    if operator is None or path is None:
        return None
    subject = path[0] if path[0] in SUBJECTS else ""
    rest = path[1:] if subject else path
    if subject and subject not in WITH_PATH and rest:
        subject, rest = "", path
    if (subject in WITH_PATH) != bool(rest):
        subject, rest = "", path
    if any(not _is_typed(key) or "." in key for key in rest):
        return None
    return Row(subject, ".".join(rest), operator, value)


def _parts(node) -> tuple[str | None, tuple | None, str]:
    """Return (operator, keys of the path, value as typed); an operator of None fits no row."""
    nothing = (None, None, "")
    if node[0] == "call" and node[2] in ("contains", "match"):
        left, right = node[3]
        if left[0] != "path" or right[0] != "constant" or type(right[2]) is not str:
            return nothing
        return (node[2], left[2], right[2]) if _is_value(right[2]) else nothing
    if node[0] != "compare" or node[3][0] != "path":
        return nothing
    symbol, path, right = node[2], node[3][2], node[4]
    if symbol == "in":
        value = _list_text(right)
        return ("in", path, value) if value else nothing
    return _compared(symbol, path, right[2]) if right[0] == "constant" else nothing


def _compared(symbol, path, value):
    equal = symbol == "="
    if symbol in ("=", "!=") and value is None:
        return ("null" if equal else "not_null"), path, ""
    if symbol == "=" and type(value) is bool:
        return ("true" if value else "false"), path, ""
    if symbol in ("=", "!=") and type(value) is str and _is_value(value):
        return ("is" if equal else "is_not"), path, value
    if type(value) in (int, float) and _NUMBER.fullmatch(number_text(value)):
        operator = _COMPARISONS.get(symbol, "equals" if equal else "not_equals")
        return operator, path, number_text(value)
    return None, None, ""


def _list_text(node) -> str:
    """Return a list of texts as it is typed, or "" for another one."""
    if node[0] != "list" or not all(item[0] == "constant" for item in node[2]):
        return ""
    values = [item[2] for item in node[2]]
    plain = all(type(value) is str and _is_value(value) for value in values)
    text = ", ".join(values) if plain else ""
    return text if _items(text) == values else ""


def _is_value(text: str) -> bool:
    return bool(text) and _is_typed(text)


def _is_typed(text: str) -> bool:
    return not _NOT_TYPED.search(text)
