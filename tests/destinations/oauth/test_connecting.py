"""Connecting a tool by its consent page: there, back, and every refusal."""

import json
import logging
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from config.declared import apply
from destinations import catalog, connecting, control
from destinations.models import Destination, OAuthAttempt, OAuthToken
from destinations.sending import tokens
from tests.tool import Answer
from workspaces.models import Membership

from ..consenting import CLIENT, SECRETS, asked_at, challenge_of
from .page import (
    CALLBACK,
    come_back,
    connect,
    find_tokens,
    leave,
    notice,
    settings_page,
    state_of,
    stored_token,
    url,
)

# --- there --------------------------------------------------------------------------------------


def test_connect_leads_to_the_consent_page_of_the_tool(as_editor, tool):
    response = as_editor.post(url("oauth_connect"))

    consent_url = response.context["url"]
    asked = asked_at(consent_url)
    assert consent_url.startswith(f"{tool.url}/authorize?")
    assert asked == {
        "response_type": "code",
        "client_id": "our-app",
        "redirect_uri": "http://testserver/oauth/callback",
        "state": asked["state"],
        "scope": "events.write",
        "code_challenge": asked["code_challenge"],
        "code_challenge_method": "S256",
        "prompt": "consent",
    }
    assert response.headers["Refresh"] == f"0; url={consent_url}"
    assert "no-store" in response.headers["Cache-Control"]
    assert "s3cret-s3cret" not in response.content.decode() + consent_url


def test_the_card_says_what_is_needed_first(as_editor, destination):
    destination.settings = {"client_id": "our-app"}
    destination.save()

    page = settings_page(as_editor)
    response = as_editor.post(url("oauth_connect"), follow=True).content.decode()

    assert "Put its Client secret into the settings below, and save." in page
    assert "Connect to Parcelpost" not in page
    assert notice(response) == "Fill in first: Client secret."
    assert not OAuthAttempt.objects.exists()


def test_the_card_has_the_redirect_uri_to_copy_and_the_permissions(as_editor):
    page = settings_page(as_editor)

    assert 'data-copy="http://testserver/oauth/callback"' in page
    assert "<code>events.write</code>" in page
    assert "Not connected" in page


def test_the_card_warns_when_the_way_back_leads_to_another_host(as_editor, settings):
    settings.PUBLIC_URL = "https://events.example.com"

    page = settings_page(as_editor)

    assert 'href="https://events.example.com/acme/destinations/pp/settings/"' in page


def test_a_tool_without_a_consent_page_has_no_card(as_editor, workspace):
    control.create(workspace, "webhook", "hook", "Hook", {"url": "https://hooks.example.com"})

    page = as_editor.get(url("destination_settings", "hook")).content.decode()

    assert 'id="connection"' not in page
    assert as_editor.post(url("oauth_connect", "hook")).status_code == 404
    assert as_editor.post(url("oauth_disconnect", "hook")).status_code == 404


def test_who_makes_a_destination_is_led_to_the_card(as_editor, workspace):
    data = {"name": "Second post", "enabled": "on"}
    data |= {f"setting-{name}": value for name, value in CLIENT.items()}
    where = reverse("destination_create", args=["acme", "parcelpost"])

    response = as_editor.post(where, data, follow=True)

    assert response.redirect_chain == [(url("destination_settings", "second-post"), 302)]
    assert "Connect to Parcelpost" in response.content.decode()


def test_a_destination_with_a_refresh_token_of_its_own_needs_no_consent(as_editor, workspace):
    data = {"name": "Third", **{f"setting-{name}": value for name, value in CLIENT.items()}}
    where = reverse("destination_create", args=["acme", "parcelpost"])

    response = as_editor.post(where, data | {"setting-refresh_token": "had-it"}, follow=True)
    page = as_editor.get(url("destination_settings", "third")).content.decode()

    assert response.redirect_chain == [(url("destination_detail", "third"), 302)]
    assert "By the settings below" in page
    assert "had-it" not in page


