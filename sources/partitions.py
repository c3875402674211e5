"""The days of the event log: partitions made ahead, and dropped when retention says so.

The index of users (sources/users.py) has the same days, so that it goes with its events.
"""

from datetime import UTC, date, datetime, timedelta

from django.db import connection, transaction

DAYS_AHEAD = 7
PREFIX = "sources_event_"
USERS_PREFIX = "sources_eventuser_"


def rotate(now: datetime, retention_days: int) -> tuple[list[str], list[str]]:
    """Make the partitions of yesterday to a week ahead, drop those past retention.

    Returns the names made and the names dropped. Safe to run at any time and twice at once.
    """
    today = now.astimezone(UTC).date()
    wanted = [today + timedelta(days=offset) for offset in range(-1, DAYS_AHEAD + 1)]
    existing = names()
    made = [_make(day) for day in wanted if name_of(day) not in existing]
    # The day of the oldest event that is kept; a partition goes when all of it is older.
    oldest = today - timedelta(days=retention_days)
    dropped = [_drop(name) for name in existing if day_of(name) < oldest]
    return made, dropped


def names() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_inherits JOIN pg_class ON oid = inhrelid "
            "WHERE inhparent = 'sources_event'::regclass ORDER BY relname"
        )
        return [row[0] for row in cursor.fetchall()]


def name_of(day: date) -> str:
    return f"{PREFIX}{day:%Y%m%d}"


def day_of(name: str) -> date:
    return datetime.strptime(name.removeprefix(PREFIX), "%Y%m%d").date()


def _make(day: date) -> str:
    name, following = name_of(day), day + timedelta(days=1)
    bounds = f"FOR VALUES FROM ('{day} 00:00+00') TO ('{following} 00:00+00')"
    with transaction.atomic(), connection.cursor() as cursor:
        # A waiting ALTER or CREATE must not queue appends behind it for long.
        cursor.execute("SET LOCAL lock_timeout = '3s'")
        cursor.execute(f"CREATE TABLE IF NOT EXISTS {name} PARTITION OF sources_event {bounds}")
        # Unique within the day; log.append looks at the day before as well.
        cursor.execute(f"CREATE UNIQUE INDEX IF NOT EXISTS {name}_key ON {name} (key)")
        make_users(cursor, name)
    return name


def make_users(cursor, name: str) -> None:
    """Give the partition of that name its share of the index of users, once there is one."""
    day = day_of(name)
    cursor.execute("SELECT to_regclass('sources_eventuser')")
    if cursor.fetchone()[0]:
        cursor.execute(
            f"CREATE TABLE IF NOT EXISTS {USERS_PREFIX}{day:%Y%m%d} "
            f"PARTITION OF sources_eventuser "
            f"FOR VALUES FROM ('{day} 00:00+00') TO ('{day + timedelta(days=1)} 00:00+00')"
        )


def _drop(name: str) -> str:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = '3s'")
        cursor.execute(f"DROP TABLE IF EXISTS {name}")
        cursor.execute(f"DROP TABLE IF EXISTS {USERS_PREFIX}{day_of(name):%Y%m%d}")
    return name
