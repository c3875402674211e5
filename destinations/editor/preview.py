"""What becomes of one event with a subscription that is not saved yet.

The plan of the destination judges the event, as in delivery; only its subscriptions are replaced by
the one that is being edited. Nothing is counted.
"""

import re

from destinations import tester
from destinations.catalog import UnknownIntegration
from destinations.errors import InvalidPayload, MappingError, UnknownAction
from destinations.language.mapping import compile_node
from destinations.language.trigger import InvalidTrigger
from destinations.plan import Plan, Route, compile_plan
from destinations.request import MASK
from destinations.tester import Trial
from destinations.translation import Translator, compile_subscription
from sources.language.filters import InvalidFilter
from sources.language.paths import getter
from sources.language.values import UNSET, json_text

from .parts import Part, node_of
from .picking import shortened

UNSAVED = 0  # the id of the subscription that has none yet
MAX_FOUND = 120


class Unready(ValueError):
    """There is nothing to try yet; the message says why."""


class Preview:
    """A subscription that is not saved, ready to be tried. Raises Unready."""

    def __init__(self, destination, action: str, name: str, trigger: str | None, mapping: dict):
        self.destination = destination
        self.names = {UNSAVED: name or "This subscription"}
        tool = destination.tool
        try:
            self.translator: Translator = compile_subscription(
                tool, action, trigger, mapping, destination.settings
            )
            self.plan: Plan = compile_plan(destination)
        except (UnknownIntegration, InvalidFilter, UnknownAction) as error:
            raise Unready(str(error)) from error
        except (MappingError, InvalidTrigger) as error:
            raise Unready(f"{str(error)[:1].upper()}{str(error)[1:]}.") from error
        self.plan.routes = [Route(UNSAVED, action, self.translator)]

    def seen(self, event: dict) -> dict:
        """Return the event as the mapping sees it: what filters remove is not there."""
        event_after, steps, _ = self.plan.judge(event)
        return event_after if steps else event

    def problems(self, event: dict) -> list[tuple[str, str]]:
        """Return what is wrong with the payload, as (place, message)."""
        try:
            self.translator.payload(event)
        except InvalidPayload as error:
            return error.errors
        except Exception as error:
            return [("", f"{type(error).__name__}: {error}")]
        return []

    def run(self, event: dict, send: bool) -> tuple[Trial | None, list[Trial]]:
        """Return what holds the event back, or None, and what is sent, or would be if nothing
        did. An event that is held back is never sent."""
        trials = tester.try_plan(self.destination, self.plan, event, self.names, send)
        held = next((each for each in trials if not each.action), None)
        if held is None or send:
            return held, [each for each in trials if each is not held]
        return held, tester.try_plan(
            self.destination, self.plan, event, self.names, False, only=UNSAVED
        )


# --- what each row gives ----------------------------------------------------------------------


def look(rows: list[Part], event: dict) -> None:
    """Note in each Part what it gives for an event, and what is wrong with it."""
    for row in rows:
        _look(row, event)
        if row.about is not None and row.about.secret:
            _hide(row)


def _hide(part: Part) -> None:
    part.found = MASK if part.found else part.found
    for each in part.parts:
        _hide(each)


def _look(part: Part, scope) -> bool:
    """Fill in a Part; return whether something is wrong with it or inside of it."""
    wrong = [_look(each, _scope_inside(part, scope)) for each in part.parts]
    problems: list[tuple[str, str]] = []
    node = node_of(part, problems)
    part.problems += [message for at, message in problems if at == part.at]
    if part.problems or node is UNSET:
        return bool(part.problems) or any(wrong)
    try:
        value = compile_node(node, "$")(scope)
        part.found = "" if value is UNSET else shortened(json_text(value), MAX_FOUND)
    except MappingError as error:
        if not any(wrong):
            part.problems.append(f"{error.message[:1].upper()}{error.message[1:]}.")
        return True
    except RecursionError:
        part.problems.append("The event is nested too deeply.")
        return True
    return any(wrong)


def _scope_inside(part: Part, scope):
    """Return what paths inside of a Part start at: the first item, for each item of a list."""
    if part.kind != "each" or not part.texts.get("value"):
        return scope
    found = getter(part.texts["value"])(scope)
    if type(found) is list:
        return found[0] if found else {}
    return found if type(found) is dict else {}


def scopes(rows: list[Part], event, scope: str = "") -> list[tuple[Part, object]]:
    """Return each "each item of a list" with the item that its paths are relative to, and note in
    every Part which list that is."""
    found = []
    for part in rows:
        part.scope = scope
        inside = _scope_inside(part, event)
        if part.kind == "each" and type(inside) is dict:
            found.append((part, inside))
            found += scopes(part.parts, inside, part.at)
        else:
            found += scopes(part.parts, inside, scope)
    return found


# --- problems beside what they belong to ------------------------------------------------------


def spread(rows: list[Part], problems: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Put each problem to the Part that it is about; return those that belong to no row.

    A place is spelled as cleaning.py spells it: products[0].price.
    """
    homeless = []
    for place, message in problems:
        row = next((row for row in rows if _rest(place, row.key) is not None), None)
        if row is None:
            homeless.append((place, message))
            continue
        part, rest = _deepest(row, re.findall(r"[^.\[\]]+", _rest(place, row.key) or ""))
        said = _said(".".join(rest), message)
        if said not in part.problems:
            part.problems.append(said)
    return homeless


def _said(place: str, message: str) -> str:
    if place:
        return f"{place} {message}."
    if message in ("is required", "is required here"):
        return "This is required, and nothing fills it for this event."
    return f"{message[:1].upper()}{message[1:]}."


def _rest(place: str, key: str) -> str | None:
    """Return what comes after a row's key in a place, None for the place of another row."""
    if not key or not place.startswith(key):
        return None
    rest = place[len(key) :]
    return rest if not rest or rest[0] in ".[" else None


def _deepest(part: Part, steps: list[str]) -> tuple[Part, list[str]]:
    """Climb as far down as there are rows; return the Part and the steps that are left."""
    while steps:
        inside = _inside(part, steps[0])
        if inside is None:
            break
        part, steps = inside, steps[1:]
    return part, steps


def _inside(part: Part, step: str) -> Part | None:
    if part.kind == "members":
        return next((each for each in part.parts if each.key == step), None)
    if not step.isdecimal():
        return None
    if part.kind == "each":
        return part.parts[0] if part.parts else None
    if part.kind == "list":
        return part.parts[int(step)] if int(step) < len(part.parts) else None
    return None
