"""Make our JavaScript smaller to send, a line at a time.

This is no parser: static/js/analytics.js keeps to what it understands, and a test watches over it.
"""

import re
import string
from itertools import chain, product

_STRING = re.compile(r'("(?:[^"\\]|\\.)*")')
_SPACE = re.compile(r" ?([=<>!&|?:,;{}()\[\]*]+) ?")
_WORD = re.compile(r"[A-Za-z_$][\w$]*")
_DECLARED = re.compile(r"(?m)^  (?:const|function|class) (\w+)")


def slim(source: str) -> str:
    """Return JavaScript without comments, indentation and the spaces around its signs.

    It wants comments on lines of their own or after two spaces' width of code, and no text over
    several lines; a line with regular expressions or other quotes keeps its spaces.
    """
    lines = []
    for raw in source.splitlines():
        line = re.sub(r"\s+// [^\"'`]*$", "", raw.strip())
        if not line or line.startswith("//"):
            continue
        if not re.search(r"['`/]", _STRING.sub("", line)):
            line = _in_code(line, lambda code: _SPACE.sub(r"\1", code))
        # After these a line break never ends a statement.
        lines.append(line if line[-1] in "{([,;" else line + "\n")
    return "".join(lines)


def shorten(source: str) -> str:
    """Give what the file declares at its first indentation shorter names.

    A name that is a member's or stands in a text anywhere keeps its length.
    """
    names = sorted(_own_names(source), key=lambda name: -len(re.findall(rf"\b{name}\b", source)))
    taken = set(_WORD.findall(source))
    letters = string.ascii_letters
    free = chain(letters, map("".join, product(letters, letters)))
    short = dict(zip(names, (name for name in free if name not in taken), strict=False))
    lines = source.splitlines(keepends=True)

    def rename(code: str) -> str:
        return _WORD.sub(lambda word: short.get(word[0], word[0]), code)

    return "".join(_in_code(line, rename) for line in lines)


def _own_names(source: str) -> list[str]:
    lines = [line for line in source.splitlines() if not line.lstrip().startswith("//")]
    texts = " ".join(chain.from_iterable(_STRING.findall(line) for line in lines))
    code = "\n".join(re.sub(r"//.*$", "", _STRING.sub('""', line)) for line in lines)
    return [
        name
        for name in _DECLARED.findall(source)
        if not re.search(rf"\b{name}\b", texts) and not _is_member(name, code)
    ]


def _is_member(name: str, code: str) -> bool:
    after_dot = rf"(?<!\.\.)\.{name}\b"
    before_colon = rf"(?:[{{,(]\s*|^\s*){name}:"
    alone_in_braces = rf"\{{(?:[^(){{}}]*,)?\s*{name}\s*[,}}]"
    return re.search(f"{after_dot}|{before_colon}|{alone_in_braces}", code, re.M) is not None


def _in_code(line: str, change) -> str:
    """Return the line with everything changed but its texts."""
    parts = _STRING.split(line)
    parts[::2] = [change(part) for part in parts[::2]]
    return "".join(parts)
