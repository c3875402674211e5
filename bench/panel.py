"""Ten million stored events: how long the overview and the debugger's searches take.

Not part of a plain run, as making the events takes minutes: `python -m bench panel`. The events
are made by SQL, over 28 days, with the indexes and counts that the readers would have written;
then some come in through the door and the readers, and everything is asked for as a browser does.
"""

import os
import statistics
import time
from datetime import timedelta

EVENTS = int(os.environ.get("BENCH_PANEL_EVENTS", 10_000_000))
DAYS = 28
NAMES = 60
USERS = 200_000
ROUNDS = 7
MOST_OVERVIEW_MS = 150
MOST_SEARCH_MS = 300

# About 500 bytes each; `number` runs over all events of all days.
_EVENTS = """
INSERT INTO {table} (source_id, received_at, key, type, name, payload)
SELECT {source}, at, md5('{day}-' || number)::uuid, 'track', name,
    '{{"type":"track","event":"' || name || '","messageId":"' || md5(number::text)
    || '","userId":"user-' || who || '","anonymousId":"' || md5(who::text)
    || '","timestamp":"2026-11-01T10:00:00.000Z","context":{{"library":{{"name":"analytics.js",'
    || '"version":"next-1.84.3"}},"page":{{"path":"/checkout/done","title":"Thank you",'
    || '"url":"https://shop.example/checkout/done"}},"locale":"en-US"}},"properties":{{'
    || '"order_id":"o-' || number || '","total":30.5,"currency":"EUR","coupon":"SPRING"}}}}'
FROM (
    SELECT number, timestamptz '{day} 00:00+00'
        + interval '{length} s' * (number::float8 / {count}) AS at,
        'Event ' || number % {names} AS name, number::bigint * 7919 % {users} AS who
    FROM generate_series(0, {count} - 1) AS number ORDER BY number
) AS made
"""
_USERS = """
INSERT INTO sources_eventuser (user_key, position, received_at)
SELECT CASE WHEN each = 1 AND id % {users} = 42 THEN {probe}
    ELSE hashtextextended(each || '-' || id * 7919 % {users}, 0) END, id, received_at
FROM {table}, generate_series(1, 2) AS each
"""
_TALLIES = """
INSERT INTO sources_tally (source_id, grain, kind, at, step, value, count)
SELECT {source}, grain, kind, at, 'stored', value, sum(count) FROM (
    SELECT date_trunc('minute', received_at) AS minute, name, count(*) FROM {table} GROUP BY 1, 2
) AS counted
CROSS JOIN LATERAL (VALUES ('all', ''), ('type', 'track'), ('name', name),
    ('library', 'analytics.js next-1.84.3')) AS kinds (kind, value)
CROSS JOIN LATERAL (VALUES ('m', minute), ('h', date_trunc('hour', minute))) AS grains (grain, at)
WHERE grain = 'h' OR minute > now() - interval '3 hours'
GROUP BY grain, kind, at, value
"""
_REJECTIONS = """
INSERT INTO sources_rejection (source_id, received_at, code, message, payload)
SELECT %s, now() - interval '14 days' * number / 20000, 'type_unknown', 'The type is unknown.',
    '{"type":"?","userId":"user-' || number || '"}' FROM generate_series(1, 20000) AS number
"""


def run() -> list[dict]:
    from django.test import Client

    source = _make_source()
    _make_days(source)
    message_id = _send_some(source)
    client = Client()
    client.force_login(source.workspace.members.get())
    page = f"/{source.workspace.slug}/sources/{source.slug}/"
    overview = [f"{page}?period={period}" for period in ("10m", "1h", "24h", "7d", "14d")]
    probe = "q=user-probe&by=user"
    searches = [
        *(f"{page}debugger/?{probe}{more}" for more in ("", "&show=events")),
        f"{page}debugger/?q=user-sent&by=user",
        f"{page}debugger/?q=nobody&by=user",
        f"{page}debugger/?q={message_id}&by=message",
        f"{page}debugger/?q=no-such-message&by=message",
    ]
    return [
        _row("overview, slowest period", client, overview, MOST_OVERVIEW_MS),
        _row("search by user or messageId", client, searches, MOST_SEARCH_MS),
    ]


def _make_source():
    from sources.models import Source
    from workspaces.models import Membership, User, Workspace

    workspace = Workspace.objects.create(slug="bench", name="Bench")
    user = User.objects.create_user("bench@example.com", "correct horse battery")
    Membership.objects.create(user=user, workspace=workspace, role="owner")
    source = Source.objects.create(workspace=workspace, slug="web", name="Web")
    source.write_keys.create(key="wk_bench")
    return source


def _make_days(source) -> None:
    from django.db import connection
    from django.utils import timezone

    from sources import log, partitions, users
    from sources.models import LogReader

    now = timezone.now()
    partitions.rotate(now, DAYS + 2)
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    probe = users.key_of(source.id, "user-probe")
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit = off")
        for ago in range(DAYS - 1, -1, -1):
            day = (midnight - timedelta(days=ago)).date()
            partitions.rotate(midnight - timedelta(days=ago), 10_000)
            name = partitions.name_of(day)
            values = {"source": source.id, "day": day, "count": EVENTS // DAYS, "names": NAMES}
            values |= {"users": USERS, "probe": probe, "table": name}
            values["length"] = 86_400 if ago else max((now - midnight).seconds, 1)
            for query in (_EVENTS, _USERS, _TALLIES):
                cursor.execute(query.format(**values))
        cursor.execute(_REJECTIONS, [source.id])
        cursor.execute("VACUUM ANALYZE")
    for reader in ("observed", "counts"):
        LogReader.objects.create(name=reader, position=log.newest())


def _send_some(source) -> str:
    """Send events through the door and the readers; return the messageId of one of them."""
    from datetime import UTC, datetime

    from sources import ingest, tasks

    from . import events

    sent = [{**events.track(number), "userId": "user-sent"} for number in range(2_000)]
    caller = ingest.Caller(source.id)
    for start in range(0, len(sent), 500):
        ingest.accept(caller, sent[start : start + 500], {}, datetime.now(UTC))
    tasks.count_events()
    tasks.observe_events()
    return sent[0]["messageId"]


def _row(name, client, addresses, most_ms) -> dict:
    """Measure each address; the figure is the slowest one's median, beside the bar."""
    medians = {}
    for address in addresses:
        times = []
        for _ in range(ROUNDS):
            start = time.perf_counter()
            response = client.get(address)
            times.append((time.perf_counter() - start) * 1000)
            assert response.status_code == 200 and b"took too long" not in response.content
        medians[address] = statistics.median(times)
        print(f"  {medians[address]:7.1f} ms (at most {max(times):7.1f})  {address}", flush=True)
    return {
        "name": f"{name}, {EVENTS:,} events",
        "ours": most_ms,
        "theirs": max(medians.values()),
        "bar": 1,
        "unit": "ms allowed",
        "baseline": "ms measured",
    }
