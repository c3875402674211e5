"""The editor of a filter: its form, its condition as rows, and its verdict on real events."""

from functools import cached_property

from sources.language.filters import InvalidFilter

from .. import recent
from ..flow.page import find_event
from ..flow.trace import Rule
from ..forms import FilterForm
from ..recent import Recent, Seen
from . import draft as filter_draft
from .conditions import (
    JOINS,
    MOST_ROWS,
    OPERATORS,
    SUBJECTS,
    WITH_PATH,
    Conditions,
    Row,
    write,
)
from .trial import FilterTrial, try_filter

SHOWN = (10, 25, 50)
REDRAWS = "add", "remove"


def suggestion(destination, event_id: str) -> str:
    """Return a condition for events like a stored one, "" when there is no such event."""
    stored = find_event(destination.workspace, _position(event_id))
    if stored is None:
        return ""
    name, kind = stored.event.get("event"), stored.event.get("type")
    row = Row("event", "", "is", name) if name else Row("type", "", "is", str(kind))
    try:
        return write(Conditions("all", [row]))
    except (ValueError, TypeError):
        return ""


def _position(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 19 else 0


class FilterPage:
    """One request's worth of the editor. `data` is what was sent, None when nothing was."""

    def __init__(self, destination, instance, data=None):
        self.destination = destination
        self.instance = instance
        self.data = data
        self.saves = False
        if data is None:
            self.draft = filter_draft.of_text(instance.condition)
            self.form = FilterForm(instance=instance)
            return
        self.draft = filter_draft.of_form(data)
        data = data.copy()
        data["condition"] = self.draft.text
        self.form = FilterForm(data, instance=instance)
        if self.draft.unfinished:
            self.form.add_error("condition", "The rows above are not complete.")
        self.saves = self.form.is_valid() and self.data.get("do", "save") == "save"

    @cached_property
    def events(self) -> list[Recent]:
        return recent.newest(self.destination)

    def seen(self) -> Seen:
        """What to suggest; a template that draws no suggestions does not ask."""
        return recent.seen_in(self.events)

    def rule(self) -> Rule | None:
        """Return the filter as it stands in the form, or None while it cannot be used."""
        if self.data is not None:
            if not self.form.is_valid():
                return None
        elif not self.instance.condition:
            return None
        definition = {"if": self.instance.condition, "action": self.instance.action}
        try:
            return Rule({**definition, **self.instance.options})
        except InvalidFilter:
            return None  # it was saved by hand; the form says what is wrong when it is sent

    def trial(self, shown: list[Recent]) -> FilterTrial:
        rule = self.rule()
        if rule is None:
            return FilterTrial()
        return try_filter(rule, self.events, shown)

    def shown(self, name: str, most: int, event_id: int = 0) -> list[Recent]:
        """Return the newest events, after the one that was asked for; or those of a name."""
        found = recent.named(self.events, name) if name else self.events
        if name and len(found) < most:
            known = {each.id for each in found}
            others = recent.newest(self.destination, most, name)
            found += [each for each in others if each.id not in known]
        wanted = 0 if name else event_id
        stored = find_event(self.destination.workspace, wanted)
        first = [Recent(stored.id, stored.received_at, stored.event)] if stored else []
        return first + [each for each in found if each.id != wanted][: most - len(first)]

    def context(self, query) -> dict:
        """`query` says which events to show: `named`, `most`, and `event`, a position."""
        name = query.get("named", "").replace("\x00", "").strip()[:200]
        most = next((each for each in SHOWN if str(each) == query.get("most")), SHOWN[0])
        event_id = _position(query.get("event", ""))
        shown = self.shown(name, most, event_id)
        button = self.data.get("do", "") if self.data is not None else ""
        return {
            "workspace": self.destination.workspace,
            "destination": self.destination,
            "tab": "filters",
            "form": self.form,
            "filter": self.instance,
            "draft": self.draft,
            "redraws": self.draft.typed or button.startswith(REDRAWS),
            "joins": JOINS.items(),
            "subjects": SUBJECTS.items(),
            "with_path": WITH_PATH,
            "operators": OPERATORS.items(),
            "full": self.draft.conditions and len(self.draft.conditions.rows) >= MOST_ROWS,
            "seen": self.seen,
            "trial": self.trial(shown),
            "ready": self.rule() is not None,
            "events_count": len(self.events),
            "shown": shown,
            "named": name,
            "most": most,
            "choices": SHOWN,
            "event_id": event_id,
        }
