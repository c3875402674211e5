"""The event log: append, horizon, read. Nothing else knows how events are stored.

An event has a position (`id`) that grows in the order in which appends began, not in which they
committed. So a reader may only trust positions up to `horizon()`: below it nothing can appear
any more.

How the horizon is found. An append first takes a shared advisory lock whose key says "my
positions will be greater than F", F being the newest position handed out at that moment. A reader
notes the newest position L, then looks at the locks held: the horizon is the smallest F among
them, or L when there are none. An append that took its lock after the look gets positions above
L; one that finished before it is visible. Nobody waits for anybody, and transactions of strangers
(a dump, a session left idle) hold no such lock and so hold nothing up.
"""

from .appending import Line, append, message_key
from .reading import (
    EVER,
    MOST_POSITION,
    Entry,
    count,
    delete_before,
    find,
    get,
    horizon,
    latest,
    newest,
    read,
    read_all,
    span,
    waiting,
)

__all__ = [
    "EVER",
    "MOST_POSITION",
    "Entry",
    "Line",
    "append",
    "count",
    "delete_before",
    "find",
    "get",
    "horizon",
    "latest",
    "message_key",
    "newest",
    "read",
    "read_all",
    "span",
    "waiting",
]
