"""Nouns and people that every test may ask for."""

import os

import hypothesis
import pytest

# CI tries the same examples each time, so that a change is judged by itself; who runs the tests
# elsewhere tries new ones.
hypothesis.settings.register_profile("ci", derandomize=True)
if os.environ.get("CI"):
    hypothesis.settings.load_profile("ci")


def pytest_configure():
    from django.conf import settings

    # The real one takes a quarter of a second for each person on purpose.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def workspace(db):
    from workspaces.models import Workspace

    return Workspace.objects.create(slug="acme", name="Acme")


@pytest.fixture
def source(workspace):
    from sources.models import Source, WriteKey

    source = Source.objects.create(workspace=workspace, slug="web", name="Website")
    WriteKey.objects.create(source=source, key="wk_web")
    return source


def _person(workspace, role, name=None):
    from workspaces.models import Membership, User

    user = User.objects.create_user(f"{name or role}@example.com", "correct horse battery")
    Membership.objects.create(user=user, workspace=workspace, role=role)
    return user


@pytest.fixture
def owner(workspace):
    return _person(workspace, "owner")


@pytest.fixture
def editor(workspace):
    return _person(workspace, "editor")


@pytest.fixture
def viewer(workspace):
    return _person(workspace, "viewer")


@pytest.fixture
def outsider(db):
    """Signed in and a member elsewhere, but not here."""
    from workspaces.models import Workspace

    return _person(Workspace.objects.create(slug="other", name="Other"), "owner", "outsider")


@pytest.fixture(autouse=True)
def _forget_write_keys():
    yield
    from sources import authentication

    authentication.forget()


@pytest.fixture(scope="session", autouse=True)
def _close_connections_of_threads(django_db_setup, django_db_blocker):
    """The committer and the waker keep theirs open, and would keep the database from going."""
    yield
    from django.db import connection

    query = (
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE datname = current_database() AND pid != pg_backend_pid()"
    )
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(query)
