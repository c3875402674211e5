"""Subscriptions and filters in the panel."""

import json

import pytest
from django.urls import reverse
from django.utils import timezone
from pytest_django.asserts import assertTemplateNotUsed, assertTemplateUsed

from destinations import catalog, control
from destinations.models import DeliveryCount, Filter
from destinations.request import MASK
from sources.models import Event
from tests.destinations.editor.page import sent_by
from tests.tool import Answer, Tool

SECRET_URL = "https://hooks.example.com/services/hush-hush"


@pytest.fixture
def hook(workspace):
    return control.create(workspace, "webhook", "hook", "Hook", {"url": "https://a.example.com/"})


@pytest.fixture
def subscription(hook):
    return hook.subscriptions.get()


@pytest.fixture
def as_editor(client, editor):
    client.force_login(editor)
    return client


def url(name, *args):
    return reverse(f"destination_{name}", args=["acme", "hook", *args])


FORM = {"name": "Orders", "trigger": 'type = "track"', "mapping": '{"data": {"@path": "$.event"}}'}


def test_a_subscription_is_edited(as_editor, subscription):
    response = as_editor.post(url("subscription_edit", subscription.pk), FORM)

    subscription.refresh_from_db()
    assert response.url == url("subscriptions")
    assert (subscription.name, subscription.trigger, subscription.mapping) == (
        "Orders",
        'type = "track"',
        {"data": {"@path": "$.event"}},
    )


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("trigger", 'type = "track', "Cannot read"),
        ("trigger", "", "This field is required."),
        ("mapping", "{oops", "This is not JSON"),
        ("mapping", "[1]", "This has to be an object"),
        ("mapping", '{"data": NaN}', "not part of JSON"),
        ("mapping", '{"data": {"@nonsense": 1}}', "unknown directive @nonsense"),
    ],
)
def test_a_mistake_stands_beside_its_field_and_nothing_is_saved(
    as_editor, subscription, field, value, message
):
    response = as_editor.post(url("subscription_edit", subscription.pk), FORM | {field: value})

    subscription.refresh_from_db()
    assert message in response.context["form"].errors[field][0]
    assert subscription.name != "Orders"


def test_a_subscription_is_added_with_the_defaults_of_its_action(as_editor, hook):
    address = url("subscription_create") + "?action=send"
    form = as_editor.get(address).context["form"]

    as_editor.post(address, FORM)

    action = catalog.get_integration("webhook").actions["send"]
    assert form.initial["mapping"] == action.default_mapping()
    assert form.initial["trigger"] == action.trigger
    assert list(hook.subscriptions.values_list("name", "action", "order"))[-1] == (
        "Orders",
        "send",
        1,
    )


def test_an_action_that_does_not_exist_is_not_found(as_editor, hook):
    assert as_editor.get(url("subscription_create") + "?action=nothing").status_code == 404


def test_a_switch_answers_htmx_with_itself(as_editor, subscription):
    where = url("subscription_switch", subscription.pk)

    response = as_editor.post(where, {"enabled": "off"}, headers={"HX-Request": "true"})

    subscription.refresh_from_db()
    assertTemplateUsed(response, "destinations/_subscription_switch.html")
    assertTemplateNotUsed(response, "workspaces/base.html")
    assert not subscription.enabled
    assert as_editor.post(where, {"enabled": "on"}).url == url("subscriptions")


def test_a_subscription_is_deleted(as_editor, hook, subscription):
    as_editor.post(url("subscription_delete", subscription.pk))

    assert not hook.subscriptions.exists()


def test_a_viewer_sees_a_subscription_and_can_change_none(client, viewer, subscription):
    client.force_login(viewer)

    page = client.get(url("subscription_edit", subscription.pk)).content.decode()
    assert '<fieldset class="editor-all" disabled>' in page
    assert 'value="save"' not in page

    for name in ("subscription_edit", "subscription_switch", "subscription_delete"):
        assert client.post(url(name, subscription.pk)).status_code == 403


def test_a_subscription_of_another_destination_is_not_found(as_editor, workspace, subscription):
    control.create(workspace, "webhook", "second", "Second", {})
    args = ["acme", "second", subscription.pk]

    assert as_editor.get(reverse("destination_subscription_edit", args=args)).status_code == 404


