"""manage.py fql: does an expression match these events?"""

from destinations.language.trigger import compile_trigger
from destinations.management.json_lines import JSONLinesCommand
from sources.language.fql import compile_fql


class Command(JSONLinesCommand):
    help = (
        'Reads events as JSON lines and prints for each {"value": true | false} or '
        '{"error": …}. Without an expression each line is {"fql": …, "event": …}.'
    )
    example = """example:
  echo '{"type": "track", "event": "Login"}' | manage.py fql "event = 'Login'"
  {"value":true}"""

    def add_arguments(self, parser):
        parser.add_argument("expression", nargs="?", help="the FQL, for all lines")
        parser.add_argument(
            "--dialect",
            choices=("fql", "trigger"),
            default="fql",
            help="fql: destination filters (default); trigger: conditions of subscriptions",
        )

    def prepare(self, options):
        self.compile = compile_trigger if options["dialect"] == "trigger" else compile_fql
        self.expression = options["expression"]

    def answer(self, line):
        expression, event = self.expression, line
        if expression is None:
            expression, event = line.get("fql"), line.get("event")
        if type(expression) is not str or type(event) is not dict:
            return {"error": 'each line is {"fql": text, "event": object}'}
        return {"value": bool(self.compile(expression)(event))}
