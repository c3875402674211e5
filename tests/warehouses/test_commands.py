"""`warehouse_rows` and `load_warehouse`, as scripts call them."""

import json
import subprocess
import sys

import pytest
from django.core.management import CommandError, call_command

from workspaces.models import Workspace

EVENTS = b"""\
{"type":"track","messageId":"m-1","event":"Seen","receivedAt":"2024-01-01T00:00:05Z",\
"timestamp":"2024-01-01T00:00:00Z","sentAt":"2024-01-01T00:00:01Z","properties":{"n":1.5}}
not json
[1]
{"type":"alias","messageId":"m-2","previousId":"a","userId":"b"}
"""


def run(*arguments, given=b""):
    command = [sys.executable, "manage.py", *arguments]
    return subprocess.run(command, input=given, capture_output=True, timeout=60)


def test_warehouse_rows_answers_every_line():
    done = run("warehouse_rows", "--dialect", "postgres", given=EVENTS)

    first, second, third, fourth = map(json.loads, done.stdout.splitlines())
    (tracks, seen) = first["rows"]
    uuid_ts = tracks["columns"].pop("uuid_ts")
    seen["columns"].pop("uuid_ts")
    common = {
        "id": {"type": "varchar", "value": "m-1"},
        "received_at": {"type": "timestamp", "value": "2024-01-01T00:00:05.000Z"},
        "original_timestamp": {"type": "timestamp", "value": "2024-01-01T00:00:00.000Z"},
        "sent_at": {"type": "timestamp", "value": "2024-01-01T00:00:01.000Z"},
        "timestamp": {"type": "timestamp", "value": "2024-01-01T00:00:04.000Z"},
        "event": {"type": "varchar", "value": "seen"},
        "event_text": {"type": "varchar", "value": "Seen"},
    }
    assert tracks == {"table": "tracks", "columns": common}
    assert seen == {"table": "seen", "columns": {**common, "n": {"type": "float", "value": 1.5}}}
    assert uuid_ts["type"] == "timestamp"
    assert "error" in second
    assert third == {"error": "This is not a JSON object."}
    assert [row["table"] for row in fourth["rows"]] == ["aliases"]
    assert done.returncode == 0


def test_warehouse_rows_names_the_dialects_it_knows():
    done = run("warehouse_rows", "--dialect", "oracle")

    assert done.returncode == 1
    assert done.stderr.decode().strip() == (
        "CommandError: There is no warehouse kind “oracle”. Known: duckdb, postgres."
    )


@pytest.mark.parametrize("command", ["warehouse_rows", "load_warehouse"])
def test_help_shows_an_example(command):
    assert f"manage.py {command}" in run(command, "--help").stdout.decode()


def test_load_warehouse_prints_what_was_loaded(warehouse, store, capsys):
    store({"type": "track", "userId": "u", "event": "Seen", "properties": {"日": 1}})

    call_command("load_warehouse", "acme/lake")

    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "acme-web: 1 events, 2 rows"
    assert lines[1].startswith("acme-web: Partial, 1 events, 2 rows, ")
    assert lines[2:] == [
        "  seen: 1 rows",
        "    warning: “properties.日” has no letter from a to z and no digit to name a column "
        "after; left out. (1)",
        "  tracks: 1 rows",
    ]


def test_load_warehouse_ends_with_an_error_when_a_sync_failed(postgres, connect, store, capsys):
    connect(postgres, settings={**postgres.settings, "database": "nowhere"})
    store({"type": "track", "userId": "u", "event": "Seen"})

    with pytest.raises(CommandError, match="A sync failed"):
        call_command("load_warehouse", "lake")

    assert "There is no such database" in capsys.readouterr().out


def test_load_warehouse_wants_an_unambiguous_name(warehouse, workspace):
    from warehouses.models import Warehouse

    other = Workspace.objects.create(slug="other", name="Other")
    Warehouse.objects.create(workspace=other, slug="lake", name="Lake", kind="duckdb")

    with pytest.raises(CommandError, match="several warehouses: acme/lake, other/lake"):
        call_command("load_warehouse", "lake")
    with pytest.raises(CommandError, match="There is no warehouse “sea”"):
        call_command("load_warehouse", "sea")
    call_command("load_warehouse", "lake", workspace="acme")