# --- secrets in a mapping ---------------------------------------------------------------------


@pytest.fixture
def secret_field():
    """A tool of the catalogue that keeps a secret in its mapping, with the name of the field."""
    return next(
        (tool, action, field.name)
        for tool in catalog.integrations().values()
        for action in tool.actions.values()
        for field in action.fields
        if field.secret
    )


@pytest.fixture
def secretive(workspace, secret_field):
    tool, action, name = secret_field
    hook = control.create(workspace, tool.slug, "hook", "Hook", {})
    return hook.subscriptions.create(
        name="Old", action=action.slug, trigger='type = "track"', mapping={name: SECRET_URL}
    )


def test_a_secret_of_a_mapping_is_masked(as_editor, secretive, secret_field):
    response = as_editor.get(url("subscription_edit", secretive.pk))

    assert response.context["form"].initial["mapping"] == {secret_field[2]: MASK}
    assert "hush-hush" not in response.content.decode()


def test_the_mask_keeps_what_is_stored_and_other_text_replaces_it(
    as_editor, secretive, secret_field
):
    _, action, name = secret_field
    where = url("subscription_edit", secretive.pk)
    needed = {each.name: "1" for each in action.fields if each.required is True}

    as_editor.post(where, FORM | {"mapping": json.dumps({**needed, name: MASK, "extra": 1})})
    secretive.refresh_from_db()
    assert secretive.mapping == {**needed, name: SECRET_URL, "extra": 1}

    as_editor.post(where, FORM | {"mapping": json.dumps({**needed, name: "https://b.example/"})})
    secretive.refresh_from_db()
    assert secretive.mapping == {**needed, name: "https://b.example/"}


def test_a_secret_survives_opening_and_saving_the_rows(as_editor, secretive, secret_field):
    _, action, name = secret_field
    needed = {each.name: "1" for each in action.fields if each.required is True}
    secretive.mapping = {**needed, name: SECRET_URL}
    secretive.save()
    where = url("subscription_edit", secretive.pk)

    page = as_editor.get(where).content.decode()
    as_editor.post(where, {**sent_by(page), "do": "save"})

    secretive.refresh_from_db()
    assert "hush-hush" not in page
    assert secretive.mapping == {**needed, name: SECRET_URL}


def test_a_new_secret_is_typed_into_a_password_box_and_shown_nowhere(
    as_editor, secretive, secret_field
):
    where = url("subscription_edit", secretive.pk)
    inputs = sent_by(as_editor.get(where).content.decode())
    at = row_of(inputs, secret_field[2])
    typed = {f"{at}-kind": "text", f"{at}-was": "text", f"{at}-value": "brand-new-secret"}

    page = as_editor.post(where, {**inputs, **typed, "do": "refresh"}).content.decode()

    assert f'<input type="password" name="{at}-value"' in page
    assert page.count("brand-new-secret") == 1


def test_a_mask_with_nothing_behind_it_is_refused(as_editor, secretive, secret_field):
    name = secret_field[2]
    secretive.mapping = {}
    secretive.save()

    where = url("subscription_edit", secretive.pk)
    response = as_editor.post(where, FORM | {"mapping": json.dumps({name: MASK})})

    assert "nothing is stored" in response.context["form"].errors["mapping"][0]


# --- the editor -------------------------------------------------------------------------------


@pytest.fixture
def tool():
    tool = Tool()
    yield tool
    tool.close()


@pytest.fixture
def fed(workspace, source, tool, settings):
    """A webhook at the tool, with one event of its source in the log."""
    settings.ALLOW_PRIVATE_TARGETS = True
    values = {"url": f"{tool.url}/in", "secret": "hush-hush-4711"}
    hook = control.create(workspace, "webhook", "hook", "Hook", values, [source])
    event = {"type": "track", "event": "Paid", "properties": {"total": 5}, "messageId": "m1"}
    Event.objects.create(
        id=7,
        source=source,
        received_at=timezone.now(),
        key="00000000-0000-0000-0000-000000000007",
        type="track",
        name="Paid",
        payload=json.dumps(event),
    )
    return hook


