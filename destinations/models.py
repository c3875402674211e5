"""A configured tool, how far it has been sent the log, and what did not arrive."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from sources.models import Source
from workspaces.models import Workspace
from workspaces.secrets import EncryptedJSONField


class Destination(models.Model):
    """A tool of the catalogue, set up by somebody: what Segment calls an instance."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="destinations")
    slug = models.SlugField()
    name = models.CharField(max_length=100)
    integration = models.SlugField(help_text="Slug in the catalogue.")
    settings = EncryptedJSONField(default=dict)
    enabled = models.BooleanField(default=False)
    consent_categories = models.JSONField(
        default=list,
        blank=True,
        help_text="Ids that a person must have consented to, all of them.",
    )
    created_at = models.DateTimeField(auto_now_add=True)
    sources = models.ManyToManyField(Source, through="Connection", related_name="destinations")

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["workspace", "slug"], name="one_destination_per_slug")
        ]

    def __str__(self):
        return self.name


class Connection(models.Model):
    """A source that feeds a destination, from the position at which the two were connected."""

    destination = models.ForeignKey(
        Destination, on_delete=models.CASCADE, related_name="connections"
    )
    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="connections")
    since = models.BigIntegerField(help_text="Only events after this position of the log.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["destination", "source"], name="connected_once")
        ]

    def __str__(self):
        return f"{self.source} → {self.destination}"


class OAuthToken(models.Model):
    """What a tool gave us to sign with: an access token, or the credentials of a role at AWS.

    Belongs to sending/tokens.py. `refused` says why the tool gives none any more; it is not asked
    again until the settings are saved. `connected_at` is set where a person gave consent.
    """

    destination = models.OneToOneField(
        Destination, on_delete=models.CASCADE, related_name="oauth_token"
    )
    auth = EncryptedJSONField(default=dict)
    settings_digest = models.CharField(max_length=64, help_text="Of the settings it was got with.")
    renew_at = models.DateTimeField(null=True)
    refused = models.TextField(blank=True)
    connected_at = models.DateTimeField(null=True)
    connected_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )

    def __str__(self):
        return f"Token of {self.destination_id}"


class OAuthAttempt(models.Model):
    """A person on the way to a tool's consent page and back. Belongs to connecting.py.

    Whoever deletes it has come back: so that happens once, however often the address is opened.
    """

    destination = models.ForeignKey(Destination, on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    nonce = models.CharField(max_length=64, unique=True)
    session_digest = models.CharField(max_length=64, help_text="Of the browser that was sent.")
    secret = EncryptedJSONField(default=dict)
    started_at = models.DateTimeField(default=timezone.now)

    def __str__(self):
        return f"Attempt of {self.user_id} to connect {self.destination_id}"


class Subscription(models.Model):
    """Which events (trigger) go where (action), and as what (mapping)."""

    destination = models.ForeignKey(
        Destination, on_delete=models.CASCADE, related_name="subscriptions"
    )
    name = models.CharField(max_length=100)
    action = models.CharField(max_length=100)
    trigger = models.TextField()
    # Encrypted, as some tools keep a secret in it (the URL of a Slack webhook).
    mapping = EncryptedJSONField(default=dict)
    enabled = models.BooleanField(default=True)
    order = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["order", "id"]

    def __str__(self):
        return self.name


# Of one destination. What Segment allows too; each of them is asked of every event.
MOST_FILTERS = 10


class Filter(models.Model):
    """What happens to the events that a condition matches, before any subscription sees them."""

    class Action(models.TextChoices):
        DROP = "drop", "Do not send the event"
        SAMPLE = "sample", "Send a share of the events"
        DROP_PROPERTIES = "drop_properties", "Remove properties"
        ALLOW_PROPERTIES = "allow_properties", "Keep only these properties"

    destination = models.ForeignKey(Destination, on_delete=models.CASCADE, related_name="filters")
    name = models.CharField(max_length=64, blank=True)
    condition = models.TextField(help_text="FQL, or `all`.")
    action = models.CharField(max_length=20, choices=Action.choices, default=Action.DROP)
    options = models.JSONField(default=dict, blank=True)
    enabled = models.BooleanField(default=True)
    order = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["order", "id"]

    def __str__(self):
        return self.name or self.condition


class Range(models.Model):
    """A stretch of the log that a destination is sent: up to `position` all has been dealt with.

    Every destination has one live range without an end. A replay is one more range, with an end.
    `paused_until` and `reason` say that the tool refuses or is away, and when it is tried again.
    """

    destination = models.ForeignKey(Destination, on_delete=models.CASCADE, related_name="ranges")
    position = models.BigIntegerField()
    until = models.BigIntegerField(null=True, blank=True, help_text="Empty: live, without an end.")
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    paused_until = models.DateTimeField(null=True, blank=True)
    setbacks = models.IntegerField(default=0, help_text="Pauses in a row.")
    reason = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["destination"],
                condition=models.Q(until__isnull=True),
                name="one_live_range",
            )
        ]

    def __str__(self):
        return f"{self.destination} from {self.position} to {self.until or 'the end'}"


