"""Run one sync now, in this process."""

from argparse import RawDescriptionHelpFormatter

from django.core.management.base import BaseCommand, CommandError

from warehouses.errors import NotFound, UnknownKind
from warehouses.models import Sync, Warehouse
from warehouses.sync import sync

HELP = """
Loads everything that a warehouse lacks, and prints what was loaded. NAME is the warehouse's slug,
or workspace/slug when several workspaces have one by that name. Ends with 1 when a sync failed.

Example:
  manage.py load_warehouse lake
  manage.py load_warehouse acme/lake
"""


class Command(BaseCommand):
    help = HELP

    def create_parser(self, *args, **kwargs):
        return super().create_parser(*args, formatter_class=RawDescriptionHelpFormatter, **kwargs)

    def add_arguments(self, parser):
        parser.add_argument("name", metavar="NAME", help="slug, or workspace/slug")
        parser.add_argument("--workspace", help="slug of the warehouse's workspace")

    def handle(self, *args, name, workspace=None, **options):
        try:
            warehouse = find(name, workspace)
            syncs = sync(warehouse, Sync.Trigger.MANUAL, self._show_progress)
        except (NotFound, UnknownKind) as error:
            raise CommandError(str(error)) from error
        if not syncs:
            self.stdout.write(f"No source is connected to {name}.")
        for one in syncs:
            self._show(one)
        if any(one.state == Sync.State.FAILURE for one in syncs):
            raise CommandError("A sync failed; what is missing comes with the next one.")

    def _show_progress(self, one: Sync) -> None:
        self.stdout.write(f"{one.source.slug}: {one.event_count} events, {one.row_count} rows")
        self.stdout.flush()

    def _show(self, one: Sync) -> None:
        seconds = f"{one.duration_s:.1f} s" if one.duration_s is not None else "-"
        self.stdout.write(
            f"{one.source.slug}: {one.get_state_display()}, {one.event_count} events, "
            f"{one.row_count} rows, {seconds}"
        )
        if one.error:
            self.stdout.write(f"  {one.error}")
        for table in one.tables.all():
            self.stdout.write(f"  {table.name}: {table.row_count} rows")
            for notice in table.notices:
                self.stdout.write(f"    {notice['level']}: {notice['message']} ({notice['count']})")


def find(name: str, workspace: str | None = None) -> Warehouse:
    """Return the warehouse called `name`. Raises NotFound, also when the name is ambiguous."""
    prefix, _, slug = name.rpartition("/")
    found = Warehouse.objects.filter(slug=slug).select_related("workspace")
    if scope := workspace or prefix:
        found = found.filter(workspace__slug=scope)
    matches = list(found)
    if len(matches) == 1:
        return matches[0]
    if not matches:
        raise NotFound(f"There is no warehouse “{name}”.")
    names = ", ".join(f"{one.workspace.slug}/{one.slug}" for one in matches)
    raise NotFound(f"“{name}” is the name of several warehouses: {names}.")