@pytest.fixture
def page_of(as_editor, fed):
    """The inputs of the page as they are when it is opened."""

    def page_of():
        response = as_editor.get(url("subscription_edit", fed.subscriptions.get().pk))
        return sent_by(response.content.decode().partition('id="editor"')[2])

    return page_of


@pytest.fixture
def press(as_editor, fed, page_of):
    """Press a button of the page with some inputs changed; htmx asks unless told otherwise."""

    def press(do, htmx=True, **changed):
        changed = {_input(name): text for name, text in changed.items()}
        inputs = {**page_of(), **changed, "do": do}
        where = url("subscription_edit", fed.subscriptions.get().pk)
        headers = {"HX-Request": "true"} if htmx else {}
        return as_editor.post(where, inputs, headers=headers)

    return press


def _input(name):
    return name.replace("_", "-") if name.startswith("m-") else name


def row_of(inputs, field):
    return next(
        name.removesuffix("-key")
        for name, value in inputs.items()
        if value == field and name.count("-") == 2 and name.endswith("-key")
    )


def test_opening_and_saving_changes_nothing(as_editor, fed, press):
    before = fed.subscriptions.values().get()

    assert press("save", htmx=False).url == url("subscriptions")

    assert fed.subscriptions.values().get() == before


def test_the_newest_event_that_the_trigger_wants_is_looked_at(as_editor, fed):
    response = as_editor.get(url("subscription_edit", fed.subscriptions.get().pk))

    draft = response.context["draft"]
    assert (draft.chosen.value, draft.matching, len(draft.recent)) == ("7", 1, 1)
    assert draft.trials[0].exchanges[0].request["json"]["event"] == "Paid"
    assert "$.properties.total" in response.content.decode()
    assert "hush-hush" not in response.content.decode()


def test_without_events_there_is_a_sample_that_the_trigger_wants(as_editor, hook, subscription):
    subscription.trigger = 'type = "identify"'
    subscription.save()

    response = as_editor.get(url("subscription_edit", subscription.pk))

    assert response.context["draft"].chosen.value == "sample-identify"
    assert "No event has come yet" in response.content.decode()


def test_htmx_receives_only_what_changed(press, page_of):
    at = row_of(page_of(), "data")
    response = press("refresh", **{f"{at}_value": "$.properties"})

    content = response.content.decode()
    assertTemplateNotUsed(response, "workspaces/base.html")
    assertTemplateUsed(response, "destinations/_editor_preview.html")
    assert f'id="{at}-out" hx-swap-oob="true"' in content
    assert 'id="trigger-builder"' not in content
    assert response.context["draft"].trials[0].exchanges[0].request["json"] == {"total": 5}


def test_typed_text_redraws_the_conditions(press):
    response = press("refresh", trigger='type = "track" and event = "Paid"')

    [group] = response.context["draft"].builder.groups
    assert len(group.conditions) == 2
    assertTemplateUsed(response, "destinations/_trigger_builder.html")
    assertTemplateNotUsed(response, "destinations/_trigger_text.html")


def test_a_condition_that_is_clicked_writes_the_text(press):
    response = press("builder", **{"t-g-0-c-0-operator": "is_not"})

    assert response.context["draft"].trigger.startswith('type != "identify" or type = "track"')
    assertTemplateUsed(response, "destinations/_trigger_text.html")


def test_conditions_and_groups_are_added_and_removed(press):
    assert len(press("condition:0").context["draft"].builder.groups[0].conditions) == 7
    assert len(press("group").context["draft"].builder.groups) == 2
    assert press("drop:0:5").context["draft"].trigger.endswith('or type = "group"')
    assert press("drop:9:9").status_code == 200


def test_a_trigger_that_cannot_be_read_says_where_at_once(press):
    response = press("refresh", trigger='type = "track" and ?')

    assert "Cannot read ?, at character 20." in response.content.decode()
    assert "<mark>?</mark>" in response.content.decode()


def test_an_odd_trigger_stays_text_and_says_why(press):
    response = press("refresh", trigger='type = "track" and event = "A" or event = "B"')

    assert "mixes “and” with “or”" in response.content.decode()
    assert press("save", htmx=False, trigger='!(type = "track")').status_code == 302


