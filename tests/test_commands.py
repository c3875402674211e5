"""`manage.py prepare` and `export_events`. `up` and `apply` have files of their own."""

import json
import os
import subprocess
import sys
from datetime import UTC, datetime

import pytest
from django.core.management import CommandError, call_command
from django_q.models import Schedule

from config.preparing import first_admin, set_schedules
from sources import ingest
from sources.models import Source
from workspaces.models import User, Workspace

pytestmark = pytest.mark.django_db(transaction=True)


def store(source, *names, received_at=None):
    messages = [{"type": "track", "userId": "u", "event": name} for name in names]
    ingest.accept(ingest.Caller(source.id), messages, {}, received_at or datetime.now(UTC))


def exported(capfdbinary, *options):
    call_command("export_events", *options)
    return [json.loads(line)["event"] for line in capfdbinary.readouterr().out.splitlines()]


def test_events_are_exported_as_they_are_stored(source, capfdbinary):
    store(source, "Signed Up ☃", "Ordered")

    call_command("export_events", "--source", "web")

    lines = capfdbinary.readouterr().out.splitlines()
    assert [json.loads(line)["event"] for line in lines] == ["Signed Up ☃", "Ordered"]
    assert "☃".encode() in lines[0]
    assert {"messageId", "receivedAt", "timestamp"} <= json.loads(lines[0]).keys()


def test_export_is_bounded_by_the_time_of_receipt(source, capfdbinary):
    today = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    store(source, "First", received_at=today)
    store(source, "Second", received_at=today.replace(hour=12))

    noon = today.replace(hour=12).isoformat()

    assert exported(capfdbinary, "--source", "web", "--until", noon) == ["First"]
    assert exported(capfdbinary, "--source", "web", "--since", noon, "--until", "2999-01-01") == [
        "Second"
    ]


def test_export_asks_which_source_is_meant(source, capfdbinary):
    other = Workspace.objects.create(slug="other", name="Other")
    Source.objects.create(workspace=other, slug="web", name="Website")
    store(source, "Ours")

    with pytest.raises(CommandError, match="Several workspaces have a source web: acme, other"):
        call_command("export_events", "--source", "web")
    assert exported(capfdbinary, "--source", "web", "--workspace", "acme") == ["Ours"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--source", "none"], "There is no source none."),
        (["--source", "web", "--since", "yesterday"], "--since yesterday: write a time such as"),
    ],
)
def test_export_says_in_one_line_what_is_wrong(source, options, message):
    with pytest.raises(CommandError, match=message):
        call_command("export_events", *options)


def test_export_into_a_closed_pipe_is_quiet(source, settings):
    store(source, *(f"Event {number}" for number in range(2000)))
    code = (
        "import django; django.setup(); "
        "from django.db import connection; "
        f"connection.settings_dict['NAME'] = {settings.DATABASES['default']['NAME']!r}; "
        "from django.core.management import call_command; "
        "call_command('export_events', '--source', 'web')"
    )
    script = f'"{sys.executable}" -c "{code}" | head -1'

    run = subprocess.run(
        ["bash", "-o", "pipefail", "-c", script],
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings"},
        capture_output=True,
        text=True,
    )

    assert (run.returncode, run.stderr) == (0, "")
    assert json.loads(run.stdout)["event"] == "Event 0"


def test_schedules_are_what_settings_say():
    set_schedules([("Count", "sources.tasks.count_events", 1), ("Old", "sources.tasks.x", 5)])
    Schedule.objects.create(name="An operator's", func="theirs.task", schedule_type="D")

    set_schedules([("Count", "sources.tasks.count_events", 2)])
    before = list(Schedule.objects.order_by("id").values())
    set_schedules([("Count", "sources.tasks.count_events", 2)])

    assert list(Schedule.objects.order_by("id").values()) == before
    assert {(s.name, s.minutes) for s in Schedule.objects.all()} == {
        ("Count", 2),
        ("An operator's", None),
    }


def test_the_first_admin_owns_what_was_made_before(workspace):
    admin, password = first_admin()

    assert admin.check_password(password)
    assert workspace.memberships.get().user == admin
    assert first_admin() == (admin, "")
    assert User.objects.count() == 1


def test_prepare_may_run_at_any_time(capsys, transactional_db):
    call_command("prepare")
    call_command("prepare")

    first, password, second = capsys.readouterr().out.splitlines()
    assert first == second == "Migrations applied: 0. Admin: admin@example.com."
    assert password.startswith("Password: ")
