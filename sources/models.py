"""Sources, their write keys, and what is known of the events they sent.

The event log itself is `Event`; only `sources.log` reads and writes it.
"""

import secrets

from django.db import models

from workspaces.models import Workspace


class Source(models.Model):
    """One site, app or server that sends events."""

    class Kind(models.TextChoices):
        WEBSITE = "website", "Website"
        SERVER = "server", "Server"
        MOBILE = "mobile", "Mobile app"
        OTHER = "other", "Something else"

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="sources")
    slug = models.SlugField()
    name = models.CharField(max_length=100)
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.WEBSITE)
    enabled = models.BooleanField(default=True)
    schema_name = models.CharField(
        max_length=63, blank=True, help_text="Schema in the warehouse; by default from the slug."
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["workspace", "slug"], name="one_source_per_slug")
        ]

    def __str__(self):
        return self.name


def new_write_key() -> str:
    return secrets.token_urlsafe(24)


class WriteKey(models.Model):
    """Lets its holder send events to one source, and nothing else. Public on websites."""

    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="write_keys")
    key = models.CharField(max_length=100, unique=True, default=new_write_key)
    created_at = models.DateTimeField(auto_now_add=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["created_at"]

    def __str__(self):
        return f"{self.key[:6]}… of {self.source}"


class Event(models.Model):
    """One stored event. The table is partitioned by day of `received_at`; see sources/log.py.

    `payload` is JSON as text: PostgreSQL need not parse it, and it may hold what jsonb refuses
    (NUL characters). `key` is 128 bits of (source, messageId), unique within a day.
    """

    id = models.BigIntegerField(primary_key=True)
    source = models.ForeignKey(
        Source, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+"
    )
    received_at = models.DateTimeField()
    key = models.UUIDField()
    type = models.CharField(max_length=8)
    name = models.TextField(null=True)
    payload = models.TextField()

    class Meta:
        managed = False
        db_table = "sources_event"

    def __str__(self):
        return f"{self.type} {self.name or ''}".strip()


class Rejection(models.Model):
    """One event that came in and could not be stored, with the reason."""

    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="rejections")
    received_at = models.DateTimeField()
    code = models.CharField(max_length=60)
    message = models.TextField()
    payload = models.TextField(help_text="What was sent, cut at 32 KB.")

    class Meta:
        indexes = [models.Index(fields=["source", "-received_at"])]

    def __str__(self):
        return self.code


class EventCount(models.Model):
    """How many events of a type a source sent in a minute; written in bulk from the log."""

    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="counts")
    minute = models.DateTimeField()
    type = models.CharField(max_length=8)
    count = models.IntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["source", "minute", "type"], name="one_count_per_minute"
            )
        ]

    def __str__(self):
        return f"{self.count} {self.type}"


class LogReader(models.Model):
    """How far one of our own readers of the log has come."""

    name = models.CharField(max_length=50, primary_key=True)
    position = models.BigIntegerField(default=0)

    def __str__(self):
        return f"{self.name} at {self.position}"
