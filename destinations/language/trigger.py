"""The condition of a subscription: which events does it want?

    compile_trigger('type = "track" and event = "Order Completed"')(event)  →  True

The language is what Segment's trigger editor writes and its evaluator understands, a small cousin
of FQL (see fql.py) with its own meaning of missing values. The odd rules were observed by running
that evaluator (reference/destinations.md, section 4, read 2026-11-23) and are kept, because
triggers brought over from there must select the same events:

- on one level the last connective decides for all terms: `a and b or c` is `a or b or c`
- `!( … )` ignores the `!`, and AND / OR in capitals are ignored, which leaves the default, and
- text in single quotes keeps its quotes
- a condition on any other field (anonymousId, messageId, …) is skipped
"""

import re
from functools import lru_cache
from typing import NamedTuple

from destinations.language.trigger_tests import (
    combine,
    comparison_test,
    contains_test,
    getter,
    match_test,
    text_test,
)
from sources.language.values import number_from_text

SUBJECTS = frozenset({"type", "event", "name", "userId"})
SUBJECT_PREFIXES = frozenset({"properties", "traits", "context"})

MAX_BYTES = 5 * 1024

_TOKEN = re.compile(
    r"""
    (?P<space>\s+)
  | (?P<string>"(?:[^"\\]|\\.)*"|'[^']*')
  | (?P<number>[+-]?[0-9]+(?:\.[0-9]+)?(?![\w.\\-]))
  | (?P<operator>!=|<=|>=|=|<|>)
  | (?P<mark>[(),!])
  | (?P<word>(?:[\w.$@-]|\\.)+)
    """,
    re.VERBOSE | re.DOTALL,
)


class InvalidTrigger(ValueError):
    """A trigger that cannot be read. `position` is the offset in its text."""

    def __init__(self, message, position=0):
        super().__init__(f"{message} (at character {position + 1})")
        self.message = message
        self.position = position


class Token(NamedTuple):
    kind: str
    text: str
    position: int


@lru_cache(maxsize=4096)
def compile_trigger(text):
    """Return a function that takes an event (a dict) and says whether `text` matches it.

    Raises InvalidTrigger when the text cannot be read or holds no condition that can be checked.
    """
    if len(text.encode()) > MAX_BYTES:
        raise InvalidTrigger(f"longer than {MAX_BYTES} bytes")
    tests = _Parser(text).parse()
    if tests is None:
        raise InvalidTrigger(
            "no condition on type, event, name, userId, properties, traits or context"
        )
    return tests


class _Parser:
    def __init__(self, text):
        self.tokens = list(_tokens(text))
        self.at = 0

    def parse(self):
        test = self.level(nested=False)
        token = self.next()
        if token.kind != "end":
            raise InvalidTrigger(f"unexpected {token.text}", token.position)
        return test

    def peek(self, ahead=0):
        return self.tokens[min(self.at + ahead, len(self.tokens) - 1)]

    def next(self):
        token = self.peek()
        self.at += 1
        return token

    def take(self, text):
        token = self.next()
        if token.kind in ("end", "string") or token.text != text:
            raise InvalidTrigger(f"expected {text}", token.position)

    def level(self, nested):
        """Read terms up to the end of the text or of the group; give their test or None."""
        tests, connective = [], "and"
        while (token := self.peek()).kind != "end" and token[:2] != ("mark", ")"):
            if token.kind == "word" and token.text in ("and", "or"):
                connective = token.text
                self.next()
            elif token.kind == "word" and token.text.lower() in ("and", "or"):
                self.next()
            else:
                test = self.term(nested)
                if test is not None:
                    tests.append(test)
        return combine(connective, tests)

    def term(self, nested):
        token = self.peek()
        negated = token[:2] == ("mark", "!")
        if negated:
            self.next()
            token = self.peek()
        if token[:2] == ("mark", "("):
            return self.group(nested)
        if token.kind == "word" and self.peek(1)[:2] == ("mark", "("):
            return self.function(negated)
        if negated:
            raise InvalidTrigger("! stands before contains(…), match(…) or a group", token.position)
        return self.comparison()

    def group(self, nested):
        opening = self.next()
        if nested:
            raise InvalidTrigger("groups cannot be nested", opening.position)
        test = self.level(nested=True)
        self.take(")")
        return test

    def function(self, negated):
        name = self.next()
        if name.text not in ("contains", "match"):
            raise InvalidTrigger(f"unknown function {name.text}", name.position)
        self.take("(")
        subject = self.subject()
        self.take(",")
        wanted = self.next()
        if wanted.kind != "string":
            raise InvalidTrigger(f"{name.text} compares with text in quotes", wanted.position)
        self.take(")")
        if subject is None:
            return None
        wanted = _string(wanted.text)
        test = contains_test(wanted) if name.text == "contains" else match_test(wanted)
        return text_test(getter(subject), test, negated)

    def comparison(self):
        subject = self.subject()
        operator = self.next()
        if operator.kind != "operator":
            raise InvalidTrigger("expected a comparison such as = or !=", operator.position)
        wanted = self.next()
        value = _literal(wanted)
        if operator.text not in ("=", "!=") and type(value) not in (int, float):
            raise InvalidTrigger(f"{operator.text} compares with a number", wanted.position)
        return None if subject is None else comparison_test(subject, operator.text, value)

    def subject(self):
        """Read a field; give its keys, or None for a field that triggers do not see."""
        token = self.next()
        if token.kind != "word":
            raise InvalidTrigger("expected a field such as event", token.position)
        keys = tuple(
            re.sub(r"\\(.)", r"\1", key, flags=re.DOTALL)
            for key in re.findall(r"(?:[^.\\]|\\.)+", token.text, re.DOTALL)
        )
        if keys[:1] == () or any(not key for key in keys):
            raise InvalidTrigger("expected a field such as event", token.position)
        if len(keys) == 1:
            return keys if keys[0] in SUBJECTS else None
        return keys if keys[0] in SUBJECT_PREFIXES else None


def _tokens(text):
    position = 0
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None:
            raise InvalidTrigger(f"cannot read {text[position]}", position)
        if match.lastgroup != "space":
            yield Token(match.lastgroup, match[0], position)
        position = match.end()
    yield Token("end", "the end", position)


def _literal(token):
    if token.kind == "string":
        return _string(token.text)
    if token.kind == "number":
        return number_from_text(token.text)
    words = {"true": True, "false": False, "null": None}
    if token.kind != "word" or token.text not in words:
        raise InvalidTrigger("expected text in double quotes, a number or null", token.position)
    return words[token.text]


def _string(text):
    if text[0] == "'":
        return text
    return re.sub(r"\\([\"\\])", r"\1", text[1:-1])
