"""A mapping as the rows of an action, and back.

    rows_of(action, mapping)  →  [Part, …]  one for each field that is required or mapped
    mapping_of(rows)          →  the mapping

Whatever is in a mapping and is no field of the action has a row too, so nothing is lost.
"""

import re

from destinations.fields import Field
from destinations.language.mapping import ROOT_DIRECTIVE
from destinations.translation import SYNC_MODE_KEY
from sources.language.values import UNSET

from . import kinds, wire
from .parts import (
    KINDS,
    Part,
    blank,
    dumps,
    field_inside,
    in_order_of,
    inputs,
    node_of,
    part_of,
)

__all__ = ["in_order_of", "mapping_of", "rows_of"]

# The server takes 5,000 inputs at most (DATA_UPLOAD_MAX_NUMBER_FIELDS); the trigger and the event
# need some of them, and a person may add rows.
MAX_INPUTS = 3_000

BATCH_FIELDS = (
    Field("enable_batching", "boolean", label="Send in batches"),
    Field("batch_size", "integer", label="Events in a batch, at most"),
    Field("batch_bytes", "integer", label="Bytes in a batch, at most"),
    Field(
        "batch_keys",
        "string",
        multiple=True,
        label="Fields in which the events of a batch agree",
    ),
)
SYNC_FIELD = Field(SYNC_MODE_KEY, label="Sync mode")
GROUPS = {
    "required": "Required",
    "mapped": "Mapped",
    "hidden": "Behind the scenes",
    "batch": "Batching",
    "other": "Other keys",
}


def fields_of(action) -> dict[str, Field]:
    """Return every field that a row can be about, by name."""
    found = {each.name: each for each in action.fields} if action else {}
    if action and action.build_batch is not None:
        found = {**{each.name: each for each in _batch_fields(action.batching)}, **found}
    return {**found, SYNC_MODE_KEY: SYNC_FIELD}


def _batch_fields(batch) -> list[Field]:
    """Return the fields that steer batches, each saying what holds when it is left out."""
    unsaid = {
        "enable_batching": "on" if batch.enabled else "off",
        "batch_size": f"{batch.size:,}, and never more than {batch.max_size:,}",
        "batch_bytes": f"{batch.bytes:,}",
        "batch_keys": ", ".join(batch.keys) or "none",
    }
    return [each.with_(help=f"Left out: {unsaid[each.name]}.") for each in BATCH_FIELDS]


def is_batch(row: Part) -> bool:
    return row.about is not None and row.about.name in {each.name for each in BATCH_FIELDS}


def group_of(action, row: Part) -> str:
    """Return which of GROUPS a row belongs to."""
    about = row.about
    if is_batch(row):
        return "batch"
    if about is None or about.name == SYNC_MODE_KEY:
        return "other"
    if about.hidden:
        return "hidden"
    return "required" if about.required is True else "mapped"


