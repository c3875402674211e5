"""The filters of a destination: list, editor, and what a filter would do before it is saved."""

import pytest
from django.urls import reverse
from django.utils import timezone
from pytest_django.asserts import assertTemplateNotUsed

from destinations import control
from destinations.models import MOST_FILTERS
from sources import ingest, log
from sources.ingest import Caller

DROP = {"name": "No logins", "condition": "event = 'Login'", "action": "drop"}


@pytest.fixture
def hook(workspace, source):
    values = {"url": "https://hooks.example.com/in"}
    return control.create(workspace, "webhook", "hook", "Hook", values, [source])


@pytest.fixture
def as_editor(client, editor):
    client.force_login(editor)
    return client


def url(name, *args):
    return reverse(f"destination_{name}", args=["acme", "hook", *args])


def store(source, *names, **more):
    """Store track calls of these names, properties and all; return the position of the last."""
    messages = [
        {"type": "track", "event": name, "userId": "u1", "messageId": f"m-{number}", **more}
        for number, name in enumerate(names)
    ]
    ingest.accept(Caller(source.id), messages, {}, timezone.now())
    [entry] = log.find(source.id, f"m-{len(names) - 1}")
    return entry.id


def row(number=0, **values):
    base = {"subject": "event", "path": "", "operator": "is", "value": ""}
    return {f"row-{number}-{key}": value for key, value in (base | values).items()}


def draft(client, **values):
    """Ask for the verdict as the editor does at each change."""
    return client.post(url("filter_draft"), values, headers={"HX-Request": "true"})


class TestList:
    def test_filters_are_moved_up_and_down(self, as_editor, hook):
        a, b, c = (hook.filters.create(name=name, condition="all") for name in "abc")

        as_editor.post(url("filter_move", c.pk), {"to": "up"})
        as_editor.post(url("filter_move", a.pk), {"to": "down"})
        as_editor.post(url("filter_move", b.pk), {"to": "down"})

        assert "".join(hook.filters.values_list("name", flat=True)) == "cab"

    @pytest.mark.parametrize("to", ["up", "down"])
    def test_the_first_and_the_last_stay_where_they_are(self, as_editor, hook, to):
        only = hook.filters.create(name="a", condition="all")

        assert as_editor.post(url("filter_move", only.pk), {"to": to}).status_code == 302
        assert as_editor.post(url("filter_move", only.pk), {"to": "away"}).status_code == 400

    def test_there_are_ten_at_most(self, as_editor, hook):
        for number in range(MOST_FILTERS):
            hook.filters.create(name=str(number), condition="all")

        response = as_editor.post(url("filter_create"), DROP, follow=True)

        text = response.content.decode()
        assert hook.filters.count() == MOST_FILTERS
        assert "Delete one first." in text
        assert "Add a filter" not in text

    def test_what_a_filter_does_stands_in_the_list(self, as_editor, hook):
        options = {"fields": {"properties": ["card"]}}
        hook.filters.create(condition="all", action="drop_properties", options=options)
        hook.filters.create(condition="all", action="sample", options={"percent": 0.25})

        text = as_editor.get(url("filters")).content.decode()

        assert "<code>properties.card</code>" in text
        assert "Send 25 % of the events" in text

    @pytest.mark.parametrize("name", ["filter_move", "filter_switch", "filter_delete"])
    def test_viewers_change_nothing(self, client, viewer, hook, name):
        client.force_login(viewer)
        kept = hook.filters.create(condition="all")

        assert client.post(url(name, kept.pk), {"to": "up"}).status_code == 403

    def test_strangers_find_nothing(self, client, outsider, hook):
        client.force_login(outsider)

        assert draft(client, **DROP).status_code == 404
        assert client.post(url("filter_move", 1), {"to": "up"}).status_code == 404

    def test_the_draft_is_for_editors(self, client, viewer, hook):
        client.force_login(viewer)

        assert draft(client, **DROP).status_code == 403