class Outcome(models.TextChoices):
    DELIVERED = "delivered", "Delivered"
    RETRIED = "retried", "Failed, will be tried again"
    REJECTED = "rejected", "Rejected"
    EXPIRED = "expired", "Given up after four hours"
    FILTERED = "filtered", "Not meant for this destination"


class Failure(models.Model):
    """One event that one subscription could not deliver. Gone when it has been."""

    class State(models.TextChoices):
        WAITING = "waiting", "Will be tried again"
        REJECTED = "rejected", "Rejected by the tool or by its mapping"
        EXPIRED = "expired", "Given up after four hours"

    destination = models.ForeignKey(Destination, on_delete=models.CASCADE, related_name="failures")
    # Not enforced: a failure outlives the subscription that it happened to.
    subscription = models.ForeignKey(
        Subscription, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+"
    )
    action = models.CharField(max_length=100)
    source_id = models.BigIntegerField()
    event_id = models.BigIntegerField(help_text="Its position in the log.")
    message_id = models.CharField(max_length=100)
    event_name = models.TextField(blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    code = models.CharField(max_length=60)
    reason = models.TextField()
    attempts = models.IntegerField(default=1)
    failed_at = models.DateTimeField(default=timezone.now, help_text="The first time.")
    next_attempt_at = models.DateTimeField(null=True, blank=True)
    request = models.JSONField(null=True, blank=True, help_text="As sent, without secrets.")
    response = models.JSONField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["destination", "event_id", "subscription"], name="one_failure_per_event"
            )
        ]
        indexes = [
            models.Index(fields=["next_attempt_at"], name="failures_due"),
            models.Index(fields=["destination", "state", "code"], name="failures_by_reason"),
        ]

    def __str__(self):
        return f"{self.code}: {self.reason}"


class DeliveryCount(models.Model):
    """How many events had an outcome at a destination in a minute. Successes write no other row."""

    destination = models.ForeignKey(Destination, on_delete=models.CASCADE, related_name="counts")
    minute = models.DateTimeField()
    action = models.CharField(max_length=100, blank=True)
    outcome = models.CharField(max_length=10, choices=Outcome.choices)
    code = models.CharField(max_length=60, blank=True)
    count = models.IntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["destination", "minute", "action", "outcome", "code"],
                name="one_delivery_count_per_minute",
            )
        ]

    def __str__(self):
        return f"{self.count} {self.outcome} {self.code}".strip()


class DeliverySample(models.Model):
    """A delivery kept to be looked at: what was sent, and what the tool answered."""

    destination = models.ForeignKey(Destination, on_delete=models.CASCADE, related_name="samples")
    at = models.DateTimeField()
    action = models.CharField(max_length=100)
    outcome = models.CharField(max_length=10, choices=Outcome.choices)
    code = models.CharField(max_length=60, blank=True)
    source_id = models.BigIntegerField()
    event_id = models.BigIntegerField()
    message_id = models.CharField(max_length=100)
    event_name = models.TextField(blank=True)
    duration_ms = models.IntegerField(null=True)
    request = models.JSONField(null=True)
    response = models.JSONField(null=True)

    class Meta:
        indexes = [models.Index(fields=["destination", "-at"])]

    def __str__(self):
        return f"{self.event_name} {self.outcome}"