# --- and back -----------------------------------------------------------------------------------


def test_a_consent_connects_the_destination(as_editor, destination, tool, editor):
    consent_url = leave(as_editor)

    page = come_back(as_editor, state_of(consent_url))

    [asked] = tool.token_calls()
    assert challenge_of(asked.pop("code_verifier")) == asked_at(consent_url)["code_challenge"]
    assert asked == {
        "grant_type": "authorization_code",
        **CLIENT,
        "code": "code-4711",
        "redirect_uri": "http://testserver/oauth/callback",
    }
    token = stored_token()
    assert token.destination == destination
    assert token.auth == {"accessToken": "access-1", "refreshToken": "refresh-1"}
    assert token.connected_by == editor
    assert notice(page) == "Our post is connected. Events that waited go now."
    assert OAuthAttempt.objects.count() == 0
    assert "by editor@example.com" in page


def test_what_the_tool_gave_is_encrypted_and_shown_nowhere(as_editor, tool, caplog):
    caplog.set_level(logging.DEBUG)
    consent_url = leave(as_editor)
    come_back(as_editor, state_of(consent_url))

    names = ("destination_settings", "destination_detail", "destination_test")
    pages = "".join(as_editor.get(url(name)).content.decode() for name in names)

    with connection.cursor() as cursor:
        cursor.execute("SELECT auth FROM destinations_oauthtoken")
        stored = cursor.fetchone()[0]
    for secret in (*SECRETS, tool.token_calls()[0]["code_verifier"]):
        assert secret not in pages + stored + caplog.text + consent_url


def test_the_verifier_waits_encrypted(as_editor):
    leave(as_editor)

    with connection.cursor() as cursor:
        cursor.execute("SELECT secret FROM destinations_oauthattempt")
        stored = cursor.fetchone()[0]
    assert OAuthAttempt.objects.get().secret["verifier"] not in stored


def test_what_the_tool_tells_beside_its_token_becomes_a_setting(as_editor, destination, tool):
    tool.extra = {"instance_url": "https://acme.parcelpost.example"}
    destination.settings = {**CLIENT, "refresh_token": "older"}
    destination.save()

    connect(as_editor)

    destination.refresh_from_db()
    assert destination.settings == {**CLIENT, "instanceUrl": "https://acme.parcelpost.example"}


def test_a_url_that_is_none_is_not_believed(as_editor, destination, tool):
    tool.extra = {"instance_url": "javascript:alert(1)"}

    connect(as_editor)

    destination.refresh_from_db()
    assert destination.settings == CLIENT
    assert stored_token().connected_at


def test_a_tool_whose_tokens_last_needs_no_refresh_token(as_editor, define, tool):
    define(needs_refresh_token=False)
    tool.refreshes = False

    page = connect(as_editor)

    assert stored_token().auth == {"accessToken": "access-1"}
    assert "gives access that cannot be renewed. It ends on" in page


def test_connecting_again_takes_the_place_of_the_first(as_editor):
    connect(as_editor)
    connect(as_editor)

    assert stored_token().auth == {"accessToken": "access-2", "refreshToken": "refresh-2"}


def test_a_client_that_is_gone_is_missed_beside_the_connection(as_editor, destination):
    connect(as_editor)
    destination.settings = {"client_id": "our-app"}
    destination.save()

    page = settings_page(as_editor)

    assert "The settings below lack the Client secret." in page
    assert "Access is renewed by itself" not in page


def test_disconnect_forgets_the_tokens(as_editor, destination):
    connect(as_editor)

    page = as_editor.post(url("oauth_disconnect"), follow=True).content.decode()

    assert not OAuthToken.objects.exists()
    assert "Not connected" in page
    with pytest.raises(tokens.DeliveryError) as caught:
        find_tokens(destination).get()
    assert str(caught.value) == "Nobody has connected this destination to Parcelpost yet."