def test_an_event_that_does_not_match_is_said_so_and_not_sent(press, tool):
    response = press("send", trigger='event = "Other"')

    assert (
        "This event does not match the trigger"
        in press("refresh", trigger='event = "Other"').content.decode()
    )
    assert "Not sent" in response.content.decode()
    assert tool.calls == []


def test_nothing_is_sent_while_the_trigger_cannot_be_read(press, tool):
    response = press("send", trigger='type = "track')

    assert "the trigger cannot be read." in response.content.decode()
    assert tool.calls == []


def test_a_trigger_of_several_lines_survives_opening_and_saving(fed, press):
    trigger = 'type = "track"\n  or event = "A"'
    fed.subscriptions.update(trigger=trigger)

    press("save", htmx=False)

    assert fed.subscriptions.get().trigger == trigger


def test_without_scripts_each_button_gives_the_page_again(press, page_of):
    at = row_of(page_of(), "data")

    response = press("condition:0", htmx=False, **{f"{at}_kind": "first"})

    back = sent_by(response.content.decode())
    assertTemplateUsed(response, "workspaces/base.html")
    assert back["t-g-0-c-6-subject"] == "event"
    assert back[f"{at}-was"] == "first"
    assert back[f"{at}-parts-0-value"] == "$."


def test_what_a_filter_holds_back_is_not_sent(fed, press, tool):
    fed.filters.create(condition="event = 'Paid'", action="drop")

    response = press("send")

    assert response.context["draft"].held.outcome == "FILTERED_BY_RULES"
    assert tool.calls == []


def test_the_event_is_sent_with_the_subscription_that_is_not_saved(press, page_of, tool, fed):
    tool.answer = Answer(201, b'{"thanks": true}')
    at = row_of(page_of(), "data")

    response = press("send", **{f"{at}_value": "$.properties"})

    assert tool.calls[0].json() == {"total": 5}
    assert response.context["draft"].sent[0].exchanges[0].response["status"] == 201
    assert "thanks" in response.content.decode()
    assert fed.subscriptions.get().mapping["data"] == {"@path": "$."}
    assert not DeliveryCount.objects.exists()


def test_a_problem_stands_beside_its_row(press, page_of):
    at = row_of(page_of(), "data")

    response = press("refresh", **{f"{at}_value": "$.event"})

    [row] = [row for row in response.context["draft"].rows if row.key == "data"]
    assert row.problems == ["Must be an object, not this text."]


def test_what_cannot_be_saved_is_pointed_at(press, page_of, fed):
    at = row_of(page_of(), "data")

    response = press("save", **{f"{at}_kind": "number", "name": ""})

    content = response.content.decode()
    assert "Not saved." in content
    assert "This has to be a number" in content
    assert 'id="name-error"' in content
    assert response.context["draft"].marked == [
        (at, "Data", "This has to be a number, such as 25 or 9.5.")
    ]
    assert fed.subscriptions.get().mapping["data"] == {"@path": "$."}


def test_saving_by_htmx_leads_back_to_the_list(press):
    assert press("save").headers["HX-Redirect"] == url("subscriptions")


def test_a_row_changes_its_kind_and_is_drawn_anew(press, page_of):
    at = row_of(page_of(), "data")

    response = press(f"row:{at}", **{f"{at}_kind": "json_text"})

    content = response.content.decode()
    assert f'<li class="mapping-row" id="{at}" hx-swap-oob="true">' in content
    assert f'name="{at}-parts-0-value"' in content


def test_a_value_of_the_event_is_picked_into_a_row_of_another_kind(press, page_of):
    at = row_of(page_of(), "method")

    response = press(f"pick:{at}", pick="$.properties.total")

    [row] = [row for row in response.context["draft"].rows if row.key == "method"]
    assert (row.kind, row.texts, row.found) == ("path", {"value": "$.properties.total"}, "5")


def test_fields_are_added_and_removed(press):
    added = press("field:headers").context["draft"]
    assert "headers" in [row.key for row in added.rows]
    assert added.redraw == {"mapping"}


