import os
import sys
from datetime import UTC, datetime

from django.core.management.base import BaseCommand, CommandError

from sources import log, moments
from sources.models import Source

EVER = datetime(1970, 1, 1, tzinfo=UTC)
CHUNK = 5000


class Command(BaseCommand):
    help = (
        "Print stored events as JSON lines, in the order received. "
        "Example: manage.py export_events --source web --since 2026-11-01 | gzip > november.gz"
    )
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("--source", required=True, help="its slug")
        parser.add_argument("--workspace", help="its slug, where several have such a source")
        parser.add_argument("--since", metavar="TIME", help="received then or later, ISO 8601")
        parser.add_argument("--until", metavar="TIME", help="received before that")

    def handle(self, source, workspace, since, until, **options):
        source = find_source(source, workspace)
        since = moment("--since", since) or EVER
        until = moment("--until", until) or datetime.now(UTC)
        horizon = log.horizon()
        span = log.span([source.id], since, until)
        if span is None:
            return
        first, last = span
        # Positions follow the time of receipt closely, but not exactly: so each one is looked at.
        entries = log.read_all([source.id], first - 1, min(last, horizon), CHUNK)
        self.print(e.payload + b"\n" for e in entries if since <= e.received_at < until)

    def print(self, lines):
        """Write the bytes as they were stored, in blocks; a reader such as `head` may leave."""
        with open(self.stdout.fileno(), "wb", buffering=1 << 20, closefd=False) as out:
            try:
                out.writelines(lines)
                out.flush()
            except BrokenPipeError:
                # Python flushes at exit too, and would complain: from here on nobody reads.
                os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def find_source(slug: str, workspace: str | None) -> Source:
    found = Source.objects.filter(slug=slug).select_related("workspace")
    if workspace:
        found = found.filter(workspace__slug=workspace)
    if len(found) == 1:
        return found[0]
    if found:
        slugs = ", ".join(sorted(source.workspace.slug for source in found))
        raise CommandError(f"Several workspaces have a source {slug}: {slugs}. Say --workspace.")
    raise CommandError(f"There is no source {slug}{f' in {workspace}' if workspace else ''}.")


def moment(option: str, text: str | None) -> datetime | None:
    if text is None:
        return None
    found = moments.parse(text)
    if found is None:
        raise CommandError(f"{option} {text}: write a time such as 2026-11-23T18:00:00Z.")
    return found
