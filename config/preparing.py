"""Bring a database to where this version of the code wants it. Safe to run at any time."""

import secrets
from contextlib import contextmanager
from typing import NamedTuple

from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone
from django_q.models import Schedule

from sources import partitions
from sources.models import Source, WriteKey
from workspaces.declared import give_owner
from workspaces.models import Membership, Role, User, Workspace

# Two servers that start at once on one database take turns.
LOCK = 7_396_822_905
OURS = ("config.", "workspaces.", "sources.", "destinations.", "warehouses.")


class Prepared(NamedTuple):
    """`password` is that of an admin made just now and drawn by us, else empty."""

    migrated: int
    admin: User
    password: str


def prepare() -> Prepared:
    """Apply migrations, make partitions and schedules, and the first admin if there is none."""
    with alone():
        migrated = migrate()
        partitions.rotate(timezone.now(), settings.RETENTION_DAYS)
        set_schedules(settings.SCHEDULES)
        admin, password = first_admin()
        return Prepared(migrated, admin, password)


def prepare_tables() -> None:
    """Make the tables in a database that has none: for commands that may come before `up`."""
    if "django_migrations" not in connection.introspection.table_names():
        with alone():
            migrate()


@contextmanager
def alone():
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])


def migrate() -> int:
    """Apply what is missing; return how many migrations that was."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if plan:
        call_command("migrate", interactive=False, verbosity=0)
    return len(plan)


@transaction.atomic
def set_schedules(wanted: list[tuple[str, str, int]]) -> None:
    """Make the schedules of our own tasks those that are wanted: (name, task, minutes)."""
    for name, task, minutes in wanted:
        values = {"func": task, "schedule_type": Schedule.MINUTES, "minutes": minutes}
        if not Schedule.objects.filter(name=name, repeats=-1, **values).exists():
            Schedule.objects.filter(name=name).delete()
            Schedule.objects.create(name=name, repeats=-1, **values)
    names = [name for name, _, _ in wanted]
    for schedule in Schedule.objects.exclude(name__in=names):
        if schedule.func.startswith(OURS):
            schedule.delete()


def first_admin() -> tuple[User, str]:
    """Return the oldest admin; where there is none, make one and return its password as well."""
    admin = User.objects.filter(is_superuser=True).order_by("id").first()
    if admin is not None:
        return admin, ""
    password = settings.ADMIN_PASSWORD or secrets.token_urlsafe(12)
    admin = User.objects.create_superuser(settings.ADMIN_EMAIL, password)
    for workspace in Workspace.objects.filter(members=None):  # made by `apply` before
        give_owner(workspace)
    return admin, "" if settings.ADMIN_PASSWORD else password


@transaction.atomic
def make_demo(admin: User) -> None:
    """Give a newcomer something to send events to. Only where there is no workspace at all."""
    if Workspace.objects.exists():
        return
    workspace = Workspace.objects.create(slug="demo", name="Demo")
    Membership.objects.create(user=admin, workspace=workspace, role=Role.OWNER)
    source = Source.objects.create(workspace=workspace, slug="website", name="Website")
    WriteKey.objects.create(source=source)


def find_write_key() -> str | None:
    """Return a write key to try with: the oldest that works."""
    usable = WriteKey.objects.filter(revoked_at=None, source__enabled=True)
    return usable.order_by("source_id", "id").values_list("key", flat=True).first()
