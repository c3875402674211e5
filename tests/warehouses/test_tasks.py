"""When a warehouse is loaded, and how its waking does not pile up."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone
from django_q.models import OrmQ

from warehouses.connectors import all_connectors
from warehouses.models import Sync, Warehouse
from warehouses.tasks import sync_due, sync_now, sync_warehouse

pytestmark = pytest.mark.django_db


@pytest.fixture
def lake(workspace):
    return Warehouse.objects.create(
        workspace=workspace, slug="lake", name="Lake", kind="duckdb", schedule="15m"
    )


def queued():
    return [(task.task["func"], task.task["args"]) for task in OrmQ.objects.order_by("id")]


def test_a_due_warehouse_is_queued_once_however_much_was_missed(lake):
    Warehouse.objects.update(last_started_at=timezone.now() - timedelta(hours=3))

    counts = [sync_due(), sync_due(), sync_due()]

    assert counts == [1, 0, 0]
    assert queued() == [("warehouses.tasks.sync_warehouse", (lake.pk, "schedule"))]


@pytest.mark.parametrize(
    ("minutes_ago", "fields", "count"),
    [
        (None, {}, 1),
        (16, {}, 1),
        (14, {}, 0),
        (16, {"schedule": "1h"}, 0),
        (9999, {"schedule": "manual"}, 0),
        (9999, {"enabled": False}, 0),
    ],
)
def test_what_is_due(lake, minutes_ago, fields, count):
    started_at = minutes_ago and timezone.now() - timedelta(minutes=minutes_ago)
    Warehouse.objects.update(last_started_at=started_at, **fields)

    assert sync_due() == count


def test_sync_now_is_queued_once(lake):
    assert (sync_now(lake), sync_now(lake)) == (True, False)
    assert queued() == [("warehouses.tasks.sync_warehouse", (lake.pk, "manual"))]


def test_a_wake_up_that_was_lost_is_made_good(lake):
    long_ago = timezone.now() - timedelta(hours=3)
    Warehouse.objects.update(queued_at=long_ago, last_started_at=long_ago)

    assert sync_due() == 1


def test_a_task_loads_and_lets_the_next_one_in(warehouse, store):
    sync_now(warehouse)
    store({"type": "track", "userId": "u", "event": "Seen"})

    said = sync_warehouse(warehouse.pk, "manual")

    warehouse.refresh_from_db()
    assert said == "Website → Lake: Success"
    assert warehouse.queued_at is None
    assert list(Sync.objects.values_list("trigger", "state")) == [("manual", "success")]


def test_a_task_for_a_warehouse_that_is_gone_does_nothing(db):
    assert sync_warehouse(12345) == "gone or off"


def test_a_schedule_is_checked(lake):
    lake.schedule = "often"

    with pytest.raises(ValidationError, match="is not a schedule"):
        lake.full_clean()


def test_every_connector_can_be_drawn():
    for connector in all_connectors():
        names = [setting.name for setting in connector.settings]
        secret = {setting.name for setting in connector.settings if setting.secret}

        assert type(connector).__module__.rpartition(".")[2] == connector.slug
        assert len(names) == len(set(names))
        assert {name for name in names if "password" in name} == secret
        assert set(connector.dialect.types) == {
            "integer",
            "float",
            "boolean",
            "varchar",
            "timestamp",
        }


def test_secrets_are_in_no_admin_page(admin_client, postgres, connect):
    warehouse = connect(postgres, settings={**postgres.settings, "password": "hunter2-secret"})

    page = admin_client.get(f"/admin/warehouses/warehouse/{warehouse.pk}/change/")

    assert page.status_code == 200
    assert b"hunter2" not in page.content
