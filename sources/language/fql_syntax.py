"""Reading FQL: from text to a tree of tuples.

("and" | "or", position, [nodes])      ("!", position, node)
("compare", position, operator, left, right)
("call", position, name, [nodes])      ("path", position, (keys…))
("constant", position, value)          ("list", position, [nodes])
"""

import re
from typing import NamedTuple

from sources.language.fql_functions import FUNCTIONS
from sources.language.values import number_from_text

MAX_BYTES = 5 * 1024
MAX_DEPTH = 40

OPERATORS = frozenset({"=", "!=", "<", "<=", ">", ">=", "in"})
CONSTANTS = {"true": True, "false": False, "null": None}
KEYWORDS = frozenset({"and", "or", "in", *CONSTANTS})

_TOKEN = re.compile(
    r"""
    (?P<space>\s+)
  | (?P<string>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')
  | (?P<operator>!=|<=|>=|=|<|>)
  | (?P<mark>[()\[\],!])
  | (?P<number>[+-]?[0-9]+(?:\.[0-9]+)?(?![\w.\\-]))
  | (?P<word>(?:[\w.-]|\\.)+)
    """,
    re.VERBOSE | re.DOTALL,
)

# Other escapes stay as they are, so that a glob sees its own backslashes.
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r"}


class FQLError(ValueError):
    """A statement that cannot be read, or not be answered. `position` is an offset in its text."""

    def __init__(self, message, position=0):
        super().__init__(f"{message} (at character {position + 1})")
        self.message = message
        self.position = position


class Token(NamedTuple):
    kind: str
    text: str
    position: int


def parse(text):
    """Return the tree of an FQL statement. Raises FQLError."""
    if len(text.encode("utf-8", "surrogatepass")) > MAX_BYTES:
        raise FQLError(f"longer than {MAX_BYTES} bytes", 0)
    return _Parser(text).statement()


def _tokens(text):
    position = 0
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None:
            unclosed = text[position] in "\"'"
            problem = "text without its closing quote" if unclosed else "cannot be read"
            raise FQLError(f"{text[position]}: {problem}", position)
        if match.lastgroup != "space":
            yield Token(match.lastgroup, match[0], position)
        position = match.end()
    yield Token("end", "the end", position)


class _Parser:
    def __init__(self, text):
        self.tokens = list(_tokens(text))
        self.at = 0
        self.depth = 0

    def statement(self):
        node = self.either()
        token = self.peek()
        if token.kind != "end":
            raise FQLError(f"unexpected {token.text}", token.position)
        return node

    def peek(self):
        return self.tokens[self.at]

    def next(self):
        token = self.tokens[self.at]
        self.at += token.kind != "end"
        return token

    def found(self, kind, text):
        """Whether the next token is this one; if so, it is taken."""
        if self.peek()[:2] != (kind, text):
            return False
        self.at += 1
        return True

    def take(self, text):
        token = self.next()
        if token[:2] != ("mark", text):
            raise FQLError(f"expected {text} before {token.text}", token.position)

    def deeper(self, read, position):
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise FQLError(f"nested deeper than {MAX_DEPTH} levels", position)
        node = read()
        self.depth -= 1
        return node

    def either(self):
        return self.chain("or", self.both)

    def both(self):
        return self.chain("and", self.unary)

    def chain(self, word, read):
        position = self.peek().position
        nodes = [read()]
        while self.found("word", word):
            nodes.append(read())
        return nodes[0] if len(nodes) == 1 else (word, position, nodes)

    def unary(self):
        position = self.peek().position
        if self.found("mark", "!"):
            return ("!", position, self.deeper(self.unary, position))
        if self.found("mark", "("):
            node = self.deeper(self.either, position)
            self.take(")")
            return node
        return self.comparison()

    def comparison(self):
        left = self.value()
        token = self.peek()
        if token.text not in OPERATORS or token.kind not in ("operator", "word"):
            return left
        self.next()
        return ("compare", token.position, token.text, left, self.value())

    def value(self):
        token = self.next()
        if token.kind == "string":
            return ("constant", token.position, _unquoted(token.text))
        if token.kind == "number":
            return ("constant", token.position, number_from_text(token.text))
        if token[:2] == ("mark", "["):
            return ("list", token.position, self.items("]", token.position))
        if token.kind == "word":
            return self.word(token)
        raise FQLError(f"expected a value, not {token.text}", token.position)

    def word(self, token):
        if token.text in CONSTANTS:
            return ("constant", token.position, CONSTANTS[token.text])
        if token.text in KEYWORDS:
            raise FQLError(f"expected a value, not {token.text}", token.position)
        if self.found("mark", "("):
            return self.call(token)
        return ("path", token.position, _keys(token))

    def call(self, token):
        if token.text not in FUNCTIONS:
            raise FQLError(f"unknown function {token.text}", token.position)
        arguments = self.items(")", token.position)
        wanted = FUNCTIONS[token.text][1]
        if len(arguments) != wanted:
            plural = "s" if wanted > 1 else ""
            raise FQLError(f"{token.text} takes {wanted} argument{plural}", token.position)
        return ("call", token.position, token.text, arguments)

    def items(self, closing, position):
        if self.found("mark", closing):
            return []
        nodes = [self.deeper(self.value, position)]
        while self.found("mark", ","):
            nodes.append(self.deeper(self.value, position))
        self.take(closing)
        return nodes


def _keys(token):
    """Return the keys of a path. A backslash takes the next character as it is."""
    keys, key, characters = [], "", iter(token.text)
    for character in characters:
        if character == ".":
            keys.append(key)
            key = ""
        else:
            key += next(characters) if character == "\\" else character
    keys.append(key)
    if not all(keys):
        raise FQLError("a path cannot have an empty part", token.position)
    return tuple(keys)


def _unquoted(text):
    def unescape(match):
        escaped = match[1]
        if escaped in "\"'\\":
            return escaped
        return _ESCAPES.get(escaped, match[0])

    return re.sub(r"\\(.)", unescape, text[1:-1], flags=re.DOTALL)
