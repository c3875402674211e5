"""The event log under many writers: nothing skipped, nothing twice, nobody waits for strangers."""

import os
import signal
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import psycopg
import pytest
from django.db import connection

from sources import log, partitions
from sources.log.appending import COPY_EVENTS, FEW, INSERT, LOCK, copy_text

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def address(db):
    """How another connection reaches the test database."""
    params = connection.get_connection_params()
    names = ("host", "user", "password", "port", "dbname")
    return psycopg.conninfo.make_conninfo(**{n: params[n] for n in names if params.get(n)})


def line(source_id, number=0):
    now = datetime.now(UTC)
    return log.Line(source_id, now, uuid4().hex, "track", "E", b'{"n":%d}' % number)


def append(conn, *lines):
    return log.append(conn, lines, [], datetime.now(UTC) - timedelta(hours=24))


def begin_append(conn, *lines):
    """An append that has written and not committed."""
    conn.execute("BEGIN")
    conn.execute(LOCK)
    with conn.cursor().copy(COPY_EVENTS) as copy:
        for each in lines:
            copy.write(copy_text(each))


@pytest.fixture(params=[0, FEW], ids=["few", "many"])
def company(request, source):
    """What is appended beside the lines in question: few are inserted, many copied."""
    return [line(source.id, number) for number in range(request.param)]


def test_a_reader_gets_what_was_appended_in_order(source, address):
    with psycopg.connect(address, autocommit=True) as conn:
        append(conn, line(source.id, 1), line(source.id, 2))
        append(conn, line(source.id, 3))

    entries = log.read([source.id], 0, log.horizon(), 10)

    assert [entry.payload for entry in entries] == [b'{"n":1}', b'{"n":2}', b'{"n":3}']


def test_a_repeat_in_one_append_is_left_out(source, address, company):
    same = line(source.id)

    with psycopg.connect(address, autocommit=True) as conn:
        written = append(conn, same, same, *company)
        again = append(conn, line(source.id), same, *company)

    assert (written, again) == (1 + len(company), 1)
    assert len(log.read([source.id], 0, log.horizon(), 200)) == 2 + len(company)


def test_odd_text_is_stored_as_it_is(source, address, company):
    odd = line(source.id)._replace(
        name='tab\there, "quotes", {braces}, \\ and 🎉\n', payload=rb'{"a":"\u0000\\n \"\t"}'
    )

    with psycopg.connect(address, autocommit=True) as conn:
        append(conn, odd, odd._replace(key=uuid4().hex, name=None), *company)
        query = "SELECT name FROM sources_event WHERE source_id = %s ORDER BY id LIMIT 2"
        names = conn.execute(query, [source.id]).fetchall()

    entries = log.read([source.id], 0, log.horizon(), 2)
    assert [entry.payload for entry in entries] == [odd.payload] * 2
    assert names == [(odd.name,), (None,)]


def test_an_insert_takes_its_lock_before_its_positions(source, address):
    with psycopg.connect(address, autocommit=True) as slow:
        slow.execute("BEGIN")
        append(slow, line(source.id), line(source.id))
        query = "SELECT min(id) FROM sources_event WHERE source_id = %s"
        [(first,)] = slow.execute(query, [source.id]).fetchall()

        assert log.horizon() < first
        slow.execute("COMMIT")

    assert log.horizon() == first + 1


def test_the_look_for_repeats_never_reads_the_whole_log(source, address):
    with psycopg.connect(address, autocommit=True) as conn:
        conn.execute("SET enable_seqscan = off")
        values = [["1"], ["2026-01-01T00:00Z"], [uuid4().hex], ["track"], ["E"], ["{}"]]
        values += [datetime.now(UTC) - timedelta(hours=24), datetime.now(UTC)]
        plan = conn.execute(f"EXPLAIN {INSERT}", values).fetchall()

    assert not [row for row in plan if "Seq Scan" in row[0] and "id_seq" not in row[0]]


def test_a_repeat_is_left_out_also_when_two_write_it_at_once(source, address, company):
    same = line(source.id)
    with (
        psycopg.connect(address, autocommit=True) as first,
        psycopg.connect(address, autocommit=True) as second,
    ):
        begin_append(first, same)
        waiting = threading.Thread(target=append, args=(second, same, line(source.id), *company))
        waiting.start()
        first.execute("COMMIT")
        waiting.join()

    assert len(log.read([source.id], 0, log.horizon(), 200)) == 2 + len(company)


