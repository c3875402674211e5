"""A tool with a consent page: HTML that a browser can press, codes, tokens, and events."""

import json
from base64 import urlsafe_b64encode
from hashlib import sha256
from html import escape
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

from destinations.auth import Auth, oauth2
from destinations.catalog._oauth import token_of
from destinations.integration import Field, Integration, Request, Setting, path
from tests.tool import Answer, Tool

CLIENT = {"client_id": "our-app", "client_secret": "s3cret-s3cret"}
SECRETS = ("s3cret-s3cret", "code-4711", "access-1", "refresh-1", "access-2", "refresh-2")

PAGE = """<!doctype html><title>Parcelpost</title><h1>Switchyard asks for access</h1>
<a href="{yes}">Allow</a> <a href="{no}">Deny</a>"""


class ConsentingTool(Tool):
    """Gives code-4711 for a consent, and for each code or refresh token a new access token."""

    def __init__(self):
        super().__init__()
        self.issued = 0
        self.refreshes = True
        self.extra = {}
        self.refuses = None  # an Answer to all who ask for a token
        self.takes = lambda token: token == f"access-{self.issued}"
        self.answer = self._answer

    def _answer(self, call):
        where = urlsplit(call.path)
        if where.path == "/authorize":
            return self._page(dict(parse_qsl(where.query)))
        if where.path == "/token":
            return self.refuses or self._token()
        token = call.headers.get("Authorization", "").removeprefix("Bearer ")
        return Answer(200 if self.takes(token) else 401)

    def _page(self, asked):
        back, state = asked["redirect_uri"], asked["state"]
        yes = f"{back}?{urlencode({'code': 'code-4711', 'state': state})}"
        no = f"{back}?{urlencode({'error': 'access_denied', 'state': state})}"
        html = PAGE.format(yes=escape(yes), no=escape(no))
        return Answer(200, html.encode(), {"Content-Type": "text/html"})

    def _token(self):
        self.issued += 1
        given = {"access_token": f"access-{self.issued}", "expires_in": 3600, **self.extra}
        if self.refreshes:
            given["refresh_token"] = f"refresh-{self.issued}"
        return Answer(200, json.dumps(given).encode())

    def token_calls(self):
        return [dict(parse_qsl(c.body.decode())) for c in self.calls if c.path == "/token"]

    def events(self):
        return [call for call in self.calls if call.path == "/events"]


def parcelpost(tool, **options):
    """Return an integration whose consent page is the tool's."""
    integration = Integration(
        slug="parcelpost",
        name="Parcelpost",
        category="email",
        docs_url="https://docs.parcelpost.example",
        base_url=tool.url,
        auth=_auth(
            f"{tool.url}/token",
            authorize_url=f"{tool.url}/authorize",
            access_token="access_token",
            scope="events.write",
            consent={"prompt": "consent"},
            pkce=True,
            keeps={"instance_url": "instanceUrl"},
            **options,
        ),
        check=Request("GET", "/me"),
        settings=[
            Setting("instanceUrl", "Instance URL", type="url"),
            Setting("client_id", "Client ID"),
            Setting("client_secret", "Client secret", secret=True),
            Setting("refresh_token", "Refresh token", secret=True),
            Setting("access_token", "Access token", secret=True),
        ],
    )

    @integration.action(
        "Send", trigger='type = "track"', fields=[Field("id", default=path("$.messageId"))]
    )
    def send(payload, settings):
        return Request("POST", "/events", json=payload)

    return integration


def _auth(token_url, **options):
    def sign(request, settings, auth, now):
        request.headers["Authorization"] = f"Bearer {token_of(settings, auth)}"
        return request

    return Auth("oauth2", sign, oauth2(token_url, **options).oauth)


def asked_at(url):
    """Return what a consent page is asked, as a dict."""
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}


def challenge_of(verifier):
    return urlsafe_b64encode(sha256(verifier.encode()).digest()).decode().rstrip("=")
