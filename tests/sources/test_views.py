"""Pages of sources."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from sources import authentication
from sources.models import EventCount, Rejection, Source, WriteKey

PAGES = ["source_detail", "source_debugger", "source_debugger_newer", "source_settings"]
PAGES += ["source_status_fragment", "source_numbers_fragment"]
OF_WORKSPACE = ["source_list", "source_overview_fragment", "source_traffic_fragment"]
ACTS = ["source_key_add", "source_settings", "source_delete"]
HOSTILE = "<img src=x onerror=alert(1)>"


def url(name, *more):
    return reverse(name, args=["acme", "web", *more])


@pytest.mark.parametrize("name", PAGES)
def test_a_viewer_sees_every_page_of_a_source(client, viewer, source, name):
    client.force_login(viewer)

    assert client.get(url(name)).status_code in (200, 204)


@pytest.mark.parametrize("name", OF_WORKSPACE)
def test_a_viewer_sees_what_concerns_all_sources(client, viewer, source, name):
    client.force_login(viewer)

    assert client.get(reverse(name, args=["acme"])).status_code == 200


@pytest.mark.parametrize("name", PAGES)
def test_pages_of_a_source_are_hidden_from_outsiders(client, outsider, source, name):
    client.force_login(outsider)

    assert client.get(url(name)).status_code == 404


@pytest.mark.parametrize("name", [*OF_WORKSPACE, "source_create"])
def test_what_concerns_all_sources_is_hidden_from_outsiders(client, outsider, source, name):
    client.force_login(outsider)

    assert client.get(reverse(name, args=["acme"])).status_code == 404


@pytest.mark.parametrize("name", ACTS)
def test_acts_are_refused_to_viewers(client, viewer, source, name):
    client.force_login(viewer)

    response = client.post(url(name), {"name": "Mine", "kind": "server", "slug": "web"})

    assert response.status_code == 403
    assert Source.objects.get().name == "Website"
    assert source.write_keys.count() == 1


def test_a_viewer_can_neither_create_a_source_nor_revoke_a_key(client, viewer, source):
    client.force_login(viewer)
    key = source.write_keys.get()

    create = client.post(reverse("source_create", args=["acme"]), {"name": "x", "kind": "server"})
    revoke = client.post(url("source_key_revoke", key.id))

    assert (create.status_code, revoke.status_code) == (403, 403)


def test_a_viewer_is_shown_no_buttons(client, viewer, source):
    client.force_login(viewer)

    page = client.get(url("source_detail")).content.decode()
    settings = client.get(url("source_settings")).content.decode()

    assert "Revoke" not in page
    assert "<form method=" not in settings.replace('action="/sign-out/"', "").split("<main")[1]


def test_a_source_of_another_workspace_cannot_be_reached_through_ones_own(client, outsider, source):
    client.force_login(outsider)

    response = client.get(reverse("source_detail", args=["other", "web"]))

    assert response.status_code == 404


def test_a_new_source_gets_a_slug_from_its_name_and_a_write_key(client, editor):
    client.force_login(editor)

    response = client.post("/acme/new-source/", {"name": "Shop (EU)", "kind": "website"})

    source = Source.objects.get()
    assert response["Location"] == "/acme/sources/shop-eu/"
    assert (source.slug, source.kind, source.write_keys.count()) == ("shop-eu", "website", 1)


def test_a_slug_is_given_once_in_a_workspace(client, editor, source):
    client.force_login(editor)

    same = client.post("/acme/new-source/", {"name": "x", "kind": "server", "slug": "web"})
    derived = client.post("/acme/new-source/", {"name": "Web", "kind": "server"})

    assert "has this slug" in same.content.decode()
    assert derived["Location"] == "/acme/sources/web-2/"


def test_the_page_shows_the_key_in_each_snippet(client, viewer, source, settings):
    settings.PUBLIC_URL = "https://events.example.com"
    client.force_login(viewer)

    page = client.get(url("source_detail")).content.decode()

    assert page.count("analytics.write_key = &quot;wk_web&quot;") >= 1
    assert "curl -u wk_web: https://events.example.com/v1/track" in page
    assert "apiHost: &quot;events.example.com/v1&quot;" in page


def test_a_second_key_is_added_and_the_first_revoked(client, editor, source):
    client.force_login(editor)
    first = source.write_keys.get()
    assert authentication.find_source("wk_web")

    client.post(url("source_key_add"))
    client.post(url("source_key_revoke", first.id))

    first.refresh_from_db()
    assert first.revoked_at
    assert source.write_keys.filter(revoked_at=None).count() == 1
    assert authentication.find_source("wk_web") is None


def test_a_key_of_another_source_is_not_revoked(client, editor, source, outsider):
    theirs = outsider.workspaces.get(slug="other").sources.create(slug="web", name="Theirs")
    key = WriteKey.objects.create(source=theirs, key="wk_theirs")
    client.force_login(editor)

    assert client.post(url("source_key_revoke", key.id)).status_code == 404


def test_a_page_without_a_key_says_what_to_do(client, editor, source):
    source.write_keys.all().delete()
    client.force_login(editor)

    page = client.get(url("source_detail")).content.decode()

    assert "nothing can be sent to this source" in page


def test_a_source_waits_for_its_first_event(client, viewer, source):
    client.force_login(viewer)

    page = client.get(url("source_status_fragment")).content.decode()

    assert "Waiting for the first event" in page
    assert 'hx-trigger="every 2s"' in page


@pytest.mark.django_db(transaction=True)
def test_the_status_turns_green_with_the_first_event(client, viewer, source):
    from .test_tracking import TRACK, post

    post(client, "/v1/track", TRACK)
    client.force_login(viewer)

    page = client.get(url("source_status_fragment")).content.decode()

    assert "notice-ok" in page
    assert "Receiving events" in page


def test_the_list_of_sources_counts_their_last_day(client, viewer, source):
    minute = timezone.now().replace(second=0, microsecond=0)
    for type, count in (("track", 1200), ("page", 34)):
        EventCount.objects.create(source=source, minute=minute, type=type, count=count)
    old = minute - timedelta(hours=25)
    EventCount.objects.create(source=source, minute=old, type="track", count=9000)
    client.force_login(viewer)

    page = client.get("/acme/sources/").content.decode()

    assert ">1,234<" in page
    assert 'aria-label="Events of the last 24 hours: 1,234 in all' in page


def test_rejections_are_shown_by_reason_and_escaped(client, viewer, source):
    for _ in range(2):
        Rejection.objects.create(
            source=source,
            received_at=timezone.now(),
            code="type_unknown",
            message=f"No such type {HOSTILE}",
            payload=f'{{"type": "{HOSTILE}"}}',
        )
    client.force_login(viewer)

    page = client.get(url("source_detail")).content.decode()

    assert "type_unknown" in page
    assert HOSTILE not in page
    assert "&lt;img src=x onerror=alert(1)&gt;" in page


def test_a_hostile_name_is_escaped_on_every_page(client, owner, source):
    Source.objects.update(name=HOSTILE)
    client.force_login(owner)

    for page in [*map(url, PAGES[:2]), url("source_settings"), "/acme/sources/"]:
        assert HOSTILE not in client.get(page).content.decode()


def test_settings_are_saved(client, editor, source):
    client.force_login(editor)

    sent = {"name": "Shop", "kind": "server", "schema_name": "shop_prod"}
    client.post(url("source_settings"), sent)

    source.refresh_from_db()
    assert (source.name, source.kind, source.schema_name) == ("Shop", "server", "shop_prod")
    assert source.enabled is False


def test_a_schema_name_that_no_warehouse_takes_is_refused(client, editor, source):
    client.force_login(editor)

    sent = {"name": "Shop", "kind": "server", "schema_name": 'shop"; drop'}
    response = client.post(url("source_settings"), sent)

    assert "Small letters, digits and _ only" in response.content.decode()


def test_deleting_takes_the_slug(client, editor, source):
    client.force_login(editor)

    refused = client.post(url("source_delete"), {"slug": "wep"})
    assert refused.status_code == 200
    assert Source.objects.exists()

    client.post(url("source_delete"), {"slug": "web"})
    assert not Source.objects.exists()
    assert authentication.find_source("wk_web") is None


def test_a_workspace_without_sources_says_what_to_do(client, editor, viewer):
    for person, words in ((editor, "Create the first source"), (viewer, "Ask an editor")):
        client.force_login(person)
        assert words in client.get("/acme/sources/").content.decode()
