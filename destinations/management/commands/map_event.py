"""manage.py map_event: what does a mapping make of these events?"""

from pathlib import Path

import orjson
from django.core.management.base import CommandError

from destinations.errors import MappingError
from destinations.language.mapping import compile_mapping
from destinations.management.json_lines import JSONLinesCommand


class Command(JSONLinesCommand):
    help = (
        'Reads events as JSON lines and prints for each {"value": …} or {"error": …}. '
        'Without a file each line is {"mapping": …, "event": …}.'
    )
    example = """example:
  echo '{"mapping": {"to": {"@path": "$.name"}}, "event": {"name": "Ann"}}' | manage.py map_event
  {"value":{"to":"Ann"}}"""

    def add_arguments(self, parser):
        parser.add_argument(
            "mapping", nargs="?", help="a JSON file with the mapping, for all lines"
        )

    def prepare(self, options):
        self.run = None
        if options["mapping"] is not None:
            try:
                self.run = compile_mapping(orjson.loads(Path(options["mapping"]).read_bytes()))
            except (OSError, ValueError, MappingError) as error:
                raise CommandError(f"{options['mapping']}: {error}") from error

    def answer(self, line):
        if self.run is not None:
            return {"value": self.run(line)}
        if "mapping" not in line or type(line.get("event")) is not dict:
            return {"error": 'each line is {"mapping": …, "event": object}'}
        return {"value": compile_mapping(line["mapping"])(line["event"])}
