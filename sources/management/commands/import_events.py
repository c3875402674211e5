import sys
import time
from pathlib import Path

import psycopg
from django.core.management.base import BaseCommand, CommandError
from django.db import Error as DatabaseError

from sources import wake
from sources.history import Import, Progress

from .export_events import find_source

TELL_EVERY_S = 1


class Command(BaseCommand):
    help = (
        "Store events from a file of JSON lines, such as export_events prints. Times are kept, "
        "what is there already is left out, and when it is cut short the next run goes on. "
        "Example: manage.py import_events november.jsonl --source web"
    )
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("file", metavar="FILE.jsonl", type=Path)
        parser.add_argument("--source", required=True, help="its slug")
        parser.add_argument("--workspace", help="its slug, where several have such a source")

    def handle(self, file, source, workspace, **options):
        source = find_source(source, workspace)
        try:
            work = Import(file, source.id, self.complain)
            if work.progress.offset:
                self.stderr.write(f"going on after line {work.progress.lines:,}")
            self.size, self.told_at = file.stat().st_size, 0.0
            done = work.run(self.tell)
            wake.enqueue()
        except OSError as error:
            raise CommandError(f"{error.filename or file}: {error.strerror}.") from error
        except (psycopg.Error, DatabaseError) as error:
            reason = str(error).splitlines()[0]
            raise CommandError(f"{reason}. What is stored stays; run it again to go on.") from error
        self.stderr.write(self.words(done))

    def complain(self, number: int, reason: str) -> None:
        self.stderr.write(f"line {number:,}: {reason}")

    def tell(self, progress: Progress) -> None:
        """Show how far it is: on a terminal a bar in place, else nothing before the end."""
        if not sys.stderr.isatty() or time.monotonic() - self.told_at < TELL_EVERY_S:
            return
        self.told_at = time.monotonic()
        share = progress.offset / self.size
        bar = "#" * int(30 * share)
        self.stderr.write(f"\r[{bar:30}] {share:4.0%}  {self.words(progress)}", ending="")
        self.stderr.flush()

    def words(self, progress: Progress) -> str:
        return (
            f"{progress.new:,} events stored, {progress.known:,} were there already, "
            f"{progress.bad:,} lines cannot be used"
        )
