"""Commands that read JSON lines and answer each with one JSON line, in order."""

import argparse
import sys

import orjson
from django.core.management.base import BaseCommand, DjangoHelpFormatter

from sources.language.values import encode_json


class _KeepLines(DjangoHelpFormatter, argparse.RawDescriptionHelpFormatter):
    """Django's help, with the lines of the example left as they are."""


class JSONLinesCommand(BaseCommand):
    """A filter for a pipe. Subclasses define `answer(line) -> dict` for one parsed line.

    What is wrong with one line is answered in its place as {"error": …} and never stops the
    stream. Needs no database.
    """

    requires_system_checks = []
    requires_migrations_checks = False
    example = ""
    echoes_id = False

    def create_parser(self, prog_name, subcommand, **kwargs):
        parser = super().create_parser(prog_name, subcommand, **kwargs)
        parser.epilog = self.example
        parser.formatter_class = _KeepLines
        return parser

    def handle(self, **options):
        self.prepare(options)
        lines = getattr(options.get("stdin") or sys.stdin, "buffer", sys.stdin)
        try:
            for line in lines:
                if line.strip():
                    self.stdout.write(encode_json(self._answer(line)).decode())
                    self.stdout.flush()
        except BrokenPipeError:
            # The reader, such as `head`, has seen enough.
            sys.stderr.close()

    def prepare(self, options):
        """Look at the options before the first line."""

    def answer(self, line):
        raise NotImplementedError

    def _answer(self, text):
        try:
            line = orjson.loads(text)
        except ValueError as error:
            return {"error": f"not JSON: {error}"}
        if type(line) is not dict:
            return {"error": "not a JSON object"}
        echo = {"id": line["id"]} if self.echoes_id and "id" in line else {}
        try:
            return {**echo, **self.answer(line)}
        except Exception as error:  # one line's trouble is that line's answer
            return {**echo, "error": f"{error}" or type(error).__name__}