def cannot_show(mapping: dict) -> str:
    """Say why rows cannot show a mapping, "" when they can."""
    if ROOT_DIRECTIVE in mapping:
        return "It has a directive around all of its fields, which rows cannot show."
    if any(not key or re.search(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]", key) for key in mapping):
        return "It has a key that cannot stand in a row."
    if len(mapping) > MAX_INPUTS // 5:
        return "It has too many keys for rows."
    return ""


def rows_of(action, mapping: dict) -> list[Part]:
    """Return the rows in the order in which they are shown."""
    fields = fields_of(action)
    rows = [
        _completed(part_of(node, fields.get(key), key), mapped=True)
        for key, node in mapping.items()
    ]
    rows += [
        blank("path", each, each.name)
        for each in fields.values()
        if each.required is True and each.name not in mapping and not each.hidden
    ]
    if action and action.build_batch is not None:
        shown = {row.key for row in rows}
        rows += [
            blank("", fields[each.name], each.name)
            for each in BATCH_FIELDS
            if each.name not in shown
        ]
    return place(action, _fitted(rows))


def place(action, rows: list[Part]) -> list[Part]:
    """Sort rows into the order in which they are shown, and name their inputs anew."""
    names = list(fields_of(action))
    order = {name: number for number, name in enumerate(names)}
    groups = list(GROUPS)
    rows = sorted(
        rows,
        key=lambda row: (groups.index(group_of(action, row)), order.get(row.key, len(order))),
    )
    for number, row in enumerate(rows):
        name_inputs(row, f"m-{number}")
    return rows


def name_inputs(part: Part, at: str) -> None:
    part.at = at
    for number, each in enumerate(part.parts):
        name_inputs(each, f"{at}-parts-{number}")


def _completed(part: Part, mapped=False) -> Part:
    """Add an empty row for each member that is required and missing."""
    if part.kind == "members" and part.about is not None:
        there = {each.key for each in part.parts}
        part.parts += [
            blank("path", each, each.name)
            for each in part.about.properties
            if each.required is True and each.name not in there
        ]
    for each in part.parts:
        _completed(each)
    return part


def _fitted(rows: list[Part]) -> list[Part]:
    """Show the largest rows as JSON where a page would have too many inputs otherwise."""
    rows = list(rows)
    sizes = [inputs(row) for row in rows]
    while sum(sizes) > MAX_INPUTS and max(sizes) > inputs(blank("json")):
        largest = sizes.index(max(sizes))
        row = rows[largest]
        rows[largest] = Part("json", row.key, {"value": dumps(node_of(row))}, about=row.about)
        sizes[largest] = inputs(rows[largest])
    return rows


def mapping_of(rows: list[Part], model: dict | None = None) -> tuple[dict, list]:
    """Return the mapping and what is wrong, as (at, message); keys stand as in `model`."""
    problems: list[tuple[str, str]] = []
    found = {}
    for row in rows:
        node = node_of(row, problems)
        if node is not UNSET and row.key:
            found[row.key] = node
    return in_order_of(found, model or {}), problems


# --- from the page ----------------------------------------------------------------------------


def from_tree(action, node: dict) -> list[Part]:
    """Return the rows that the page's inputs hold; see wire.py."""
    fields = fields_of(action)
    rows = []
    for step, branch in wire.branches(node):
        key = wire.text_at(branch, "key")
        rows.append(_part(branch, fields.get(key), key, f"m-{step}", 0))
    return rows


def _part(node, about, key, at, depth) -> Part:
    """Return one Part. Where another kind was chosen than was drawn, it is changed to that."""
    drawn, chosen = wire.text_at(node, "was"), wire.text_at(node, "kind")
    kind = KINDS.get(drawn)
    part = Part(drawn if kind else "", key, about=about, at=at)
    if kind is not None and depth < 20:
        part.texts = {name: wire.text_at(node, name) for name in kind.texts}
        for step, branch in wire.branches(node.get("parts")):
            inner = wire.text_at(branch, "key")
            inside = field_inside(drawn, about, inner)
            part.parts.append(_part(branch, inside, inner, f"{at}-parts-{step}", depth + 1))
    if chosen != drawn and (chosen in KINDS or not chosen):
        part = changed(part, chosen)
    return part


def changed(part: Part, kind: str) -> Part:
    """Return the Part as another kind, with as much of what was in it as that kind can hold."""
    node, about = node_of(part), part.about
    if kind == "json":
        made = Part("json", texts={"value": "" if node is UNSET else dumps(node)}, about=about)
    elif node is not UNSET and (read := part_of(node, about)).kind == kind:
        made = read  # from JSON to what it says
    else:
        made = _carried(part, blank(kind, about), node)
    made.key = part.key
    name_inputs(made, part.at)
    return made


_TYPED = ("template", "liquid", "text")


def _carried(part: Part, made: Part, node) -> Part:
    value = part.texts.get("value", "")
    path = kinds.first_path(part)
    if made.kind in ("path", "each"):
        made.texts["value"] = path
    elif made.kind in ("template", "liquid", "text") and part.kind in (
        "template",
        "liquid",
        "text",
    ):
        made.texts["value"] = value
    elif made.kind in ("template", "liquid") and path:
        made.texts["value"] = "{{" + path.removeprefix("$.") + "}}"
    elif made.kind in ("text", "number") and part.kind in ("choice", "number", "text", "boolean"):
        made.texts["value"] = value.strip('"')
    elif made.parts and made.kind not in ("members",) and node is not UNSET:
        # Around what was there: it becomes the first piece inside.
        first = made.parts[0]
        made.parts[0] = part_of(node, first.about, first.key)
    return made


def stale(node: dict) -> set[str]:
    """Return which rows have a kind chosen that needs other inputs than those on the page."""
    return {f"m-{step}" for step, branch in wire.branches(node) if _is_stale(branch)}


def _is_stale(node) -> bool:
    if wire.text_at(node, "was") != wire.text_at(node, "kind"):
        return True
    return any(_is_stale(branch) for _, branch in wire.branches(node.get("parts")))
