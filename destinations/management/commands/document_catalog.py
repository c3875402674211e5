from pathlib import Path

from django.core.management.base import BaseCommand

from destinations.catalog import integrations
from destinations.describe import index, page


class Command(BaseCommand):
    help = (
        "Write the catalogue's pages, drawn from the definitions, into docs/catalog. "
        "Example: manage.py document_catalog"
    )
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("--folder", type=Path, default=Path("docs/catalog"))

    def handle(self, folder, **options):
        folder.mkdir(parents=True, exist_ok=True)
        tools = list(integrations().values())
        wanted = {"index.md": index(tools), **{f"{tool.slug}.md": page(tool) for tool in tools}}
        for stale in {path.name for path in folder.glob("*.md")} - set(wanted):
            (folder / stale).unlink()
        for name, text in wanted.items():
            (folder / name).write_text(text)
        self.stdout.write(f"wrote {len(tools)} tools into {folder}")
