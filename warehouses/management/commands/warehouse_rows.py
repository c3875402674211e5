"""What an event looks like as rows of a warehouse, without one."""

import sys
from argparse import RawDescriptionHelpFormatter
from datetime import UTC, datetime

import orjson
from django.core.management.base import BaseCommand, CommandError

from sources import moments
from warehouses.connectors import get_connector
from warehouses.errors import UnknownKind
from warehouses.events import parse, with_times
from warehouses.schema import Flattener
from warehouses.values import TIMESTAMP, TYPES, Moment, utc_text

HELP = """
Reads events as JSON lines and prints, for each, the rows that a warehouse of this kind would get:
{"rows": [{"table": ..., "columns": {name: {"type": ..., "value": ...}}}]}. Nothing is stored.

Example:
  echo '{"type":"track","messageId":"m-1","userId":"u-1","event":"Signed Up"}' |
    manage.py warehouse_rows --dialect postgres
"""


class Command(BaseCommand):
    help = HELP
    requires_system_checks = []

    def create_parser(self, *args, **kwargs):
        return super().create_parser(*args, formatter_class=RawDescriptionHelpFormatter, **kwargs)

    def add_arguments(self, parser):
        parser.add_argument("--dialect", default="postgres", help="kind of warehouse (postgres)")

    def handle(self, *args, dialect, **options):
        try:
            flattener = Flattener(get_connector(dialect).dialect.naming)
        except UnknownKind as error:
            raise CommandError(str(error)) from error
        started_at = datetime.now(UTC)
        try:
            for line in sys.stdin.buffer:
                if line.strip():
                    self._answer(flattener, line, started_at)
        except BrokenPipeError:
            sys.stderr.close()  # whoever reads, such as `head`, has enough

    def _answer(self, flattener: Flattener, line: bytes, started_at: datetime) -> None:
        try:
            event = with_times(parse(line), started_at)
            pairs = flattener.rows(event)
            answer = {"rows": [_shown(table, row, started_at) for table, row in pairs]}
        except (ValueError, RecursionError) as error:
            answer = {"error": str(error)}
        sys.stdout.buffer.write(orjson.dumps(answer) + b"\n")
        sys.stdout.buffer.flush()


def _shown(table: str, row: dict, started_at: datetime) -> dict:
    # In an object's row None stands for a column that is cleared; a new one it does not make.
    columns = {name: _column(value) for name, value in row.items() if value is not None}
    columns["uuid_ts"] = {"type": TIMESTAMP, "value": moments.write(started_at)}
    return {"table": table, "columns": columns}


def _column(value) -> dict:
    if type(value) is Moment:
        return {"type": TIMESTAMP, "value": utc_text(value)}
    return {"type": TYPES[type(value)], "value": value}