class TestEditor:
    def test_a_filter_is_saved_from_its_text(self, as_editor, hook):
        response = as_editor.post(url("filter_create"), DROP)

        assert response.status_code == 302
        assert list(hook.filters.values("name", "condition", "action")) == [DROP]

    def test_a_filter_is_saved_from_its_rows_without_scripts(self, as_editor, hook):
        form = {**DROP, "condition": "", "drawn": "", "join": "any"}

        as_editor.post(
            url("filter_create"),
            form
            | row(0, value="Login")
            | row(1, subject="properties", path="plan", operator="in", value="a, b"),
        )

        assert hook.filters.get().condition == "event = 'Login' or properties.plan in ['a', 'b']"

    def test_a_text_that_was_changed_counts_more_than_rows(self, as_editor, hook):
        form = {**DROP, "condition": "userId = null", "drawn": "event = 'A'", "join": "all"}

        as_editor.post(url("filter_create"), form | row(0, value="B"))

        assert hook.filters.get().condition == "userId = null"

    def test_what_was_not_changed_stays_as_it_was_written(self, as_editor, hook):
        text = 'event  =  "Login"'
        kept = hook.filters.create(condition=text)

        form = {**DROP, "condition": text, "drawn": text, "join": "all"}
        as_editor.post(url("filter_edit", kept.pk), form | row(0, value="Login"))

        assert hook.filters.get().condition == text

    @pytest.mark.parametrize(
        ("wrong", "words"),
        [
            ({"condition": "event ="}, "Expected a value"),
            ({"condition": ""}, "This field is required."),
            ({"name": "x" * 65}, "at most 64 characters"),
            ({"action": "sample"}, "This is required."),
            ({"action": "sample", "percent": "101"}, "less than or equal to 100"),
            ({"action": "drop_properties"}, "Name at least one property."),
        ],
    )
    def test_what_is_wrong_stands_in_the_form(self, as_editor, hook, wrong, words):
        response = as_editor.post(url("filter_create"), DROP | wrong)

        assert response.status_code == 200
        assert words in response.content.decode()
        assert not hook.filters.exists()

    def test_rows_that_are_not_complete_are_not_saved(self, as_editor, hook):
        form = {**DROP, "condition": "", "drawn": "", "join": "all"}

        response = as_editor.post(
            url("filter_create"), form | row(0, subject="properties", value="x")
        )

        text = response.content.decode()
        assert "The rows above are not complete." in text
        assert "Name a path, such as plan." in text
        assert not hook.filters.exists()

    def test_a_condition_that_no_rows_show_is_text_only_and_says_so(self, as_editor, hook):
        kept = hook.filters.create(condition="length(properties.items) > 3")

        text = as_editor.get(url("filter_edit", kept.pk)).content.decode()

        assert "shown as text only" in text
        assert "length(properties.items) &gt; 3" in text

    @pytest.mark.parametrize(("button", "count"), [("add", 2), ("remove-0", 0)])
    def test_buttons_add_and_remove_rows_and_save_nothing(self, as_editor, hook, button, count):
        form = {**DROP, "drawn": DROP["condition"], "join": "all", "do": button}

        response = as_editor.post(url("filter_create"), form | row(0, value="Login"))

        assert len(response.context["draft"].conditions.rows) == count
        assert not hook.filters.exists()

    def test_a_filter_is_tried_without_scripts_and_not_saved(self, as_editor, hook):
        response = as_editor.post(url("filter_create"), {**DROP, "drawn": "", "do": "try"})

        assert response.status_code == 200
        assert response.context["ready"]
        assert not hook.filters.exists()

    @pytest.mark.django_db(transaction=True)
    def test_names_and_paths_of_recent_events_are_suggested(self, as_editor, hook, source):
        store(source, "Paid", properties={"plan": "pro", "items": [{"sku": 1}], "a.b": 1})

        text = as_editor.get(url("filter_create")).content.decode()

        assert '<datalist id="seen-properties"><option value="items"' in text
        assert '<option value="Paid">' in text
        assert 'data-adds="properties.items.sku"' in text
        assert "a.b" not in text


