"""A filter's condition while somebody edits it: as text and as rows, each following the other.

The text is the truth. Rows that were changed since they were drawn, beside a text that was not,
write the text anew; in all other cases the text is what counts. So it works the same whether the
page asked at each change or, without scripts, only when a button was pressed.
"""

from dataclasses import dataclass

from sources.language.fql import FQLError, compile_fql

from .conditions import JOINS, MOST_ROWS, OPERATORS, SUBJECTS, Conditions, Odd, Row, read, write


@dataclass
class Draft:
    """`conditions` is None when no rows can show the text; `odd` then says why, unless the text
    is wrong. `wrote` says that the rows were changed, `typed` that the text was."""

    text: str
    conditions: Conditions | None
    odd: str = ""
    wrote: bool = False
    typed: bool = False
    unfinished: bool = False


def of_text(text: str) -> Draft:
    """Return the draft of a text; of none, one with an empty row to begin with."""
    if not text.strip():
        return Draft(text, Conditions("all", [Row()]))
    try:
        compile_fql(text)
        return Draft(text, read(text))
    except Odd as odd:
        return Draft(text, None, odd=str(odd))
    except FQLError:
        return Draft(text, None)


def of_form(data) -> Draft:
    """Return the draft that a form holds: fields condition, drawn, join, row-0-subject, …

    A button `do` named add or remove-0 changes the rows.
    """
    text, drawn = _lines(data.get("condition", "")), _lines(data.get("drawn", ""))
    conditions = rows_of(data)
    typed = text.strip() != drawn.strip()
    if conditions is None or typed:
        draft = of_text(text)
        draft.typed = typed
    else:
        draft = Draft(text, conditions, wrote=conditions != of_text(drawn).conditions)
    _press(draft, data.get("do", ""))
    return _write(draft) if draft.wrote else draft


def _write(draft: Draft) -> Draft:
    try:
        draft.text = write(draft.conditions)
        draft.typed = False
    except ValueError:
        draft.unfinished = True
    return draft


def _press(draft: Draft, button: str) -> None:
    """Add or remove a row, where a button asks for it."""
    if draft.conditions is None:
        return
    rows = draft.conditions.rows
    if button == "add" and len(rows) < MOST_ROWS:
        rows.append(Row())
        draft.wrote = True
    elif button.startswith("remove-") and button[7:].isdecimal() and int(button[7:]) < len(rows):
        del rows[int(button[7:])]
        draft.wrote = True
        if not rows:
            draft.conditions.join = "everything"


def rows_of(data) -> Conditions | None:
    """Return the rows of a form, or None when it has none."""
    join = data.get("join", "")
    if join not in JOINS:
        return None
    rows = [_row(data, f"row-{n}-") for n in range(MOST_ROWS) if f"row-{n}-subject" in data]
    if join != "everything" and not rows:
        rows = [Row()]
    return Conditions(join, [] if join == "everything" else rows)


def _row(data, prefix: str) -> Row:
    subject = data.get(f"{prefix}subject", "")
    operator = data.get(f"{prefix}operator", "")
    row = Row(
        subject if subject in SUBJECTS else "event",
        data.get(f"{prefix}path", "").strip(),
        operator if operator in OPERATORS else "is",
        data.get(f"{prefix}value", ""),
    )
    # What is not shown does not count, and would make the row look changed.
    row.path = row.path if row.has_path else ""
    row.value = row.value if row.takes else ""
    return row


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n")
