"""The conditions of triggers, as functions of the event. What they mean: trigger.py."""

from typing import NamedTuple

from sources.language.paths import getter_for_steps
from sources.language.values import UNSET, number_of


class Subject(NamedTuple):
    """A field of the event, by its keys."""

    keys: tuple[str, ...]

    @property
    def getter(self):
        return getter_for_steps(self.keys)


def comparison_test(subject, operator, wanted):
    """Return the test for a comparison with a text, a number, a boolean or None."""
    get = subject.getter
    if operator not in ("=", "!="):
        return _order(get, operator, wanted)
    if wanted is None:
        if operator == "=":
            return lambda event: (value := get(event)) is None or value is UNSET
        return lambda event: (value := get(event)) is not None and value is not UNSET
    if type(wanted) is bool:
        if operator == "=":
            return lambda event: get(event) is wanted
        # `!=` with a boolean compares with its spelling, so it holds for every boolean (ran).
        wanted = "true" if wanted else "false"
    if type(wanted) is str:
        return _same_text(subject, operator, wanted)
    # type() and not isinstance(): True is no number here.
    if operator == "=":
        return lambda event: type(value := get(event)) in (int, float) and value == wanted
    return lambda event: type(value := get(event)) in (int, float) and value != wanted


def _same_text(subject, operator, wanted):
    get = subject.getter
    if operator == "!=":
        return lambda event: get(event) != wanted
    if len(subject.keys) == 1:
        [key] = subject.keys
        return lambda event: event.get(key) == wanted
    return lambda event: get(event) == wanted


def _order(get, operator, wanted):
    """Numbers only, but the one that is written may stand in quotes."""
    if wanted is None:
        return _never
    limit = number_of(wanted) if type(wanted) is str else wanted + 0
    if limit is None:
        return _never
    compare = {
        "<": lambda value: value < limit,
        "<=": lambda value: value <= limit,
        ">": lambda value: value > limit,
        ">=": lambda value: value >= limit,
    }[operator]
    return lambda event: type(value := get(event)) in (int, float) and compare(value)


def _never(event):
    return False


def contains_test(wanted):
    return lambda value: wanted in value


def match_test(pattern, starts):
    """`x*` starts with, `*x` ends with. Segment's editor writes nothing else, and its evaluator
    takes the star for granted: without one, the first character is lost."""
    if starts:
        return lambda value, start=pattern[:-1]: value.startswith(start)
    return lambda value, end=pattern[1:]: value.endswith(end)


def text_test(subject, test, negated):
    """Texts only: a missing value is neither "contains" nor "does not contain"."""
    get = subject.getter
    if negated:
        return lambda event: type(value := get(event)) is str and not test(value)
    return lambda event: type(value := get(event)) is str and test(value)


def combine(connective, tests):
    if len(tests) <= 1:
        return tests[0] if tests else None
    if len(tests) == 2:
        first, second = tests
        if connective == "and":
            return lambda event: first(event) and second(event)
        return lambda event: first(event) or second(event)
    return _all(tuple(tests)) if connective == "and" else _any(tuple(tests))


def _all(tests):
    def matches(event):
        # A plain loop takes half the time of all() with a generator.
        for test in tests:  # noqa: SIM110
            if not test(event):
                return False
        return True

    return matches


def _any(tests):
    def matches(event):
        for test in tests:  # noqa: SIM110
            if test(event):
                return True
        return False

    return matches
