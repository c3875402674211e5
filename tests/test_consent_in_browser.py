"""A tool is connected as a person does it: in Chromium, over the tool's own consent page."""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from destinations import catalog, control
from destinations.models import Destination, OAuthToken
from destinations.sending import shift
from sources import ingest
from sources.ingest import Caller

from .browser import open_page
from .destinations.consenting import CLIENT, SECRETS, ConsentingTool, parcelpost

pytestmark = [
    pytest.mark.browser,
    pytest.mark.processes,
    pytest.mark.django_db(transaction=True),
]


@pytest.fixture
def tool(monkeypatch):
    tool = ConsentingTool()
    known = {**catalog.integrations(), "parcelpost": parcelpost(tool)}
    monkeypatch.setattr(catalog, "integrations", lambda: known)
    yield tool
    tool.close()


@pytest.fixture
def person(live_server, owner, client, monkeypatch, settings):
    """A page of a browser in which the owner is signed in."""
    settings.PUBLIC_URL = live_server.url
    settings.ALLOW_PRIVATE_TARGETS = True
    # Playwright keeps an event loop in this thread; Django would take our queries for its own.
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    client.force_login(owner)
    cookie = client.cookies["sessionid"].value
    with open_page() as page:
        page.context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
        yield page


def test_a_tool_is_made_connected_and_sent_what_has_waited(
    person, live_server, workspace, source, tool
):
    person.goto(f"{live_server.url}/acme/catalog/parcelpost/connect/")
    person.get_by_label("Name").fill("Our post")
    person.get_by_label("Client ID").fill(CLIENT["client_id"])
    person.get_by_label("Client secret").fill(CLIENT["client_secret"])
    person.get_by_label("Website").check()
    person.get_by_role("button", name="Connect").click()
    expect(person.get_by_role("heading", name="Connection")).to_be_visible()
    expect(person.locator("#connection")).to_contain_text("Not connected")
    send(source, "m1")
    work()
    assert tool.calls == []

    person.get_by_role("button", name="Connect to Parcelpost").click()
    person.wait_for_url(re.compile(re.escape(f"{tool.url}/authorize")))
    person.get_by_role("link", name="Allow").click()

    person.wait_for_url(f"{live_server.url}/acme/destinations/our-post/settings/")
    expect(person.locator("#notices")).to_contain_text("Our post is connected.")
    expect(person.locator("#connection")).to_contain_text("by owner@example.com")
    assert [secret for secret in SECRETS if secret in person.content()] == []
    work()
    assert [call.json() for call in tool.events()] == [{"id": "m1"}]


def test_who_denies_is_told_so_and_may_disconnect_later(person, live_server, workspace, tool):
    destination = control.create(workspace, "parcelpost", "pp", "Our post", CLIENT)
    person.goto(f"{live_server.url}/acme/destinations/pp/settings/")

    person.get_by_role("button", name="Connect to Parcelpost").focus()
    person.keyboard.press("Enter")
    person.get_by_role("link", name="Deny").click()
    expect(person.locator("#notices")).to_contain_text("was not given consent")
    assert not OAuthToken.objects.exists()

    person.get_by_role("button", name="Connect to Parcelpost").click()
    person.get_by_role("link", name="Allow").click()
    expect(person.locator("#connection")).to_contain_text("Connected")
    person.on("dialog", lambda dialog: dialog.accept())
    person.get_by_role("button", name="Disconnect").click()
    expect(person.locator("#connection")).to_contain_text("Not connected")
    assert not OAuthToken.objects.exists()
    assert Destination.objects.get(pk=destination.pk).settings == CLIENT


def send(source, *message_ids):
    messages = [
        {"type": "track", "event": "E", "userId": each, "messageId": each} for each in message_ids
    ]
    ingest.accept(Caller(source.id), messages, {}, timezone.now())


def work():
    """Deliver what waits, in a thread, as Playwright has its event loop in this one."""
    with ThreadPoolExecutor(1) as pool:
        pool.submit(shift.work, shift_s=20, idle_s=0).result()
