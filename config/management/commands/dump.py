from django.core.management.base import BaseCommand, CommandError

from config import declared
from workspaces.models import Workspace


class Command(BaseCommand):
    help = (
        "Print a workspace as the file that `apply` reads, secrets as `!env NAME`. "
        "Example: manage.py dump acme > acme.yaml"
    )
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("workspace", help="its slug")

    def handle(self, workspace, **options):
        found = Workspace.objects.filter(slug=workspace).first()
        if found is None:
            known = ", ".join(Workspace.objects.order_by("slug").values_list("slug", flat=True))
            raise CommandError(f"There is no workspace {workspace}. There are: {known or 'none'}.")
        self.stdout.write(declared.dump(found), ending="")
