"""Access tokens: got once for many requests, renewed once for all, and never shown."""

import json
import threading
from datetime import timedelta
from urllib.parse import parse_qsl

import pytest
from django.db import connection
from django.utils import timezone

from destinations import catalog, control, tester
from destinations.auth import oauth2
from destinations.errors import Unauthorized, Unreachable
from destinations.integration import Field, Integration, Request, Setting, path
from destinations.models import DeliverySample, Failure, OAuthToken
from destinations.sending import shift, tokens
from sources import ingest
from sources.ingest import Caller
from tests.tool import Answer, Tool

pytestmark = pytest.mark.django_db(transaction=True)

SETTINGS = {"client_id": "our-app", "client_secret": "s3cret-s3cret", "refresh_token": "first-one"}


@pytest.fixture(autouse=True)
def _private_targets(settings):
    settings.ALLOW_PRIVATE_TARGETS = True


@pytest.fixture
def tool():
    """Takes the newest token alone; gives one more at each asking."""
    tool = Tool()
    tool.issued = 0
    tool.gives = Answer(200)
    tool.expires_in = 3600
    tool.takes = lambda token: token == f"token-{tool.issued}"

    def answer(call):
        if call.path == "/token":
            if tool.gives.status != 200:
                return tool.gives
            tool.issued += 1
            given = {"access_token": f"token-{tool.issued}", "expires_in": tool.expires_in}
            return tool.gives._replace(body=json.dumps(given).encode())
        token = call.headers.get("Authorization", "").removeprefix("Bearer ")
        return Answer(200 if tool.takes(token) else 401, f"you sent {token}".encode())

    tool.answer = answer
    yield tool
    tool.close()


@pytest.fixture
def definition(tool, monkeypatch):
    integration = Integration(
        slug="parcelpost",
        name="Parcelpost",
        category="email",
        docs_url="https://docs.parcelpost.example",
        base_url=tool.url,
        auth=oauth2(f"{tool.url}/token", grant="refresh_token"),
        check=Request("GET", "/me"),
        settings=[
            Setting("client_id"),
            Setting("client_secret", secret=True),
            Setting("refresh_token", secret=True),
        ],
    )

    @integration.action(
        "Send", trigger='type = "track"', fields=[Field("id", default=path("$.messageId"))]
    )
    def send(payload, settings):
        return Request("POST", "/events", json=payload)

    known = {**catalog.integrations(), "parcelpost": integration}
    monkeypatch.setattr(catalog, "integrations", lambda: known)
    return integration


@pytest.fixture
def parcelpost(workspace, source, definition):
    parcelpost = control.create(workspace, "parcelpost", "pp", "Parcelpost", SETTINGS, [source])
    control.switch_on(parcelpost)
    return parcelpost


def send(source, *message_ids):
    messages = [
        {"type": "track", "event": "E", "userId": each, "messageId": each} for each in message_ids
    ]
    ingest.accept(Caller(source.id), messages, {}, timezone.now())


def work():
    return shift.work(shift_s=20, idle_s=0)


def token_calls(tool):
    return [dict(parse_qsl(c.body.decode())) for c in tool.calls if c.path == "/token"]


def deliveries(tool):
    return [call for call in tool.calls if call.path == "/events"]


def test_a_token_is_got_once_for_many_requests(source, parcelpost, tool):
    send(source, *(f"m{number}" for number in range(40)))
    work()
    send(source, "one-more")
    work()

    assert token_calls(tool) == [
        {
            "grant_type": "refresh_token",
            "client_id": "our-app",
            "client_secret": "s3cret-s3cret",
            "refresh_token": "first-one",
        }
    ]
    assert {call.headers["Authorization"] for call in deliveries(tool)} == {"Bearer token-1"}
    assert len(deliveries(tool)) == 41


def test_another_process_finds_the_token_in_the_database(source, parcelpost, tool):
    send(source, "m1")
    work()
    tokens._cache.clear()
    send(source, "m2")
    work()

    assert len(token_calls(tool)) == 1


def test_a_token_is_encrypted_at_rest(source, parcelpost, tool):
    send(source, "m1")
    work()

    with connection.cursor() as cursor:
        cursor.execute("SELECT auth FROM destinations_oauthtoken")
        assert "token-1" not in cursor.fetchone()[0]
    assert OAuthToken.objects.get().auth == {"accessToken": "token-1"}


def test_after_a_401_the_token_is_renewed_once_and_the_requests_repeated(source, parcelpost, tool):
    send(source, "m1")
    work()
    tool.takes = lambda token: token == "token-2"
    tool.calls.clear()
    send(source, *(f"n{number}" for number in range(20)))

    work()

    assert len(token_calls(tool)) == 1
    taken = [c for c in deliveries(tool) if c.headers["Authorization"] == "Bearer token-2"]
    assert {call.json()["id"] for call in taken} == {f"n{number}" for number in range(20)}
    assert not Failure.objects.exists()


def test_a_tool_that_refuses_new_tokens_too_is_not_asked_for_more(source, parcelpost, tool):
    tool.takes = lambda token: False
    send(source, "m1", "m2", "m3")

    work()

    assert len(token_calls(tool)) == 2
    assert set(Failure.objects.values_list("state", "code")) == {("rejected", "401")}


def test_without_a_token_nothing_is_taken_and_the_range_pauses(source, parcelpost, tool):
    tool.gives = Answer(400, b'{"error": "invalid_grant", "error_description": "app is gone"}')
    send(source, "m1")

    work()

    live = parcelpost.ranges.get()
    assert live.reason == (
        "OAUTH_REFRESH_FAILED: Parcelpost gave no access token: 400 invalid_grant app is gone"
    )
    assert live.paused_until > timezone.now()
    assert not Failure.objects.exists()
    assert control.missed_count(parcelpost) == 1


