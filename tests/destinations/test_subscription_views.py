"""Subscriptions and filters in the panel."""

import json

import pytest
from django.urls import reverse
from pytest_django.asserts import assertTemplateNotUsed, assertTemplateUsed

from destinations import catalog, control
from destinations.models import Filter
from destinations.request import MASK

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


def test_a_viewer_can_change_no_subscription(client, viewer, subscription):
    client.force_login(viewer)

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
    name = secret_field[2]
    where = url("subscription_edit", secretive.pk)

    as_editor.post(where, FORM | {"mapping": json.dumps({name: MASK, "extra": 1})})
    secretive.refresh_from_db()
    assert secretive.mapping == {name: SECRET_URL, "extra": 1}

    as_editor.post(where, FORM | {"mapping": json.dumps({name: "https://b.example.com/"})})
    secretive.refresh_from_db()
    assert secretive.mapping == {name: "https://b.example.com/"}


def test_a_mask_with_nothing_behind_it_is_refused(as_editor, secretive, secret_field):
    name = secret_field[2]
    secretive.mapping = {}
    secretive.save()

    where = url("subscription_edit", secretive.pk)
    response = as_editor.post(where, FORM | {"mapping": json.dumps({name: MASK})})

    assert "nothing is stored" in response.context["form"].errors["mapping"][0]


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
