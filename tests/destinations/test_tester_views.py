"""Trying a destination: what would be sent, what is answered, and that nothing secret shows."""

import json

import pytest
from django.urls import reverse
from pytest_django.asserts import assertTemplateNotUsed

from destinations import catalog, control, tester
from destinations.integration import Integration, Request, Setting
from destinations.models import DeliveryCount, Destination, Failure
from destinations.translation import default_subscriptions
from tests.tool import Answer, Tool

EVENT = {"type": "track", "event": "Signed Up", "userId": "u1", "messageId": "m1"}
SECRET = "hush-hush-4711"


@pytest.fixture
def tool():
    tool = Tool()
    yield tool
    tool.close()


@pytest.fixture(autouse=True)
def _private_targets(settings):
    settings.ALLOW_PRIVATE_TARGETS = True


@pytest.fixture
def hook(workspace, source, tool):
    values = {"url": f"{tool.url}/{SECRET}", "secret": SECRET}
    return control.create(workspace, "webhook", "hook", "Hook", values, [source])


@pytest.fixture
def as_editor(client, editor):
    client.force_login(editor)
    return client


@pytest.fixture
def url(hook):
    return reverse("destination_test", args=["acme", "hook"])


def post(client, url, do, event=EVENT):
    return client.post(url, {"do": do, "event": json.dumps(event)})


def turn_of(response):
    """The turn of the one subscription that wanted the event."""
    [turn] = [each for each in response.context["tried"].turns if each.mapping.wanted]
    return turn


def test_the_preview_shows_the_request_and_sends_nothing(as_editor, url, tool):
    trial = turn_of(post(as_editor, url, "preview")).trial

    assert (trial.outcome, trial.good) == ("Would be sent", True)
    assert trial.exchanges[0].request["json"] == EVENT
    assert trial.exchanges[0].response is None
    assert tool.calls == []


def test_a_test_event_is_sent_and_the_answer_shown(as_editor, url, tool):
    tool.answer = Answer(200, f'{{"echo": "{SECRET}"}}'.encode())

    response = post(as_editor, url, "send")

    trial = turn_of(response).trial
    assert (trial.outcome, trial.good) == ("Delivered", True)
    assert tool.calls[0].json() == EVENT
    assert trial.exchanges[0].response["status"] == 200
    assert SECRET not in response.content.decode()
    assert not DeliveryCount.objects.exists()


def test_a_refusal_is_shown_and_is_no_failure(as_editor, url, tool):
    tool.answer = Answer(422, b'{"error": "<script>alert(1)</script>"}')

    response = post(as_editor, url, "send")

    trial = turn_of(response).trial
    assert (trial.outcome, trial.good) == ("422", False)
    assert "<script>alert(1)" not in response.content.decode()
    assert not Failure.objects.exists()


def test_a_private_target_is_not_called(as_editor, url, tool, settings):
    settings.ALLOW_PRIVATE_TARGETS = False

    trial = turn_of(post(as_editor, url, "send")).trial

    assert trial.outcome == "PRIVATE_ADDRESS"
    assert tool.calls == []


def test_an_event_that_a_filter_drops_says_so_and_is_not_sent(as_editor, url, hook, tool):
    hook.filters.create(name="No sign-ups", condition="event = 'Signed Up'", action="drop")

    response = post(as_editor, url, "send")

    assert response.context["tried"].trace.stopped == "filters"
    assert "Drops it" in response.content.decode()
    # What it would have been sent is shown all the same.
    assert turn_of(response).trial.exchanges[0].request["json"] == EVENT
    assert tool.calls == []


def test_an_event_that_nobody_wants_says_so(as_editor, url, hook):
    hook.subscriptions.update(enabled=False)

    response = post(as_editor, url, "preview")

    assert response.context["tried"].trace.stopped == "mapping"
    assert "None is on" in response.content.decode()


@pytest.mark.parametrize("text", ["", "{oops", "[]", "null", '{"type": 5}', "{}"])
def test_odd_events_are_answered_with_words(as_editor, url, text):
    response = as_editor.post(url, {"do": "preview", "event": text})

    assert response.status_code == 200


