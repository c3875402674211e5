"""OAuth for the tools that Segment reaches through apps of its own.

A self-hosted build has no such app: its operator registers one and puts its client and a refresh
token here. A token pasted into `access_token` does as well, for as long as it lives.
"""

from dataclasses import replace

from destinations.auth import Auth, OAuth2
from destinations.integration import Setting, Unauthorized

CLIENT = [
    Setting("client_id", "Client ID", help="Of your own app at the tool"),
    Setting("client_secret", "Client secret", secret=True, help="Of your own app at the tool"),
    Setting("refresh_token", "Refresh token", secret=True, help="What access tokens are got with"),
    Setting(
        "access_token",
        "Access token",
        secret=True,
        aliases=("accessToken",),
        help="Instead of the client and a refresh token",
    ),
]


def token_of(settings, auth):
    """Return the access token that OAuth gave, or else the one of the settings."""
    token = (auth or {}).get("accessToken") or settings.get("access_token")
    if not token:
        raise Unauthorized("there is no access token: connect the tool first", status=401)
    return token


def _sign(request, settings, auth, now):
    authorization = f"Bearer {token_of(settings, auth)}"
    return replace(request, headers={"Authorization": authorization, **request.headers})


def oauth(token_url, **options):
    """`Authorization: Bearer …`, the token got and renewed as `OAuth2` says."""
    return Auth("oauth2", _sign, OAuth2(token_url, **options))