def test_a_refusal_by_the_tool_is_on_the_card_with_its_reason(as_editor, destination, tool):
    connect(as_editor)
    OAuthToken.objects.update(renew_at=timezone.now())
    tool.refuses = Answer(400, b'{"error": "invalid_grant", "error_description": "app is gone"}')
    with pytest.raises(tokens.DeliveryError):
        find_tokens(destination).get()

    page = settings_page(as_editor)
    overview = as_editor.get(url("destination_detail")).content.decode()
    tool.refuses = None
    again = connect(as_editor)

    assert "No longer trusted" in page
    assert "Parcelpost gave no access token: 400 invalid_grant app is gone" in page
    assert "Parcelpost no longer trusts this destination." in overview
    assert "No longer trusted" not in again


# --- refusals -----------------------------------------------------------------------------------

NOT_OURS = (
    "This answer of a consent page belongs to nothing that you began in this browser in the last "
    "ten minutes. Press Connect once more."
)


@pytest.fixture
def nothing_kept(destination, tool):
    """Nothing was asked of the tool, and nothing is connected."""
    yield
    assert tool.token_calls() == []
    assert not OAuthToken.objects.exists()


@pytest.mark.parametrize("state", ["", "made-up", "made-up:signature", "\0", "é"])
def test_a_state_that_is_not_ours_is_refused(as_editor, nothing_kept, state):
    leave(as_editor)

    assert notice(come_back(as_editor, state)) == NOT_OURS


def test_a_state_that_was_changed_is_refused(as_editor, nothing_kept):
    state = state_of(leave(as_editor))

    assert notice(come_back(as_editor, "x" + state[1:])) == NOT_OURS


def test_a_state_is_refused_after_ten_minutes(as_editor, nothing_kept):
    state = state_of(leave(as_editor))
    OAuthAttempt.objects.update(started_at=timezone.now() - timedelta(minutes=10, seconds=1))

    assert notice(come_back(as_editor, state)) == NOT_OURS


def test_old_attempts_are_swept_away(as_editor):
    leave(as_editor)
    OAuthAttempt.objects.update(started_at=timezone.now() - timedelta(minutes=11))

    leave(as_editor)

    assert OAuthAttempt.objects.count() == 1


def test_a_state_works_once(as_editor, tool):
    state = state_of(leave(as_editor))
    come_back(as_editor, state)

    assert notice(come_back(as_editor, state)) == NOT_OURS
    assert len(tool.token_calls()) == 1


@pytest.mark.django_db(transaction=True)
def test_a_state_works_once_also_for_two_at_the_same_moment(as_editor, editor, destination):
    state, key = state_of(leave(as_editor)), as_editor.session.session_key
    together = threading.Barrier(4)

    def claim(_):
        together.wait()
        return tokens._with_connection(connecting.find_attempt, state, editor, key)

    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(claim, range(4)))

    assert len([attempt for attempt in found if attempt]) == 1


def test_a_state_of_another_person_is_refused(as_editor, owner, nothing_kept, client):
    state = state_of(leave(as_editor))
    client.force_login(owner)

    assert notice(come_back(client, state)) == NOT_OURS
    assert OAuthAttempt.objects.exists()


def test_a_state_of_another_browser_is_refused(as_editor, editor, nothing_kept):
    state = state_of(leave(as_editor))
    other = Client()
    other.force_login(editor)

    assert notice(come_back(other, state)) == NOT_OURS


def test_who_is_not_signed_in_has_to_sign_in_and_leaves_no_code_in_the_address(
    as_editor, nothing_kept
):
    state = state_of(leave(as_editor))

    response = Client().get(CALLBACK, {"state": state, "code": "code-4711"})

    assert (response.status_code, response.headers["Location"]) == (302, "/sign-in/")


def test_who_is_no_editor_any_more_connects_nothing(as_editor, nothing_kept):
    state = state_of(leave(as_editor))
    Membership.objects.filter(user__email="editor@example.com").update(role="viewer")

    assert as_editor.get(CALLBACK, {"state": state, "code": "code-4711"}).status_code == 403