@pytest.mark.django_db(transaction=True)
class TestVerdict:
    def test_each_event_says_what_would_become_of_it(self, as_editor, hook, source):
        store(source, "Login", "Paid", "Paid")

        response = draft(as_editor, **DROP)

        trial = response.context["trial"]
        assert [(e.name, effect.verdict) for e, effect in trial.shown] == [
            ("Paid", "unmatched"),
            ("Paid", "unmatched"),
            ("Login", "dropped"),
        ]
        assert (trial.dropped, trial.looked_at) == (1, 3)
        assert "<strong>Would drop 1</strong> of the last 3 events" in response.content.decode()
        assert not hook.filters.exists()
        assertTemplateNotUsed(response, "workspaces/base.html")

    def test_properties_that_go_are_listed(self, as_editor, hook, source):
        store(source, "Paid", properties={"card": "4111"})

        text = draft(
            as_editor, condition="all", action="drop_properties", properties="properties.card"
        ).content.decode()

        assert "<code>properties.card</code>" in text
        assert "Would change 1" in text

    def test_a_condition_without_an_answer_says_why_it_drops(self, as_editor, hook, source):
        store(source, "Paid", properties={"total": 5})

        text = draft(
            as_editor, condition="contains(properties.total, 'x')", action="drop"
        ).content.decode()

        assert "cannot be answered drops the event" in text
        assert "needs a string, not number" in text
        assert "no answer for 1 of them" in text

    def test_a_sample_is_drawn(self, as_editor, hook, source):
        store(source, *["Paid"] * 40)

        response = draft(as_editor, condition="all", action="sample", percent="50")

        trial = response.context["trial"]
        assert 0 < trial.dropped < 40
        assert trial.counts["sampled"] == 40 - trial.dropped

    def test_a_text_that_cannot_be_read_says_where(self, as_editor, hook, source):
        store(source, "Paid")

        text = draft(as_editor, condition="event = ", drawn="x", action="drop").content.decode()

        assert "The condition cannot be read yet." in text
        assert "(at character 8)" in text

    def test_changed_rows_rewrite_the_text(self, as_editor, hook):
        form = {"condition": "event = 'A'", "drawn": "event = 'A'", "join": "none"}

        text = draft(as_editor, **form, action="drop", **row(0, value="A")).content.decode()

        assert ">!(event = &#x27;A&#x27;)</textarea>" in text
        assert 'id="rows"' not in text

    def test_a_changed_text_redraws_the_rows(self, as_editor, hook):
        form = {"condition": "userId = null", "drawn": "event = 'A'", "join": "all"}

        text = draft(as_editor, **form, action="drop", **row(0, value="A")).content.decode()

        assert 'id="rows" hx-swap-oob="true"' in text
        assert "</textarea>" not in text

    def test_events_are_found_by_name(self, as_editor, hook, source):
        store(source, "Login", "Paid", "Order Paid")

        response = draft(as_editor, **DROP, named="paid")

        assert [event.name for event in response.context["shown"]] == ["Order Paid", "Paid"]

    def test_more_events_can_be_shown(self, as_editor, hook, source):
        store(source, *["Paid"] * 30)

        assert len(draft(as_editor, **DROP).context["shown"]) == 10
        assert len(draft(as_editor, **DROP, most="25").context["shown"]) == 25
        assert len(draft(as_editor, **DROP, most="999").context["shown"]) == 10

    def test_an_event_that_was_asked_for_comes_first(self, as_editor, hook, source):
        kept = hook.filters.create(condition="all")
        first = store(source, "Old")
        store(source, "Other", *["New"] * 20)

        response = as_editor.get(url("filter_edit", kept.pk), {"event": first})

        assert [each.name for each in response.context["shown"]][:2] == ["Old", "New"]

    def test_a_new_filter_for_an_event_starts_with_its_name(self, as_editor, hook, source):
        position = store(source, "It's paid")

        response = as_editor.get(url("filter_create"), {"event": position})

        assert response.context["draft"].text == "event = 'It\\'s paid'"
        assert response.context["trial"].dropped == 1

    def test_without_events_it_says_what_to_do(self, as_editor, hook):
        assert "No event yet" in as_editor.get(url("filter_create")).content.decode()

    @pytest.mark.parametrize("event", ["x", "-1", "9" * 30, "99", "²"])
    def test_odd_positions_change_nothing(self, as_editor, hook, event):
        assert as_editor.get(url("filter_create"), {"event": event}).status_code == 200
