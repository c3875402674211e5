"""A request to a tool, and its answer. Building and reading only; destinations.http sends."""

import re
from dataclasses import dataclass, field, replace
from email.utils import parsedate_to_datetime
from functools import lru_cache
from urllib.parse import quote, quote_plus, urlsplit

import orjson

from destinations.errors import InvalidPayload
from sources.language.values import UNSET

MASK = "•••"

_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+", re.ASCII)
_NOT_IN_HEADERS = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
_NOT_IN_URLS = re.compile(r"[\x00-\x20\x7f\\]")
_SECRET_HEADER = re.compile(
    r"authorization|token|secret|api[-_]?key|cookie|x-wsse|password|key\.pem", re.I
)


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request.

    `url` is absolute, or a path below the integration's base URL. At most one of `json` (any JSON
    value), `form` (a dict) and `body` (bytes or str) is given. `query` is a dict; None members of
    `query` and `form` are left out by the sender.
    """

    method: str
    url: str
    headers: dict = field(default_factory=dict)
    query: dict | None = None
    json: object = UNSET
    form: dict | None = None
    body: bytes | str | None = None
    timeout_s: float = 10

    def as_dict(self):
        """The request as JSON can show it, empty parts left out."""
        shown = {"method": self.method, "url": self.url, "headers": dict(self.headers)}
        if self.query:
            shown["query"] = dict(self.query)
        if self.json is not UNSET:
            shown["json"] = self.json
        elif self.form is not None:
            shown["form"] = dict(self.form)
        elif self.body is not None:
            shown["body"] = _readable(self.body)
        return shown


def _readable(body):
    try:
        return body.decode() if type(body) is bytes else body
    except UnicodeDecodeError:
        return f"({len(body):,} bytes)"


class Headers(dict):
    """Headers of an answer; names are compared without regard to case."""

    def __init__(self, items=()):
        super().__init__((name.lower(), value) for name, value in dict(items).items())

    def get(self, name, default=None):
        return super().get(name.lower(), default)


@dataclass(frozen=True, slots=True)
class Response:
    """A tool's answer: what builders and readers may look at."""

    status: int
    headers: Headers = field(default_factory=Headers)
    body: bytes = b""

    def json(self):
        """Return the body as JSON, or {} when it is none."""
        try:
            return orjson.loads(self.body)
        except ValueError:
            return {}

    def object(self):
        """Return the body as a JSON object, or {} when it is none."""
        found = self.json()
        return found if type(found) is dict else {}

    def objects(self, name):
        """Return the objects of the list that the body has under this name."""
        found = self.object().get(name)
        return [each for each in found if type(each) is dict] if type(found) is list else []


def retry_after_s(headers, now=None):
    """Return the seconds that a `Retry-After` header asks for, or None. A date needs `now`."""
    value = (headers.get("retry-after") or "").strip()
    if value.isascii() and value.isdigit():
        return float(value[:9])
    if not value or now is None:
        return None
    try:
        return max(0.0, (parsedate_to_datetime(value) - now).total_seconds())
    except (ValueError, TypeError):
        return None


def check_sendable(request, transport="http"):
    """Raise InvalidPayload for a URL or a header that would break out of its line.

    Both may come from an event, so from anybody. `transport` is the integration's; no event can
    lead to another one.
    """
    if transport != "http":
        if not request.url.startswith(f"{transport}://") or _NOT_IN_URLS.search(request.url):
            raise InvalidPayload([("url", f"must start with {transport}:// and hold no spaces")])
        return
    if not _is_sendable_url(request.url):
        raise InvalidPayload([("url", "must be an http or https URL without spaces")])
    for name, value in request.headers.items():
        if not _is_header_name(name):
            raise InvalidPayload([("headers", f"cannot have the name {name!r}")])
        if type(value) is not str or _NOT_IN_HEADERS.search(value):
            raise InvalidPayload([("headers", f"{name} cannot hold line breaks")])


@lru_cache(maxsize=4096)
def _is_sendable_url(url):
    if not url.lower().startswith(("http://", "https://")) or _NOT_IN_URLS.search(url):
        return False
    try:
        return bool(urlsplit(url).hostname)
    except ValueError:
        return False


@lru_cache(maxsize=4096)
def _is_header_name(name):
    return type(name) is str and _HEADER_NAME.fullmatch(name) is not None


def redact(request, secrets):
    """Return a copy of `request` that can be shown: `secrets` (texts) are masked wherever they
    stand, plain or URL-encoded, and so is every header that carries credentials."""
    masks = _masks(secrets)
    return replace(
        request,
        url=_masked(request.url, masks),
        headers={
            name: _masked_header(name, value, masks) for name, value in request.headers.items()
        },
        query=_masked(request.query, masks),
        json=_masked(request.json, masks),
        form=_masked(request.form, masks),
        body=_masked(request.body, masks),
    )


def mask_text(text, secrets):
    """Return `text` with every secret masked."""
    return _masked(text, _masks(secrets))


def _masks(secrets):
    """Give (secret, replacement) pairs, the longest first."""
    masks = {}
    for secret in secrets:
        # Shorter texts would mask half the request and protect nothing.
        if type(secret) is not str or len(secret) < 4:
            continue
        shown = _masked_url(secret) if secret.startswith(("https://", "http://")) else MASK
        for spelling in (secret, quote(secret, safe=""), quote_plus(secret)):
            masks[spelling] = shown
    return sorted(masks.items(), key=lambda pair: -len(pair[0]))


def _masked_url(url):
    """Keep the host: it says which tool, and holds no secret."""
    try:
        return f"{urlsplit(url).scheme}://{urlsplit(url).hostname}/{MASK}"
    except ValueError:
        return MASK


def _masked_header(name, value, masks):
    if not _SECRET_HEADER.search(name):
        return _masked(value, masks)
    scheme, space, _ = value.partition(" ") if type(value) is str else ("", "", "")
    return f"{scheme} {MASK}" if space and scheme.isalpha() else MASK


def _masked(value, masks):
    kind = type(value)
    if kind is str:
        for secret, shown in masks:
            value = value.replace(secret, shown)
        return value
    if kind is bytes:
        try:
            return _masked(value.decode(), masks).encode()
        except UnicodeDecodeError:
            return value  # no text: as_dict shows its size
    if kind is dict:
        return {_masked(key, masks): _masked(each, masks) for key, each in value.items()}
    if kind is list or kind is tuple:
        return [_masked(each, masks) for each in value]
    return value
