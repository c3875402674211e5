"""The @liquid directive: a short template with conditions, counters and filters.

Rendering is python-liquid's, the filters are liquid_filters.py's; here is what keeps it small.
Loops, other files and filters that take code do not exist; no value on the way may be longer than
MAX_VALUE_CHARACTERS, and with at most 1,000 characters of template that bounds time and memory
without a clock. What exists and what does not: reference/destinations.md, section 3 (Segment's
code decides where its docs say more).
"""

import re
from functools import lru_cache
from inspect import signature

from liquid import Environment
from liquid.builtin.output import Output, OutputNode
from liquid.builtin.tags.echo_tag import EchoTag

from destinations.errors import MappingError
from destinations.language import liquid_conditions
from destinations.language.liquid_conditions import value_of
from destinations.language.liquid_filters import FILTERS, shown, string_of
from sources.language.values import UNSET, text_of

MAX_TEMPLATE_CHARACTERS = 1000
MAX_VALUE_CHARACTERS = 50_000

TAGS = frozenset(
    {
        "#",
        "assign",
        "capture",
        "comment",
        "content",
        "cycle",
        "decrement",
        "echo",
        "if",
        "illegal",
        "increment",
        "liquid",
        "output",
        "raw",
        "unless",
    }
)
# Segment switches these off. Any other name that LiquidJS does not know lets the value through.
DISABLED_FILTERS = frozenset(
    {
        "array_to_sentence_string",
        "concat",
        "find",
        "find_exp",
        "find_index",
        "find_index_exp",
        "group_by",
        "group_by_exp",
        "has",
        "has_exp",
        "map",
        "newline_to_br",
        "reject",
        "reject_exp",
        "reverse",
        "sample",
        "sort",
        "sort_natural",
        "type",
        "uniq",
        "where_exp",
    }
)

_MARKUP = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")


class _TooMuch(ValueError):
    """A value has grown past what a template may handle."""


def compile_liquid(text, place):
    """Return a function that renders `text` with the event as root. Always gives text.

    Raises MappingError, as does the returned function when the event cannot be rendered.
    """
    if type(text) is not str:
        raise MappingError("needs text", place)
    if len(text) > MAX_TEMPLATE_CHARACTERS:
        raise MappingError(f"longer than {MAX_TEMPLATE_CHARACTERS} characters", place)
    if any(".." in _QUOTED.sub("", markup) for markup in _MARKUP.findall(text)):
        # (1..9999999999) is a list of that many numbers for some filters.
        raise MappingError("ranges are not supported", place)
    try:
        template = _environment().from_string(text)
    except Exception as error:
        raise MappingError(_message(error), place) from error

    def render(event):
        try:
            return template.render(event if type(event) is dict else {})
        except Exception as error:
            raise MappingError(_message(error), place) from error

    return render


def _message(error):
    """The library draws a picture of the place below its first line."""
    return "Liquid: " + (str(error).splitlines() or [type(error).__name__])[0]


@lru_cache(maxsize=1)
def _environment():
    class Bounded(Environment):
        output_stream_limit = MAX_VALUE_CHARACTERS
        local_namespace_limit = 20 * MAX_VALUE_CHARACTERS
        block_nesting_limit = 20
        logical_not_operator = True

    liquid_conditions.use()
    environment = Bounded(strict_filters=False)
    for name in set(environment.tags) - TAGS:
        del environment.tags[name]
    for tag, node in ((Output, _OutputNode), (EchoTag, _EchoNode)):
        environment.add_tag(type(tag.__name__, (tag,), {"node_class": node}))
    environment.filters.clear()
    environment.filters.update({name: _bounded(name, run) for name, run in FILTERS.items()})
    environment.filters.update({name: _disabled(name) for name in DISABLED_FILTERS})
    return environment


class _OutputNode(OutputNode):
    """Writes values as JavaScript does."""

    def render_to_output(self, context, buffer):
        return buffer.write(shown(value_of(self.expression.evaluate(context))))


class _EchoNode(_OutputNode):
    pass


def _bounded(name, function):
    least, most = _arguments_of(function)
    # JavaScript's functions mind neither an argument too many nor one that is missing, but for two.
    least = 0 if name in ("append", "prepend") else least

    def run(value, *arguments, **keywords):
        value, *arguments = [value_of(each) for each in (value, *arguments[:most])]
        for each in (value, *arguments):
            _check(each)
        arguments += [UNSET] * (least - len(arguments))
        if name in _GROW:
            _check_growth(name, value, *arguments)
        result = function(value, *arguments, **keywords)
        _check(result)
        return None if result is UNSET else result

    return run


def _arguments_of(function):
    """Return how many arguments a filter has to have beside its value, and may have."""
    parameters = list(signature(getattr(function, "calculates", function)).parameters.values())[1:]
    return sum(each.default is each.empty for each in parameters), len(parameters)


def _disabled(name):
    def run(*arguments, **keywords):
        raise ValueError(f"the filter {name} is disabled")

    return run


def _check(value):
    if type(value) in (str, list) and len(value) > MAX_VALUE_CHARACTERS:
        raise _TooMuch("a value is too long")


# Filters that can make a text many times as long.
_GROW = frozenset({"replace", "join"})


def _check_growth(name, value, first=UNSET, second=UNSET):
    """Refuse before the fact what would make a text many times as long."""
    if name == "replace":
        text, found, put = shown(value), string_of(first), string_of(second)
        size = len(text) + (text.count(found) if found else len(text)) * len(put)
    else:
        items = value if type(value) is list else [value]
        size = sum(len(text_of(item)) for item in items) + len(items) * len(shown(first) or " ")
    if size > MAX_VALUE_CHARACTERS:
        raise _TooMuch("a value is too long")
