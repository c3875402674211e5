from django.core.management.base import BaseCommand

from config.preparing import prepare


class Command(BaseCommand):
    help = (
        "Bring the database to this version: migrations, partitions, schedules and the first "
        "admin. Run it after each upgrade where `make up` is not used, as in: "
        "manage.py prepare && granian … config.wsgi:application"
    )
    requires_system_checks = []

    def handle(self, **options):
        done = prepare()
        self.stdout.write(f"Migrations applied: {done.migrated}. Admin: {done.admin.email}.")
        if done.password:
            self.stdout.write(f"Password: {done.password} (printed this once)")
