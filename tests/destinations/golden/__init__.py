"""What each tool is sent for a dozen standard events: reviewed, and kept to the byte.

`tools/<slug>.jsonl` holds on its first line what the tool is set up with, then one line an event of
events.py, with what `manage.py translate` answers. After a change that means it,

    python -m tests.destinations.golden [SLUG…]

writes the answers anew, and the file of a new tool; read the difference before it is committed.
"""

import json
import re
from pathlib import Path

import orjson

from destinations.catalog import UnknownIntegration, get_integration
from destinations.management.commands.translate import Command

from .events import EVENTS

__all__ = ["EVENTS", "TOOLS", "UnknownIntegration", "answers_of", "path_of", "set_up_of", "write"]

TOOLS = Path(__file__).parent / "tools"
NOW = "2026-08-20T12:00:00.000Z"


def path_of(slug):
    return TOOLS / f"{slug}.jsonl"


def set_up_of(slug):
    """Return what the tool's file says it is set up with: settings, subscriptions, auth."""
    with path_of(slug).open() as file:
        return json.loads(file.readline())


def answers_of(slug, set_up):
    """Return the lines of a tool's file, without the first."""
    command = Command()
    command.prepare({})
    for name, event in EVENTS.items():
        answer = command.answer({"destination": slug, "now": NOW, **set_up, "event": event})
        for request in answer.get("requests", ()):
            _forget_compression(request)
        yield orjson.dumps({"name": name, **answer}).decode()


def _forget_compression(request):
    """Mask what another build of zlib would write otherwise: sizes, digests and signatures."""
    if re.fullmatch(r"\([\d,]+ bytes\)", str(request.get("body"))):
        request["body"] = "(bytes)"
        for name, value in request["headers"].items():
            request["headers"][name] = re.sub(r"\b[0-9a-f]{64}\b", "(digest)", value)


def write(slug):
    """Write the answers of one tool anew, below the set-up that its file has; a tool without a file
    gets one, with settings to be made real."""
    path = path_of(slug)
    if path.exists():
        first = path.read_text().splitlines()[0]
    else:
        first = json.dumps({"settings": _settings_to_start_with(get_integration(slug))})
    path.write_text("\n".join([first, *answers_of(slug, json.loads(first))]) + "\n")


def _settings_to_start_with(tool):
    required = [setting for setting in tool.settings if setting.required]
    return {each.name: _value_to_start_with(each) for each in required}


def _value_to_start_with(setting):
    if setting.default is not None or setting.choices:
        return setting.default or setting.choice_pairs()[0][0]
    by_type = {"url": "https://tool.example/in", "number": 1, "list": ["one"], "map": {}}
    return by_type.get(setting.type, f"{setting.name}-1")
