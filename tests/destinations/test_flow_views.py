"""What would happen to a stored event: its page, its fragment, and who may see them."""

import pytest
from django.urls import reverse
from django.utils import timezone

from destinations import control
from destinations.flow import page as flow
from destinations.models import DeliverySample, Failure, Range
from sources import blocking, ingest, log
from sources.ingest import Caller
from sources.models import SchemaEvent, Source

SECRET = "hush-hush-4711"
EVENT = {
    "type": "track",
    "event": "Signed Up",
    "userId": "u1",
    "properties": {"email": "ann@example.com", "plan": "pro"},
}


@pytest.fixture
def hook(workspace, source):
    values = {"url": f"https://hooks.example.com/{SECRET}", "secret": SECRET}
    hook = control.create(workspace, "webhook", "hook", "Hook", values, [source])
    control.switch_on(hook)
    return hook


@pytest.fixture
def event(hook, source):
    return store(source)


def store(source, message_id="m1", **more):
    """Store an event as the door does; return its position."""
    message = {**EVENT, "messageId": message_id, **more}
    ingest.accept(Caller(source.id), [message], {}, timezone.now())
    [entry] = log.find(source.id, message_id)
    return entry.id


def page(client, event, destination="hook"):
    return client.get(reverse("destination_flow", args=["acme", destination, event]))


def look(response):
    return response.context["look"]


@pytest.fixture
def as_editor(client, editor):
    client.force_login(editor)
    return client


@pytest.mark.django_db(transaction=True)
class TestPage:
    def test_every_step_is_shown_and_no_secret(self, as_editor, event):
        response = page(as_editor, event)

        text = response.content.decode()
        for step in ("source", "destination", "consent", "integrations", "filters", "mapping"):
            assert f'id="step-{step}"' in text
        assert "It would be sent:" in text
        assert "hooks.example.com" in text
        assert SECRET not in text

    def test_the_filter_that_stops_is_named(self, as_editor, event, hook):
        hook.filters.create(name="No sign-ups", condition="event = 'Signed Up'")

        response = page(as_editor, event)

        assert look(response).stopped == "filters"
        assert "It stops at the filter “No sign-ups”." in response.content.decode()

    def test_what_a_filter_removes_is_shown_as_a_difference(self, as_editor, event, hook):
        fields = {"fields": {"properties": ["email"]}}
        hook.filters.create(condition="all", action="drop_properties", options=fields)

        text = page(as_editor, event).content.decode()

        assert "Removes 1 property" in text
        assert "<code>properties.email</code>" in text

    def test_a_field_that_is_missing_is_named(self, as_editor, workspace, source, event):
        settings = {"webhookUrl": f"https://hooks.slack.com/{SECRET}"}
        slack = control.create(workspace, "slack", "chat", "Chat", settings, [source])
        slack.subscriptions.update(trigger='type = "track"', mapping={"text": {"@path": "$.no"}})
        slack.connections.update(since=0)

        response = page(as_editor, event, "chat")

        assert look(response).stopped == "mapping"
        text = response.content.decode()
        assert "It cannot be mapped." in text
        assert '<code>text</code></dt><dd class="error">is required' in text
        assert SECRET not in text

    def test_a_broken_filter_is_told_and_nothing_breaks(self, as_editor, event, hook):
        hook.filters.create(condition="(((")

        assert look(page(as_editor, event)).stopped == "settings"

    def test_viewers_see_it_without_buttons(self, client, viewer, event, hook):
        client.force_login(viewer)
        _fail(hook, event)

        text = page(client, event).content.decode()

        assert "Retry now" not in text
        assert "It would be sent:" in text

    def test_outsiders_find_nothing(self, client, outsider, event):
        client.force_login(outsider)

        assert page(client, event).status_code == 404
        assert client.get(_of_source(event)).status_code == 404
        assert client.get(_of_source(event, "source_event_flow_fragment")).status_code == 404

    def test_an_event_of_another_workspace_is_not_found(self, as_editor, hook, outsider):
        other = outsider.memberships.get().workspace
        strange = Source.objects.create(workspace=other, slug="theirs", name="Theirs")

        assert page(as_editor, store(strange)).status_code == 404

    @pytest.mark.parametrize("position", [0, 99, 10**30])
    def test_an_event_that_is_gone_is_not_found(self, as_editor, hook, position):
        assert page(as_editor, position).status_code == 404

    def test_the_pane_of_the_debugger_lists_each_destination(self, as_editor, event, hook):
        hook.filters.create(name="Nothing", condition="all")

        text = as_editor.get(_of_source(event, "source_event_flow_fragment")).content.decode()

        assert "Held back by “Nothing”" in text
        assert reverse("destination_flow", args=["acme", "hook", event]) in text

    def test_the_debugger_asks_for_the_fragment(self, as_editor, event):
        url = reverse("source_event", args=["acme", "web", event])

        assert (
            _of_source(event, "source_event_flow_fragment") in as_editor.get(url).content.decode()
        )

    def test_a_source_without_destinations_says_what_to_do(self, as_editor, workspace):
        source = Source.objects.create(workspace=workspace, slug="app", name="App")

        text = as_editor.get(_of_source(store(source), source="app")).content.decode()

        assert "Connect a tool" in text

    def test_a_source_opens_its_first_destination(self, as_editor, event):
        assert look(as_editor.get(_of_source(event))).destination.slug == "hook"