def test_a_renewal_that_is_refused_rejects_what_was_under_way(source, parcelpost, tool):
    send(source, "m1")
    work()
    tool.takes = lambda token: False
    tool.gives = Answer(400, b'{"error": "invalid_grant"}')
    send(source, "m2")

    work()

    failure = Failure.objects.get()
    assert (failure.state, failure.code) == ("rejected", "OAUTH_REFRESH_FAILED")
    assert parcelpost.ranges.get().paused_until is not None


def test_after_a_refusal_the_tool_is_asked_again_when_the_settings_are_saved(
    source, parcelpost, tool
):
    tool.gives = Answer(401)
    for _ in range(3):
        with pytest.raises(Unauthorized):
            tokens.find_tokens(parcelpost, parcelpost_tool()).get()
    assert len(token_calls(tool)) == 1

    tool.gives = Answer(200)
    tokens.forgive(parcelpost)

    assert tokens.find_tokens(parcelpost, parcelpost_tool()).get()["accessToken"] == "token-1"


def test_other_settings_get_another_token(source, parcelpost, tool):
    tokens.find_tokens(parcelpost, parcelpost_tool()).get()
    parcelpost.settings = {**SETTINGS, "refresh_token": "second-one"}

    assert tokens.find_tokens(parcelpost, parcelpost_tool()).get()["accessToken"] == "token-2"
    assert token_calls(tool)[1]["refresh_token"] == "second-one"


def test_a_token_is_renewed_before_it_ends(source, parcelpost, tool):
    known = tokens.find_tokens(parcelpost, parcelpost_tool())
    known.get()
    row = OAuthToken.objects.get()
    assert timedelta(minutes=58) < row.renew_at - timezone.now() < timedelta(minutes=59)

    tokens._cache.clear()
    OAuthToken.objects.update(renew_at=timezone.now())

    assert known.get()["accessToken"] == "token-2"


def test_many_processes_that_ask_at_once_get_one_token(source, parcelpost, tool):
    tool.gives = Answer(200, delay_s=0.2)
    got = []

    def ask():
        got.append(tokens._with_connection(known.get)["accessToken"])

    known = tokens.find_tokens(parcelpost, parcelpost_tool())
    threads = [threading.Thread(target=ask) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()

    assert got == ["token-1"] * 4


def test_a_tool_that_is_away_is_asked_again_later(source, parcelpost, tool):
    tool.gives = Answer(503)
    send(source, "m1")
    work()
    assert parcelpost.ranges.get().reason.startswith("503")

    tool.gives = Answer(200)
    parcelpost.ranges.update(paused_until=None)
    work()

    assert [call.json() for call in deliveries(tool)] == [{"id": "m1"}]


def test_tokens_and_secrets_are_in_nothing_that_is_kept(source, parcelpost, tool):
    send(source, "m1")
    work()
    tool.takes = lambda token: False
    send(source, "m2")
    work()

    [sample], [failure] = DeliverySample.objects.all(), Failure.objects.all()
    kept = json.dumps(
        [sample.request, sample.response, failure.request, failure.response, failure.reason]
    )
    assert failure.response["body"] == "you sent •••"
    for secret in ("token-1", "token-2", "s3cret-s3cret", "first-one"):
        assert secret not in kept


def test_what_the_tool_says_about_a_token_is_masked(source, parcelpost, tool):
    tool.gives = Answer(400, b'{"error": "s3cret-s3cret is not the secret of first-one"}')

    with pytest.raises(Unauthorized) as caught:
        tokens.find_tokens(parcelpost, parcelpost_tool()).get()

    assert str(caught.value) == (
        "Parcelpost gave no access token: 400 ••• is not the secret of •••"
    )


def test_a_test_event_is_sent_with_a_token_and_a_preview_asks_for_none(source, parcelpost, tool):
    event = {"type": "track", "event": "E", "messageId": "m1"}

    [preview] = trials(parcelpost, event, send=False)
    assert (preview.outcome, tool.calls) == ("Would be sent", [])

    [trial] = trials(parcelpost, event, send=True)
    tool.takes = lambda token: token == "token-2"
    [again] = trials(parcelpost, event, send=True)

    assert (trial.outcome, again.outcome) == ("Delivered", "Delivered")
    assert "token-" not in str([preview, trial, again])


def test_the_check_of_credentials_asks_for_a_token_even_after_a_refusal(parcelpost, tool):
    known = tokens.find_tokens(parcelpost, parcelpost_tool())
    tool.gives = Answer(400)
    refused = tester.check_credentials(parcelpost_tool(), parcelpost.settings, known)
    tool.gives = Answer(200)
    accepted = tester.check_credentials(parcelpost_tool(), parcelpost.settings, known)

    assert (refused.outcome, accepted.outcome) == ("OAUTH_REFRESH_FAILED", "Accepted")


def test_who_waits_too_long_for_another_process_gives_up_for_now(parcelpost, monkeypatch):
    monkeypatch.setattr(tokens, "LONGEST_WAIT_S", 0)
    monkeypatch.setattr(tokens.ledger, "try_lock", lambda *args: False)

    with pytest.raises(Unreachable):
        tokens.find_tokens(parcelpost, parcelpost_tool()).get()


def trials(destination, event, send):
    return [turn.trial for turn in tester.try_event(destination, event, send).turns]


def parcelpost_tool():
    return catalog.get_integration("parcelpost")
