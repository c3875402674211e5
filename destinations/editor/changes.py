"""What the buttons of the rows do: add, remove, move. Pure; see mapping_form.py for the rows.

A button's value is "what:where" or "what:where:which", such as "add:m-3:city".
"""

from sources.language.values import UNSET

from . import mapping_form
from .mapping_form import fields_of, name_inputs
from .parts import Part, blank, field_inside, part_of


def apply(action, rows: list[Part], what: str, where: str, which: str) -> list[Part]:
    """Return the rows as they are after a button was pressed. Unknown ones change nothing."""
    if what == "field":
        return _with_field(action, rows, where)
    found = _find(rows, where)
    if found is None:
        return rows
    inside, number = found
    part = inside[number]
    if what == "add":
        _add(part, which)
    elif what == "remove" and mapping_form.is_batch(part) and inside is rows:
        rows[number] = blank("", part.about, part.key)  # it has a row, mapped or not
    elif what == "remove":
        del inside[number]
    elif what == "up" and number:
        inside[number - 1], inside[number] = part, inside[number - 1]
    if inside is rows:
        return mapping_form.place(action, rows) if what == "remove" else _named(rows)
    row = next(row for row in rows if where.startswith(f"{row.at}-"))
    name_inputs(row, row.at)
    return rows


def pick(rows: list[Part], where: str, path: str) -> None:
    """Let the Part at a place be a value of the event."""
    found = _find(rows, where)
    if found is not None:
        inside, number = found
        inside[number].kind, inside[number].parts = "path", []
        inside[number].texts = {"value": path}


def _named(rows):
    for row in rows:
        name_inputs(row, row.at) if row.at else None
    return rows


def _with_field(action, rows, name):
    about = fields_of(action).get(name)
    if about is None or any(row.key == name for row in rows):
        return rows
    made = _default(about)
    made.fresh = True
    return mapping_form.place(action, [*rows, made])


def _default(about) -> Part:
    """Return a row with the field's own default, or with a place to type into."""
    node = about.default_mapping()
    if node is not UNSET:
        return part_of(node, about, about.name)
    if about.secret or about.choices:
        return blank("choice" if about.choices else "text", about, about.name)
    whole = about.type == "object" and about.properties
    return blank(("each" if about.multiple else "members") if whole else "path", about, about.name)


def _add(part: Part, which: str) -> None:
    """Add a piece inside: a member by its key, or one more to a list."""
    if part.kind == "members":
        about = field_inside("members", part.about, which)
        made = _default(about) if about else blank("path", None, which)
    elif part.rule is not None and part.rule.grows == "list":
        made = blank("path", field_inside(part.kind, part.about, ""))
    else:
        return
    made.fresh = True
    part.parts.append(made)


def _find(rows: list[Part], where: str):
    """Return the list that holds the Part at `where`, and its place in it, or None."""
    for number, part in enumerate(rows):
        if part.at == where:
            return rows, number
        if where.startswith(f"{part.at}-parts-"):
            return _find(part.parts, where)
    return None


def row_at(rows: list[Part], where: str) -> Part | None:
    """Return the row in which `where` lies."""
    return next((row for row in rows if where == row.at or where.startswith(f"{row.at}-")), None)
