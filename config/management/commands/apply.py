import os
import sys
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from config import declared
from config.preparing import prepare_tables
from workspaces.document import DeclaredError

EXAMPLE = """example: HOOK_SECRET=… manage.py apply acme.yaml

workspace: {slug: acme, name: Acme}
sources:
  - {slug: web, name: Website, write_keys: [wk_web_0123456789]}
destinations:
  - slug: hook
    integration: webhook
    sources: [web]
    settings: {url: "https://hooks.example.com/in", secret: !env HOOK_SECRET}

All keys: docs/operating.md."""


class Command(BaseCommand):
    help = (
        "Bring a workspace to what a file says: its sources, destinations and warehouses. Applying "
        "it again changes nothing; a file with a mistake changes nothing either."
    )
    requires_system_checks = []

    def create_parser(self, *args, **options):
        parser = super().create_parser(*args, **options)
        parser.epilog = EXAMPLE
        return parser

    def add_arguments(self, parser):
        parser.add_argument("file", help="a YAML file; - reads standard input")
        parser.add_argument("--prune", action="store_true", help="remove what the file lacks")
        parser.add_argument(
            "--dry-run", action="store_true", help="say what would change, and change nothing"
        )

    def handle(self, file, prune, dry_run, **options):
        text = self.read(file)
        prepare_tables()
        try:
            with transaction.atomic():
                changes = declared.apply(text, os.environ, prune)
                transaction.set_rollback(dry_run)
        except DeclaredError as error:
            raise CommandError(f"{file}, {error}") from error
        for change in changes or ["nothing to change"]:
            self.stdout.write(change)

    def read(self, file):
        try:
            return sys.stdin.read() if file == "-" else Path(file).read_text("utf-8")
        except OSError as error:
            raise CommandError(f"{file}: {error.strerror}") from error
        except UnicodeDecodeError as error:
            raise CommandError(f"{file}: this is not UTF-8") from error
