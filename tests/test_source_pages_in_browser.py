"""Debugger, schema, keys and the first event, as a person meets them in Chromium."""

import json
import re
import urllib.error
import urllib.request

import pytest
from playwright.sync_api import expect

from sources import blocking, filtered, observing
from sources.models import SchemaEvent

from .browser import open_page

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def person(live_server, owner, client, monkeypatch):
    """A page of a browser in which the owner is signed in."""
    # Playwright keeps an event loop in this thread; Django would take our queries for its own.
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    client.force_login(owner)
    cookie = client.cookies["sessionid"].value
    with open_page() as page:
        page.context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
        yield page


@pytest.fixture
def send(live_server, source):
    """Send a track call as any SDK does; returns the status."""

    def send(event, key="wk_web", **more):
        body = json.dumps({"userId": "ann", "event": event, "writeKey": key, **more}).encode()
        request = urllib.request.Request(f"{live_server.url}/v1/track", body)
        try:
            return urllib.request.urlopen(request, timeout=20).status
        except urllib.error.HTTPError as error:
            return error.code

    return send


def test_the_snippet_flow_turns_green_with_the_first_event(person, live_server, source, send):
    person.goto(f"{live_server.url}/acme/sources/web/")
    expect(person.get_by_text("Waiting for the first event…")).to_be_visible()
    person.get_by_role("button", name="curl").click()
    code = person.locator("#snippet-curl")
    expect(code).to_contain_text("wk_web")

    send("First")

    expect(person.locator(".notice-ok")).to_contain_text("Receiving events")


def test_the_debugger_shows_what_comes_and_finds_what_came(person, live_server, source, send):
    send("Old", properties={"colour": "teal"}, messageId="m-old")
    send("Other", userId="bob")
    person.goto(f"{live_server.url}/acme/sources/web/debugger/")

    send("Live")
    expect(person.locator("#stream")).to_contain_text("Live")

    person.get_by_label("Search by").select_option("user")
    person.get_by_label("Search in events").fill("bob")
    person.keyboard.press("Enter")
    person.wait_for_url(re.compile("by=user"))
    expect(person.locator("#stream li")).to_have_count(1)
    person.locator("#stream a").click()
    expect(person.locator("#pane")).to_contain_text("bob")

    person.get_by_label("Search by").select_option("message")
    person.get_by_label("Search in events").fill("m-old")
    person.keyboard.press("Enter")
    person.wait_for_url(re.compile("by=message"))
    expect(person.locator("#stream")).to_contain_text("Old")
    expect(person.locator("#stream li")).to_have_count(1)


def test_a_closed_time_is_searched_and_the_live_tail_ends(person, live_server, source, send):
    send("Now")
    person.goto(f"{live_server.url}/acme/sources/web/debugger/")
    person.locator("summary", has_text="Any time").click()
    person.get_by_label("until").fill("2026-01-01T10:00")
    person.get_by_role("button", name="Apply").click()

    expect(person.get_by_text("Nothing found")).to_be_visible()
    expect(person.get_by_role("button", name="Pause")).to_have_count(0)


def test_an_event_is_blocked_by_a_switch_and_shown_as_blocked(person, live_server, source, send):
    send("Noise", properties={"secret": "s", "total": 1})
    observing.observe_new_events()
    person.goto(f"{live_server.url}/acme/sources/web/schema/")

    person.get_by_role("switch", name="Allow Noise").click()
    expect(person.get_by_role("switch", name="Allow Noise")).to_have_attribute(
        "aria-checked", "false"
    )

    assert send("Noise") == 200
    filtered.flush()
    person.goto(f"{live_server.url}/acme/sources/web/debugger/?show=blocked")
    expect(person.locator("#stream li")).to_have_count(1)
    person.locator("#stream a").click()
    expect(person.locator("#pane")).to_contain_text("event_setting")
    person.goto(f"{live_server.url}/acme/sources/web/?step=filtered&period=1h")
    expect(person.locator(".stage-filtered .stat-value")).to_have_text("1")
    blocking.forget()


def test_a_property_is_blocked_by_keyboard_and_taken_out(person, live_server, source, send):
    send("Paid", properties={"card": "4111", "total": 1})
    observing.observe_new_events()
    person.goto(f"{live_server.url}/acme/sources/web/schema/?q=Paid")

    switch = person.get_by_role("switch", name="Allow card")
    switch.focus()
    person.keyboard.press("Space")
    expect(person.get_by_role("switch", name="Allow card")).to_have_attribute(
        "aria-checked", "false"
    )
    send("Paid", properties={"card": "4222", "total": 2})

    person.goto(f"{live_server.url}/acme/sources/web/debugger/?q=Paid&by=event")
    person.locator("#stream a").first.click()
    expect(person.locator("#pane")).to_contain_text("total")
    expect(person.locator("#pane")).not_to_contain_text("card")
    assert SchemaEvent.objects.get().blocked is False
    blocking.forget()


def test_properties_unfold_on_a_click(person, live_server, source, send):
    send("A", properties={"x": 1})
    send("B", properties={"list": [{"sku": "s"}]})
    observing.observe_new_events()
    person.goto(f"{live_server.url}/acme/sources/web/schema/")

    person.locator("summary", has_text="B").click()

    expect(person.get_by_text("list.$.sku")).to_be_visible()


def test_a_key_is_rotated_with_an_overlap_and_then_revoked(person, live_server, source, send):
    person.goto(f"{live_server.url}/acme/sources/web/")
    person.locator("summary", has_text="Rotate").click()
    person.get_by_label("The old key ends").select_option(label="in 1 day")
    person.get_by_role("button", name="Rotate this key").click()

    expect(person.locator("#notices")).to_contain_text("A new write key is ready")
    expect(person.get_by_text("Ends", exact=False).first).to_be_visible()
    new = source.write_keys.exclude(key="wk_web").get().key
    assert (send("Old key"), send("New key", key=new)) == (200, 200)

    person.on("dialog", lambda dialog: dialog.accept())
    old = person.locator("li", has=person.get_by_text("wk_web", exact=True))
    old.get_by_role("button", name="Revoke").click()
    expect(person.locator("#notices")).to_contain_text("is revoked")
    assert (send("Old key"), send("New key", key=new)) == (401, 200)


def test_periods_and_steps_change_the_overview_in_place(person, live_server, source, send):
    send("A")
    observing.observe_new_events()
    person.goto(f"{live_server.url}/acme/sources/web/")

    person.locator(".funnel").get_by_text("Eligible").click()
    expect(person.locator(".stage-stored")).to_have_attribute("aria-current", "true")
    person.get_by_role("link", name="10 min").click()

    expect(person.get_by_role("link", name="10 min")).to_have_attribute("aria-current", "true")
    expect(person.locator(".stage-stored .stat-value")).to_have_text("1")
    expect(person.locator(".stage-stored")).to_have_attribute("aria-current", "true")
