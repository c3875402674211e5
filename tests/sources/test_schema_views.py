"""The page of the schema: what is sent, what of it is let in, and all of it as CSV."""

import csv
import io

import pytest
from django.urls import reverse
from django.utils import timezone

from sources import blocking
from sources.models import SchemaEvent, SchemaProperty

pytestmark = pytest.mark.django_db

URL = "/acme/sources/web/schema/"
HOSTILE = "<img src=x onerror=alert(1)>"


@pytest.fixture(autouse=True)
def _forget_rules():
    yield
    blocking.forget()


@pytest.fixture
def add(source):
    def add(name="Bought", type="track", paths=(), **fields):
        now = timezone.now()
        seen = {"first_seen_at": now, "last_seen_at": now}
        event = source.schema_events.create(type=type, name=name, **seen, **fields)
        for path in paths:
            event.properties.create(path=path, types=["string"], samples=["x"], **seen)
        return event

    return add


def rule(name, row, workspace="acme"):
    return reverse(f"source_schema_{name}_rule", args=[workspace, "web", row.id])


def test_events_are_listed_by_type_with_their_counts(client, viewer, add):
    add("Bought", count=1234, blocked_count=56)
    add("Home", type="page")
    client.force_login(viewer)

    track = client.get(URL).content.decode()
    pages = client.get(URL, {"kind": "page"}).content.decode()

    assert ("Bought" in track, "1,234" in track, ">56<" in track) == (True, True, True)
    assert ("Home" in track, "Home" in pages, "Bought" in pages) == (False, True, False)


def test_search_finds_events_by_name_and_by_property(client, viewer, add):
    add("Bought", paths=["card.number"])
    add("Left", paths=["reason"])
    client.force_login(viewer)

    def found(text):
        page = client.get(URL, {"q": text}).content.decode().split("<main")[1]
        return [name for name in ("Bought", "Left") if f'truncate">{name}<' in page]

    assert found("BOU") == ["Bought"]
    assert found("card.num") == ["Bought"]
    assert found("%") == []


def test_properties_come_for_htmx_and_without_scripts(client, viewer, add):
    add("Other")
    event = add("Bought", paths=["items.$.sku"])
    client.force_login(viewer)

    fragment = client.get(reverse("source_schema_properties", args=["acme", "web", event.id]))
    page = client.get(URL, {"event": event.id})

    assert "<code>items.$.sku</code>" in fragment.content.decode()
    assert "<html" not in fragment.content.decode()
    assert "<code>items.$.sku</code>" in page.content.decode()


def test_an_editor_blocks_an_event_and_lets_it_in_again(client, editor, source, add):
    event = add()
    client.force_login(editor)

    response = client.post(rule("event", event), {"allowed": "off"})
    assert response["Location"] == f"{URL}?kind=track"
    assert blocking.rules_of(source.id).events == {("track", "Bought")}

    client.post(rule("event", event), {"allowed": "on"})
    assert blocking.rules_of(source.id) is None


def test_htmx_receives_the_switch_alone(client, editor, source, add):
    row = add(paths=["card"]).properties.get()
    client.force_login(editor)

    sent = {"allowed": "off"}
    answer = client.post(rule("property", row), sent, headers={"HX-Request": "true"})

    assert 'aria-checked="false"' in answer.content.decode()
    assert "<html" not in answer.content.decode()
    assert blocking.rules_of(source.id).properties == {("track", "Bought"): {"card"}}


def test_viewers_see_the_schema_and_change_nothing(client, viewer, add):
    event = add(paths=["card"])
    client.force_login(viewer)

    page = client.get(URL).content.decode()
    answers = [
        client.post(rule("event", event), {"allowed": "off"}),
        client.post(rule("property", event.properties.get()), {"allowed": "off"}),
    ]

    assert "Allowed" in page
    assert 'role="switch"' not in page
    assert [answer.status_code for answer in answers] == [403, 403]
    assert not SchemaEvent.objects.filter(blocked=True).exists()


def test_the_schema_of_others_cannot_be_reached(client, outsider, add):
    event = add(paths=["card"])
    outsider.workspaces.get().sources.create(slug="web", name="Theirs")
    client.force_login(outsider)

    answers = [
        client.get(URL),
        client.get(f"{URL}csv/"),
        client.post(rule("event", event, "other"), {"allowed": "off"}),
        client.post(rule("property", event.properties.get(), "other"), {"allowed": "off"}),
        client.get(reverse("source_schema_properties", args=["other", "web", event.id])),
    ]

    assert {answer.status_code for answer in answers} == {404}
    assert not SchemaProperty.objects.filter(blocked=True).exists()


def test_hostile_names_are_escaped(client, editor, add):
    add(HOSTILE, paths=[HOSTILE])
    client.force_login(editor)

    page = client.get(URL).content.decode()

    assert HOSTILE not in page
    assert page.count("&lt;img src=x onerror=alert(1)&gt;") >= 2


def test_the_csv_has_a_line_for_each_event_and_property(client, viewer, add):
    add("Bought", paths=["total"], count=3, blocked=True)
    add("", type="identify", paths=["email"])
    client.force_login(viewer)

    answer = client.get(f"{URL}csv/")
    lines = list(csv.reader(io.StringIO(answer.getvalue().decode())))

    assert answer["Content-Disposition"] == 'attachment; filename="web-schema.csv"'
    assert [line[:7] for line in lines] == [
        ["type", "event", "property", "types", "count", "blocked count", "allowed"],
        ["identify", "", "", "", "0", "0", "yes"],
        ["identify", "", "email", "string", "0", "0", "yes"],
        ["track", "Bought", "", "", "3", "0", "no"],
        ["track", "Bought", "total", "string", "0", "0", "yes"],
    ]


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1"])
def test_no_cell_of_the_csv_is_a_formula(client, viewer, add, name):
    add(name, paths=[name])
    client.force_login(viewer)

    answer = client.get(f"{URL}csv/").getvalue().decode()
    lines = list(csv.reader(io.StringIO(answer)))

    assert [line[1] for line in lines[1:]] == ["'" + name, "'" + name]
    assert lines[2][2] == "'" + name


def test_events_without_a_place_are_counted(client, viewer, add):
    add("", type="more", count=7)
    client.force_login(viewer)

    page = client.get(URL).content.decode()

    assert "7 more events had names beyond" in page
    assert "No track calls yet" in page


@pytest.mark.parametrize("query", [{"kind": "?"}, {"page": "x"}, {"event": "9" * 30}, {"q": "\0"}])
def test_odd_questions_do_no_harm(client, viewer, add, query):
    add()
    client.force_login(viewer)

    assert client.get(URL, query).status_code == 200
