"""A load that is killed for good, as by the kernel or an impatient operator."""

import os
import subprocess
import sys

import pytest
from django.db import connection

from warehouses.models import Sync

from .conftest import postgres_settings

EVENT_COUNT = 25_000
PAYLOAD = (
    '{"type":"track","event":"Seen","messageId":"m-%s","userId":"u","properties":{"n":%s},'
    '"receivedAt":"2024-03-05T09:59:32.000Z","timestamp":"2024-03-05T09:59:32.000Z"}'
)


@pytest.fixture
def loading(source):
    """Starts `load_warehouse lake` on the test's database; a context manager."""
    from django.utils import timezone

    from sources import partitions

    partitions.rotate(timezone.now(), 30)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO sources_event (source_id, received_at, key, type, payload) "
            "SELECT %s, now(), gen_random_uuid(), 'track', format(%s, n, n) "
            "FROM generate_series(1, %s) n",
            [source.pk, PAYLOAD, EVENT_COUNT],
        )
    given = postgres_settings()
    address = " ".join(f"{name}={value}" for name, value in given.items() if value)
    env = {**os.environ, "DATABASE_URL": address.replace("database=", "dbname=")}
    command = [sys.executable, "-u", "manage.py", "load_warehouse", "lake"]
    yield lambda: subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=env)
    with connection.cursor() as cursor:
        # The log is no model's table, so the end of the test leaves it alone.
        cursor.execute("TRUNCATE sources_event")


@pytest.mark.processes
@pytest.mark.django_db(transaction=True)
def test_a_load_killed_twice_ends_with_every_row_once(loading, warehouse, bench):
    for _ in range(2):
        with loading() as process:
            assert process.stdout.readline() == "acme-web: 10000 events, 20000 rows\n"
            process.kill()

    with loading() as process:
        process.communicate(timeout=60)

    assert process.returncode == 0
    query = "SELECT count(*), count(DISTINCT id), sum(n) FROM acme_web.seen"
    assert bench.query(query) == [(25_000, 25_000, 312_512_500)]
    assert bench.query("SELECT count(*) FROM acme_web.tracks") == [(25_000,)]
    states = list(Sync.objects.order_by("id").values_list("state", flat=True))
    assert states == ["failure", "failure", "success"]
