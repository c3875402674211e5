"""Appending to streams of Redis (and Valkey, and whatever else speaks its protocol).

A Request is `redis://host:port/database`, with `username`, `password` and `tls` as headers. As
`json` it has a list of entries {"stream", "fields", "max_length"}; the answer is a Response: 200
and {"entries": [{"id"} or {"error", "message"}]}, in the same order. The method PING asks whether
the server is there and knows us.

XADD: https://redis.io/docs/latest/commands/xadd/ (read 2026-11-25). `max_length` trims about there,
which costs the server far less than trimming exactly.

Why redis-py: it is the one that Redis keeps up itself, and its connections can be opened through
the guard of targets, so that the address checked is the address used.
"""

import ssl
import threading
from collections import OrderedDict
from urllib.parse import urlsplit

import orjson
import redis
from redis.backoff import NoBackoff
from redis.connection import Connection, SSLConnection
from redis.retry import Retry

from ..errors import InvalidSettings, Unauthorized, Unreachable
from ..request import Request, Response
from . import targets

MOST_POOLS = 32

_pools: OrderedDict[tuple, redis.ConnectionPool] = OrderedDict()
_lock = threading.Lock()


def call(request: Request) -> Response:
    """As http.call."""
    client = redis.Redis(connection_pool=_get_pool(request))
    try:
        if request.method == "PING":
            client.ping()
            return Response(200)
        with client.pipeline(transaction=False) as pipeline:
            for entry in request.json:
                pipeline.xadd(entry["stream"], entry["fields"], maxlen=entry.get("max_length"))
            answers = pipeline.execute(raise_on_error=False)
    except redis.AuthenticationError as error:
        raise Unauthorized(f"Redis does not let us in: {error}"[:300], status=401) from error
    except (redis.ConnectionError, redis.TimeoutError, OSError) as error:
        raise _explain(error) from error
    except redis.ResponseError as error:
        raise InvalidSettings(f"Redis refuses: {error}"[:300]) from error
    return Response(200, body=orjson.dumps({"entries": [_entry(each) for each in answers]}))


def _entry(answer) -> dict:
    if isinstance(answer, Exception):
        return {"error": _code(answer), "message": str(answer)[:300]}
    return {"id": answer.decode() if isinstance(answer, bytes) else str(answer)}


def _code(error: Exception) -> str:
    """Return the word that Redis begins an error with; redis-py takes those off that it knows."""
    first = str(error).partition(" ")[0]
    return getattr(error, "status_code", None) or (first if first.isupper() else "ERR")


def _explain(error: Exception) -> Exception:
    behind: BaseException | None = error
    while behind is not None:
        if isinstance(behind, targets.RefusedTarget):
            return targets.refused(behind)
        behind = behind.__cause__ or behind.__context__
    timed_out = isinstance(error, redis.TimeoutError | TimeoutError)
    code = "ETIMEDOUT" if timed_out else "ECONNREFUSED"
    return Unreachable(f"Redis does not answer: {error}"[:300], code=code)


class _Guarded(Connection):
    def _connect(self):
        return targets.connect(self.host, self.port, self.socket_connect_timeout)


class _GuardedTLS(SSLConnection, _Guarded):
    pass


def _get_pool(request: Request) -> redis.ConnectionPool:
    """Return the connections for a server and a login; the ones not used longest go."""
    key = (request.url, *sorted(request.headers.items()))
    with _lock:
        pool = _pools.pop(key, None) or _make_pool(request)
        _pools[key] = pool
        while len(_pools) > MOST_POOLS:
            _pools.popitem(last=False)[1].disconnect()
        return pool


def _make_pool(request: Request) -> redis.ConnectionPool:
    try:
        parts = urlsplit(request.url)
        host, port, database = parts.hostname, parts.port or 6379, int(parts.path[1:] or 0)
    except ValueError as error:
        raise InvalidSettings("This is not the address of a Redis server.") from error
    with_tls = request.headers.get("tls") == "yes"
    options = {"ssl_min_version": ssl.TLSVersion.TLSv1_2} if with_tls else {}
    return redis.ConnectionPool(
        connection_class=_GuardedTLS if with_tls else _Guarded,
        host=host,
        port=port,
        db=database,
        username=request.headers.get("username") or None,
        password=request.headers.get("password") or None,
        socket_timeout=request.timeout_s,
        socket_connect_timeout=request.timeout_s,
        # The only retry policy is the delivery's own.
        retry=Retry(NoBackoff(), 0),
        **options,
    )
