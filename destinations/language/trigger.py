"""The condition of a subscription: which events does it want?

    compile_trigger('type = "track" and event = "Order Completed"')(event)  →  True

The language is what Segment's trigger editor writes and its evaluator understands, a small cousin
of FQL (sources/language) with its own meaning of missing values. The odd rules are those of that
evaluator (reference/destinations.md, section 4, read 2026-11-23; segmentio/action-destinations,
packages/destination-subscriptions, and segmentio/fql-ts, read 2026-11-25) and are kept, because
triggers brought over from there must select the same events:

- on one level the last connective decides for all terms: `a and b or c` is `a or b or c`
- a group ends at the first `)`, be it that of contains(…) or match(…); what follows belongs to the
  level around it. `(( … ))`, which Segment refuses, is a group that ends where it seems to end
- `!` counts before contains(…) and match(…) only; AND / OR in capitals are ignored
- text in single quotes keeps its quotes; a word without quotes is text
- a condition on any other field (anonymousId, messageId, …) is skipped
"""

import re
from functools import lru_cache
from typing import NamedTuple

from destinations.language.trigger_tests import (
    Subject,
    combine,
    comparison_test,
    contains_test,
    match_test,
    text_test,
)
from sources.language.values import number_from_text, number_text

SUBJECTS = frozenset({"type", "event", "name", "userId"})
SUBJECT_PREFIXES = frozenset({"properties", "traits", "context"})
# contains(…) and match(…) skip the type.
TEXT_SUBJECTS = SUBJECTS - {"type"}

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
_ENDS_A_WORD = re.compile(r"[\s,)\]]|$")
_FOLLOWS_NOT = re.compile(r"[A-Za-z(]")
_KEYS = re.compile(r"[^\[.\]]+")


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
    if len(text.encode("utf-8", "surrogatepass")) > MAX_BYTES:
        raise InvalidTrigger(f"longer than {MAX_BYTES} bytes")
    tests = _Parser(text).parse()
    if tests is None:
        raise InvalidTrigger(
            "no condition on type, event, name, userId, properties, traits or context"
        )
    return tests


class _Parser:
    def __init__(self, text):
        self.text = text
        self.tokens = list(tokens_of(text))
        self.at = 0
        # How many groups were ended by the parenthesis of a function: theirs come later.
        self.left_over = 0

    def parse(self):
        test = self.level()
        token = self.next()
        if token.kind != "end":
            raise InvalidTrigger(f"unexpected {token.text}", token.position)
        if self.left_over:
            raise InvalidTrigger("expected )", token.position)
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

    def level(self, group=""):
        """Read terms up to the end of the text or of the group; give their test or None.

        `group` is how it began: "" for the text itself, "(" or "((".
        """
        tests, connective = [], "and"
        while (token := self.peek()).kind != "end":
            if token[:2] == ("mark", ")"):
                if group or not self.left_over:
                    break
                self.left_over -= 1
                self.next()
            elif token.kind == "word" and token.text.lower() in ("and", "or"):
                # Right before a parenthesis they are no connectives either.
                end = token.position + len(token.text)
                if token.text.islower() and _ENDS_A_WORD.match(self.text, end):
                    connective = token.text
                self.next()
            else:
                test = self.term(group)
                if test is not None:
                    tests.append(test)
        return combine(connective, tests)

    def term(self, group):
        token = self.peek()
        negated = token[:2] == ("mark", "!")
        if negated:
            self.next()
            if not _FOLLOWS_NOT.match(self.text, token.position + 1):
                raise InvalidTrigger("! stands right before a function", token.position)
            token = self.peek()
        if token[:2] == ("mark", "("):
            return self.group(group)
        if token.kind == "word" and self.peek(1)[:2] == ("mark", "("):
            return self.function(negated, group)
        return self.comparison()

    def group(self, outer):
        opening = self.next()
        if outer:
            raise InvalidTrigger("groups cannot be nested", opening.position)
        if self.peek()[:2] == ("mark", "("):
            self.next()
            test = self.level("((")
            self.take(")")
        else:
            test = self.level("(")
        self.take(")")
        return test

    def function(self, negated, group):
        name = self.next()
        if name.text not in ("contains", "match"):
            raise InvalidTrigger(f"unknown function {name.text}", name.position)
        self.take("(")
        subject = self.subject(in_function=True)
        self.take(",")
        wanted = self.next()
        text = _spelled(_literal(wanted))
        if self.peek()[:2] == ("mark", ")") and group == "(":
            self.left_over += 1  # the group takes it
        else:
            self.take(")")
        if subject is None:
            return None
        if name.text == "contains":
            return text_test(subject, contains_test(text), negated)
        return text_test(subject, match_test(text, wanted.text.endswith('*"')), negated)

    def comparison(self):
        subject = self.subject()
        operator = self.next()
        if operator.kind != "operator":
            raise InvalidTrigger("expected a comparison such as = or !=", operator.position)
        value = _literal(self.next())
        if subject is None:
            return None
        # The type and the event are compared with text, whatever is written; the name knows null,
        # the user id booleans as well, and only a path knows numbers.
        known = {"type": (), "event": (), "name": (_NULL,), "userId": (_NULL, bool)}
        kinds = known.get(subject.keys[0], (_NULL, bool, int, float))
        return comparison_test(
            subject, operator.text, value if type(value) in kinds else _spelled(value)
        )

    def subject(self, in_function=False):
        """Read a field; give its Subject, or None for a field that triggers do not see."""
        token = self.next()
        if token.kind != "word":
            raise InvalidTrigger("expected a field such as event", token.position)
        path = re.sub(r"\\(.)", r"\1", token.text, flags=re.DOTALL)
        first, *others = path.split(".")
        if first in SUBJECT_PREFIXES:
            keys = _KEYS.findall(path.removeprefix(f"{first}."))
            if not keys:
                raise InvalidTrigger("expected a field such as properties.plan", token.position)
            return Subject((first, *keys))
        if first in (TEXT_SUBJECTS if in_function else SUBJECTS) and not (in_function and others):
            return Subject((first,))
        return None


def tokens_of(text):
    position = 0
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None:
            raise InvalidTrigger(f"cannot read {text[position]}", position)
        if match.lastgroup != "space":
            yield Token(match.lastgroup, match[0], position)
        position = match.end()
    yield Token("end", "the end", position)


_NULL = type(None)


def _literal(token):
    """Return the value of a token: text, a number, a boolean or None."""
    if token.kind == "string":
        return token.text if token.text[0] == "'" else _unquoted(token.text)
    if token.kind == "number":
        return number_from_text(token.text)
    if token.kind == "word":
        word = re.sub(r"\\(.)", r"\1", token.text, flags=re.DOTALL)
        return {"true": True, "false": False, "null": None}.get(token.text, word)
    raise InvalidTrigger("expected text in double quotes, a number or null", token.position)


def _unquoted(text):
    return re.sub(r"\\([\"\\])", r"\1", text[1:-1])


def _spelled(value):
    if type(value) is str:
        return value
    words = {None: "null", True: "true", False: "false"}
    return words[value] if value is None or type(value) is bool else number_text(value)
