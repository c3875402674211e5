"""Warehouses, which sources they are loaded from and how far, and what each sync did."""

from django.core.exceptions import ValidationError
from django.db import models

from sources.models import Source
from workspaces.models import Workspace
from workspaces.secrets import EncryptedJSONField

from .errors import InvalidSchedule
from .schedule import interval


def validate_schedule(text: str) -> None:
    try:
        interval(text)
    except InvalidSchedule as error:
        raise ValidationError(str(error)) from error


class Warehouse(models.Model):
    """A database that gets the events as tables. `kind` is the slug of its connector."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="warehouses")
    slug = models.SlugField()
    name = models.CharField(max_length=100)
    kind = models.CharField(max_length=30)
    settings = EncryptedJSONField(default=dict)
    schedule = models.CharField(
        max_length=10,
        default="1h",
        validators=[validate_schedule],
        help_text="manual, or the time between two syncs, such as 15m, 6h or 1d",
    )
    enabled = models.BooleanField(default=True)
    # Definitions of sources/language/filters.py, each with `enabled` and perhaps a `name`.
    filters = models.JSONField(default=list, blank=True)
    sources = models.ManyToManyField(Source, through="WarehouseSource", related_name="warehouses")
    # A sync waits in the queue since then; a second one need not.
    queued_at = models.DateTimeField(null=True, blank=True, editable=False)
    last_started_at = models.DateTimeField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["workspace", "slug"], name="one_warehouse_per_slug")
        ]

    def __str__(self):
        return self.name


class WarehouseSource(models.Model):
    """A source that is loaded into a warehouse, up to `position` in the event log."""

    warehouse = models.ForeignKey(Warehouse, on_delete=models.CASCADE, related_name="connections")
    source = models.ForeignKey(
        Source, on_delete=models.CASCADE, related_name="warehouse_connections"
    )
    position = models.BigIntegerField(default=0)
    enabled = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["warehouse", "source"], name="one_connection_per_warehouse_and_source"
            )
        ]

    def __str__(self):
        return f"{self.source} → {self.warehouse}"


class Sync(models.Model):
    """One run for one warehouse and source. `preparation_s` and `loading_s` add up its chunks."""

    class State(models.TextChoices):
        RUNNING = "running", "Running"
        SUCCESS = "success", "Success"
        PARTIAL = "partial", "Partial"
        FAILURE = "failure", "Failure"
        SKIPPED = "skipped", "Skipped"

    class Trigger(models.TextChoices):
        MANUAL = "manual", "Manual"
        SCHEDULE = "schedule", "Schedule"

    warehouse = models.ForeignKey(Warehouse, on_delete=models.CASCADE, related_name="syncs")
    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="warehouse_syncs")
    state = models.CharField(max_length=10, choices=State.choices, default=State.RUNNING)
    trigger = models.CharField(max_length=10, choices=Trigger.choices, default=Trigger.MANUAL)
    started_at = models.DateTimeField()
    # When the connection stood and the first rows were ready to be loaded.
    prepared_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    preparation_s = models.FloatField(default=0)
    loading_s = models.FloatField(default=0)
    event_count = models.BigIntegerField(default=0)
    filtered_count = models.BigIntegerField(default=0, help_text="Of these events, not loaded.")
    row_count = models.BigIntegerField(default=0)
    notice_count = models.IntegerField(default=0)
    error = models.TextField(blank=True)

    class Meta:
        ordering = ["-started_at", "-id"]
        indexes = [models.Index(fields=["warehouse", "source", "-started_at"])]

    def __str__(self):
        return f"{self.source} → {self.warehouse}: {self.get_state_display()}"

    @property
    def duration_s(self) -> float | None:
        return self.finished_at and (self.finished_at - self.started_at).total_seconds()


class SyncTable(models.Model):
    """What a sync did to one table. `notices` are those of warehouses.notices, as dictionaries."""

    sync = models.ForeignKey(Sync, on_delete=models.CASCADE, related_name="tables")
    name = models.CharField(max_length=255)
    row_count = models.BigIntegerField(default=0)
    notices = models.JSONField(default=list)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["sync", "name"], name="one_row_per_sync_and_table")
        ]

    def __str__(self):
        return f"{self.name}: {self.row_count} rows"


class WarehouseColumn(models.Model):
    """A column that we made: its type, and the path in the event that it stands for."""

    warehouse = models.ForeignKey(Warehouse, on_delete=models.CASCADE, related_name="columns")
    schema = models.CharField(max_length=255)
    table = models.CharField(max_length=255)
    name = models.CharField(max_length=255)
    raw_name = models.TextField()
    type = models.CharField(max_length=10)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["schema", "table", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["warehouse", "schema", "table", "name"], name="one_record_per_column"
            )
        ]

    def __str__(self):
        return f"{self.schema}.{self.table}.{self.name}"
