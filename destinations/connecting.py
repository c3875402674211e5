"""How a person connects a tool by its consent page: there, back, and what holds afterwards.

    url = begin(destination, user, session_key)        # they are sent there
    attempt = find_attempt(state, user, session_key)   # the tool sent them back; once only
    finish(destination, attempt, answer)               # its code becomes tokens, delivery goes on

The way back is one address for all workspaces, so what it leads to is never taken from the address
but from the attempt, which belongs to one person in one browser and to one destination.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac

from sources import wake
from workspaces.secrets import UnreadableSecret
from workspaces.setting import SettingsError, clean_values
from workspaces.setting_form import readable_settings

from . import control
from .errors import DeliveryError
from .integration import Integration
from .models import Destination, Failure, OAuthAttempt, OAuthToken
from .oauth import NOT_CONNECTED, REFUSED, OAuth2
from .sending.tokens import Tokens

LIFE = timedelta(minutes=10)  # of an attempt
MOST_SAID = 200  # characters of what a tool says that are shown
_signer = Signer(salt="switchyard oauth state")


class NotConnected(Exception):
    """The tool did not connect. `str()` is a sentence for the person."""


@dataclass
class ConnectionState:
    """What the card “Connection” shows. `slug` is connected, refused, settings (what was typed in
    is used), ready (nobody has connected it) or incomplete (`missing` are titles of settings)."""

    slug: str
    tool: str
    redirect_uri: str
    permissions: list[str]
    missing: list[str] = field(default_factory=list)
    token: OAuthToken | None = None
    ends_at: datetime | None = None

    @property
    def waits(self) -> bool:
        """Whether events wait until a person does something here."""
        return self.slug in ("ready", "incomplete", "refused")


def has_consent_page(tool: Integration) -> bool:
    return isinstance(tool.auth.oauth, OAuth2) and bool(tool.auth.oauth.authorize_url)


def waits_for_consent(tool: Integration, values: dict) -> bool:
    """Whether a destination with these settings sends nothing before somebody connects it."""
    return has_consent_page(tool) and tool.auth.oauth.waits_for_consent(tool.setting_values(values))


def redirect_uri() -> str:
    """Return where a tool sends a person back to: what its app has to be told."""
    return settings.PUBLIC_URL + reverse("oauth_callback")


def find_state(destination: Destination) -> ConnectionState | None:
    """Return how the destination stands with its tool, None for a tool without a consent page."""
    tool = destination.tool
    if not has_consent_page(tool):
        return None
    grant = tool.auth.oauth
    values = tool.setting_values(readable_settings(destination))
    titles = {each.name: each.title for each in tool.settings}
    missing = [titles.get(name, name) for name in grant.missing(values)]
    token, auth = _find_token(destination)
    state = ConnectionState("", tool.name, redirect_uri(), grant.permissions, missing, token)
    if token is not None and token.refused:
        state.slug = "refused"
    elif token is not None and token.connected_at and auth:
        state.slug = "connected"
        state.ends_at = None if auth.get("refreshToken") else token.renew_at
    elif not grant.waits_for_consent(values):
        state.slug = "settings"
    else:
        state.slug = "incomplete" if missing else "ready"
    return state


def _find_token(destination: Destination) -> tuple[OAuthToken | None, dict]:
    """Return the token's row and what it holds, {} where that can no longer be decrypted."""
    rows = OAuthToken.objects.select_related("connected_by").filter(destination=destination)
    try:
        token = rows.first()
    except UnreadableSecret:
        return rows.defer("auth").first(), {}
    return token, token.auth if token else {}


def begin(destination: Destination, user, session_key: str) -> str:
    """Return the address of the tool's consent page for this person, in this browser.

    Raises DeliveryError when the settings do not do for that.
    """
    OAuthAttempt.objects.filter(started_at__lte=timezone.now() - LIFE).delete()
    grant, values = destination.tool.auth.oauth, _values(destination)
    nonce, verifier = secrets.token_urlsafe(32), secrets.token_urlsafe(48)
    url = grant.consent_url(values, redirect_uri(), _signer.sign(nonce), verifier)
    OAuthAttempt.objects.create(
        destination=destination,
        user=user,
        nonce=nonce,
        session_digest=_digest(session_key),
        secret={"verifier": verifier},
    )
    return url


