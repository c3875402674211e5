"""The tokens that tools give us: got once, kept encrypted, renewed once for all workers.

    tokens = find_tokens(destination, integration)      # None for a tool without tokens
    auth = tokens.get()                                  # cached, stored, or asked of the tool
    auth = tokens.renew(auth)                            # the tool said 401 to it
    auth, settings = tokens.exchange(…)                  # a person has been to its consent page

Who asks the tool holds an advisory lock; who waited for it finds what the other got. It is a lock
and not a locked row, because a transaction that is open while a tool thinks would hold up others.
"""

import asyncio
import json
import logging
import time
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import connection
from django.utils import timezone
from django.utils.crypto import salted_hmac

from ..auth import secrets_of
from ..errors import DeliveryError, Permanent, Retryable, Unreachable, for_status
from ..integration import Integration
from ..models import Destination, OAuthToken
from ..oauth import REFUSED, OAuth2, not_connected, refused
from ..request import Request, Response, mask_text, retry_after_s
from . import http, ledger

logger = logging.getLogger(__name__)

LOCK_TOKEN = 0x5357_0003
LONGEST_WAIT_S = 30  # for another process that asks the tool
POLL_S = 0.05
EARLY_S = 60  # how long before its end a token is renewed


class _Cached(NamedTuple):
    digest: str
    auth: dict
    renew_at: datetime | None


_cache: dict[int, _Cached] = {}  # by destination


def find_tokens(destination: Destination, integration: Integration) -> "Tokens | None":
    return Tokens(destination, integration) if integration.auth.oauth is not None else None


def forgive(destination: Destination) -> None:
    """Somebody has been at the settings: a tool that refused may be asked once more."""
    OAuthToken.objects.filter(destination=destination).update(refused="")


class Tokens:
    """The token of one destination, for callers that may wait."""

    def __init__(self, destination: Destination, integration: Integration):
        self._id = destination.pk
        self._name = integration.name
        self._grant = integration.auth.oauth
        self._by_consent = isinstance(self._grant, OAuth2) and bool(self._grant.authorize_url)
        self._settings = integration.setting_values(destination.settings)
        self._secrets = integration.secrets(destination.settings)
        text = json.dumps(destination.settings, sort_keys=True, default=str)
        self._digest = salted_hmac("oauth token", text, algorithm="sha256").hexdigest()

    def get(self) -> dict:
        """Return the `auth` to sign with, {} where these settings ask for none.

        Raises Unauthorized when the tool refused or nobody has connected it, Retryable when it
        cannot be asked now.
        """
        # A person may disconnect a tool, or connect another account: that holds at once, for all
        # processes, so such a token is looked up each time.
        cached = None if self._by_consent else _cache.get(self._id)
        if cached and cached.digest == self._digest and _is_fresh(cached.renew_at):
            return cached.auth
        return self._usable(self._load(), None) or self._ask(None)

    def peek(self) -> dict:
        """Return what is stored, fresh or not. Never asks the tool."""
        row = self._load()
        return row.auth if row else {}

    def renew(self, used: dict, even_if_refused: bool = False) -> dict:
        """Return another `auth` than `used`; {} if there is none to be had. Raises as `get`."""
        return self._ask(used, even_if_refused)

    def exchange(self, code: str, redirect_uri: str, verifier: str) -> tuple[dict, dict]:
        """Return the `auth` for the code of a consent page, and the settings that the tool gave
        with it. Keeps nothing. Raises as `get`."""
        request = self._grant.code_request(self._settings, code, redirect_uri, verifier)
        answer = self._answer(request, [code, verifier])
        auth = self._grant.read_token(answer)
        if self._grant.needs_refresh_token and not auth.get("refreshToken"):
            raise refused(
                f"{self._name} gave no refresh token, so its access would soon end. Withdraw the "
                "access that it shows for your app, then connect again."
            )
        return auth, self._grant.kept_settings(answer)

    def keep(self, auth: dict, person) -> None:
        """Keep what `exchange` gave, in the place of what there was."""
        with self._locked():
            row = self._load() or OAuthToken(destination_id=self._id)
            row.connected_at, row.connected_by = timezone.now(), person
            self._save(row, auth)

    def _ask(self, used: dict | None, even_if_refused: bool = False) -> dict:
        _cache.pop(self._id, None)
        with self._locked():
            row = self._load() or OAuthToken(destination_id=self._id)
            if even_if_refused:
                row.refused = ""
            if auth := self._usable(row, used):
                return auth
            auth = self._starting_point(row)
            if not self._grant.applies(self._settings, auth):
                return self._without_renewal(row, used, even_if_refused)
            row.settings_digest = self._digest
            try:
                auth = self._request_token(auth)
            except Permanent as error:
                if error.code == REFUSED:
                    row.refused = str(error)
                    row.save()
                raise
            self._save(row, auth)
            return self._usable(row, None)

    def _save(self, row: OAuthToken, auth: dict) -> None:
        life_s = auth.pop("expiresIn", None)
        row.auth, row.refused, row.settings_digest = auth, "", self._digest
        row.renew_at = _renew_at(life_s)
        row.save()

    def _without_renewal(self, row: OAuthToken, used: dict | None, even_if_refused: bool) -> dict:
        """Return what there is to sign with when no other token can be asked for.

        A token that lasts is kept for other settings too; when the tool says no to it, or its time
        has come, only a person can get another one.
        """
        if not self._by_consent or self._grant.access_token_in(self._settings):
            return {}
        if not row.auth.get("accessToken"):
            raise not_connected(self._name)
        row.refused = ""
        if not _is_fresh(row.renew_at):
            row.refused = f"The access that {self._name} gave has ended."
        elif used == row.auth and not even_if_refused:
            row.refused = f"{self._name} does not take its access token any more."
        row.settings_digest = self._digest
        row.save()
        if row.refused:
            raise refused(row.refused)
        return row.auth

    def _usable(self, row: OAuthToken | None, used: dict | None) -> dict | None:
        """Return the stored `auth` if it fits these settings, is fresh and is not `used`."""
        if row is None or row.settings_digest != self._digest:
            return None
        if row.refused:
            raise refused(row.refused)
        if not row.auth or row.auth == used or not _is_fresh(row.renew_at):
            return None
        _cache[self._id] = _Cached(self._digest, row.auth, row.renew_at)
        return row.auth

    def _starting_point(self, row: OAuthToken) -> dict:
        """Return what is known before asking. Settings that changed may hold another refresh
        token, which then counts; without one the stored one stays."""
        if row.settings_digest == self._digest:
            return row.auth
        given = self._settings.get(getattr(self._grant, "refresh_token", ""))
        if given:
            row.connected_at = row.connected_by = None  # what consent gave is no longer used
        kept = None if given else row.auth.get("refreshToken")
        return {"refreshToken": kept} if kept else {}

    def _request_token(self, auth: dict) -> dict:
        request = self._grant.token_request(self._settings, auth, timezone.now())
        return self._grant.read_token(self._answer(request, secrets_of(auth)), auth)

    def _answer(self, request: Request, secrets: list[str]):
        """Return what the tool answers; `secrets` are those of the request. Raises as `get`."""
        response = http.call(request)
        said = "" if response.status < 300 else self._said(response, secrets)
        error = for_status(
            response.status,
            f"{self._name} gave no access token: {response.status}{said}",
            retry_after_s=retry_after_s(response.headers, timezone.now()),
        )
        if isinstance(error, Permanent):
            raise refused(str(error))
        if error is not None:
            raise error
        return response.json() or response.body.decode("utf-8", "replace")  # AWS answers XML

    def _said(self, response: Response, secrets: list[str]) -> str:
        answer = response.json()
        parts = []
        if isinstance(answer, dict):
            parts = [answer.get(name) for name in ("error", "error_description", "message")]
        said = " ".join(part for part in parts if isinstance(part, str))
        said = said or " ".join(response.body[:1000].decode("utf-8", "replace").split())
        said = mask_text(said, self._secrets + secrets)[:300]
        return f" {said}" if said else ""

    def _load(self) -> OAuthToken | None:
        return OAuthToken.objects.filter(destination_id=self._id).first()

    @contextmanager
    def _locked(self):
        deadline = time.monotonic() + LONGEST_WAIT_S
        while not ledger.try_lock(LOCK_TOKEN, self._id):
            if time.monotonic() > deadline:
                raise Unreachable(f"{self._name} takes too long to give an access token.")
            time.sleep(POLL_S)
        try:
            yield
        finally:
            ledger.unlock(LOCK_TOKEN, self._id)


