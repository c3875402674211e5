"""Warehouses in the panel: setting them up, watching their syncs, loading them now."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from django_q.models import OrmQ
from pytest_django.asserts import assertTemplateNotUsed, assertTemplateUsed

from sources.models import Source
from warehouses.connectors import all_connectors
from warehouses.models import Sync, SyncTable, Warehouse, WarehouseSource

SECRET = "hush-hush-4711"


@pytest.fixture
def warehouse(workspace, source):
    warehouse = Warehouse.objects.create(
        workspace=workspace,
        slug="lake",
        name="Lake",
        kind="postgres",
        settings={"host": "db.example.com", "database": "x", "user": "u", "password": SECRET},
        schedule="15m",
    )
    WarehouseSource.objects.create(warehouse=warehouse, source=source, position=41)
    return warehouse


@pytest.fixture
def sync(warehouse, source):
    now = timezone.now()
    sync = Sync.objects.create(
        warehouse=warehouse,
        source=source,
        state="partial",
        started_at=now - timedelta(seconds=90),
        finished_at=now,
        row_count=1234,
        event_count=700,
        notice_count=1,
    )
    notice = {"kind": "cut", "level": "warning", "column": "x", "message": "<b>x</b> was cut."}
    SyncTable.objects.create(sync=sync, name="order_completed", row_count=12, notices=[notice])
    return sync


@pytest.fixture
def as_editor(client, editor):
    client.force_login(editor)
    return client


def url(name, *args):
    return reverse(name, args=["acme", *args])


PAGES = [
    ("warehouse_list",),
    ("warehouse_overview_fragment",),
    ("warehouse_detail", "lake"),
    ("warehouse_settings", "lake"),
    ("source_warehouses_fragment", "acme-web"),
]
DOORS = [
    ("warehouse_create",),
    ("warehouse_settings", "lake"),
    ("warehouse_sync", "lake"),
    ("warehouse_check", "lake"),
    ("warehouse_delete", "lake"),
]


@pytest.mark.parametrize("name", PAGES)
def test_every_page_opens_for_a_viewer_and_shows_no_secret(client, viewer, sync, name):
    client.force_login(viewer)

    response = client.get(url(*name))

    assert response.status_code == 200
    assert SECRET not in response.content.decode()


@pytest.mark.parametrize("name", PAGES)
def test_every_page_is_hidden_from_outsiders(client, outsider, sync, name):
    client.force_login(outsider)

    assert client.get(url(*name)).status_code == 404


@pytest.mark.parametrize("door", DOORS)
def test_every_change_is_refused_to_viewers(client, viewer, warehouse, door):
    client.force_login(viewer)

    assert client.post(url(*door)).status_code == 403


@pytest.mark.parametrize("door", DOORS)
def test_every_change_is_hidden_from_outsiders(client, outsider, warehouse, door):
    client.force_login(outsider)

    assert client.post(url(*door)).status_code == 404


def test_names_are_escaped(as_editor, sync):
    Warehouse.objects.update(name="<script>alert(1)</script>")
    Source.objects.update(name="<img src=x onerror=alert(2)>")

    for name in PAGES:
        text = as_editor.get(url(*name)).content.decode()
        assert "<script>alert(1)" not in text
        assert "<img src=x" not in text


def test_an_empty_list_says_what_to_do(as_editor, workspace):
    assert "No warehouse yet" in as_editor.get(url("warehouse_list")).content.decode()


def test_a_kind_that_is_gone_does_not_break_its_pages(as_editor, warehouse):
    Warehouse.objects.update(kind="gone")

    for name in PAGES:
        assert as_editor.get(url(*name)).status_code == 200


# --- syncs ------------------------------------------------------------------------------------


def test_each_source_has_its_last_sync_and_its_next(as_editor, warehouse, source, sync):
    older = timezone.now() - timedelta(hours=1)
    Sync.objects.create(warehouse=warehouse, source=source, state="failure", started_at=older)
    started = timezone.now()
    Warehouse.objects.update(last_started_at=started)

    context = as_editor.get(url("warehouse_detail", "lake")).context

    [connection] = context["connections"]
    assert connection.last == sync
    assert context["next_at"] == started + timedelta(minutes=15)
    assert [each.state for each in context["page"]] == ["partial", "failure"]


def test_the_page_asks_for_itself_while_a_sync_is_under_way(as_editor, warehouse, sync):
    def polls():
        return "every 2s" in as_editor.get(url("warehouse_detail", "lake")).content.decode()

    assert not polls()
    Sync.objects.update(state="running", finished_at=None)
    assert polls()
    Sync.objects.update(state="success")
    Warehouse.objects.update(queued_at=timezone.now())
    assert polls()


def test_htmx_receives_the_syncs_alone(as_editor, sync):
    response = as_editor.get(url("warehouse_detail", "lake"), headers={"HX-Request": "true"})

    assertTemplateUsed(response, "warehouses/_syncs.html")
    assertTemplateNotUsed(response, "workspaces/base.html")


def test_a_sync_shows_its_tables_and_notices(as_editor, sync):
    text = as_editor.get(url("warehouse_sync_detail", "lake", sync.pk)).content.decode()

    assert "order_completed" in text
    assert "1,234" in text
    assert "&lt;b&gt;x&lt;/b&gt; was cut." in text


def test_a_sync_of_another_warehouse_is_not_found(as_editor, workspace, sync):
    Warehouse.objects.create(workspace=workspace, slug="other", name="Other", kind="duckdb")

    assert as_editor.get(url("warehouse_sync_detail", "other", sync.pk)).status_code == 404


def test_sync_now_queues_one_sync_however_often_it_is_pressed(as_editor, warehouse):
    for _ in range(2):
        response = as_editor.post(url("warehouse_sync", "lake"))

    [task] = OrmQ.objects.all()
    warehouse.refresh_from_db()
    assert response.url == url("warehouse_detail", "lake")
    assert task.task["func"] == "warehouses.tasks.sync_warehouse"
    assert task.task["args"] == (warehouse.pk, "manual")
    assert warehouse.queued_at is not None


def test_a_warehouse_that_is_off_is_not_loaded(as_editor, warehouse):
    Warehouse.objects.update(enabled=False)

    as_editor.post(url("warehouse_sync", "lake"))

    assert not OrmQ.objects.exists()


# --- checking ---------------------------------------------------------------------------------


def test_a_check_says_what_to_do(as_editor, warehouse, tmp_path):
    values = {"path": str(tmp_path / "lake.duckdb")}
    Warehouse.objects.filter(pk=warehouse.pk).update(kind="duckdb", settings=values)
    where, headers = url("warehouse_check", "lake"), {"HX-Request": "true"}

    good = as_editor.post(where, headers=headers)
    (tmp_path / "lake.duckdb").write_text("not a database at all" * 1000)
    bad = as_editor.post(where, headers=headers)

    assert "can be used" in good.content.decode()
    assert "not a DuckDB database" in bad.content.decode()


def test_a_check_without_htmx_goes_back_to_the_page(as_editor, warehouse):
    Warehouse.objects.filter(pk=warehouse.pk).update(kind="gone")

    response = as_editor.post(url("warehouse_check", "lake"), follow=True)

    assert "There is no warehouse kind" in response.content.decode()


# --- making and changing ----------------------------------------------------------------------


@pytest.mark.parametrize("connector", all_connectors(), ids=lambda each: each.slug)
def test_every_kind_has_a_form_drawn_from_its_settings(as_editor, source, connector):
    response = as_editor.get(url("warehouse_create"), {"kind": connector.slug})

    fields = list(response.context["settings"].fields)
    assert fields == [setting.name for setting in connector.settings]


def test_kinds_to_choose_from_are_listed(as_editor, workspace):
    text = as_editor.get(url("warehouse_create"), {"source": "web"}).content.decode()

    assert all(f"?kind={each.slug}&amp;source=web" in text for each in all_connectors())


def test_an_unknown_kind_is_not_found(as_editor, workspace):
    assert as_editor.get(url("warehouse_create"), {"kind": "nothing"}).status_code == 404


def test_a_warehouse_is_set_up(as_editor, source):
    form = {
        "name": "My lake",
        "schedule": "6h",
        "sources": [source.pk],
        "enabled": "on",
        "setting-path": "lake.duckdb",
    }

    response = as_editor.post(url("warehouse_create") + "?kind=duckdb", form)

    made = Warehouse.objects.get()
    assert response.url == url("warehouse_detail", "my-lake")
    assert (made.slug, made.kind, made.schedule, made.enabled) == ("my-lake", "duckdb", "6h", True)
    assert made.settings["path"] == "lake.duckdb"
    assert [each.source for each in made.connections.all()] == [source]


def test_a_warehouse_named_new_does_not_hide_behind_the_form(as_editor, workspace):
    form = {"name": "New", "schedule": "1h", "setting-path": "x.duckdb"}

    as_editor.post(url("warehouse_create") + "?kind=duckdb", form)

    assert Warehouse.objects.get().slug == "new-warehouse"


def test_a_wrong_setting_makes_nothing_and_is_named(as_editor, workspace):
    form = {"name": "PG", "schedule": "1h", "setting-port": "many", "setting-password": SECRET}

    response = as_editor.post(url("warehouse_create") + "?kind=postgres", form)

    assert response.context["settings"].errors["port"] == ["This has to be a number."]
    assert SECRET not in response.content.decode()
    assert not Warehouse.objects.exists()


@pytest.mark.parametrize("schedule", ["", "often", "0m"])
def test_a_schedule_that_is_none_is_refused(as_editor, warehouse, schedule):
    form = posted(as_editor) | {"schedule": schedule}

    response = as_editor.post(url("warehouse_settings", "lake"), form)

    warehouse.refresh_from_db()
    assert response.context["form"].errors["schedule"]
    assert warehouse.schedule == "15m"


def posted(client, **changes):
    """Return the settings page as a browser would send it back."""
    context = client.get(url("warehouse_settings", "lake")).context
    shown = {field.html_name: field.value() for field in context["settings"]}
    kept = {name: value for name, value in shown.items() if value not in (None, False)}
    sources = [source.pk for source in context["form"].initial["sources"]]
    return {
        "name": "Lake",
        "schedule": "15m",
        "enabled": "on",
        "sources": sources,
        **kept,
    } | changes


def test_settings_are_saved_and_an_empty_secret_keeps_the_stored_one(as_editor, warehouse):
    before = dict(warehouse.settings)
    form = posted(as_editor, name="Pond", schedule="manual", **{"setting-host": "db2.example.com"})

    as_editor.post(url("warehouse_settings", "lake"), form)

    warehouse.refresh_from_db()
    assert (warehouse.name, warehouse.schedule) == ("Pond", "manual")
    assert warehouse.settings["host"] == "db2.example.com"
    assert warehouse.settings["password"] == before["password"] == SECRET


def test_a_source_that_is_left_out_keeps_its_place(as_editor, warehouse, source):
    form = posted(as_editor)

    as_editor.post(url("warehouse_settings", "lake"), form | {"sources": []})
    assert list(warehouse.connections.values_list("enabled", "position")) == [(False, 41)]

    as_editor.post(url("warehouse_settings", "lake"), form)
    assert list(warehouse.connections.values_list("enabled", "position")) == [(True, 41)]


def test_a_source_of_another_workspace_cannot_be_loaded(as_editor, outsider, warehouse):
    other = outsider.workspaces.get()
    strange = Source.objects.create(workspace=other, slug="strange", name="Strange")

    as_editor.post(url("warehouse_settings", "lake"), posted(as_editor, sources=[strange.pk]))

    assert not WarehouseSource.objects.filter(source=strange).exists()


def test_deleting_needs_the_name(as_editor, warehouse):
    as_editor.post(url("warehouse_delete", "lake"), {"confirmation": "Lak"})
    assert Warehouse.objects.exists()

    as_editor.post(url("warehouse_delete", "lake"), {"confirmation": "Lake"})
    assert not Warehouse.objects.exists()


def test_a_viewer_sees_no_button_that_changes_something(client, viewer, sync):
    client.force_login(viewer)

    for name in PAGES:
        text = client.get(url(*name)).content.decode()
        assert not re.findall(r'<form[^>]*action="[^"]*/warehouses/', text)


def new_duckdb(client, path, workspace_slug="acme"):
    """Fill in the form of a new DuckDB warehouse."""
    form = {"name": "Lake", "schedule": "1h", "setting-path": path}
    address = reverse("warehouse_create", args=[workspace_slug]) + "?kind=duckdb"
    return client.post(address, form)


@pytest.mark.parametrize(
    "path", ["/tmp/x.duckdb", "../x.duckdb", "secret_key", "postgres/PG_VERSION"]
)
def test_an_editor_cannot_name_a_file_elsewhere_on_the_server(as_editor, path):
    response = new_duckdb(as_editor, path)

    assert "has to lie below SWITCHYARD_HOME" in response.content.decode()
    assert not Warehouse.objects.exists()


def test_an_editor_cannot_name_the_file_of_another_workspace(as_editor, outsider):
    other = outsider.workspaces.get()
    Warehouse.objects.create(
        workspace=other, slug="lake", name="Lake", kind="duckdb", settings={"path": "lake.duckdb"}
    )

    response = new_duckdb(as_editor, "sub/../lake.duckdb")

    assert "This is taken" in response.content.decode()
    assert Warehouse.objects.count() == 1
    assert new_duckdb(as_editor, "ours.duckdb").status_code == 302


def test_filters_are_written_as_in_the_file(as_editor, warehouse):
    form = posted(as_editor)
    text = "- {if: \"event = 'Test'\", action: drop}"

    as_editor.post(url("warehouse_settings", "lake"), form | {"filters": text})

    warehouse.refresh_from_db()
    assert warehouse.filters == [{"if": "event = 'Test'", "action": "drop", "enabled": True}]
    shown = as_editor.get(url("warehouse_settings", "lake")).context["form"]["filters"].value()
    assert shown == "- if: event = 'Test'\n  action: drop"


def test_a_filter_that_is_none_is_refused_with_its_line(as_editor, warehouse):
    form = posted(as_editor)

    response = as_editor.post(
        url("warehouse_settings", "lake"), form | {"filters": "- {if: event =, action: drop}"}
    )

    [problem] = response.context["form"].errors["filters"]
    assert problem.startswith("line 1: [0]: This is no filter")
