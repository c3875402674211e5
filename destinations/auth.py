"""How a tool knows who is asking: bearer, basic, header, query, OAuth 2.

An Auth signs a request: it takes (request, settings, auth, now) and gives the request with
credentials. `auth` is what OAuth gave and the database keeps, such as {"accessToken": …}; a
signature that covers the whole request (AWS) fits the same shape, with its clock in `now`.
"""

from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from destinations.errors import Unauthorized
from destinations.request import Request


@dataclass(frozen=True)
class Auth:
    """A way to sign. `kind` is a word for people; `oauth` says how to get and renew a token."""

    kind: str
    sign: Callable
    oauth: "OAuth2 | None" = None


def _unsigned(request, settings, auth, now):
    return request


no_auth = Auth("none", _unsigned)


def header(name, setting, prefix=""):
    """The value of a setting in a header: `header("X-Api-Key", "api_key")`."""

    def sign(request, settings, auth, now):
        headers = {name: f"{prefix}{settings[setting]}", **request.headers}
        return replace(request, headers=headers)

    return Auth("header", sign)


def bearer(setting, scheme="Bearer"):
    """`Authorization: Bearer <setting>`."""
    return replace(header("Authorization", setting, f"{scheme} "), kind="bearer")


def basic(user, password=None):
    """`Authorization: Basic …` from two settings; without a second one, an empty password."""

    def sign(request, settings, auth, now):
        value = basic_value(settings[user], settings[password] if password else "")
        return replace(request, headers={"Authorization": value, **request.headers})

    return Auth("basic", sign)


def basic_value(user, password=""):
    """Return the value of a Basic `Authorization` header."""
    return "Basic " + b64encode(f"{user}:{password}".encode()).decode()


def query(name, setting):
    """The value of a setting in the URL's query."""

    def sign(request, settings, auth, now):
        return replace(request, query={name: settings[setting], **(request.query or {})})

    return Auth("query", sign)


@dataclass(frozen=True)
class OAuth2:
    """How to get an access token. `grant` is "refresh_token" or "client_credentials".

    The names are those of settings; `authorize_url` is where a person gives consent (grant
    "refresh_token" only). The client is the operator's own app (destination-catalog.md).
    """

    token_url: str | Callable
    authorize_url: str = ""
    grant: str = "refresh_token"
    client_id: str = "client_id"
    client_secret: str = "client_secret"
    scope: str = ""
    extra: dict = field(default_factory=dict)

    def token_request(self, settings, auth):
        """Return the Request that renews the token: form-encoded, the client in the body."""
        form = {
            "grant_type": self.grant,
            "client_id": settings[self.client_id],
            "client_secret": settings[self.client_secret],
            **self.extra,
        }
        if self.grant == "refresh_token":
            form["refresh_token"] = (auth or {}).get("refreshToken")
        if self.scope:
            form["scope"] = self.scope
        url = self.token_url if isinstance(self.token_url, str) else self.token_url(settings)
        return Request("POST", url, form=form)

    def read_token(self, answer, auth=None):
        """Return the new `auth` from the JSON of a token answer. Raises Unauthorized without one.

        A refresh token that is not repeated stays valid.
        """
        token = answer.get("access_token") if isinstance(answer, dict) else None
        if not token:
            raise Unauthorized(
                "the tool gave no access token: connect it again",
                code="OAUTH_REFRESH_FAILED",
                status=401,
            )
        refresh = answer.get("refresh_token") or (auth or {}).get("refreshToken")
        kept = {"refreshToken": refresh} if refresh else {}
        return {**(auth or {}), "accessToken": token, **kept}


def oauth2(token_url, **options):
    """`Authorization: Bearer <access token>`, got and renewed as `OAuth2` says."""

    def sign(request, settings, auth, now):
        token = (auth or {}).get("accessToken")
        if not token:
            raise Unauthorized("there is no access token: connect the tool first", status=401)
        return replace(request, headers={"Authorization": f"Bearer {token}", **request.headers})

    return Auth("oauth2", sign, OAuth2(token_url, **options))
