from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from destinations import catalog

TOOL = '''"""{name}: what it is, in half a line.

API: https://docs.example.com/{slug} (read on the day you read it). Limit: what it says there.
"""

from destinations.auth import bearer
from destinations.integration import Field, Integration, Request, Setting, path

integration = Integration(
    slug="{slug}",
    name="{name}",
    category="analytics",
    docs_url="https://docs.example.com/{slug}",
    base_url="https://api.example.com/v1",
    auth=bearer("apiKey"),
    check=Request("GET", "/account"),
    description="What it does with the events, in one line.",
    settings=[
        Setting("apiKey", "API key", required=True, secret=True, help="Where to find it"),
    ],
)


@integration.action(
    "Record an event",
    trigger='type = "track"',
    fields=[
        Field("user", "string", path("$.userId"), required=True),
        Field("name", "string", path("$.event"), required=True),
        Field("time", "datetime", path("$.timestamp")),
        Field("properties", "object", path("$.properties"), additional_properties=True),
    ],
)
def trackEvent(payload, settings):
    return Request("POST", "/events", json=payload)
'''

TEST = """from destinations.integration import Request

from ..bench import request_for


def test_a_track_call_records_an_event():
    event = {{"type": "track", "userId": "ann", "event": "Login", "properties": {{"plan": "pro"}}}}

    assert request_for("{slug}", "trackEvent", event, apiKey="key-1") == Request(
        "POST",
        "https://api.example.com/v1/events",
        headers={{"Authorization": "Bearer key-1"}},
        json={{"user": "ann", "name": "Login", "properties": {{"plan": "pro"}}}},
    )
"""


class Command(BaseCommand):
    help = (
        "Write the file of a new tool and its test, to be edited; both pass as they are. "
        "Example: manage.py new_destination parcelpost --name Parcelpost"
    )
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("slug", help="lower-case letters, digits and dashes")
        parser.add_argument("--name", help="as people write it; from the slug when not given")
        parser.add_argument("--root", type=Path, default=Path(), help="the project's folder")

    def handle(self, slug, name, root, **options):
        if not slug.replace("-", "").isalnum() or slug != slug.lower() or not slug.isascii():
            raise CommandError("A slug has lower-case letters, digits and dashes only.")
        if slug in catalog.integrations():
            raise CommandError(f"The catalogue has {slug} already.")
        module = slug.replace("-", "_")
        facts = {"slug": slug, "name": name or slug.replace("-", " ").title()}
        for path, text in (
            (root / f"destinations/catalog/{module}.py", TOOL),
            (root / f"tests/destinations/catalog/test_{module}.py", TEST),
        ):
            if path.exists():
                raise CommandError(f"{path} is there already.")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text.format(**facts))
            self.stdout.write(f"wrote {path}")
        self.stdout.write(f"Edit both, then: .venv/bin/python -m pytest -k {module}")
