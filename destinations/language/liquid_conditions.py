"""How @liquid compares: as LiquidJS does, which is as JavaScript does.

python-liquid has these four as functions of its own; `use` puts ours in their place, for the whole
process: nothing else here renders Liquid.
"""

from liquid.builtin.expressions import logical
from liquid.builtin.expressions.primitive import Blank, Empty
from liquid.undefined import Undefined

from destinations.language.liquid_filters import number, string_of
from sources.language.values import UNSET, text_of

_their_equals = logical._eq


def use():
    logical._eq = _equals
    logical._lt = lambda token, left, right: _ordered(left, right, lambda a, b: a < b)
    logical._le = lambda left, right: _ordered(left, right, lambda a, b: a <= b)
    logical._contains = lambda token, left, right: _contains(left, right)


def value_of(value):
    """Return a value of the library's as one of ours: what is not there is UNSET."""
    if isinstance(value, Undefined):
        return UNSET
    return "" if type(value) in (Blank, Empty) else value


def _equals(left, right):
    for one, other in ((left, right), (right, left)):
        if type(one) is Blank and value_of(other) in (None, False, UNSET):
            return True
    return _their_equals(left, right)


def _ordered(left, right, holds):
    """Texts by their letters, everything else by Number(…); nothing is before or after NaN."""
    if type(left) in (Blank, Empty) or type(right) in (Blank, Empty):
        return False
    left, right = (text_of(each) if type(each) in (list, dict) else each for each in (left, right))
    if type(left) is str and type(right) is str:
        return holds(left, right)
    return holds(number(value_of(left)), number(value_of(right)))


def _contains(left, right):
    if type(left) is list:
        return any(_their_equals(each, right) for each in left)
    return type(left) is str and string_of(value_of(right)) in left
