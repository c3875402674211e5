"""Events out of a file into the log: restartable, and without duplicates.

How far a file has been read stands in a file beside it, written after each chunk is on disk. What a
kill leaves between the two is read again and found to be there already: an import looks for its
messageIds in all that is stored, and a line without one gets one made from its place and its text,
the same each time.
"""

import json
import os
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from hashlib import blake2b
from pathlib import Path

import orjson
from django.db import connection

from . import body, log
from .errors import BlockedEvent, Refused, RejectedEvent
from .ingest import Caller, Stamp

CHUNK = 1_000  # lines in one transaction
EVER = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass
class Progress:
    """How far it is: `offset` in bytes, the others in lines."""

    source_id: int
    offset: int = 0
    lines: int = 0
    new: int = 0
    known: int = 0
    bad: int = 0


class Import:
    """One file on its way into one source. `complain` is called with (line number, reason)."""

    def __init__(self, path: Path, source_id: int, complain: Callable[[int, str], None]):
        self.path, self._complain = path, complain
        self._place = path.with_name(path.name + ".position")
        self.progress = self._remembered(source_id)

    def _remembered(self, source_id: int) -> Progress:
        try:
            progress = Progress(**json.loads(self._place.read_text()))
        except (FileNotFoundError, ValueError, TypeError):
            return Progress(source_id)
        same = progress.source_id == source_id and progress.offset <= self.path.stat().st_size
        return progress if same else Progress(source_id)

    def run(self, after_chunk: Callable[[Progress], None]) -> Progress:
        """Store what is left of the file. Raises OSError and psycopg.Error."""
        connection.ensure_connection()
        with self.path.open("rb") as file:
            file.seek(self.progress.offset)
            while chunk := [line for line in (file.readline() for _ in range(CHUNK)) if line]:
                self._store(chunk)
                self._remember()
                after_chunk(self.progress)
        return self.progress

    def _store(self, chunk: list[bytes]) -> None:
        progress = self.progress
        stamp = Stamp(Caller(progress.source_id), {}, datetime.now(UTC), history=True)
        rows = []
        for number, text in enumerate(chunk, progress.lines + 1):
            try:
                if text.strip():
                    rows.append(stamp.line(read(text, number)))
            except BlockedEvent:
                self._reject(number, "The schema of the source blocks this event.")
            except (Refused, RejectedEvent) as error:
                self._reject(number, error.message)
        new = log.append(connection.connection, rows, [], EVER)
        progress.new += new
        progress.known += len(rows) - new
        progress.lines += len(chunk)
        progress.offset += sum(map(len, chunk))

    def _reject(self, number: int, reason: str) -> None:
        self.progress.bad += 1
        self._complain(number, reason)

    def _remember(self) -> None:
        draft = self._place.with_name(self._place.name + ".new")
        draft.write_text(json.dumps(asdict(self.progress)))
        os.replace(draft, self._place)


def read(text: bytes, number: int) -> dict:
    """Return the event on a line, with its messageId. Raises Refused for what is no object."""
    event = body.parse(text.strip())
    if event.get("messageId") in (None, ""):
        place = orjson.dumps([number, text.strip().decode("utf-8", "replace")])
        event["messageId"] = f"import-{blake2b(place, digest_size=16).hexdigest()}"
    return event
