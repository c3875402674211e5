"""Pages of workspaces and people."""

import pytest
from django.urls import reverse

from workspaces.models import Role, User, Workspace


def test_home_leads_to_the_first_workspace(client, owner):
    client.force_login(owner)

    assert client.get("/")["Location"] == "/acme/"


def test_home_leads_who_has_no_workspace_to_making_one(client, db):
    client.force_login(User.objects.create_user("new@example.com", "correct horse battery"))

    assert client.get("/")["Location"] == "/new-workspace/"


def test_whoever_makes_a_workspace_owns_it(client, outsider):
    client.force_login(outsider)

    response = client.post("/new-workspace/", {"name": "Käse & Co"})

    assert response["Location"] == "/kase-co/"
    made = Workspace.objects.get(slug="kase-co")
    assert [(each.user, each.role) for each in made.memberships.all()] == [(outsider, Role.OWNER)]


@pytest.mark.parametrize("slug", ["admin", "v1", "static", "sign-in", "ACCOUNT"])
def test_a_workspace_cannot_take_an_address_of_the_product(client, outsider, slug):
    client.force_login(outsider)

    response = client.post("/new-workspace/", {"name": "Mine", "slug": slug})

    assert response.status_code == 200
    assert not Workspace.objects.filter(name="Mine").exists()


def test_a_name_that_is_a_reserved_word_gets_a_number(client, outsider):
    client.force_login(outsider)

    assert client.post("/new-workspace/", {"name": "Admin"})["Location"] == "/admin-2/"


def test_the_overview_loads_a_fragment_of_each_app(client, viewer):
    client.force_login(viewer)

    page = client.get("/acme/").content.decode()

    for app in ("source", "destination", "warehouse"):
        assert reverse(f"{app}_overview_fragment", args=["acme"]) in page
        assert reverse(f"{app}_list", args=["acme"]) in page


def test_the_overview_is_hidden_from_outsiders(client, workspace, outsider):
    client.force_login(outsider)

    assert client.get("/acme/").status_code == 404


def test_viewers_are_not_offered_what_they_may_not_do(client, viewer):
    client.force_login(viewer)

    page = client.get("/acme/").content.decode()

    assert reverse("source_create", args=["acme"]) not in page
    assert reverse("workspace_settings", args=["acme"]) not in page


def test_a_hostile_name_is_escaped(client, workspace, owner):
    Workspace.objects.update(name='<script>alert(1)</script>"')
    client.force_login(owner)

    page = client.get("/acme/").content.decode()

    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;&quot;" in page


def test_pages_hold_nothing_inline_that_the_policy_would_refuse(client, owner, source):
    client.force_login(owner)

    for url in ("/acme/", "/acme/sources/web/", "/acme/sources/web/debugger/", "/acme/settings/"):
        response = client.get(url)
        page = response.content.decode()
        assert "default-src 'self'" in response["Content-Security-Policy"]
        assert " style=" not in page
        assert "<style" not in page
        assert "<script>" not in page
        assert " onclick=" not in page


def test_one_changes_ones_own_name(client, owner):
    client.force_login(owner)

    client.post("/account/", {"form": "person", "first_name": "Ada", "last_name": "Lovelace"})

    owner.refresh_from_db()
    assert owner.get_full_name() == "Ada Lovelace"


def test_one_changes_ones_own_password_and_stays_signed_in(client, owner):
    client.force_login(owner)
    new = {"new_password1": "tr0ubador & 3", "new_password2": "tr0ubador & 3"}

    sent = {"form": "password", "old_password": "correct horse battery", **new}
    client.post("/account/", sent)

    owner.refresh_from_db()
    assert owner.check_password("tr0ubador & 3")
    assert client.get("/acme/").status_code == 200


def test_the_old_password_is_needed_for_a_new_one(client, owner):
    client.force_login(owner)
    new = {"new_password1": "tr0ubador & 3", "new_password2": "tr0ubador & 3"}

    response = client.post("/account/", {"form": "password", "old_password": "no", **new})

    assert response.status_code == 200
    owner.refresh_from_db()
    assert owner.check_password("correct horse battery")


def test_a_page_that_is_not_there_says_so(client, db):
    response = client.get("/nothing/here/at/all/")

    assert response.status_code == 404
    assert "There is nothing here" in response.content.decode()


def test_an_unknown_tracking_call_is_answered_for_machines_even_if_it_looks_like_a_page(client, db):
    response = client.get("/v1/settings/")

    assert response.status_code == 404
    assert response.json()["code"] == "not_found"
