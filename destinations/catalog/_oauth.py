"""OAuth for the tools that Segment reaches through apps of its own.

A self-hosted build has no such app: its operator registers one, puts its client here and goes
through the tool's consent page. A refresh token that is there already, or a token pasted into
`access_token` (for as long as it lives), does as well.
"""

from dataclasses import replace

from destinations.auth import Auth, OAuth2
from destinations.integration import Setting, Unauthorized

_APP = [
    Setting("client_id", "Client ID", help="Of your own app at the tool"),
    Setting("client_secret", "Client secret", secret=True, help="Of your own app at the tool"),
]


def _tokens(refresh_help, access_help):
    return [
        Setting("refresh_token", "Refresh token", secret=True, help=refresh_help),
        Setting(
            "access_token",
            "Access token",
            secret=True,
            aliases=("accessToken",),
            help=access_help,
        ),
    ]


# For tools with a consent page.
CLIENT = [
    *_APP,
    *_tokens(
        "Only if you have one already: Connect gets one for you",
        "Only to go without an app of your own, such as with the token of a private one",
    ),
]
# For tools that trust the client alone.
CLIENT_ALONE = [*_APP, *_tokens("Not needed", "Instead of the client")]


# Without both Google gives a refresh token at the first consent only, or none at all:
# https://developers.google.com/identity/protocols/oauth2/web-server
GOOGLE_CONSENT = {"access_type": "offline", "prompt": "consent"}


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
    return Auth("oauth2", _sign, OAuth2(token_url, access_token="access_token", **options))