@pytest.mark.django_db(transaction=True)
class TestStanding:
    def standing(self, client, event):
        return look(page(client, event)).standing

    def test_an_event_behind_the_position_is_dealt_with(self, as_editor, event, hook):
        hook.ranges.update(position=event)

        assert self.standing(as_editor, event).slug == "passed"

    def test_an_event_ahead_of_the_position_will_be_sent(self, as_editor, event):
        assert self.standing(as_editor, event).slug == "next"

    def test_an_event_of_a_destination_that_is_off_is_parked(self, as_editor, event, hook):
        control.switch_off(hook)

        assert self.standing(as_editor, event).slug == "parked"

    def test_a_tool_that_is_away_is_waited_for(self, as_editor, event, hook):
        hook.ranges.update(paused_until=timezone.now(), reason="503: busy")

        found = self.standing(as_editor, event)

        assert (found.slug, found.reason) == ("waiting", "503: busy")

    def test_a_failure_is_shown_with_its_reason_and_a_retry(self, as_editor, event, hook):
        _fail(hook, event)

        response = page(as_editor, event)

        assert look(response).standing.slug == "failed"
        text = response.content.decode()
        assert "the tool said no" in text
        assert "Retry now" in text

    def test_a_delivery_that_was_kept_is_linked(self, as_editor, event, hook, source):
        sample = DeliverySample.objects.create(
            destination=hook,
            at=timezone.now(),
            action="send",
            outcome="delivered",
            code="200",
            source_id=source.pk,
            event_id=event,
            message_id="m1",
        )

        response = page(as_editor, event)

        assert look(response).standing.slug == "delivered"
        url = reverse("destination_sample", args=["acme", "hook", sample.pk])
        assert url in response.content.decode()

    def test_without_a_connection_no_step_is_reached(self, as_editor, event, hook):
        hook.connections.all().delete()

        found = look(page(as_editor, event))

        assert (found.standing.slug, found.stopped) == ("unconnected", "connection")
        assert found.trace.sent == []

    def test_an_event_from_before_the_connection_needs_a_replay(self, as_editor, event, hook):
        hook.connections.update(since=event)
        assert self.standing(as_editor, event).slug == "earlier"

        Range.objects.create(destination=hook, position=event - 1, until=event)

        found = look(page(as_editor, event))
        assert (found.stopped, len(found.standing.replays)) == ("", 1)


@pytest.mark.django_db(transaction=True)
class TestSourceRules:
    def test_what_the_schema_would_do_now_is_told_and_not_counted(self, as_editor, source, event):
        seen = _schema(source)
        seen.properties.filter(path="email").update(blocked=True)
        blocking.forget()

        rules = flow.source_rules(source, EVENT)

        assert [each.path for each in rules.removed] == ["email"]
        assert "would lose" in page(as_editor, event).content.decode()
        seen.refresh_from_db()
        assert seen.blocked_count == 0

    def test_a_blocked_event_says_that_it_came_before_the_rule(self, as_editor, source, event):
        seen = _schema(source)
        seen.blocked = True
        seen.save()
        blocking.forget()

        assert "Blocked from now on" in page(as_editor, event).content.decode()

    def test_blocked_properties_that_it_does_not_have_are_named(self, source):
        _schema(source).properties.filter(path="card").update(blocked=True)
        blocking.forget()

        assert flow.source_rules(source, EVENT).absent == ["card"]


def test_requests_of_steps_that_are_not_reached_are_not_counted(hook):
    from destinations import tester

    hook.filters.create(condition="all")

    tried = tester.try_event(hook, EVENT)

    assert tried.turns[0].trial.exchanges
    assert tried.requests_count == 0


def _of_source(event, name="source_event_flow", source="web"):
    return reverse(name, args=["acme", source, event])


def _fail(hook, event):
    Failure.objects.create(
        destination=hook,
        subscription=hook.subscriptions.first(),
        action="send",
        source_id=hook.sources.get().pk,
        event_id=event,
        message_id="m1",
        state="rejected",
        code="422",
        reason="the tool said no",
    )


def _schema(source):
    now = timezone.now()
    times = {"first_seen_at": now, "last_seen_at": now}
    seen = SchemaEvent.objects.create(source=source, type="track", name="Signed Up", **times)
    for path in ("email", "card"):
        seen.properties.create(path=path, types=["string"], samples=[], **times)
    return seen
