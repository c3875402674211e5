"""From the text of a trigger to a Builder: the way back of trigger_form.write."""

import re

from destinations.language.trigger import (
    SUBJECT_PREFIXES,
    SUBJECTS,
    Token,
    compile_trigger,
    tokens_of,
)

from .trigger_form import Builder, Condition, Group, Odd, keys_of

_WORDS = {("=", "true"): "true", ("=", "false"): "false"}
_WORDS |= {("=", "null"): "not_exists", ("!=", "null"): "exists"}
_OF_FUNCTIONS = ("contains", "starts", "ends")
_NUMBERS = {
    "=": "number_is",
    "!=": "number_is_not",
    "<": "less",
    "<=": "less_equal",
    ">": "greater",
    ">=": "greater_equal",
}


def read(text: str) -> Builder:
    """Return the trigger as conditions. Raises InvalidTrigger, or Odd for what they cannot show."""
    compile_trigger(text)
    match, terms = _Reader(text).level(nested=False)
    bare = Group(match, [])
    groups: list[Group] = []
    for term in terms:
        if isinstance(term, Group) and len(term.conditions) > 1:
            groups.append(term)
            continue
        if not bare.conditions:
            groups.append(bare)
        bare.conditions += term.conditions if isinstance(term, Group) else [term]
    return Builder(match if len(groups) > 1 else "all", groups)


class _Reader:
    """Reads what `write` writes, and what people write alike. The text is known to be valid."""

    def __init__(self, text: str):
        self.tokens = list(tokens_of(text))

    def peek(self) -> Token:
        return self.tokens[0]

    def next(self) -> Token:
        return self.tokens.pop(0)

    def level(self, nested: bool) -> tuple[str, list]:
        """Return how the terms of a level are joined, and the terms."""
        terms, words = [self.term(nested)], []
        while self.peek().kind != "end" and self.peek()[:2] != ("mark", ")"):
            word = self.next()
            if word.kind != "word" or word.text not in ("and", "or"):
                raise Odd("Two conditions stand side by side without “and” or “or” between them.")
            if self.peek()[:2] == ("mark", "(") and self.peek().position == word.position + len(
                word.text
            ):
                raise Odd("An “and” or “or” right before a parenthesis joins nothing.")
            words.append(word.text)
            terms.append(self.term(nested))
        if len(set(words)) > 1:
            raise Odd("It mixes “and” with “or” on one level, where the last one decides for all.")
        return ("any" if words[:1] == ["or"] else "all"), terms

    def term(self, nested: bool):
        token = self.peek()
        negated = token[:2] == ("mark", "!")
        if negated:
            self.next()
        if self.peek()[:2] == ("mark", "("):
            if negated:
                raise Odd("It has a “!” before parentheses, which triggers ignore.")
            self.next()
            double = self.peek()[:2] == ("mark", "(")
            if double:
                self.next()
            match, conditions = self.level(nested=True)
            self.next()
            if double:
                self.next()
            elif any(each.operator.endswith(_OF_FUNCTIONS) for each in conditions[:-1]):
                raise Odd("The first “)” ends a group: it would need double parentheses here.")
            return Group(match, conditions)
        if self.peek().kind != "word" or self.peek().text.lower() in ("and", "or"):
            raise Odd("An “and” or “or” joins nothing.")
        if self.tokens[1][:2] == ("mark", "("):
            return self.function("not_" if negated else "")
        return self.comparison()

    def function(self, negation: str) -> Condition:
        name = self.next().text
        self.next()
        condition = self.subject()
        self.next()
        value = self.text(self.next())
        self.next()
        if name == "contains":
            kind = "contains"
        elif value.endswith("*") and not (len(value) > 1 and value[0] == "*"):
            kind, value = "starts", value[:-1]
        elif value.startswith("*") and not value.endswith("*"):
            kind, value = "ends", value[1:]
        else:
            raise Odd("It uses match() for something else than “starts with” or “ends with”.")
        return self.known(condition, f"{negation}{kind}", value)

    def comparison(self) -> Condition:
        condition = self.subject()
        operator, wanted = self.next().text, self.next()
        if wanted.kind == "string" and operator not in ("=", "!="):
            raise Odd("It orders by a number in quotes.")
        if wanted.kind == "string":
            name = "is" if operator == "=" else "is_not"
            return self.known(condition, name, self.text(wanted))
        if wanted.kind == "number":
            return self.known(condition, _NUMBERS[operator], wanted.text)
        name = _WORDS.get((operator, wanted.text), "")
        if not name and wanted.text not in ("true", "false", "null"):
            raise Odd("It compares with a word that is not in quotes.")
        if not name:
            raise Odd("It compares with “!= true” or “!= false”, which is true for both.")
        return self.known(condition, name, "")

    def subject(self) -> Condition:
        keys = keys_of(self.next().text)
        first, *others = keys
        if first in SUBJECT_PREFIXES and others:
            path = ".".join(re.sub(r"[.\\]", r"\\\g<0>", key) for key in others)
            return Condition(first, path)
        if first in SUBJECTS and not others:
            return Condition(first)
        raise Odd(f"It has a condition on {'.'.join(keys)}, which triggers skip.")

    def text(self, token: Token) -> str:
        if token.kind != "string":
            raise Odd("It looks for something that is not in quotes.")
        if token.text[0] == "'":
            raise Odd("It has a text in single quotes, which count as part of the text.")
        return re.sub(r"\\([\"\\])", r"\1", token.text[1:-1])

    def known(self, condition: Condition, operator: str, value: str) -> Condition:
        """Fill the condition in, if it is one that can be clicked together."""
        condition.operator, condition.value = operator, value
        if operator not in [name for name, _ in condition.operators]:
            raise Odd("It asks something of the event's type or name that conditions do not offer.")
        if condition.problem():
            raise Odd("It compares with something that cannot be typed into a line.")
        return condition