def test_who_has_left_the_workspace_connects_nothing(as_editor, nothing_kept):
    state = state_of(leave(as_editor))
    Membership.objects.all().delete()

    assert as_editor.get(CALLBACK, {"state": state, "code": "code-4711"}).status_code == 404


def test_an_attempt_connects_the_destination_that_it_was_made_for(
    as_editor, editor, outsider, destination
):
    """However the address is dressed up: another workspace's destination of the same slug."""
    other = outsider.workspaces.get()
    theirs = control.create(other, "parcelpost", "pp", "Their post", CLIENT)
    Membership.objects.create(user=editor, workspace=other, role="editor")
    state = state_of(leave(as_editor))

    query = {"state": state, "code": "code-4711", "workspace": "other", "destination": theirs.pk}
    as_editor.get(CALLBACK, query)

    assert stored_token().destination == destination


def test_denied_consent_is_said_in_one_sentence(as_editor, nothing_kept):
    page = come_back(as_editor, state_of(leave(as_editor)), error="access_denied")

    assert notice(page) == "Parcelpost was not given consent, so nothing has changed."


def test_what_the_consent_page_complains_of_is_passed_on_as_text(as_editor, nothing_kept):
    state = state_of(leave(as_editor))

    page = come_back(as_editor, state, error="invalid_scope", error_description="<b>no</b> such")

    assert "Parcelpost did not connect: invalid_scope &lt;b&gt;no&lt;/b&gt; such." in page


def test_a_complaint_without_our_state_is_not_repeated(as_editor, nothing_kept):
    page = come_back(as_editor, "made-up", error="x", error_description="Call 555 to get help")

    assert "555" not in page


def test_an_answer_without_a_code_connects_nothing(as_editor, nothing_kept):
    page = come_back(as_editor, state_of(leave(as_editor)), code="")

    assert notice(page) == "Parcelpost did not connect."


def test_an_exchange_that_fails_says_why_without_secrets(as_editor, tool):
    said = {"error": "invalid_grant", "error_description": "code-4711 of s3cret-s3cret is spent"}
    tool.refuses = Answer(400, json.dumps(said).encode())

    page = connect(as_editor)

    assert notice(page) == (
        "Our post is not connected. Parcelpost gave no access token: "
        "400 invalid_grant ••• of ••• is spent"
    )
    assert not OAuthToken.objects.exists()


@pytest.mark.parametrize("answer", [Answer(200, b"[]"), Answer(200, b"{}"), Answer(200, b"hello")])
def test_an_exchange_that_gives_no_token_connects_nothing(as_editor, tool, answer):
    tool.refuses = answer

    assert "Our post is not connected." in notice(connect(as_editor))
    assert not OAuthToken.objects.exists()


def test_a_tool_that_is_away_can_be_tried_again(as_editor, tool):
    tool.refuses = Answer(503)
    assert "503" in notice(connect(as_editor))
    tool.refuses = None

    assert notice(connect(as_editor)) == "Our post is connected. Events that waited go now."


def test_a_tool_on_a_private_address_is_not_called(as_editor, tool, settings):
    settings.ALLOW_PRIVATE_TARGETS = False

    assert "Our post is not connected." in notice(connect(as_editor))
    assert tool.token_calls() == []


def test_access_that_would_soon_end_is_refused(as_editor, tool):
    tool.refreshes = False

    page = connect(as_editor)

    assert notice(page).startswith(
        "Our post is not connected. Parcelpost gave no refresh token, so its access would soon end."
    )
    assert not OAuthToken.objects.exists()


def test_a_failed_attempt_leaves_what_was_connected(as_editor, tool):
    connect(as_editor)
    tool.refuses = Answer(400)

    connect(as_editor)

    assert stored_token().auth["accessToken"] == "access-1"


