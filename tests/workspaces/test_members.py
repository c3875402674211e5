"""Members of a workspace: added, changed and removed by admins, and always an owner left."""

import re

import pytest
from django.urls import reverse

from workspaces import members
from workspaces.models import Membership, Role, User, Workspace


@pytest.fixture
def admin(workspace):
    user = User.objects.create_user("admin@example.com", "correct horse battery")
    Membership.objects.create(user=user, workspace=workspace, role=Role.ADMIN)
    return user


@pytest.fixture
def stranger(db):
    """A person who owns another workspace."""
    user = User.objects.create_user("known@example.com", "correct horse battery")
    workspace = Workspace.objects.create(slug="other", name="Other")
    Membership.objects.create(user=user, workspace=workspace, role=Role.OWNER)
    return user


def role_of(user):
    return user.memberships.get(workspace__slug="acme").role


def url_of(name, user):
    return reverse(name, args=["acme", user.memberships.get(workspace__slug="acme").id])


def test_a_new_person_gets_a_password_that_is_shown_once(client, owner):
    client.force_login(owner)

    response = client.post(
        "/acme/settings/members/", {"email": "Ann@example.com", "role": "editor"}
    )

    page = response.content.decode()
    password = re.search(r'<code>([^<]+)</code><button [^>]*data-copy="\1"', page)[1]
    ann = User.objects.get(email="ann@example.com")
    assert ann.check_password(password)
    assert role_of(ann) == Role.EDITOR
    assert "no-store" in response["Cache-Control"]
    assert password not in client.get("/acme/settings/").content.decode()


def test_a_person_with_an_account_keeps_the_password(client, owner, stranger):
    client.force_login(owner)

    client.post("/acme/settings/members/", {"email": "known@example.com", "role": "viewer"})

    stranger.refresh_from_db()
    assert stranger.check_password("correct horse battery")
    assert role_of(stranger) == Role.VIEWER


def test_nobody_is_added_twice(client, owner, viewer):
    client.force_login(owner)

    response = client.post("/acme/settings/members/", {"email": viewer.email, "role": "owner"})

    assert "is a member already" in response.content.decode()
    assert role_of(viewer) == Role.VIEWER


def test_an_admin_changes_a_role(client, admin, viewer):
    client.force_login(admin)

    client.post(url_of("member_change", viewer), {"role": "editor"})

    assert role_of(viewer) == Role.EDITOR


def test_an_admin_cannot_make_an_owner_or_touch_one(client, admin, viewer, owner):
    client.force_login(admin)

    client.post(url_of("member_change", viewer), {"role": "owner"})
    client.post(url_of("member_change", owner), {"role": "viewer"})
    client.post(url_of("member_remove", owner))
    client.post("/acme/settings/members/", {"email": "x@example.com", "role": "owner"})

    assert (role_of(viewer), role_of(owner)) == (Role.VIEWER, Role.OWNER)
    assert not User.objects.filter(email="x@example.com").exists()


def test_the_last_owner_can_be_neither_demoted_nor_removed(client, owner, admin):
    client.force_login(owner)

    demoted = client.post(url_of("member_change", owner), {"role": "admin"}, follow=True)
    removed = client.post(url_of("member_remove", owner), follow=True)

    assert "This is the last owner" in demoted.content.decode()
    assert "This is the last owner" in removed.content.decode()
    assert role_of(owner) == Role.OWNER


def test_an_owner_may_go_when_there_is_another(workspace, owner, viewer):
    members.change_role(viewer.memberships.get(), Role.OWNER, by=Role.OWNER)

    members.remove(owner.memberships.get(), by=Role.OWNER)

    assert [each.user for each in workspace.memberships.all()] == [viewer]


def test_who_removes_himself_is_led_out(client, owner, viewer):
    members.change_role(viewer.memberships.get(), Role.OWNER, by=Role.OWNER)
    client.force_login(owner)

    response = client.post(url_of("member_remove", owner))

    assert response["Location"] == "/"
    assert client.get("/acme/").status_code == 404


def test_a_member_of_another_workspace_cannot_be_reached(client, owner, stranger):
    client.force_login(owner)
    theirs = stranger.memberships.get()

    response = client.post(reverse("member_remove", args=["acme", theirs.id]))

    assert response.status_code == 404
    assert stranger.memberships.exists()


@pytest.mark.parametrize("name", ["workspace_settings", "member_add"])
def test_settings_are_refused_to_viewers_and_editors(client, viewer, editor, name):
    url = reverse(name, args=["acme"])

    for person in (viewer, editor):
        client.force_login(person)
        response = client.post(url, {"name": "Mine", "email": "x@example.com", "role": "owner"})
        assert response.status_code == 403

    assert not User.objects.filter(email="x@example.com").exists()


def test_settings_are_hidden_from_outsiders(client, workspace, outsider):
    client.force_login(outsider)

    assert client.get("/acme/settings/").status_code == 404


def test_a_workspace_is_renamed(client, admin, workspace):
    client.force_login(admin)

    client.post("/acme/settings/", {"name": "Acme Outdoor"})

    workspace.refresh_from_db()
    assert (workspace.name, workspace.slug) == ("Acme Outdoor", "acme")
