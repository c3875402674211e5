"""The only code that talks to tools: time-outs, the guard of targets, and what an error means.

`send` is for deliveries (aiohttp: a tenth of the CPU of requests), `call` for the requests that a
person waits for. Both give a Response for every answer, whatever its status, and raise
Unreachable when there was none. At most `MOST_ANSWER_BYTES` of an answer are read.
"""

import errno
import socket
import ssl
from urllib.parse import urlencode, urljoin

import aiohttp
import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import NameResolutionError, NewConnectionError

from sources.language.values import UNSET, encode_json

from ..errors import InvalidSettings, Unreachable
from ..request import Headers, Request, Response
from . import targets

USER_AGENT = "Switchyard/0.1 (+https://github.com/switchyard-dev/switchyard)"
MOST_ANSWER_BYTES = 64 * 1024
MOST_REDIRECTS = 3
REDIRECTS = (307, 308)  # the only ones that keep method and body


def wire(request: Request) -> tuple[str, dict, bytes | None]:
    """Return URL, headers and body of a request as they go over the wire."""
    url, headers, body = request.url, dict(request.headers), None
    if request.query:
        pairs = {name: value for name, value in request.query.items() if value is not None}
        url += ("&" if "?" in url else "?") + urlencode(pairs, doseq=True)
    kind = None
    if request.json is not UNSET:
        body, kind = encode_json(request.json), "application/json"
    elif request.form is not None:
        pairs = {name: value for name, value in request.form.items() if value is not None}
        body, kind = urlencode(pairs, doseq=True).encode(), "application/x-www-form-urlencoded"
    elif request.body is not None:
        body = request.body.encode() if isinstance(request.body, str) else request.body
    names = {name.lower() for name in headers}
    if kind and "content-type" not in names:
        headers["Content-Type"] = kind
    if "user-agent" not in names:
        headers["User-Agent"] = USER_AGENT
    return url, headers, body


def open_session() -> aiohttp.ClientSession:
    """Return a session for `send`. Who opens it closes it."""
    connector = aiohttp.TCPConnector(
        limit=0,  # bounded per destination by the delivery
        ttl_dns_cache=60,
        socket_factory=targets.open_socket,
    )
    return aiohttp.ClientSession(
        connector=connector,
        cookie_jar=aiohttp.DummyCookieJar(),
        trust_env=False,
        auto_decompress=True,
    )


async def send(session: aiohttp.ClientSession, request: Request) -> Response:
    """Send and return the answer. Raises Unreachable, or InvalidSettings for a refused target."""
    url, headers, body = wire(request)
    timeout = aiohttp.ClientTimeout(total=request.timeout_s)
    try:
        for _ in range(MOST_REDIRECTS + 1):
            async with session.request(
                request.method,
                url,
                data=body,
                headers=headers,
                timeout=timeout,
                allow_redirects=False,
            ) as answer:
                content = await _read(answer)
                if answer.status in REDIRECTS and "Location" in answer.headers:
                    url, headers = _follow(url, answer.headers["Location"], headers)
                    continue
                return Response(answer.status, Headers(answer.headers), content)
        raise Unreachable("The tool redirects in a circle.", code="TOO_MANY_REDIRECTS")
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        raise _explain(error) from error


async def _read(answer) -> bytes:
    """Read at most MOST_ANSWER_BYTES; of a longer answer the rest is not waited for."""
    length = answer.content_length
    if length is not None and length <= MOST_ANSWER_BYTES:
        return await answer.read()
    parts, size = [], 0
    async for part in answer.content.iter_any():
        parts.append(part)
        size += len(part)
        if size >= MOST_ANSWER_BYTES:
            answer.close()
            break
    return b"".join(parts)[:MOST_ANSWER_BYTES]


