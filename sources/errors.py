"""What can go wrong at the door.

TrackingError
├── Refused         the request as a whole: a status and a code for the caller
├── RejectedEvent   one event: counted and shown on the source's page, its neighbours kept
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


class LogUnavailable(TrackingError):
    retry_after_s = 5
