"""Pages of a destination: what they show, to whom, and what their buttons do."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from pytest_django.asserts import assertTemplateUsed

from destinations import control
from destinations.models import Connection, DeliveryCount, Destination, Range
from sources import ingest
from sources.ingest import Caller
from sources.models import Source

SECRET = "hush-hush-4711"


@pytest.fixture
def hook(workspace, source):
    values = {"url": "https://hooks.example.com/in", "secret": SECRET}
    return control.create(workspace, "webhook", "hook", "Hook", values, [source])


@pytest.fixture
def as_editor(client, editor):
    client.force_login(editor)
    return client


def url(name, *args):
    return reverse(name, args=["acme", *args])


def page(client, name, *args):
    return client.get(url(name, *args)).content.decode()


def send(source, *message_ids):
    messages = [
        {"type": "track", "event": "Signed Up", "userId": "u1", "messageId": each}
        for each in message_ids
    ]
    ingest.accept(Caller(source.id), messages, {}, timezone.now())


PAGES = [
    "destination_list",
    "destination_overview_fragment",
    ("destination_detail", "hook"),
    ("destination_deliveries", "hook"),
    ("destination_subscriptions", "hook"),
    ("destination_filters", "hook"),
    ("destination_sources", "hook"),
    ("destination_settings", "hook"),
    ("destination_test", "hook"),
    ("source_destinations_fragment", "web"),
    "catalog",
    ("catalog_detail", "webhook"),
]
DOORS = [
    ("destination_switch", "hook"),
    ("destination_sources", "hook"),
    ("destination_settings", "hook"),
    ("destination_replay", "hook"),
    ("destination_delete", "hook"),
    ("destination_retry", "hook"),
    ("destination_test", "hook"),
    ("destination_create", "webhook"),
    ("destination_filter_create", "hook"),
    ("destination_subscription_create", "hook"),
]


def _url(name):
    return url(name) if isinstance(name, str) else url(*name)


@pytest.mark.parametrize("name", PAGES)
def test_every_page_opens_for_a_viewer_and_shows_no_secret(client, viewer, hook, name):
    client.force_login(viewer)

    response = client.get(_url(name))

    assert response.status_code == 200
    assert SECRET not in response.content.decode()


@pytest.mark.parametrize("name", PAGES)
def test_every_page_is_hidden_from_outsiders(client, outsider, hook, name):
    client.force_login(outsider)

    assert client.get(_url(name)).status_code == 404


@pytest.mark.parametrize("name", PAGES)
def test_every_page_asks_strangers_to_sign_in(client, hook, name):
    assert client.get(_url(name)).headers["Location"].startswith(reverse("sign_in"))


@pytest.mark.parametrize("door", DOORS)
def test_every_change_is_refused_to_viewers(client, viewer, hook, door):
    client.force_login(viewer)

    assert client.post(url(*door)).status_code == 403


@pytest.mark.parametrize("door", DOORS)
def test_every_change_is_hidden_from_outsiders(client, outsider, hook, door):
    client.force_login(outsider)

    assert client.post(url(*door)).status_code == 404


@pytest.mark.parametrize("name", PAGES)
def test_a_viewer_sees_no_button_that_changes_something(client, viewer, hook, name):
    client.force_login(viewer)

    forms = re.findall(r'<form[^>]*method="post"[^>]*>', client.get(_url(name)).content.decode())

    mine = [form for form in forms if "sign-out" not in form and "action" in form]
    assert mine == []


def test_a_destination_of_another_workspace_is_not_found(client, editor, outsider, hook):
    client.force_login(outsider)

    assert client.get(reverse("destination_detail", args=["other", "hook"])).status_code == 404


def test_the_list_shows_the_numbers_of_the_last_day(as_editor, hook):
    now = timezone.now()
    old = now - timedelta(days=2)
    for minute, outcome, count in [
        (now, "delivered", 1234),
        (now, "rejected", 5),
        (now, "expired", 2),
        (old, "delivered", 99),
    ]:
        DeliveryCount.objects.create(destination=hook, minute=minute, outcome=outcome, count=count)

    [listed] = as_editor.get(url("destination_list")).context["destinations"]

    assert (listed.numbers.delivered, listed.numbers.failed) == (1234, 7)


def test_an_empty_list_says_what_to_do(as_editor):
    assert "No destination yet" in page(as_editor, "destination_list")


def test_the_overview_says_which_sources_feed_a_destination(as_editor, hook):
    assert 'data-sources="web "' in page(as_editor, "destination_overview_fragment")


def test_a_name_is_escaped_wherever_it_stands(as_editor, hook):
    Destination.objects.update(name="<script>alert(1)</script>")
    Source.objects.update(name="<img src=x onerror=alert(2)>")

    for name in PAGES:
        text = as_editor.get(_url(name)).content.decode()
        assert "<script>alert(1)" not in text
        assert "<img src=x" not in text


# --- settings ---------------------------------------------------------------------------------


def test_settings_are_saved_and_an_empty_secret_keeps_the_stored_one(as_editor, hook):
    form = {"name": "Orders", "setting-url": "https://new.example.com/", "setting-method": "PUT"}

    as_editor.post(url("destination_settings", "hook"), form)

    hook.refresh_from_db()
    assert hook.name == "Orders"
    assert hook.settings == {
        "url": "https://new.example.com/",
        "sharedSecret": SECRET,
        "method": "PUT",
        "enable_batching": False,
        "batch_size": 1000,
    }


def test_a_new_secret_replaces_the_old_one_and_is_not_shown(as_editor, hook):
    form = {"name": "Hook", "setting-sharedSecret": "brand-new-secret", "setting-url": "nonsense"}

    wrong = as_editor.post(url("destination_settings", "hook"), form)
    as_editor.post(url("destination_settings", "hook"), form | {"setting-url": ""})

    hook.refresh_from_db()
    assert "brand-new-secret" not in wrong.content.decode()
    assert hook.settings["sharedSecret"] == "brand-new-secret"


def test_a_stored_secret_can_be_removed(as_editor, hook):
    form = {"name": "Hook", "setting-remove-sharedSecret": "on"}

    as_editor.post(url("destination_settings", "hook"), form)

    hook.refresh_from_db()
    assert "sharedSecret" not in hook.settings


def test_a_wrong_setting_is_named_and_nothing_is_saved(as_editor, hook):
    before = dict(hook.settings)
    form = {"name": "Other", "setting-url": "ftp://nowhere", "setting-method": "POST"}

    response = as_editor.post(url("destination_settings", "hook"), form)

    hook.refresh_from_db()
    assert response.context["settings"].errors == {
        "url": ["This has to be a URL that starts with https:// or http://."]
    }
    assert (hook.name, hook.settings) == ("Hook", before)


def test_settings_that_cannot_be_decrypted_any_more_are_entered_anew(
    client, editor, hook, settings
):
    settings.SECRET_KEY = "another"
    client.force_login(editor)

    assert client.get(url("destination_list")).status_code == 200
    assert client.get(url("destination_detail", "hook")).status_code == 200
    client.post(
        url("destination_settings", "hook"),
        {"name": "Hook", "setting-url": "https://new.example.com/"},
    )

    hook.refresh_from_db()
    assert hook.settings["url"] == "https://new.example.com/"


def test_a_tool_that_left_the_catalogue_does_not_break_its_pages(as_editor, hook):
    Destination.objects.update(integration="gone")

    assert "not in the catalogue" in page(as_editor, "destination_detail", "hook")
    assert as_editor.get(url("destination_settings", "hook")).status_code == 200
    form = {"do": "send", "event": "{}"}
    assert as_editor.post(url("destination_test", "hook"), form).status_code == 200


# --- sources ----------------------------------------------------------------------------------


def test_sources_are_connected_from_now_on_and_disconnected(as_editor, workspace, source, hook):
    ios = Source.objects.create(workspace=workspace, slug="ios", name="iOS")

    as_editor.post(url("destination_sources", "hook"), {"sources": [ios.pk]})

    assert list(hook.sources.all()) == [ios]


def test_a_source_of_another_workspace_cannot_be_connected(as_editor, outsider, hook):
    other = outsider.workspaces.get()
    strange = Source.objects.create(workspace=other, slug="strange", name="Strange")

    response = as_editor.post(url("destination_sources", "hook"), {"sources": [strange.pk]})

    assert response.context["form"].errors
    assert not Connection.objects.filter(source=strange).exists()


# --- on and off -------------------------------------------------------------------------------


def test_switching_on_without_missed_events_asks_nothing(as_editor, hook):
    response = as_editor.post(url("destination_switch", "hook"), {"enabled": "on"})

    hook.refresh_from_db()
    assert response.url == url("destination_detail", "hook")
    assert hook.enabled


def test_switching_off_works(as_editor, hook):
    control.switch_on(hook)

    as_editor.post(url("destination_switch", "hook"), {"enabled": "off"})

    hook.refresh_from_db()
    assert not hook.enabled


@pytest.mark.django_db(transaction=True)
def test_switching_on_asks_what_to_do_with_missed_events(as_editor, source, hook):
    send(source, "m1", "m2", "m3")

    response = as_editor.post(url("destination_switch", "hook"), {"enabled": "on"})

    hook.refresh_from_db()
    assertTemplateUsed(response, "destinations/destination_switch.html")
    assert response.context["missed"] == 3
    assert not hook.enabled


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("answer", "left"), [("deliver", 3), ("skip", 0)])
def test_the_answer_decides_about_missed_events(as_editor, source, hook, answer, left):
    send(source, "m1", "m2", "m3")

    as_editor.post(url("destination_switch", "hook"), {"enabled": "on", "missed": answer})

    hook.refresh_from_db()
    assert hook.enabled
    assert control.missed_count(hook) == left


# --- replay and the end -----------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_a_replay_covers_what_was_received_in_its_time(as_editor, source, hook):
    send(source, "m1", "m2")
    now = timezone.now()
    moments = {"since": now - timedelta(hours=1), "until": now + timedelta(hours=1)}
    form = {name: f"{moment:%Y-%m-%dT%H:%M}" for name, moment in moments.items()}

    as_editor.post(url("destination_replay", "hook"), form)

    [replay] = Range.objects.exclude(until=None)
    assert replay.until - replay.position == 2


@pytest.mark.parametrize(
    ("since", "until", "message"),
    [
        ("2020-01-01T00:00", "2020-01-02T00:00", "Nothing was received in that time."),
        ("2020-01-02T00:00", "2020-01-01T00:00", "This has to be after the first moment."),
        ("yesterday", "2020-01-01T00:00", "Enter a valid date/time."),
    ],
)
def test_a_replay_of_nothing_says_so(as_editor, hook, since, until, message):
    form = {"since": since, "until": until}

    response = as_editor.post(url("destination_replay", "hook"), form)

    assert message in response.content.decode()
    assert not Range.objects.exclude(until=None).exists()


def test_deleting_needs_the_name(as_editor, hook):
    as_editor.post(url("destination_delete", "hook"), {"confirmation": "hok"})
    assert Destination.objects.exists()

    as_editor.post(url("destination_delete", "hook"), {"confirmation": "Hook"})
    assert not Destination.objects.exists()


# --- the admin --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "model",
    ["destination", "subscription", "range", "failure", "deliverycount", "deliverysample"],
)
def test_the_admin_lists_everything_and_shows_no_secret(admin_client, hook, model):
    changelist = admin_client.get(reverse(f"admin:destinations_{model}_changelist"))

    assert changelist.status_code == 200
    assert SECRET not in changelist.content.decode()


def test_the_admin_shows_a_destination_without_its_secrets(admin_client, hook):
    hook.subscriptions.update(mapping={"secret": SECRET})

    response = admin_client.get(reverse("admin:destinations_destination_change", args=[hook.pk]))

    assert response.status_code == 200
    assert SECRET not in response.content.decode()
