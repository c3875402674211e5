"""Extensible Webhook: the event to any URL, as JSON or as a form, with a token if need be.

Facts: reference/destination-catalog/raw-data.md, "Extensible Webhook" (read 2026-11-25).

As in our Webhook, URL, method and headers are settings first, and further headers sign the whole
body. Two slips of Segment's are not repeated: it wraps each event of a batch as {"json": …}, and
writes an object in a form as "[object Object]", where we write its JSON.
"""

from dataclasses import dataclass, replace

from destinations.auth import Auth, OAuth2, basic_value
from destinations.catalog._webhooks import METHODS, data_of, headers_of
from destinations.integration import (
    CALL_TYPES,
    UNSET,
    Batch,
    Field,
    Integration,
    Request,
    Setting,
    Unauthorized,
    encode_json,
    json_text,
    path,
    setting,
    signing,
    text_of,
)

FORM = "application/x-www-form-urlencoded"
GRANTS = {"clientCredentials": "client_credentials", "authorizationCode": "refresh_token"}


@dataclass(frozen=True)
class TokenServer(OAuth2):
    """The token server that the settings name. It wants the client in a header, too."""

    def applies(self, settings, auth):
        if settings.get("authType") == "authorizationCode":
            return super().applies(settings, auth)
        client = settings.get("clientId") and settings.get("clientSecret")
        return settings.get("authType") == "clientCredentials" and bool(client)

    def token_request(self, settings, auth, now=None):
        client_id, secret = settings["clientId"], settings["clientSecret"]
        form = {"grant_type": GRANTS[settings["authType"]], "scope": settings.get("scope") or ""}
        if settings["authType"] == "authorizationCode":
            form["refresh_token"] = self._refresh_token(settings, auth)
            form |= {"client_id": client_id, "client_secret": secret}
        headers, query = {"Authorization": basic_value(client_id, secret)}, None
        more = settings.get("oauthParameters") or {}
        if settings.get("oauthParametersIn") == "header":
            headers |= more
        elif settings.get("oauthParametersIn") == "query":
            query = more
        else:
            form |= more
        return Request("POST", settings["refreshTokenServerUrl"], headers, query, form=form)


def _sign(request, settings, auth, now):
    token = (auth or {}).get("accessToken") or settings.get("bearerToken")
    if not token:
        if settings.get("authType") in GRANTS:
            raise Unauthorized("there is no access token: connect the webhook first", status=401)
        return request
    value = f"{settings.get('authorizationPrefix') or 'Bearer'} {token}"
    return replace(request, headers={"Authorization": value, **request.headers})


TOKEN_SERVER = TokenServer(
    "", client_id="clientId", client_secret="clientSecret", refresh_token="refreshToken"
)


def _of(kind):
    return {"depends_on": ("authType", kind)}


integration = Integration(
    slug="webhook-extensible",
    name="Extensible Webhook",
    category="raw-data",
    docs_url=(
        "https://segment.com/docs/connections/destinations/catalog/actions-webhook-extensible/"
    ),
    auth=Auth("bearer", _sign, TOKEN_SERVER),
    names=("Extensible Webhook",),
    description="Sends events to a URL of yours that asks for a token.",
    settings=[
        Setting("url", "URL", type="url", help="Where events are sent"),
        Setting("sharedSecret", "Shared secret", secret=True, help="Signs each request"),
        Setting("method", "Method", type="select", default="POST", choices=METHODS),
        Setting("headers", "Headers", type="map", help="Sent with each request"),
        Setting(
            "authType",
            "Authentication",
            type="select",
            default="none",
            choices=(
                ("none", "None"),
                ("bearer", "Bearer token"),
                ("clientCredentials", "OAuth: client credentials"),
                ("authorizationCode", "OAuth: authorization code"),
            ),
        ),
        Setting("bearerToken", "Token", secret=True, **_of("bearer")),
        Setting(
            "authorizationPrefix",
            "Word before the token",
            default="Bearer",
            aliases=("tokenPrefix",),
        ),
        Setting("refreshTokenServerUrl", "Token URL", type="url", secret=True),
        Setting("clientId", "Client ID"),
        Setting("clientSecret", "Client secret", secret=True),
        Setting("scope", "Scope"),
        Setting("refreshToken", "Refresh token", secret=True, **_of("authorizationCode")),
        Setting("oauthParameters", "Further parameters of the token request", type="map"),
        Setting(
            "oauthParametersIn",
            "Where they go",
            type="select",
            default="body",
            choices=("body", "header", "query"),
        ),
        Setting("enable_batching", "Send batches", type="boolean", default=False),
        Setting("batch_size", "Events in a batch", type="number", default=1000),
    ],
)


@integration.action(
    "Send",
    trigger=" or ".join(f'type = "{name}"' for name in CALL_TYPES),
    batch=Batch(size=1000, max_size=4000, keys=("url", "method", "headers"), enabled=False),
    fields=[
        Field("url", default=setting("url"), required=True, format="uri", label="URL"),
        Field("method", default=setting("method"), required=True, choices=METHODS),
        Field("headers", "object", setting("headers")),
        Field("data", "object", path("$.")),
        Field("enable_batching", "boolean", setting("enable_batching"), hidden=True),
        Field("batch_size", "number", setting("batch_size"), hidden=True),
    ],
)
def send(payload, settings, *, now):
    data = data_of(payload)
    return _request(payload, data, data, settings, now)


@send.batch
def send_batch(payloads, settings, *, now):
    if _is_form(payloads[0]):
        # A form holds one event.
        return [send(payload, settings, now=now) for payload in payloads]
    # As in Webhook, X-Signature covers the first element alone.
    elements = [payload.get("data") for payload in payloads]
    return _request(payloads[0], elements, elements[0], settings, now)


def _request(payload, body, signed, settings, now):
    headers = headers_of(payload)
    as_form = _is_form(payload) and body is not UNSET
    parts = {"form": _form_of(body)} if as_form else {"json": body}
    secret = settings.get("sharedSecret")
    if secret and body is not UNSET:
        headers["X-Signature"] = signing.hmac_hex(secret, encode_json(signed), "sha1")
        if not as_form:
            headers |= signing.switchyard_headers(secret, encode_json(body), now)
    return Request(payload["method"], payload["url"], headers, **parts)


def _is_form(payload):
    headers = headers_of(payload)
    kinds = [value for name, value in headers.items() if name.lower() == "content-type"]
    return any(kind.lower().startswith(FORM) for kind in kinds)


def _form_of(data):
    return {name: _form_text(value) for name, value in data.items()}


def _form_text(value):
    """As JavaScript writes it: null is "null", a list its items with commas."""
    items = value if type(value) is list else [value]
    if any(type(item) in (dict, list) for item in items):
        return json_text(value)
    return "null" if value is None else text_of(value)
