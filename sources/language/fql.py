"""FQL, the language of destination filters, compiled once to a function of the event.

    compile_fql("type = 'track' and !(event = 'Login' or length(userId) = 0)")(event)  →  True

A path that is not in the event is null, so `userId = null` asks for events without one. Comparing
is strict in type; ordering anything but numbers is false. What has no answer (`contains(5, 'x')`,
a condition that is a text) raises FQLError, and the caller drops the event: a filter that cannot be
run must not leak what it was written to hold back. Reference: destinations.md, section 5, read
2026-11-23. What that leaves open is decided in docs/triggers-and-filters.md.
"""

from functools import lru_cache

from sources.language.fql_functions import FUNCTIONS, FQLRuntimeError, compare, equals, kind_of
from sources.language.fql_syntax import FQLError, parse

__all__ = ["FQLError", "compile_fql"]


@lru_cache(maxsize=4096)
def compile_fql(text):
    """Return a function that takes an event (a dict) and gives True or False.

    Raises FQLError(message, position) when the text cannot be read. The returned function raises
    FQLError when the event gives a condition no answer.
    """
    if text.strip() == "all":
        return lambda event: True
    evaluate = _boolean(parse(text))

    def matches(event):
        try:
            return evaluate(event)
        except RecursionError:
            raise FQLError("the event is nested too deeply", 0) from None

    return matches


def _compile(node):
    """Return the function giving the value of a node of the tree (see fql_syntax.parse)."""
    kind = node[0]
    if kind in ("and", "or", "!"):
        return _boolean(node)
    return _BUILDERS[kind](node)


def _boolean(node):
    """Return the function giving a node's truth. null is false; other values are an error."""
    kind, position = node[0], node[1]
    if kind in ("and", "or"):
        return _connect(kind, [_boolean(each) for each in node[2]])
    if kind == "!":
        operand = _boolean(node[2])
        return lambda event: not operand(event)
    evaluate = _compile(node)
    if kind == "compare":
        return evaluate

    def truth(event):
        value = evaluate(event)
        if value is True or value is False:
            return value
        if value is None:
            return False
        raise FQLError(f"is {kind_of(value)}, where true or false is needed", position)

    return truth


def _connect(kind, tests):
    if len(tests) == 2:
        first, second = tests
        if kind == "and":
            return lambda event: first(event) and second(event)
        return lambda event: first(event) or second(event)
    # With "and" the first false decides, with "or" the first true.
    decisive = kind == "or"

    def connected(event):
        for test in tests:
            if test(event) is decisive:
                return decisive
        return not decisive

    return connected


def _constant(node):
    value = node[2]
    return lambda event: value


def _list(node):
    items = [_compile(each) for each in node[2]]
    return lambda event: [item(event) for item in items]


def _path(node):
    keys = node[2]
    if len(keys) == 1:
        [key] = keys
        return lambda event: event.get(key)

    def get(event):
        for key in keys:
            if type(event) is not dict:
                return None
            event = event.get(key)
        return event

    return get


def _comparison(node):
    _, position, operator, left, right = node
    get_left, get_right = _compile(left), _compile(right)
    if operator in ("=", "!="):
        return _equality(operator, get_left, get_right, right)
    if operator == "in":
        return _membership(position, get_left, get_right)
    order = compare(operator)
    return lambda event: order(get_left(event), get_right(event))


def _equality(operator, get_left, get_right, right):
    # Only text equals text, so Python's own comparison is strict enough there, and twice as fast.
    if right[0] == "constant" and type(right[2]) is str:
        wanted = right[2]
        if operator == "=":
            return lambda event: get_left(event) == wanted
        return lambda event: get_left(event) != wanted
    if operator == "=":
        return lambda event: equals(get_left(event), get_right(event))
    return lambda event: not equals(get_left(event), get_right(event))


def _membership(position, get_left, get_right):
    def is_in(event):
        items, wanted = get_right(event), get_left(event)
        if items is None:
            return False
        if type(items) is not list:
            raise FQLError(f"`in` needs a list, not {kind_of(items)}", position)
        return any(equals(wanted, item) for item in items)

    return is_in


def _call(node):
    _, position, name, arguments = node
    function = FUNCTIONS[name][0]
    values = [_compile(each) for each in arguments]

    def call(event):
        try:
            return function(*[value(event) for value in values])
        except FQLRuntimeError as error:
            raise FQLError(f"{name}: {error}", position) from error

    # A pattern that is written down is judged now, not when the first event comes.
    if name == "match" and arguments[1][0] == "constant":
        try:
            function("", arguments[1][2])
        except FQLRuntimeError as error:
            raise FQLError(f"{name}: {error}", arguments[1][1]) from error
    return call


_BUILDERS = {
    "constant": _constant,
    "list": _list,
    "path": _path,
    "compare": _comparison,
    "call": _call,
}
