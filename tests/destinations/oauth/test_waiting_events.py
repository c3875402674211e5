"""Events wait for a connection, and go on when there is one."""

import pytest
from django.utils import timezone

from destinations import catalog, control, tester
from destinations.models import Failure, OAuthToken
from destinations.sending import shift, tokens
from sources import ingest
from sources.ingest import Caller
from tests.tool import Answer

from ..consenting import CLIENT
from .page import connect, find_tokens, settings_page, stored_token, url


def send(source, *message_ids):
    messages = [
        {"type": "track", "event": "E", "userId": each, "messageId": each} for each in message_ids
    ]
    ingest.accept(Caller(source.id), messages, {}, timezone.now())


def work():
    return shift.work(shift_s=20, idle_s=0)


def arrived(tool):
    return sorted(call.json()["id"] for call in tool.events())


@pytest.mark.django_db(transaction=True)
def test_events_wait_for_a_connection_and_then_all_arrive(as_editor, destination, source, tool):
    ids = [f"m{number:02}" for number in range(40)]
    send(source, *ids)
    work()
    live = destination.ranges.get()
    assert live.reason.startswith("OAUTH_NOT_CONNECTED: Nobody has connected this destination")
    assert live.paused_until > timezone.now()
    assert (tool.calls, Failure.objects.count()) == ([], 0)

    connect(as_editor)
    work()

    assert arrived(tool) == ids
    assert {call.headers["Authorization"] for call in tool.events()} == {"Bearer access-1"}
    assert not Failure.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_events_that_failed_when_the_tool_refused_go_after_connecting_again(
    as_editor, destination, source, tool
):
    connect(as_editor)
    send(source, "m1")
    work()
    tool.takes = lambda token: False
    tool.refuses = Answer(400, b'{"error": "invalid_grant"}')
    send(source, "m2", "m3")
    work()
    assert set(Failure.objects.values_list("state", "code")) == {
        ("rejected", "OAUTH_REFRESH_FAILED")
    }

    tool.takes, tool.refuses = lambda token: token == "access-2", None
    tool.calls.clear()
    connect(as_editor)
    work()

    assert arrived(tool) == ["m2", "m3"]
    assert not Failure.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_the_refresh_token_of_a_consent_is_used_from_then_on(as_editor, destination, source, tool):
    connect(as_editor)
    OAuthToken.objects.update(renew_at=timezone.now())
    send(source, "m1")

    work()

    assert tool.token_calls()[1]["refresh_token"] == "refresh-1"
    assert stored_token().auth == {"accessToken": "access-2", "refreshToken": "refresh-2"}
    assert stored_token().connected_at
    assert arrived(tool) == ["m1"]


@pytest.mark.django_db(transaction=True)
def test_a_disconnected_destination_stops_at_once_and_waits(as_editor, destination, source, tool):
    connect(as_editor)
    send(source, "m1")
    work()
    as_editor.post(url("oauth_disconnect"))
    send(source, "m2")
    work()

    assert arrived(tool) == ["m1"]
    assert control.missed_count(destination) == 1


@pytest.mark.django_db(transaction=True)
def test_a_lasting_token_that_is_not_taken_any_more_stops_the_delivery(
    as_editor, destination, source, define, tool
):
    define(needs_refresh_token=False)
    tool.refreshes = False
    connect(as_editor)
    tool.takes = lambda token: token == "access-2"
    send(source, "m1")
    work()
    assert destination.ranges.get().reason == (
        "OAUTH_REFRESH_FAILED: Parcelpost does not take its access token any more."
    )

    connect(as_editor)
    work()

    assert {call.headers["Authorization"] for call in tool.events()[-1:]} == {"Bearer access-2"}
    assert not Failure.objects.exists()


def test_a_lasting_token_stays_when_other_settings_change(as_editor, destination, define, tool):
    define(needs_refresh_token=False)
    tool.refreshes = False
    connect(as_editor)
    destination.settings = {**CLIENT, "instanceUrl": "https://other.example"}
    destination.save()

    assert find_tokens(destination).get() == {"accessToken": "access-1"}


def test_a_lasting_token_that_has_ended_says_so(as_editor, destination, define, tool):
    define(needs_refresh_token=False)
    tool.refreshes = False
    connect(as_editor)
    OAuthToken.objects.update(renew_at=timezone.now())

    with pytest.raises(tokens.DeliveryError) as caught:
        find_tokens(destination).get()

    assert str(caught.value) == "The access that Parcelpost gave has ended."
    assert "The access that Parcelpost gave has ended." in settings_page(as_editor)


def test_the_check_of_credentials_leaves_a_lasting_token_alone(
    as_editor, destination, define, tool
):
    define(needs_refresh_token=False)
    tool.refreshes = False
    connect(as_editor)

    found = tester.check_credentials(
        catalog.get_integration("parcelpost"), CLIENT, find_tokens(destination)
    )

    assert found.outcome == "Accepted"
    assert stored_token().refused == ""


def test_a_refresh_token_that_is_typed_in_later_counts(as_editor, destination, tool):
    connect(as_editor)
    destination.settings = {**CLIENT, "refresh_token": "typed-in"}
    destination.save()

    find_tokens(destination).get()

    assert tool.token_calls()[1]["refresh_token"] == "typed-in"
    assert "By the settings below" in settings_page(as_editor)


def test_an_access_token_that_is_typed_in_needs_no_consent(as_editor, destination):
    destination.settings = {"access_token": "typed-in"}
    destination.save()

    assert find_tokens(destination).get() == {}
    assert "By the settings below" in settings_page(as_editor)
