"""Pieces that are the same for every event, and pieces written as JSON. See kinds.py."""

import json

from destinations.request import MASK
from sources.language.values import UNSET, number_from_text

from .parts import Unwritable, dumps, same
from .shapes import is_text, options_of


def fixed(read_plain, write_plain):
    """Return (read, write) of a fixed value, which Segment's own editor wraps in @literal."""

    def read(node, about):
        wrapped = options_of(node, "@literal")
        texts = read_plain(node if wrapped is UNSET else wrapped)
        if texts is None:
            return None
        return {**texts, "literal": "" if wrapped is UNSET else "yes"}, []

    def write(part, nodes):
        value = write_plain(part.texts.get("value", ""))
        return {"@literal": value} if part.texts.get("literal") else value

    return read, write


def read_text(value):
    return {"value": value} if is_text(value, several_lines=True) else None


def read_number(value):
    return {"value": json.dumps(value)} if type(value) in (int, float) else None


def write_number(text):
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        value = number_from_text(text)
    if type(value) not in (int, float) or value in (float("inf"), float("-inf")) or value != value:
        raise Unwritable("This has to be a number, such as 25 or 9.5.")
    return value


def read_boolean(value):
    return {"value": "true" if value else "false"} if type(value) is bool else None


def read_choice(node, about):
    known = about is not None and any(same(node, each) for each in about.choice_values())
    return ({"value": dumps(node)}, []) if known else None


def write_choice(part, nodes):
    text = part.texts.get("value")
    return load(text) if text else UNSET


def read_kept(node, about):
    return ({}, []) if about is not None and about.secret and node == MASK else None


def write_json(part, nodes):
    text = part.texts.get("value", "")
    return load(text) if text.strip() else UNSET


def load(text: str):
    """Return the JSON in a text. Raises Unwritable."""
    try:
        return json.loads(text, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise Unwritable(f"This is not JSON: {error}") from error


def _refuse_constant(name):
    raise ValueError(f"{name} is not part of JSON")
