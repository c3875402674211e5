"""Doors for the worker: load one warehouse, and see which are due."""

from datetime import datetime, timedelta

from django.db.models import Q
from django.utils import timezone
from django_q.tasks import async_task

from .models import Sync, Warehouse
from .schedule import interval
from .sync import sync

# A wake-up that was lost is given up after this, and the warehouse is queued again.
QUEUE_PATIENCE = timedelta(hours=2)


def sync_warehouse(warehouse_id: int, trigger: str = Sync.Trigger.SCHEDULE) -> str:
    """Load a warehouse; return what came of it for the queue's log."""
    Warehouse.objects.filter(pk=warehouse_id).update(queued_at=None)
    warehouse = Warehouse.objects.filter(pk=warehouse_id, enabled=True).first()
    if warehouse is None:
        return "gone or off"
    return ", ".join(str(one) for one in sync(warehouse, trigger))


def sync_due() -> int:
    """Queue a sync for every warehouse whose interval has passed; return how many.

    However many were missed, one is queued.
    """
    now = timezone.now()
    warehouses = Warehouse.objects.filter(enabled=True)
    return sum(enqueue(one, Sync.Trigger.SCHEDULE) for one in warehouses if is_due(one, now))


def is_due(warehouse: Warehouse, now: datetime) -> bool:
    every = interval(warehouse.schedule)
    if every is None:
        return False
    # A little early is right: the minutes of the scheduler would add up to a late one each time.
    return warehouse.last_started_at is None or (
        now >= warehouse.last_started_at + every - timedelta(seconds=30)
    )


def enqueue(warehouse: Warehouse, trigger: str) -> bool:
    """Queue a sync unless one waits already; return whether one was queued."""
    now = timezone.now()
    free = Q(queued_at=None) | Q(queued_at__lt=now - QUEUE_PATIENCE)
    if not Warehouse.objects.filter(free, pk=warehouse.pk).update(queued_at=now):
        return False
    async_task("warehouses.tasks.sync_warehouse", warehouse.pk, str(trigger))
    return True


def sync_now(warehouse: Warehouse) -> bool:
    """Queue a sync that a person asked for; False when one waits already."""
    return enqueue(warehouse, Sync.Trigger.MANUAL)
