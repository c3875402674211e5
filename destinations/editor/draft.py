"""The state of the editor's page, and what the page shows of it.

Between two requests the page itself keeps it, in its inputs: posting.py reads them.
"""

import json

from destinations.language.trigger import InvalidTrigger, compile_trigger
from destinations.masking import mask, unmask

from . import changes, events, mapping_form, preview, trigger_form
from .events import Recent
from .fixed import load
from .form import SubscriptionForm
from .parts import Unwritable, dumps
from .picking import paths, tree
from .trigger_form import Builder, Condition, Group, Odd
from .trigger_reading import read

ROWS, JSON = "rows", "json"
MEND = "Mend what is marked in the mapping first."


class Draft:
    """One subscription as it is on the page. Made by `opened` or by posting.py."""

    def __init__(self, destination, action: str, stored: dict):
        self.destination, self.slug, self.stored = destination, action, stored
        self.action = destination.tool.actions.get(action)
        self.name = self.trigger = self.json = self.event_value = self.find = ""
        self.builder: Builder | None = None
        self.odd = ""  # why there are no conditions
        self.trigger_error: InvalidTrigger | None = None
        self.view, self.rows, self.rows_refused = ROWS, [], ""
        self.wrong: list[tuple[str, str]] = []  # at which row, what
        self.homeless: list[tuple[str, str]] = []  # problems of no row
        self.json_error = ""
        self.redraw: set[str] = set()
        self.form: SubscriptionForm | None = None
        # What `try_out` finds.
        self.recent: list[Recent] = []
        self.matching, self.matches = 0, False
        self.chosen: Recent | None = None
        self.choices, self.tree, self.paths, self.scopes = [], [], [], []
        self.held, self.trials, self.sent = None, [], None
        self.unready = ""  # why nothing can be tried

    # --- the trigger --------------------------------------------------------------------------

    def read_trigger(self) -> None:
        """Draw the conditions from the text."""
        self.builder, self.odd = None, ""
        try:
            self.builder = read(self.trigger)
        except Odd as error:
            self.odd = str(error)
        except InvalidTrigger:
            if not self.trigger.strip():
                self.builder = Builder("all", [Group("all", [Condition("type")])])

    def wants(self):
        """Return the test of an event, None for a trigger that cannot be read."""
        try:
            return compile_trigger(self.trigger)
        except InvalidTrigger as error:
            self.trigger_error = error
            return None

    @property
    def subjects(self):
        return trigger_form.LABELS.items()

    @property
    def names(self) -> list[tuple[str, list[str]]]:
        """What typing into a condition suggests: names that occur in the newest events."""
        found: dict[str, dict] = {"event": {}, "properties": {}, "traits": {}, "context": {}}
        for event in [self.chosen.event, *(each.event for each in self.recent)]:
            if type(event.get("event")) is str:
                found["event"][event["event"]] = True
            for subject in ("properties", "traits", "context"):
                members = event.get(subject)
                found[subject] |= dict.fromkeys(members) if type(members) is dict else {}
        return [(subject, list(names)[:200]) for subject, names in found.items()]

    # --- the mapping --------------------------------------------------------------------------

    def show(self, mapping: dict, view: str) -> None:
        """Show a mapping, with masks in the place of secrets, as rows if they can show it."""
        self.json = dumps(mapping)
        self.rows_refused = mapping_form.cannot_show(mapping)
        if self.action is None:
            self.rows_refused = "Its action does not exist any more, so its fields are not known."
        self.view = JSON if self.rows_refused else view
        if self.view == ROWS:
            self.rows = mapping_form.rows_of(self.action, mapping)

    def mapping(self) -> dict | None:
        """Return the mapping on the page, with masks; None when it cannot be read."""
        if self.view == ROWS:
            model = mask(self.action, self.stored)
            mapping, self.wrong = mapping_form.mapping_of(self.rows, model)
            return None if self.wrong else mapping
        try:
            mapping = load(self.json) if self.json.strip() else {}
        except Unwritable as error:
            self.json_error = str(error)
            return None
        if type(mapping) is not dict:
            self.json_error = "This has to be an object: { … }."
            return None
        return mapping

    @property
    def groups(self) -> list[tuple[str, str, list]]:
        """The rows by group, as (slug, title, rows); empty groups are left out."""
        found: dict[str, list] = {}
        for row in self.rows:
            found.setdefault(mapping_form.group_of(self.action, row), []).append(row)
        titles = mapping_form.GROUPS
        return [(slug, titles[slug], found[slug]) for slug in titles if slug in found]

    @property
    def addable(self) -> list:
        """The fields of the action that have no row yet."""
        shown = {row.key for row in self.rows}
        return [each for each in self.action.fields if each.name not in shown]

    # --- the event, and what comes of it ------------------------------------------------------

    def try_out(self, send: bool = False) -> None:
        """Look at the chosen event with what is on the page, and send it if told to."""
        wants = self.wants()
        self.recent = events.recent(self.destination, self.find)
        self.matching = sum(map(wants, (each.event for each in self.recent))) if wants else 0
        chosen = events.find(self.destination, self.event_value) if self.event_value else None
        self.chosen = chosen or events.choose(self.recent, wants)
        self.matches = bool(wants and wants(self.chosen.event))
        self._choices(wants)
        event = self.chosen.event
        mapping, problems, seen = self.mapping(), [], event
        if mapping is None:
            self.unready = MEND
        else:
            try:
                kept = unmask(self.action, mapping, self.stored)
                trigger = self.trigger if wants else None
                ready = preview.Preview(self.destination, self.slug, self.name, trigger, kept)
                problems, seen = ready.problems(event), ready.seen(event)
                self.held, self.trials = ready.run(event, send and wants is not None)
            except ValueError as error:
                self.unready = str(error)
        if send:
            self.sent = self.trials if wants else []
        lasting = self.form.problems if self.form else []
        places = {place for place, _ in lasting}
        self._mark(seen, lasting + [each for each in problems if each[0] not in places])
        if self.unready and self.marked:
            self.unready = MEND

    def _mark(self, event, problems) -> None:
        self.tree, self.paths = tree(event), paths(event, [each.event for each in self.recent[:20]])
        if self.view == ROWS:
            preview.look(self.rows, event)
            self.homeless = preview.spread(self.rows, problems)
            self.scopes = [
                (part.at, paths(item)) for part, item in preview.scopes(self.rows, event)
            ]
        else:
            self.homeless = problems

    def _choices(self, wants) -> None:
        """Note the events to choose from: those that the trigger wants first."""
        shown = self.recent[: events.MOST_CHOICES]
        wanted = [each for each in self.recent if wants and wants(each.event)]
        wanted = wanted[: events.MOST_CHOICES]
        others = [each for each in shown if each not in wanted]
        groups = [("The trigger wants them", wanted), ("Other events", others)]
        groups.append(("Samples", events.sampled()))
        known = {each.value for _, group in groups for each in group}
        if self.chosen.value not in known:
            groups.insert(0, ("Chosen", [self.chosen]))
        self.choices = [group for group in groups if group[1]]

    @property
    def unsent(self) -> str:
        """Why a test was not sent."""
        if self.trigger_error is not None:
            return "the trigger cannot be read."
        if self.held is not None and not self.matches:
            return "this event does not match the trigger."
        return (self.held.reason or self.held.outcome) if self.held else self.unready

    @property
    def marked(self) -> list[tuple[str, str, str]]:
        """What is wrong in the rows, as (at, title, message)."""
        return [each for row in self.rows for each in _marked(row, row.title or row.key)]

    def check(self) -> bool:
        """Whether what is on the page can be saved; `form` says why not."""
        mapping, text = self.mapping(), self.json
        if self.view == ROWS:
            # Of rows that give no value, what is wrong has been said; the others are judged too.
            mapping, _ = mapping_form.mapping_of(self.rows, mapping)
            text = json.dumps(mapping)
        data = {"name": self.name, "trigger": self.trigger, "mapping": text}
        self.form = SubscriptionForm(self.destination, self.slug, data, self.stored)
        valid = self.form.is_valid()
        for _, message in self.wrong:
            self.form.add_error("mapping", message)
        said = {changes.row_at(self.rows, at).key for at, _ in self.wrong}
        self.form.problems = [each for each in self.form.problems if each[0] not in said]
        return valid and not self.wrong


def _marked(part, title):
    yield from ((part.at, title, message) for message in part.problems)
    for each in part.parts:
        yield from _marked(each, f"{title} › {each.title or each.key}" if each.key else title)


def opened(destination, action: str, name: str, trigger: str, mapping: dict) -> Draft:
    """Return the page as it is when it is opened."""
    draft = Draft(destination, action, mapping)
    draft.name, draft.trigger = name, trigger
    draft.read_trigger()
    draft.show(mask(draft.action, mapping), ROWS)
    starts = {"name": name, "trigger": trigger}
    draft.form = SubscriptionForm(destination, action, None, mapping, initial=starts)
    return draft
