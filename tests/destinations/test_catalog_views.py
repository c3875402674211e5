"""The catalogue in the panel, and how a tool becomes a destination."""

from html import unescape

import pytest
from django.urls import reverse
from pytest_django.asserts import assertTemplateNotUsed, assertTemplateUsed

from destinations import catalog, control
from destinations.models import Destination
from sources.models import Source


@pytest.fixture
def as_editor(client, editor):
    client.force_login(editor)
    return client


def url(name, *args):
    return reverse(name, args=["acme", *args])


def slugs(response):
    return [tool.slug for _, tools in response.context["groups"] for tool in tools]


def test_the_catalogue_shows_every_tool(as_editor):
    response = as_editor.get(url("catalog"))

    assert set(slugs(response)) == set(catalog.integrations())


def test_the_catalogue_is_searched_by_name_and_category(as_editor):
    category = catalog.get_integration("webhook").category

    assert slugs(as_editor.get(url("catalog"), {"q": "AMPLIT"})) == ["amplitude"]
    assert "webhook" in slugs(as_editor.get(url("catalog"), {"category": category}))
    assert slugs(as_editor.get(url("catalog"), {"q": "no such tool"})) == []


def test_the_catalogue_knows_what_is_connected(as_editor, workspace):
    control.create(workspace, "webhook", "hook", "Hook", {})

    assert slugs(as_editor.get(url("catalog"), {"status": "connected"})) == ["webhook"]
    assert "webhook" not in slugs(as_editor.get(url("catalog"), {"status": "new"}))


def test_htmx_receives_the_tiles_alone(as_editor):
    response = as_editor.get(url("catalog"), {"q": "web"}, headers={"HX-Request": "true"})

    assertTemplateUsed(response, "destinations/_catalog_tiles.html")
    assertTemplateNotUsed(response, "workspaces/base.html")
    assert response.headers["Vary"].startswith("HX-Request")


def test_going_back_in_the_history_gives_the_whole_page(as_editor):
    headers = {"HX-Request": "true", "HX-History-Restore-Request": "true"}

    assertTemplateUsed(as_editor.get(url("catalog"), headers=headers), "workspaces/base.html")


def test_what_was_searched_for_is_escaped(as_editor):
    response = as_editor.get(url("catalog"), {"q": '"><script>alert(1)</script>'})

    assert "<script>alert(1)" not in response.content.decode()


@pytest.mark.parametrize("slug", sorted(catalog.integrations()))
def test_every_tool_has_a_page_and_a_form(as_editor, source, slug):
    tool = catalog.get_integration(slug)

    detail = as_editor.get(url("catalog_detail", slug)).content.decode()
    form = as_editor.get(url("destination_create", slug))

    assert all(action.label in unescape(detail) for action in tool.actions.values())
    assert list(form.context["settings"].fields) == [each.name for each in tool.settings]


def test_an_unknown_tool_is_not_found(as_editor):
    assert as_editor.get(url("catalog_detail", "nothing")).status_code == 404
    assert as_editor.get(url("destination_create", "nothing")).status_code == 404


def test_a_viewer_cannot_open_the_form(client, viewer):
    client.force_login(viewer)

    assert client.get(url("destination_create", "webhook")).status_code == 403
    assert "Connect Webhook" not in client.get(url("catalog_detail", "webhook")).content.decode()


def test_connecting_makes_a_destination_that_is_on(as_editor, source):
    form = {
        "name": "Order hook",
        "sources": [source.pk],
        "enabled": "on",
        "setting-url": "https://hooks.example.com/in",
        "setting-sharedSecret": "hush-hush",
        "setting-headers": "X-Team: data\nX-Env: test",
        "setting-method": "POST",
    }

    response = as_editor.post(url("destination_create", "webhook"), form)

    made = Destination.objects.get()
    assert response.url == url("destination_detail", made.slug)
    assert (made.slug, made.integration, made.enabled) == ("order-hook", "webhook", True)
    assert made.settings["headers"] == {"X-Team": "data", "X-Env": "test"}
    assert made.settings["sharedSecret"] == "hush-hush"
    assert list(made.sources.all()) == [source]
    assert made.subscriptions.count() == 1


def test_a_second_one_of_the_same_name_gets_another_slug(as_editor):
    for _ in range(2):
        as_editor.post(url("destination_create", "webhook"), {"name": "Hook"})

    found = Destination.objects.values_list("slug", "enabled").order_by("slug")
    assert list(found) == [("hook", False), ("hook-2", False)]


def test_a_wrong_setting_makes_nothing_and_is_named(as_editor):
    form = {"name": "Hook", "setting-url": "nonsense", "setting-sharedSecret": "hush-hush"}

    response = as_editor.post(url("destination_create", "webhook"), form)

    assert "starts with https://" in response.content.decode()
    assert "hush-hush" not in response.content.decode()
    assert not Destination.objects.exists()


def test_the_source_one_came_from_is_chosen_already(as_editor, workspace, source):
    Source.objects.create(workspace=workspace, slug="ios", name="iOS")

    response = as_editor.get(url("destination_create", "webhook"), {"source": "web"})

    assert response.content.decode().count("checked") == 2  # the source, and “switch on now”
