"""From the names people give events and properties to the names of tables and columns.

Names are put in snake case by the algorithm of Segment's public Go package `go-snakecase`, so that
SQL written for a Segment warehouse finds the same columns (reference/warehouse-schema.md, section
3, read 2026-11-23). It knows ASCII only: every other character separates words. An acronym
swallows the word after it: `UILanguage` gives `uilanguage`.
"""

import re
from dataclasses import dataclass
from hashlib import blake2b

# Words that are fine as they are: returned unchanged, or kept as the start of the result.
_FINE = re.compile(r"(?:[a-z0-9]+(?:_[a-z0-9]+)*)?")
# A run of capitals and digits with the run of small letters and digits that follows it.
_WORD = re.compile(r"[A-Z0-9]+[a-z0-9]*|[a-z][a-z0-9]*")
_LOWER = re.compile(r"[a-z]")

HASH_DIGITS = 8


def snake_case(name: str) -> str:
    """Return `name` in snake case; empty when it holds no ASCII letter or digit."""
    fine = _FINE.match(name).group()
    if len(fine) == len(name):
        return name
    end = len(fine)
    if "A" <= name[end] <= "Z" and not _LOWER.search(fine.rpartition("_")[2]):
        # The last word so far is digits only, so the capitals belong to it: `5TEst` is one word.
        word = _WORD.match(name, end)
        fine, end = fine + word.group().lower(), word.end()
    words = [fine] if fine else []
    words += [word.lower() for word in _WORD.findall(name, end)]
    return "_".join(words)


@dataclass(frozen=True)
class Naming:
    """What one kind of warehouse asks of its identifiers.

    `reserved` are the SQL words that cannot be used unquoted, `max_length` is in bytes.
    """

    reserved: frozenset[str]
    max_length: int

    def identifier(self, name: str, protected: frozenset[str] = frozenset()) -> str:
        """Return the identifier for a name already in snake case; empty stays empty.

        One underscore goes in front of a leading digit, of a reserved word, and of a name that is
        in `protected` because the table has a column of its own by that name.
        """
        if name and (name[0].isdigit() or name in self.reserved or name in protected):
            name = "_" + name
        return shorten(name, self.max_length)


def shorten(name: str, max_length: int) -> str:
    """Cut `name` to `max_length`; a hash of all of it at the end keeps two long names apart."""
    if len(name) <= max_length:
        return name
    digest = blake2b(name.encode("utf-8", "replace"), digest_size=HASH_DIGITS // 2).hexdigest()
    return f"{name[: max_length - HASH_DIGITS - 1]}_{digest}"


def schema_name(text: str, naming: Naming) -> str:
    """Return the schema for a source: its own setting or its slug, made an identifier.

    A name without an ASCII letter or digit gives `source`.
    """
    return naming.identifier(snake_case(text)) or "source"