# --- roles --------------------------------------------------------------------------------------


def test_viewers_see_the_connection_and_cannot_change_it(client, viewer, destination):
    client.force_login(viewer)

    page = settings_page(client)

    assert "Only an editor or above may connect it." in page
    assert "Connect to Parcelpost" not in page
    assert client.post(url("oauth_connect")).status_code == 403
    assert client.post(url("oauth_disconnect")).status_code == 403


def test_outsiders_find_nothing(client, outsider, destination):
    client.force_login(outsider)

    assert client.post(url("oauth_connect")).status_code == 404
    assert client.post(url("oauth_disconnect")).status_code == 404


def test_connecting_takes_a_post(as_editor):
    assert as_editor.get(url("oauth_connect")).status_code == 405
    assert as_editor.get(url("oauth_disconnect")).status_code == 405
    assert as_editor.post(CALLBACK).status_code == 405


# --- files --------------------------------------------------------------------------------------

FILE = """
workspace: {slug: acme, name: Acme}
sources: [{slug: web, name: Website}]
destinations:
  - slug: pp
    name: Our post
    integration: parcelpost
    sources: [web]
    settings: {client_id: our-app, client_secret: s3cret-s3cret}
"""


def test_applying_a_file_leaves_a_connection_as_it_is(as_editor, destination, tool):
    tool.extra = {"instance_url": "https://acme.parcelpost.example"}
    connect(as_editor)

    apply(FILE, {})

    stored = Destination.objects.get(pk=destination.pk)
    assert stored.settings == {**CLIENT, "instanceUrl": "https://acme.parcelpost.example"}
    assert find_tokens(destination).get()["accessToken"] == "access-1"


# --- the catalogue ------------------------------------------------------------------------------

WITH_CONSENT = [
    tool
    for tool in catalog.integrations().values()
    if getattr(tool.auth.oauth, "authorize_url", "")
]


@pytest.mark.parametrize("tool", WITH_CONSENT, ids=lambda tool: tool.slug)
def test_a_tool_with_a_consent_page_can_be_saved_and_asked(tool):
    grant = tool.auth.oauth
    names = {setting.name: setting for setting in tool.settings}

    asked = asked_at(grant.consent_url(CLIENT, "https://ours.example/oauth/callback", "s", "v"))

    assert asked["client_id"] == "our-app"
    assert not names[grant.refresh_token].required
    assert not names[grant.access_token].required
    assert {*grant.keeps.values(), *grant.superseded} <= set(names)
    assert not any(names[name].required for name in grant.keeps.values())
    assert grant.waits_for_consent(tool.setting_values(CLIENT))
    assert not grant.waits_for_consent(tool.setting_values({"access_token": "t"}))


def test_google_is_asked_for_access_while_nobody_is_there():
    for slug in ("google-enhanced-conversions", "google-campaign-manager-360"):
        grant = catalog.get_integration(slug).auth.oauth
        asked = asked_at(grant.consent_url(CLIENT, "https://ours.example/", "s", "v"))

        assert (asked["access_type"], asked["prompt"]) == ("offline", "consent")


def test_a_sandbox_of_salesforce_is_asked_at_its_own_address():
    grant = catalog.get_integration("salesforce").auth.oauth

    asked = grant.consent_url({**CLIENT, "isSandbox": True}, "https://ours.example/", "s", "v")

    assert asked.startswith("https://test.salesforce.com/services/oauth2/authorize?")
    assert grant.kept_settings({"instance_url": "https://acme.my.salesforce.com"}) == {
        "instanceUrl": "https://acme.my.salesforce.com"
    }


def test_linkedin_is_sent_no_proof_of_who_asked():
    grant = catalog.get_integration("linkedin-conversions").auth.oauth

    assert "code_challenge" not in grant.consent_url(CLIENT, "https://ours.example/", "s", "v")
    assert "code_verifier" not in grant.code_request(CLIENT, "c", "https://ours.example/", "v").form
