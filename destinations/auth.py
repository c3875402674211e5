"""How a tool knows who is asking: bearer, basic, header, query, OAuth 2.

An Auth signs a request: it takes (request, settings, auth, now) and gives the request with
credentials. `auth` is what the tool gave and the database keeps, such as {"accessToken": …}; a
signature that covers the whole request (AWS) fits the same shape, with its clock in `now`.

How `auth` is got is a grant: `applies(settings, auth)`, `token_request(settings, auth, now)` and
`read_token(answer, auth)`. sending/tokens.py asks, keeps and renews; oauth.py has the grant that
most tools use, and connecting.py leads a person through its consent page.
"""

import re
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass, replace
from urllib.parse import quote, urlencode

import orjson

from destinations import jwt
from destinations.errors import InvalidSettings, Unauthorized
from destinations.oauth import OAuth2, refused
from destinations.request import Request
from destinations.sigv4 import Keys, signed_headers
from sources.language.values import UNSET, encode_json


@dataclass(frozen=True)
class Auth:
    """A way to sign. `kind` is a word for people; `oauth` is the grant, where there is one."""

    kind: str
    sign: Callable
    oauth: object = None


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


def secrets_of(auth):
    """Return the texts in what a tool gave that must never be shown."""
    named = (auth or {}).items()
    return [v for name, v in named if type(v) is str and name in _SECRET_PARTS]


_SECRET_PARTS = ("accessToken", "refreshToken", "secretAccessKey", "sessionToken")


def oauth2(token_url, **options):
    """`Authorization: Bearer <access token>`, got and renewed as `OAuth2` says."""
    return Auth("oauth2", _sign_with_token, OAuth2(token_url, **options))


def _sign_with_token(request, settings, auth, now):
    token = (auth or {}).get("accessToken")
    if not token:
        raise Unauthorized("there is no access token: connect the tool first", status=401)
    return replace(request, headers={"Authorization": f"Bearer {token}", **request.headers})


def sigv4(service, *, region="region", role=None, external_id=None, endpoint="endpoint"):
    """A signature of AWS over the whole request, body included.

    The keys are the settings `accessKeyId` and `secretAccessKey`. `region` names a setting; `role`
    and `external_id` name those of a role to take on with these keys, if one is set.
    """
    grant = AssumedRole(role, external_id, region, endpoint) if role else None

    def sign(request, settings, auth, now):
        if "Authorization" in request.headers:
            return request  # by its builder, which knows the region from the event
        return sign_aws(request, settings, auth, now, service, settings[region])

    return Auth("sigv4", sign, grant)


def sign_aws(request, settings, auth, now, service, region):
    """Return `request` signed for one service of AWS in one region."""
    if (auth or {}).get("secretAccessKey"):
        keys = Keys(auth["accessKeyId"], auth["secretAccessKey"], auth.get("sessionToken", ""))
    else:
        keys = Keys(settings["accessKeyId"], settings["secretAccessKey"])
    if request.query:
        # The signature covers the query as it is sent; the sender would write a space as "+".
        url = f"{request.url}?{urlencode(request.query, quote_via=quote)}"
        request = replace(request, url=url, query=None)
    body = request.body or b""
    if request.json is not UNSET:
        body = encode_json(request.json)
    headers = signed_headers(
        request.method,
        request.url,
        request.headers,
        body.encode() if isinstance(body, str) else body,
        keys=keys,
        region=region,
        service=service,
        now=now,
    )
    return replace(request, headers=headers)


@dataclass(frozen=True)
class AssumedRole:
    """How to get the temporary keys of a role at AWS. All names are those of settings.

    https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html (read 2026-11-23)
    """

    role: str
    external_id: str | None
    region: str
    endpoint: str
    life_s: int = 3600  # AWS's default for a role

    def applies(self, settings, auth):
        return bool(settings.get(self.role))

    def token_request(self, settings, auth, now):
        region = settings.get(self.region) or "us-east-1"
        form = {
            "Action": "AssumeRole",
            "Version": "2011-06-15",
            "RoleArn": settings[self.role],
            "RoleSessionName": "switchyard",
            "DurationSeconds": self.life_s,
        }
        if self.external_id and settings.get(self.external_id):
            form["ExternalId"] = settings[self.external_id]
        url = settings.get(self.endpoint) or f"https://sts.{region}.amazonaws.com"
        headers = {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}
        request = Request("POST", url.rstrip("/") + "/", headers, body=urlencode(form))
        return sign_aws(request, settings, None, now, "sts", region)

    def read_token(self, answer, auth=None):
        """Return the keys from the XML of an answer. Raises Unauthorized without them."""
        names = ("AccessKeyId", "SecretAccessKey", "SessionToken")
        found = [re.search(f"<{name}>([^<]+)</{name}>", str(answer)) for name in names]
        if not all(found):
            raise refused("AWS gave no keys for the role")
        values = [one[1] for one in found]
        return {
            "accessKeyId": values[0],
            "secretAccessKey": values[1],
            "sessionToken": values[2],
            "expiresIn": self.life_s,
        }


def service_account(setting, scope):
    """`Authorization: Bearer …` with the token of a service account at Google, whose key (a JSON
    file) is the value of a setting."""
    return Auth("service account", _sign_with_token, ServiceAccount(setting, scope))


@dataclass(frozen=True)
class ServiceAccount:
    """How to get the token of a service account: for a claim signed with its key.

    https://developers.google.com/identity/protocols/oauth2/service-account (read 2026-11-23)
    """

    setting: str
    scope: str
    life_s: int = 3600

    def applies(self, settings, auth):
        return bool(settings.get(self.setting))

    def token_request(self, settings, auth, now):
        try:
            key = orjson.loads(settings[self.setting])
            url = key.get("token_uri") or "https://oauth2.googleapis.com/token"
            issued = int(now.timestamp())
            claims = {
                "iss": key["client_email"],
                "scope": self.scope,
                "aud": url,
                "iat": issued,
                "exp": issued + self.life_s,
            }
            assertion = jwt.signed(claims, key["private_key"], key.get("private_key_id", ""))
        except (ValueError, KeyError, TypeError, AttributeError):
            # Not `from` the error: it may quote what it could not read, a secret.
            message = f"{self.setting} is not the JSON key of a service account"
            raise InvalidSettings(message) from None
        grant = "urn:ietf:params:oauth:grant-type:jwt-bearer"
        return Request("POST", url, form={"grant_type": grant, "assertion": assertion})

    def read_token(self, answer, auth=None):
        """Return the new `auth` from the JSON of an answer. Raises Unauthorized without a token."""
        token = answer.get("access_token") if isinstance(answer, dict) else None
        if not token:
            raise refused("Google gave no access token for the service account")
        return {"accessToken": token, "expiresIn": answer.get("expires_in", self.life_s)}
