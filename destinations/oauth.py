"""OAuth 2 as a grant of access: with a person's consent, and without one. Pure.

    url = grant.consent_url(settings, redirect_uri, state, verifier)    # a person goes there
    grant.code_request(settings, code, redirect_uri, verifier)          # and comes back with a code
    grant.token_request(settings, auth)                                 # from then on

https://datatracker.ietf.org/doc/html/rfc6749#section-4.1 and, for the proof, rfc7636
"""

from base64 import urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256
from urllib.parse import urlencode

from destinations.errors import Unauthorized
from destinations.request import Request

REFUSED, NOT_CONNECTED = "OAUTH_REFRESH_FAILED", "OAUTH_NOT_CONNECTED"


@dataclass(frozen=True)
class OAuth2:
    """How to get an access token. `grant` is "refresh_token" or "client_credentials".

    The names are those of settings; `authorize_url` is where a person gives consent (grant
    "refresh_token" only). The client is the operator's own app (destination-catalog.md). The first
    refresh token may stand in a setting; one that the tool gave later goes before it.

    Of the consent page: `consent` is what else it is told, `pkce` says that the tool takes a proof
    of who asked (RFC 7636; some refuse a request that holds one). `needs_refresh_token` is False
    for a tool whose access tokens last without one. `keeps` maps members of its answer to the
    settings that they fill; `superseded` names settings that would go before what it gave, and are
    forgotten then. `access_token` names a setting that may stand in for all of this.
    """

    token_url: str | Callable
    authorize_url: str | Callable = ""
    grant: str = "refresh_token"
    client_id: str = "client_id"
    client_secret: str = "client_secret"
    refresh_token: str = "refresh_token"
    access_token: str = ""
    scope: str = ""
    extra: dict = field(default_factory=dict)
    consent: dict = field(default_factory=dict)
    pkce: bool = False
    needs_refresh_token: bool = True
    keeps: dict = field(default_factory=dict)
    superseded: tuple[str, ...] = ()

    def applies(self, settings, auth):
        """Whether there is all that a token can be asked for with."""
        return not self.missing(settings) and (
            self.grant != "refresh_token" or bool(self._refresh_token(settings, auth))
        )

    def missing(self, settings):
        """Return the names of the settings of the client that are not filled in."""
        return [name for name in (self.client_id, self.client_secret) if not settings.get(name)]

    def waits_for_consent(self, settings):
        """Whether nothing can be signed before a person has been to the consent page."""
        given = self.access_token_in(settings) or self.applies(settings, None)
        return bool(self.authorize_url) and not given

    def access_token_in(self, settings):
        """Return the access token that somebody has typed in, or None."""
        return settings.get(self.access_token) if self.access_token else None

    @property
    def permissions(self):
        """What the app has to be allowed at the tool, as a list of its words."""
        return (self.consent.get("scope") or self.scope).split()

    def consent_url(self, settings, redirect_uri, state, verifier):
        """Return the address at the tool where a person says yes."""
        query = {
            "response_type": "code",
            "client_id": settings[self.client_id],
            "redirect_uri": redirect_uri,
            "state": state,
        }
        if self.scope:
            query["scope"] = self.scope
        if self.pkce:
            query["code_challenge"] = _challenge(verifier)
            query["code_challenge_method"] = "S256"
        url = _resolved(self.authorize_url, settings)
        return f"{url}{'&' if '?' in url else '?'}{urlencode(query | self.consent)}"

    def code_request(self, settings, code, redirect_uri, verifier):
        """Return the Request that turns the code of the consent page into tokens."""
        form = self._client(settings, "authorization_code")
        form |= {"code": code, "redirect_uri": redirect_uri}
        if self.pkce:
            form["code_verifier"] = verifier
        return Request("POST", _resolved(self.token_url, settings), form=form)

    def token_request(self, settings, auth, now=None):
        """Return the Request that renews the token: form-encoded, the client in the body."""
        form = self._client(settings, self.grant)
        if self.grant == "refresh_token":
            form["refresh_token"] = self._refresh_token(settings, auth)
        if self.scope:
            form["scope"] = self.scope
        return Request("POST", _resolved(self.token_url, settings), form=form)

    def read_token(self, answer, auth=None):
        """Return the new `auth` from the JSON of a token answer. Raises Unauthorized without one.

        A refresh token that is not repeated stays valid.
        """
        # "token" is Intercom's older word, beside the usual one.
        answer = answer if isinstance(answer, dict) else {}
        token = answer.get("access_token") or answer.get("token")
        if not token:
            raise refused("the tool gave no access token: connect it again")
        refresh = answer.get("refresh_token") or (auth or {}).get("refreshToken")
        kept = {"refreshToken": refresh} if refresh else {}
        if life_s := answer.get("expires_in"):
            kept["expiresIn"] = life_s
        return {**(auth or {}), "accessToken": token, **kept}

    def kept_settings(self, answer):
        """Return the settings that the answer to a code fills in."""
        found = {name: answer.get(member) for member, name in self.keeps.items()}
        return {name: value for name, value in found.items() if value and type(value) is str}

    def _client(self, settings, grant):
        return {
            "grant_type": grant,
            "client_id": settings[self.client_id],
            "client_secret": settings[self.client_secret],
            **self.extra,
        }

    def _refresh_token(self, settings, auth):
        return (auth or {}).get("refreshToken") or settings.get(self.refresh_token)


def refused(message):
    """Return the error for a tool that gives no token, and will not until somebody steps in."""
    return Unauthorized(message, code=REFUSED, status=401)


def not_connected(name):
    """Return the error for a tool whose consent page nobody has been to."""
    return Unauthorized(
        f"Nobody has connected this destination to {name} yet.", code=NOT_CONNECTED, status=401
    )


def _challenge(verifier):
    return urlsafe_b64encode(sha256(verifier.encode()).digest()).decode().rstrip("=")


def _resolved(url, settings):
    return url(settings) if callable(url) else url
