"""`manage.py import_events`."""

import io
import json

import pytest
from django.core.management import CommandError, call_command

from sources import history, log

from .test_tracking import stored

pytestmark = pytest.mark.django_db(transaction=True)

OLD = {"type": "track", "event": "Old", "userId": "u1", "timestamp": "2019-01-01T10:00:00.000Z"}


@pytest.fixture
def file(tmp_path):
    return tmp_path / "old.jsonl"


def write(file, *lines):
    file.write_text(
        "".join(f"{line if isinstance(line, str) else json.dumps(line)}\n" for line in lines)
    )


def run(file):
    said = io.StringIO()
    call_command("import_events", str(file), source="web", stderr=said)
    return said.getvalue()


def test_events_come_in_with_their_times(source, file):
    corrected = {"originalTimestamp": "2018-12-31T10:00:00Z", "sentAt": "2019-01-01T10:00:09Z"}
    write(file, {**OLD, **corrected, "messageId": "a"}, {**OLD, "messageId": "b"})

    assert run(file) == "2 events stored, 0 were there already, 0 lines cannot be used\n"
    first, second = stored(source)
    assert first["timestamp"] == second["timestamp"] == "2019-01-01T10:00:00.000Z"
    assert {name: first[name] for name in corrected} == corrected
    assert first["receivedAt"] > "2026"


def test_bad_lines_are_named_and_left_out(source, file):
    write(file, "{", {**OLD, "event": None}, "", OLD, "[]")

    assert run(file).splitlines() == [
        "line 1: The body is not valid JSON: Expecting property name enclosed in double quotes: "
        "line 1 column 2 (char 1)",
        "line 2: A track call needs the name of its event.",
        "line 5: The body has to be a JSON object.",
        "1 events stored, 0 were there already, 3 lines cannot be used",
    ]
    assert len(stored(source)) == 1


def test_it_goes_on_where_it_was_cut_short(source, file, monkeypatch):
    monkeypatch.setattr(history, "CHUNK", 2)
    write(file, *[{**OLD, "messageId": f"m{number}"} for number in range(5)])
    work = history.Import(file, source.id, print)

    def unplug(progress):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        work.run(unplug)

    assert len(stored(source)) == 2
    assert run(file).splitlines() == [
        "going on after line 2",
        "5 events stored, 0 were there already, 0 lines cannot be used",
    ]
    assert [event["messageId"] for event in stored(source)] == ["m0", "m1", "m2", "m3", "m4"]


def test_what_a_kill_left_before_the_position_was_written_is_not_stored_twice(source, file):
    write(file, OLD, OLD, {**OLD, "messageId": "m"})
    run(file)

    file.with_name("old.jsonl.position").unlink()

    assert run(file) == "0 events stored, 3 were there already, 0 lines cannot be used\n"
    assert len(stored(source)) == 3  # two equal lines without an id are two events


def test_a_second_run_and_a_longer_file_store_only_what_is_new(source, file):
    write(file, OLD)
    run(file)
    write(file, OLD, {**OLD, "event": "New"})

    assert run(file).splitlines()[-1].startswith("2 events stored")
    assert [event["event"] for event in stored(source)] == ["Old", "New"]


def test_an_export_can_be_imported_by_another_source(source, workspace, file):
    write(file, {**OLD, "messageId": "a"})
    run(file)
    entries = log.read_all([source.id], 0, log.horizon())
    copy = file.with_name("copy.jsonl")
    copy.write_bytes(b"".join(entry.payload + b"\n" for entry in entries))
    other = workspace.sources.create(slug="other", name="Other")

    call_command("import_events", str(copy), source="other", stderr=io.StringIO())

    (event,), (again,) = stored(source), stored(other)
    assert again | {"receivedAt": event["receivedAt"]} == event


@pytest.mark.parametrize(
    ("name", "slug", "reason"),
    [
        ("nowhere.jsonl", "web", "No such file or directory"),
        ("old.jsonl", "none", "There is no source none."),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(source, file, name, slug, reason):
    write(file, OLD)

    with pytest.raises(CommandError, match=reason):
        call_command("import_events", str(file.with_name(name)), source=slug)
