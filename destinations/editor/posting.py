"""From the inputs of the editor's page to its state, with what a button asked for done.

The text of the trigger and its conditions are both on the page. `trigger_drawn` is the text that
the conditions were drawn from: if the text is another one by now, it was typed and wins; if the
conditions say something else by now, they were clicked and win.
"""

from destinations.language.trigger import InvalidTrigger

from . import changes, mapping_form, trigger_form, wire
from .draft import JSON, ROWS, Draft
from .trigger_form import Builder, Condition, Group, Odd
from .trigger_reading import read


def posted(destination, action: str, stored: dict, data) -> Draft:
    """Return the page as it came back, with what its button asked for done."""
    draft = Draft(destination, action, stored)
    draft.name = data.get("name", "")
    draft.find = data.get("find", "").replace("\x00", "").strip()[:100]
    draft.event_value = data.get("event", "")
    what, _, where = data.get("do", "").partition(":")
    _post_trigger(draft, data, what, where)
    _post_mapping(draft, data, what, where)
    if what in ("event", "find"):
        draft.redraw.add("event")
    return draft


def _post_trigger(draft: Draft, data, what: str, where: str) -> None:
    draft.trigger = data.get("trigger", "").replace("\r\n", "\n")
    drawn = data.get("trigger_drawn", draft.trigger).replace("\r\n", "\n")
    inputs = wire.tree(data, "t")
    if not inputs or draft.trigger != drawn:
        draft.read_trigger()
        draft.redraw |= {"builder", "event"} if draft.trigger != drawn else set()
        return
    draft.builder = _pressed(trigger_form.from_tree(inputs), what, where)
    pressed = what in ("condition", "group", "drop")
    draft.redraw |= {"builder"} if pressed or trigger_form.is_stale(inputs) else set()
    said = trigger_form.write(draft.builder)
    if said != _written(drawn):
        draft.trigger = said
        draft.redraw |= {"text", "event"}


def _written(trigger: str) -> str:
    try:
        return trigger_form.write(read(trigger))
    except (Odd, InvalidTrigger):
        return ""


def _pressed(builder: Builder, what: str, where: str) -> Builder:
    """Return the conditions after one of their buttons was pressed."""
    group, _, number = where.partition(":")
    groups = builder.groups
    at = int(group) if group.isdecimal() and int(group[:6]) < len(groups) else None
    if what == "group":
        groups.append(Group("any" if builder.match == "all" else "all", [Condition(fresh=True)]))
    elif what == "condition" and at is not None:
        groups[at].conditions.append(Condition(fresh=True))
    elif what == "drop" and at is not None and number.isdecimal():
        del groups[at].conditions[int(number[:6]) : int(number[:6]) + 1]
        builder.groups = [each for each in groups if each.conditions]
    if not builder.groups:
        builder.groups = [Group("all", [Condition("type")])]
    return builder


def _post_mapping(draft: Draft, data, what: str, where: str) -> None:
    draft.view = ROWS if data.get("view") == ROWS and draft.action else JSON
    draft.json = data.get("mapping", "")
    if draft.view == ROWS:
        inputs = wire.tree(data, "m")
        draft.rows = mapping_form.from_tree(draft.action, inputs)
        draft.redraw |= mapping_form.stale(inputs)
        at, _, which = where.partition(":")
        if what == "pick":
            changes.pick(draft.rows, at, data.get("pick", ""))
        elif what in ("add", "remove", "up", "field"):
            draft.rows = changes.apply(draft.action, draft.rows, what, at, which)
        whole = what == "field" or (what == "remove" and at.count("-") == 1)
        if what in ("row", "add", "remove", "up", "pick") and not whole:
            row = changes.row_at(draft.rows, at)
            draft.redraw |= {row.at} if row else set()
        draft.redraw |= {"mapping"} if whole else set()
    else:
        mapping = draft.mapping()
        draft.rows_refused = mapping_form.cannot_show(mapping) if mapping else ""
        if draft.action is None:
            draft.rows_refused = "Its action does not exist any more, so its fields are not known."
    if what == "view" and where in (ROWS, JSON):
        draft.redraw.add("mapping")
        mapping = draft.mapping()
        if mapping is not None:
            draft.show(mapping, where)