def test_a_repeat_from_the_day_before_is_left_out(source, address, company):
    yesterday = datetime.now(UTC) - timedelta(hours=23)
    key = uuid4().hex
    copies = [
        log.Line(source.id, moment, key, "track", "E", b"{}")
        for moment in (yesterday, datetime.now(UTC))
    ]

    with psycopg.connect(address, autocommit=True) as conn:
        written = [append(conn, copies[0]), append(conn, copies[1], *company)]

    assert written == [1, len(company)]


def test_the_horizon_stays_below_an_append_that_has_not_committed(source, address):
    with (
        psycopg.connect(address, autocommit=True) as slow,
        psycopg.connect(address, autocommit=True) as quick,
    ):
        begin_append(slow, line(source.id))
        append(quick, line(source.id))
        seen_before = log.read([source.id], 0, log.horizon(), 10)
        slow.execute("COMMIT")

    assert seen_before == []
    assert len(log.read([source.id], 0, log.horizon(), 10)) == 2


KILLED_WRITER = """
import sys, time, psycopg
sys.path.insert(0, {root!r})
import os; os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
import django; django.setup()
from sources.log.appending import COPY_EVENTS, LOCK
conn = psycopg.connect(sys.argv[1], autocommit=True)
conn.execute("BEGIN"); conn.execute(LOCK)
with conn.cursor().copy(COPY_EVENTS) as copy:
    copy.write(sys.argv[2].encode().decode("unicode_escape").encode())
print("written", flush=True)
time.sleep(600)
"""


def start_doomed_writer(address, source):
    """A process that has written and will be killed before it commits."""
    root = str(os.path.dirname(os.path.dirname(os.path.dirname(__file__))))
    row = copy_text(line(source.id)).decode().encode("unicode_escape").decode()
    process = subprocess.Popen(
        [sys.executable, "-c", KILLED_WRITER.format(root=root), address, row],
        stdout=subprocess.PIPE,
    )
    assert process.stdout.readline() == b"written\n"
    return process


def test_readers_skip_nothing_beside_a_slow_a_killed_and_an_idle_neighbour(source, address):
    """Eight writers at full speed; one transaction is slow, one is killed, a stranger idles."""
    stranger = psycopg.connect(address)
    stranger.execute("SELECT pg_current_xact_id()")  # open until the end
    doomed = start_doomed_writer(address, source)
    written, running = [], threading.Event()
    running.set()

    def write():
        with psycopg.connect(address, autocommit=True) as conn:
            while running.is_set():
                lines = [line(source.id) for _ in range(20)]
                append(conn, *lines)
                written.extend(each.key for each in lines)

    def write_slowly():
        with psycopg.connect(address, autocommit=True) as conn:
            late = line(source.id)
            begin_append(conn, late)
            time.sleep(1)
            conn.execute("COMMIT")
            written.append(late.key)

    threads = [threading.Thread(target=write) for _ in range(8)]
    threads.append(threading.Thread(target=write_slowly))
    for thread in threads:
        thread.start()
    seen, position, longest_look = [], 0, 0.0
    ends_at, killed = time.monotonic() + 3, False
    while True:
        started = time.monotonic()
        horizon = log.horizon()
        longest_look = max(longest_look, time.monotonic() - started)
        entries = log.read([source.id], position, horizon, 1_000_000)
        seen += [entry.id for entry in entries]
        position = horizon
        if not killed and time.monotonic() > ends_at - 1.5:
            os.kill(doomed.pid, signal.SIGKILL)
            doomed.wait()
            killed = True
        if running.is_set() and time.monotonic() > ends_at:
            running.clear()
            for thread in threads:
                thread.join()
        elif not running.is_set() and position >= log.newest():
            break
        assert time.monotonic() < ends_at + 20, "the reader is held up"
    stranger.close()

    assert len(seen) == len(set(seen)) == len(written) > 1_000
    assert longest_look < 1


def test_partitions_are_made_ahead_and_dropped_by_retention(db):
    now = datetime.now(UTC)
    partitions.rotate(now - timedelta(days=40), 30)
    old = partitions.name_of((now - timedelta(days=40)).date())
    assert old in partitions.names()

    partitions.rotate(now, 30)

    names = partitions.names()
    assert old not in names
    assert partitions.name_of((now + timedelta(days=7)).date()) in names
