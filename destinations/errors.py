"""Why something was not delivered.

    DeliveryError
    ├── Retryable            worth another attempt later
    │   ├── Unreachable      no answer at all: DNS, connection, time-out
    │   ├── Throttled        429: the tool asks us to slow down
    │   └── ServerFault      5xx (not 501), 408, 423, 425
    └── Permanent            the same request would fail again
        ├── InvalidPayload   the mapped payload misses or breaks a field; nothing was sent
        ├── InvalidSettings  a setting the request needs is not set; nothing was sent
        ├── Unauthorized     401, 403: the credentials are wrong or may not do this
        └── Rejected         every other refusal

    MappingError             the mapping itself is wrong, or cannot be run on this event
    UnknownAction            the catalogue has no such action

Facts are attributes: `code` is the text shown to people ("503", "ETIMEDOUT"), `status` the HTTP
status or None, `retry_after_s` seconds or None.
"""

# Segment's list (destinations.md, section 7) plus 425 "Too Early", which says the same as 408.
RETRYABLE_BELOW_500 = frozenset({408, 423, 425, 429})


class DeliveryError(Exception):
    """One event, or one batch, was not delivered. `str()` tells an operator what happened."""

    code = "UNKNOWN_ERROR"
    retryable = False

    def __init__(self, message="", *, code=None, status=None, retry_after_s=None):
        super().__init__(message)
        self.message = message
        self.status = status
        self.retry_after_s = retry_after_s
        self.response = None  # the answer, where the error is raised inside a builder
        if code is not None:
            self.code = code
        elif status is not None:
            self.code = str(status)

    def __eq__(self, other):
        return type(self) is type(other) and self._facts() == other._facts()

    def __hash__(self):
        return hash(self._facts())

    def _facts(self):
        return (self.message, self.code, self.status, self.retry_after_s)


class Retryable(DeliveryError):
    code = "RETRYABLE_ERROR"
    retryable = True


class Unreachable(Retryable):
    """No answer. `code` is the system's name of the cause, such as "ECONNREFUSED"."""

    code = "ETIMEDOUT"


class Throttled(Retryable):
    code = "429"


class ServerFault(Retryable):
    pass


class Permanent(DeliveryError):
    pass


class InvalidPayload(Permanent):
    """The payload breaks the action's fields. `errors` is a list of (field, message)."""

    code = "PAYLOAD_VALIDATION_FAILED"

    def __init__(self, errors):
        self.errors = list(errors)
        text = "; ".join(f"{field} {message}" for field, message in self.errors)
        super().__init__(text, code=self.code, status=400)


class InvalidSettings(Permanent):
    code = "INVALID_SETTINGS"


class Unauthorized(Permanent):
    code = "INVALID_AUTHENTICATION"


class Rejected(Permanent):
    pass


class MappingError(ValueError):
    """A mapping is wrong. `place` says where, such as "$.email.@if.then"."""

    def __init__(self, message, place="$"):
        super().__init__(f"{place}: {message}")
        self.message = message
        self.place = place


class UnknownAction(LookupError):
    """The integration has no action of that name."""


def class_for_status(status):
    """Return the class of error that an HTTP `status` means, or None for a success (2xx)."""
    if 200 <= status < 300:
        return None
    if status == 429:
        return Throttled
    if status in RETRYABLE_BELOW_500 or (status >= 500 and status != 501):
        return ServerFault
    if status in (401, 403):
        return Unauthorized
    return Rejected


def for_status(status, message="", *, code=None, retry_after_s=None):
    """Return the DeliveryError for an HTTP `status`, or None when it is a success."""
    kind = class_for_status(status)
    if kind is None:
        return None
    return kind(
        message or f"the tool answered {status}",
        code=code or str(status),
        status=status,
        retry_after_s=retry_after_s,
    )
