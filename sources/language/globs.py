"""Glob patterns: `*` any run, `?` one character, `[a-z]`, `[^…]`, `\\x` that character.

A pattern is cut at its stars. The pieces have a fixed length, so finding each at the first place
it fits is always right, and nothing is ever tried twice: no pattern is slow.
"""

import re
from functools import lru_cache

MAX_CHARACTERS = 1000


class InvalidGlob(ValueError):
    """A pattern that cannot be read."""


@lru_cache(maxsize=1024)
def compile_glob(pattern):
    """Return a function that says whether a whole text matches. Raises InvalidGlob."""
    if len(pattern) > MAX_CHARACTERS:
        raise InvalidGlob(f"a pattern has at most {MAX_CHARACTERS} characters")
    first, *others = [(re.compile(piece, re.DOTALL), size) for piece, size in _pieces(pattern)]
    if not others:
        return lambda text: first[0].fullmatch(text) is not None
    *middle, last = others

    def matches(text):
        start = first[0].match(text)
        if start is None:
            return False
        position, end = start.end(), len(text) - last[1]
        for piece, _ in middle:
            found = piece.search(text, position)
            if found is None:
                return False
            position = found.end()
        return position <= end and last[0].fullmatch(text, end) is not None

    return matches


def _pieces(pattern):
    """Give the pattern between its stars as (regular expression, length) pairs."""
    pieces, piece, size, at = [], "", 0, 0
    while at < len(pattern):
        character = pattern[at]
        if character == "*":
            pieces.append((piece, size))
            piece, size, at = "", 0, at + 1
            continue
        part, at = _part(pattern, at)
        piece, size = piece + part, size + 1
    pieces.append((piece, size))
    # Several stars in a row say no more than one.
    inner = [each for each in pieces[1:-1] if each[1]]
    return [pieces[0], *inner, *pieces[1:][-1:]]


def _part(pattern, at):
    """Read what matches one character; give its regular expression and the next position."""
    character = pattern[at]
    if character == "?":
        return ".", at + 1
    if character == "[":
        return _class(pattern, at)
    if character == "\\":
        if at + 1 == len(pattern):
            raise InvalidGlob("a pattern cannot end with a backslash")
        return re.escape(pattern[at + 1]), at + 2
    return re.escape(character), at + 1


def _class(pattern, at):
    negated = pattern[at + 1 : at + 2] == "^"
    at += 2 if negated else 1
    members = ""
    while at < len(pattern) and pattern[at] != "]":
        low, at = _member(pattern, at)
        if pattern[at : at + 1] == "-" and pattern[at + 1 : at + 2] not in ("", "]"):
            high, at = _member(pattern, at + 1)
            if high < low:
                raise InvalidGlob(f"the range {low}-{high} is backwards")
            members += f"{re.escape(low)}-{re.escape(high)}"
        else:
            members += re.escape(low)
    if at >= len(pattern):
        raise InvalidGlob("[ has no closing ]")
    if not members:
        raise InvalidGlob("[] matches nothing")
    return f"[{'^' if negated else ''}{members}]", at + 1


def _member(pattern, at):
    if pattern[at] == "\\" and at + 1 < len(pattern):
        return pattern[at + 1], at + 2
    return pattern[at], at + 1