def find_attempt(state: str, user, session_key: str) -> OAuthAttempt | None:
    """Return the attempt that `state` belongs to, and use it up. None if there is none, if it is
    too old, or if it is another person's or another browser's."""
    try:
        nonce = _signer.unsign(state)
    except BadSignature:
        return None
    attempt = (
        OAuthAttempt.objects.select_related("destination__workspace")
        .defer("destination__settings")
        .filter(nonce=nonce, user=user, session_digest=_digest(session_key))
        .filter(started_at__gt=timezone.now() - LIFE)
        .first()
    )
    if attempt is None or not OAuthAttempt.objects.filter(pk=attempt.pk).delete()[0]:
        return None
    return attempt


def finish(destination: Destination, attempt: OAuthAttempt, answer: Mapping[str, str]) -> None:
    """Turn the code of the consent page's answer into tokens, keep them, and let the events that
    wait go. Raises NotConnected."""
    tool, code = destination.tool, answer.get("code")
    if not code:
        said = answer.get("error", ""), answer.get("error_description", "")
        raise NotConnected(_refusal(tool, *said))
    try:
        exchanging = Tokens(destination, tool)
        auth, given = exchanging.exchange(code, redirect_uri(), attempt.secret["verifier"])
        _settle_settings(destination, given)
        Tokens(destination, tool).keep(auth, attempt.user)
    except DeliveryError as error:
        raise NotConnected(f"{destination.name} is not connected. {error}") from error
    _go_on(destination)


def _refusal(tool: Integration, error: str, description: str) -> str:
    """Return a sentence for what a consent page says in the place of a code."""
    if error == "access_denied":
        return f"{tool.name} was not given consent, so nothing has changed."
    said = " ".join(f"{error} {description}".split())[:MOST_SAID]
    return f"{tool.name} did not connect{f': {said}' if said else ''}."


def given_settings(destination: Destination, tool: Integration) -> dict:
    """Return the settings that the tool itself filled in when a person connected it. A file that
    says nothing of them leaves them as they are."""
    keeps = tool.auth.oauth.keeps if has_consent_page(tool) else {}
    connected = OAuthToken.objects.filter(destination=destination, connected_at__isnull=False)
    if not keeps or not connected.exists():
        return {}
    stored = readable_settings(destination)
    return {name: stored[name] for name in keeps.values() if name in stored}


def disconnect(destination: Destination) -> None:
    """Forget what the tool gave. Its events wait until somebody connects it again."""
    OAuthToken.objects.filter(destination=destination).delete()


@transaction.atomic
def _settle_settings(destination: Destination, given: dict) -> None:
    """Fill in what the tool has told; what would go before its consent is forgotten."""
    stored = Destination.objects.select_for_update().get(pk=destination.pk)
    values = {**stored.settings, **_acceptable(destination.tool, given)}
    grant = destination.tool.auth.oauth
    for name in (grant.refresh_token, *grant.superseded):
        values.pop(name, None)
    if values != stored.settings:
        stored.settings = values
        stored.save(update_fields=["settings"])
    destination.settings = values


def _acceptable(tool: Integration, given: dict) -> dict:
    try:
        return clean_values([each for each in tool.settings if each.name in given], given)
    except SettingsError:
        return {}  # the person fills it in, as before


@transaction.atomic
def _go_on(destination: Destination) -> None:
    """Try at once what has waited, and once more what failed for want of a token."""
    destination.ranges.filter(finished_at=None).update(paused_until=None, setbacks=0, reason="")
    lost = destination.failures.filter(
        state=Failure.State.REJECTED, code__in=[REFUSED, NOT_CONNECTED]
    )
    control.retry(lost)
    transaction.on_commit(wake.up)


def _values(destination: Destination) -> dict:
    return destination.tool.setting_values(readable_settings(destination))


def _digest(session_key: str) -> str:
    return salted_hmac("oauth session", session_key or "", algorithm="sha256").hexdigest()
