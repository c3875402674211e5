"""An event as what a person picks from: a tree of values, and a list of paths. Pure."""

from typing import NamedTuple

from sources.language.paths import steps
from sources.language.values import json_text

MAX_DEPTH = 10
MAX_NODES = 600
MAX_CHARACTERS = 80
MAX_ITEMS = 20  # of one list


class Node(NamedTuple):
    """A value of an event. Without a `path` no mapping can reach it (its key holds a dot)."""

    key: str
    path: str
    kind: str
    value: str
    children: list


def tree(event: dict) -> list[Node]:
    """Return the members of an event as Nodes."""
    return _children(event, "$", (), [MAX_NODES])


def _children(value, path, keys, left):
    if type(value) is dict:
        pairs = [(key, each, f"{path}.{key}") for key, each in value.items()]
    else:
        pairs = [(str(n), each, f"{path}[{n}]") for n, each in enumerate(value[:MAX_ITEMS])]
    return [node for pair in pairs if (node := _node(*pair, keys, left)) is not None]


def _node(key, value, path, keys, left):
    if not left[0]:
        return None
    left[0] -= 1
    keys = (*keys, key)
    reached = path if steps(path.replace("$.", "", 1)) == keys else ""
    if type(value) in (dict, list) and value and len(keys) < MAX_DEPTH:
        count = f"{len(value)} items" if type(value) is list else ""
        return Node(key, reached, "group", count, _children(value, path, keys, left))
    kind = {str: "string", bool: "boolean", type(None): "null", dict: "group", list: "group"}
    text = value if type(value) is str else json_text(value)
    return Node(key, reached, kind.get(type(value), "number"), shortened(text), [])


def paths(event: dict, also: list[dict] = ()) -> list[tuple[str, str]]:
    """Return every path of an event with its value, and those that only others have."""
    found: dict[str, str] = {}
    for each in (event, *also):
        _note(tree(each), found)
        if len(found) >= MAX_NODES:
            break
    return list(found.items())


def _note(nodes, found):
    for node in nodes:
        if node.path:
            found.setdefault(node.path, node.value)
        _note(node.children, found)


def shortened(text: str, most: int = MAX_CHARACTERS) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"