def test_a_stored_event_can_be_tried(as_editor, url, hook, source):
    from django.utils import timezone

    from sources.models import Event

    Event.objects.create(
        id=7,
        source=source,
        received_at=timezone.now(),
        key="00000000-0000-0000-0000-000000000007",
        type="track",
        payload=json.dumps(EVENT),
    )

    response = as_editor.get(url, {"event": "7"})

    assert json.loads(response.context["form"].data["event"]) == EVENT


@pytest.mark.parametrize("kind", ["track", "identify", "page", "screen", "group", "alias", "x"])
def test_there_is_an_example_of_each_type(as_editor, url, kind):
    assert as_editor.get(url, {"type": kind, "event": "99999999999999999999"}).status_code == 200


def test_htmx_receives_the_trials_alone(as_editor, url):
    form = {"do": "preview", "event": json.dumps(EVENT)}

    response = as_editor.post(url, form, headers={"HX-Request": "true"})

    assertTemplateNotUsed(response, "workspaces/base.html")
    assert "Would be sent" in response.content.decode()


def test_a_tool_without_a_check_says_so(as_editor, url):
    trial = as_editor.post(url, {"do": "check"}).context["check"]

    assert trial.outcome == "No check"


@pytest.mark.parametrize(("status", "outcome"), [(200, "Accepted"), (401, "401")])
def test_credentials_are_checked_by_the_tools_own_request(tool, status, outcome):
    tool.answer = Answer(status, f"no such key: {SECRET}".encode())
    integration = Integration(
        slug="x",
        name="X",
        category="x",
        docs_url="",
        base_url=tool.url,
        check=lambda settings: Request("GET", f"/me/{settings['api_key']}"),
        settings=[Setting("api_key", secret=True)],
    )

    trial = tester.check_credentials(integration, {"api_key": SECRET})

    assert trial.outcome == outcome
    assert tool.calls[0].path == f"/me/{SECRET}"
    assert SECRET not in str(trial)


@pytest.mark.parametrize("slug", sorted(catalog.integrations()))
def test_every_tool_can_be_tried_without_sending(workspace, slug):
    integration = catalog.get_integration(slug)
    values = {
        each.name: "https://a.example.com/x" if each.type == "url" else "12345678901234567890"
        for each in integration.settings
        if each.required and each.type in ("string", "text", "url")
    }
    # Not by control.create: what the settings have to look like is each tool's own test.
    hook = Destination.objects.create(
        workspace=workspace, slug="any", name="Any", integration=slug, settings=values
    )
    for each in default_subscriptions(integration):
        hook.subscriptions.create(
            name=each.name, action=each.action, trigger=each.trigger, mapping=each.mapping
        )

    for kind in ("track", "identify", "page"):
        event = {**EVENT, "type": kind, "name": "Home", "traits": {"email": "ann@example.com"}}
        tried = tester.try_event(hook, event)
        assert (tried.problem, len(tried.turns)) == ("", hook.subscriptions.count())


@pytest.mark.parametrize(
    ("body", "outcome", "reason"),
    [
        (b'{"code": 0}', "Accepted", ""),
        (b'{"code": 40105, "message": "hush-hush-4711 is wrong"}', "200", "••• is wrong"),
    ],
)
def test_a_tool_may_say_in_the_body_whether_it_accepts_the_credentials(tool, body, outcome, reason):
    def read(response):
        answer = response.json()
        return answer["message"] if answer["code"] else None

    integration = Integration(
        slug="parcelpost",
        name="Parcelpost",
        category="email",
        docs_url="https://docs.parcelpost.example",
        base_url=tool.url,
        check=Request("GET", "/me"),
        check_answer=read,
        settings=[Setting("api_key", required=True, secret=True)],
    )
    tool.answer = Answer(200, body)

    trial = tester.check_credentials(integration, {"api_key": SECRET})

    assert (trial.outcome, trial.reason) == (outcome, reason)
