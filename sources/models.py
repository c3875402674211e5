"""Sources, their write keys, and what is known of the events they sent.

The event log itself is `Event`; only `sources.log` reads and writes it.
"""

import secrets

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone

from workspaces.models import Workspace


class Source(models.Model):
    """One site, app or server that sends events."""

    class Kind(models.TextChoices):
        WEBSITE = "website", "Website"
        SERVER = "server", "Server"
        MOBILE = "mobile", "Mobile app"
        OTHER = "other", "Something else"

    class IpPolicy(models.TextChoices):
        KEEP = "keep", "Keep"
        MASK = "mask", "Drop the last part"
        DROP = "drop", "Drop"

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="sources")
    slug = models.SlugField()
    name = models.CharField(max_length=100)
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.WEBSITE)
    enabled = models.BooleanField(default=True)
    schema_name = models.CharField(
        max_length=63, blank=True, help_text="Schema in the warehouse; by default from the slug."
    )
    labels = models.JSONField(default=list, blank=True)
    retention_days = models.PositiveIntegerField(null=True, blank=True)  # older ones are deleted
    # What the door does with a call; see docs/tracking-api.md.
    strict = models.BooleanField(
        default=False, db_default=False, help_text="Answer 400 when an event was rejected."
    )
    rate_limit = models.PositiveIntegerField(
        null=True, blank=True, help_text="Events per second; empty for no limit."
    )
    rate_burst = models.PositiveIntegerField(
        null=True, blank=True, help_text="Events at once; by default ten seconds' worth."
    )
    ip_policy = models.CharField(
        max_length=4, choices=IpPolicy, default=IpPolicy.KEEP, db_default=IpPolicy.KEEP
    )
    parse_user_agent = models.BooleanField(
        default=False, db_default=False, help_text="Fill context.device, os and browser."
    )
    flag_bots = models.BooleanField(
        default=False, db_default=False, help_text="Set context.bot on what crawlers send."
    )
    locate = models.BooleanField(
        default=False, db_default=False, help_text="Fill context.location by the IP address."
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
    # Empty: a page of any origin may use it. Else see sources/origins.py.
    allowed_origins = models.JSONField(default=list, blank=True)

    class Meta:
        ordering = ["created_at"]

    def __str__(self):
        return f"{self.key[:6]}… of {self.source}"

    @property
    def active(self) -> bool:
        """Whether it opens the door now. One that is rotated out does so until its end."""
        return self.revoked_at is None or self.revoked_at > timezone.now()

    @property
    def origin_lines(self) -> str:
        return "\n".join(self.allowed_origins)


class Event(models.Model):
    """One stored event. The table is partitioned by day of `received_at`; see sources/log.

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
    # A sample of what the schema's rules block; those are counted in Tally, not here.
    blocked = models.BooleanField(default=False, db_default=False)

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


class Tally(models.Model):
    """How many events passed a step in a minute or an hour, by type, name, library or reason.

    Written in bulk by sources/tallies.py. Minutes are kept for hours, hours as long as events.
    """

    class Grain(models.TextChoices):
        MINUTE = "m", "minute"
        HOUR = "h", "hour"

    class Step(models.TextChoices):
        STORED = "stored", "Eligible"
        FAILED = "failed", "Failed on ingest"
        FILTERED = "filtered", "Filtered at source"

    class Kind(models.TextChoices):
        ALL = "all", "All"
        TYPE = "type", "Type"
        NAME = "name", "Event"
        LIBRARY = "library", "Library"
        CODE = "code", "Reason"

    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="tallies")
    grain = models.CharField(max_length=1, choices=Grain)
    kind = models.CharField(max_length=7, choices=Kind)
    at = models.DateTimeField()
    step = models.CharField(max_length=8, choices=Step)
    value = models.CharField(max_length=255)
    count = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["source", "grain", "kind", "at", "step", "value"],
                name="one_tally_per_value",
            )
        ]

    def __str__(self):
        return f"{self.count} {self.step} {self.value}".strip()


class RateBucket(models.Model):
    """How many more events a source with a rate limit may send now; see sources/rates.py."""

    source = models.OneToOneField(
        Source, on_delete=models.CASCADE, primary_key=True, related_name="rate_bucket"
    )
    level = models.FloatField()
    filled_at = models.DateTimeField()

    def __str__(self):
        return f"{self.level:.0f} left for {self.source}"


class DoorCount(models.Model):
    """How many requests of a source in an hour were repetitions, or over its rate limit."""

    class What(models.TextChoices):
        REPEATED = "repeated", "Repeated (X-Retry-Count)"
        LIMITED = "limited", "Over the rate limit"

    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="door_counts")
    hour = models.DateTimeField()
    what = models.CharField(max_length=8, choices=What)
    count = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["source", "hour", "what"], name="one_door_count_per_hour"
            )
        ]

    def __str__(self):
        return f"{self.count} {self.what}"


class SchemaEvent(models.Model):
    """An event that a source sent, or a whole type without names; see sources/observing.py."""

    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="schema_events")
    type = models.CharField(max_length=8)
    name = models.CharField(max_length=255, blank=True)
    count = models.BigIntegerField(default=0)
    blocked_count = models.BigIntegerField(default=0)
    more_property_count = models.BigIntegerField(default=0, help_text="Seen beyond the most kept.")
    first_seen_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()
    blocked = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "type", "name"], name="one_schema_event")
        ]
        indexes = [
            models.Index(
                fields=["source"], condition=models.Q(blocked=True), name="blocked_schema_event"
            )
        ]

    def __str__(self):
        return self.name or self.type


class SchemaProperty(models.Model):
    """A property or trait of an event: `a.b` in an object, `a.$` in a list."""

    event = models.ForeignKey(SchemaEvent, on_delete=models.CASCADE, related_name="properties")
    path = models.CharField(max_length=255)
    types = ArrayField(models.CharField(max_length=7))
    samples = ArrayField(models.TextField())
    count = models.BigIntegerField(default=0)
    blocked_count = models.BigIntegerField(default=0)
    first_seen_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()
    blocked = models.BooleanField(default=False)

    class Meta:
        ordering = ["path"]
        constraints = [models.UniqueConstraint(fields=["event", "path"], name="one_schema_path")]
        indexes = [
            models.Index(
                fields=["event"], condition=models.Q(blocked=True), name="blocked_schema_property"
            )
        ]

    def __str__(self):
        return self.path


class LogReader(models.Model):
    """How far one of our own readers of the log has come."""

    name = models.CharField(max_length=50, primary_key=True)
    position = models.BigIntegerField(default=0)

    def __str__(self):
        return f"{self.name} at {self.position}"