def test_batches_have_rows_that_stay_when_they_are_emptied(press, page_of, fed):
    fed.subscriptions.update(mapping={"data": {"@path": "$."}, "batch_size": 5})
    at = row_of(page_of(), "batch_size")

    draft = press(f"remove:{at}").context["draft"]

    [row] = [row for row in draft.rows if row.key == "batch_size"]
    assert (row.kind, draft.mapping()) == ("", {"data": {"@path": "$."}})


def test_rows_and_json_are_two_views_of_one_mapping(as_editor, fed, press):
    shown = press("view:json").context["draft"]
    assert json.loads(shown.json) == fed.subscriptions.get().mapping

    where = url("subscription_edit", fed.subscriptions.get().pk)
    mapping = {"data": {"@path": "$.event"}, "mystery": 1}
    form = FORM | {"view": "json", "mapping": json.dumps(mapping), "do": "view:rows"}
    back = as_editor.post(where, form).context["draft"]
    assert {"data": "path", "mystery": "number"}.items() <= {
        row.key: row.kind for row in back.rows
    }.items()

    broken = as_editor.post(where, form | {"mapping": "{oops"})
    assert "This is not JSON" in broken.content.decode()
    assert "{oops" in broken.content.decode()


def test_an_action_that_is_gone_still_opens(as_editor, fed):
    fed.subscriptions.update(action="gone")

    response = as_editor.get(url("subscription_edit", fed.subscriptions.get().pk))

    assert "has no action <code>gone</code> any more" in response.content.decode()
    assert response.context["draft"].view == "json"


def test_an_event_of_a_stranger_is_not_shown(press, fed, outsider):
    Event.objects.update(id=8)
    fed.connections.all().delete()

    response = press("event", event="8")

    assert response.context["draft"].chosen.value.startswith("sample-")


def test_events_are_found_by_name(press):
    assert [each.name for each in press("find", find="pai").context["draft"].recent] == ["Paid"]
    assert press("find", find="nothing").context["draft"].recent == []


@pytest.mark.parametrize(
    "do",
    ["row:m-99", "add:m-0:x", "remove:", "up:m-0", "field:nothing", "view:x", "pick:m-99", "?"],
)
def test_odd_buttons_do_no_harm(press, do):
    assert press(do).status_code == 200


# --- filters ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("form", "options"),
    [
        ({"action": "drop"}, {}),
        ({"action": "sample", "percent": "12.5"}, {"percent": 0.125}),
        (
            {"action": "sample", "percent": "50", "path": "userId"},
            {"percent": 0.5, "path": "userId"},
        ),
        (
            {"action": "drop_properties", "properties": "properties.email\ncontext.ip\nuserId"},
            {"fields": {"properties": ["email"], "context": ["ip"], "": ["userId"]}},
        ),
    ],
)
def test_a_filter_is_added(as_editor, hook, form, options):
    as_editor.post(url("filter_create"), {"name": "F", "condition": "all", **form})

    made = Filter.objects.get()
    assert (made.destination, made.action, made.options) == (hook, form["action"], options)


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({"condition": "event = ", "action": "drop"}, "condition"),
        ({"condition": "all", "action": "sample"}, "percent"),
        ({"condition": "all", "action": "sample", "percent": "101"}, "percent"),
        ({"condition": "all", "action": "drop_properties"}, "properties"),
        ({"condition": "all", "action": "explode"}, "action"),
    ],
)
def test_a_wrong_filter_is_named_and_not_saved(as_editor, hook, form, field):
    response = as_editor.post(url("filter_create"), form)

    assert list(response.context["form"].errors) == [field]
    assert not Filter.objects.exists()


def test_a_filter_is_edited_switched_and_deleted(as_editor, hook):
    options = {"fields": {"properties": ["email"]}}
    made = hook.filters.create(condition="all", action="allow_properties", options=options)

    form = as_editor.get(url("filter_edit", made.pk)).context["form"]
    assert form.initial["properties"] == "properties.email"

    as_editor.post(url("filter_edit", made.pk), {"condition": "type = 'page'", "action": "drop"})
    as_editor.post(url("filter_switch", made.pk), {"enabled": "off"})
    made.refresh_from_db()
    assert (made.condition, made.options, made.enabled) == ("type = 'page'", {}, False)

    as_editor.post(url("filter_delete", made.pk))
    assert not Filter.objects.exists()