def _follow(url: str, location: str, headers: dict) -> tuple[str, dict]:
    """Return where a redirect leads; to another host no header goes that could be a secret."""
    target = urljoin(url, location)
    if target.split("/")[:3] == url.split("/")[:3]:
        return target, headers
    harmless = ("content-type", "user-agent")
    return target, {name: value for name, value in headers.items() if name.lower() in harmless}


def _explain(error: BaseException) -> Exception:
    """Return the DeliveryError for what went wrong on the way to an answer."""
    causes = list(_causes(error))
    if refused := _first(causes, targets.RefusedTarget):
        return targets.refused(refused)
    if _first(causes, socket.gaierror) or isinstance(error, aiohttp.ClientConnectorDNSError):
        return Unreachable("The host name is not known.", code="ENOTFOUND")
    if isinstance(error, TimeoutError | requests.Timeout):
        return Unreachable("There was no answer in time.", code="ETIMEDOUT")
    if tls := _first(causes, (ssl.SSLError, aiohttp.ClientSSLError)):
        return Unreachable(f"No secure connection: {tls}"[:300], code="TLS_ERROR")
    if isinstance(error, aiohttp.InvalidURL | requests.exceptions.InvalidURL):
        return InvalidSettings(f"This is not a URL that can be called: {error}"[:300])
    numbers = [cause.errno for cause in causes if isinstance(cause, OSError)]
    codes = [errno.errorcode[number] for number in numbers if number in errno.errorcode]
    lost = isinstance(error, aiohttp.ServerDisconnectedError)
    code = "ECONNRESET" if lost else next(iter(codes), "ECONNABORTED")
    return Unreachable(f"No answer: {causes[-1]}"[:300], code=code)


def _causes(error: BaseException):
    """Yield an error and all that lies behind it: its causes, and the members of a group."""
    seen, waiting = set(), [error]
    while waiting:
        error = waiting.pop(0)
        if id(error) in seen:
            continue
        seen.add(id(error))
        yield error
        behind = [error.__cause__, error.__context__, *getattr(error, "exceptions", ())]
        behind += [getattr(error, "reason", None), getattr(error, "os_error", None), *error.args]
        waiting += [each for each in behind if isinstance(each, BaseException)]


def _first(causes: list, kind):
    return next((cause for cause in causes if isinstance(cause, kind)), None)


# --- the calls that a person waits for ----------------------------------------------------------


class _Guarded:
    """Connects through `targets`, so that the address checked is the address used."""

    def _new_conn(self):
        try:
            return targets.connect(self._dns_host, self.port, self.timeout)
        except socket.gaierror as error:
            raise NameResolutionError(self.host, self, error) from error
        except targets.RefusedTarget:
            raise
        except OSError as error:
            raise NewConnectionError(self, f"No connection: {error}") from error


class _GuardedHTTP(_Guarded, HTTPConnection):
    pass


class _GuardedHTTPS(_Guarded, HTTPSConnection):
    pass


class _GuardedPool(HTTPConnectionPool):
    ConnectionCls = _GuardedHTTP


class _GuardedPools(HTTPSConnectionPool):
    ConnectionCls = _GuardedHTTPS


class _GuardedAdapter(HTTPAdapter):
    def init_poolmanager(self, *args, **kwargs):
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"http": _GuardedPool, "https": _GuardedPools}


def call(request: Request) -> Response:
    """Like `send`, for the calls that a person waits for: credential check, test event, token."""
    url, headers, body = wire(request)
    with requests.Session() as session:
        session.trust_env = False
        session.mount("http://", _GuardedAdapter())
        session.mount("https://", _GuardedAdapter())
        try:
            with session.request(
                request.method,
                url,
                data=body,
                headers=headers,
                timeout=request.timeout_s,
                allow_redirects=False,
                stream=True,
            ) as answer:
                content = next(answer.iter_content(MOST_ANSWER_BYTES), b"")
                return Response(answer.status_code, Headers(answer.headers), content)
        except (requests.RequestException, OSError) as error:
            raise _explain(error) from error
