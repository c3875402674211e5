"""Advisory locks in our own database: one load of a pair at a time.

They belong to the connection and end with it, so a process that is killed leaves none behind.
"""

from contextlib import contextmanager

from django.db import connection

from .models import WarehouseSource

# Two-part keys, which PostgreSQL keeps apart from the one-part keys of the event log.
_PAIR, _WAREHOUSE = 0x5753, 0x5757


@contextmanager
def hold(pair: WarehouseSource, whole_warehouse: bool):
    """Yield whether this process now holds the lock of the pair, or of its whole warehouse."""
    key = (_WAREHOUSE, pair.warehouse_id) if whole_warehouse else (_PAIR, pair.pk)
    numbers = [key[0], key[1] % 2**31]
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", numbers)
        (held,) = cursor.fetchone()
    try:
        yield held
    finally:
        if held and not connection.needs_rollback:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", numbers)