def _is_fresh(renew_at: datetime | None) -> bool:
    return renew_at is None or timezone.now() < renew_at


def _renew_at(life_s) -> datetime | None:
    """A token that lives for a minute is renewed after half of it, a longer one a minute early."""
    try:
        life_s = float(life_s)
    except (TypeError, ValueError):
        return None
    if not 0 < life_s < 10**9:
        return None
    return timezone.now() + timedelta(seconds=life_s - min(EARLY_S, life_s / 2))


class TokenSource:
    """The token of one destination for one chunk: many ask at a time, and none of them waits in
    the event loop. It is renewed once at most; a tool that refuses a new token has its reasons."""

    def __init__(self, tokens: Tokens):
        self._tokens = tokens
        self._lock = asyncio.Lock()
        self._auth: dict | None = None
        self._error: DeliveryError | None = None
        self._renewed = False

    async def get(self) -> dict:
        """As `Tokens.get`."""
        if self._auth is None or self._error is not None:
            async with self._lock:
                if self._auth is None:
                    self._auth = await self._run(self._tokens.get)
        if self._error is not None:
            raise self._error
        return self._auth

    async def renew(self, used: dict) -> dict | None:
        """Return another `auth` than `used`, or None when there is none. Raises as `get`."""
        async with self._lock:
            if self._error is not None:
                raise self._error
            if self._auth is used:
                if self._renewed:
                    return None
                self._renewed = True
                self._auth = await self._run(self._tokens.renew, used)
            return self._auth or None

    async def _run(self, function, *args) -> dict:
        if self._error is not None:
            raise self._error
        try:
            return await asyncio.to_thread(_with_connection, function, *args)
        except DeliveryError as error:
            self._error = error
            raise
        except Exception as error:
            # Our bug, or the database is away: no reason to give up an event.
            logger.exception("No token could be got")
            self._error = Retryable(f"{type(error).__name__}: {error}"[:500], code="INTERNAL")
            raise self._error from error


def _with_connection(function, *args):
    try:
        return function(*args)
    finally:
        connection.close()  # of this thread, which has no other use for it
