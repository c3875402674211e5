"""The conditions of triggers, as functions of the event. What they mean: trigger.py."""

from sources.language.values import UNSET


def getter(keys):
    """Return a function giving the value at `keys`, or UNSET. Only objects have members here."""
    first, *others = keys
    if not others:
        return lambda event: event.get(first, UNSET)
    if len(others) == 1:
        [second] = others

        def get_two(event):
            inner = event.get(first)
            return inner.get(second, UNSET) if type(inner) is dict else UNSET

        return get_two

    def get_many(event):
        for key in keys:
            if type(event) is not dict:
                return UNSET
            event = event.get(key, UNSET)
        return event

    return get_many


def comparison_test(keys, operator, wanted):
    get = getter(keys)
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
        return _string_comparison(keys, get, operator, wanted)
    return _number_comparison(get, operator, wanted)


def _string_comparison(keys, get, operator, wanted):
    if operator == "!=":
        return lambda event: get(event) != wanted
    if len(keys) == 1:
        [key] = keys
        return lambda event: event.get(key) == wanted
    return lambda event: get(event) == wanted


def _number_comparison(get, operator, wanted):
    compare = {
        "=": lambda value: value == wanted,
        "!=": lambda value: value != wanted,
        "<": lambda value: value < wanted,
        "<=": lambda value: value <= wanted,
        ">": lambda value: value > wanted,
        ">=": lambda value: value >= wanted,
    }[operator]
    # type() and not isinstance(): True is no number here.
    return lambda event: type(value := get(event)) in (int, float) and compare(value)


def contains_test(wanted):
    return lambda value: wanted in value


def match_test(pattern):
    """`x*` starts with, `*x` ends with. Segment's editor writes nothing else."""
    if len(pattern) > 1 and pattern[0] == pattern[-1] == "*":
        return contains_test(pattern[1:-1])
    if pattern.endswith("*"):
        return lambda value, start=pattern[:-1]: value.startswith(start)
    if pattern.startswith("*"):
        return lambda value, end=pattern[1:]: value.endswith(end)
    return lambda value: value == pattern


def text_test(get, test, negated):
    """Texts only: a missing value is neither "contains" nor "does not contain"."""
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
