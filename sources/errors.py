"""What can go wrong at the door.

TrackingError
├── Refused         the request as a whole: a status and a code for the caller
├── RejectedEvent   one event: counted and shown on the source's page, its neighbours kept
│   └── BlockedEvent    as the schema's rules want it: no fault of the sender, who is not told
└── LogUnavailable  the log cannot be written now: 503, and the caller tries again
"""


class TrackingError(Exception):
    pass


class Refused(TrackingError):
    def __init__(self, status: int, code: str, message: str):
        self.status, self.code, self.message = status, code, message
        super().__init__(message)


class RejectedEvent(TrackingError):
    def __init__(self, code: str, message: str):
        self.code, self.message = code, message
        super().__init__(message)


class BlockedEvent(RejectedEvent):
    def __init__(self):
        super().__init__("event_setting", "Blocked by the schema of this source.")


class LogUnavailable(TrackingError):
    retry_after_s = 5
