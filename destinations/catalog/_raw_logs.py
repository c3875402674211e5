"""Raw logs, as the stores of files keep them: gzipped lines of JSON by source and day.

Facts: reference/destination-catalog/raw-data.md, "AWS S3 (raw logs, classic)" (read 2026-11-23).
A file is named after what is in it, so that one sent twice replaces itself. An event does not say
which source it came from, so the source's part of the path is a setting.
"""

import gzip
from hashlib import sha256

from destinations.integration import Batch, Field, Setting, encode_json, epoch_ms, path

DAY_MS = 86_400_000
GZIP = "application/gzip"

SOURCE_ID = Setting("sourceId", "Source ID", default="switchyard", help="Part of the path of files")

BATCH = Batch(size=10_000, max_size=100_000, bytes=90_000_000)

FIELDS = [
    Field("payload", "object", path("$."), required=True),
    Field("receivedAt", default=path("$.receivedAt"), hidden=True),
]


def files_of(payloads, source, now):
    """Return (key, content) pairs, one for each day on which events were received."""
    days = {}
    for payload in payloads:
        received = epoch_ms(payload.get("receivedAt")) or epoch_ms(now.isoformat())
        days.setdefault(received - received % DAY_MS, []).append((received, payload["payload"]))
    return [_file(source or "switchyard", day, events) for day, events in sorted(days.items())]


def _file(source, day, events):
    lines = b"".join(encode_json(event) + b"\n" for _, event in events)
    name = f"{events[0][0]}.{sha256(lines).hexdigest()[:32]}.gz"
    # Without a time inside, so that the same events give the same bytes.
    content = gzip.compress(lines, compresslevel=6, mtime=0)
    return f"segment-logs/{source}/{day}/{name}", content
