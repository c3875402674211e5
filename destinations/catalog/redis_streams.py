"""Redis Streams: events as entries of a stream, for consumers of one's own.

No tool of Segment's. Entries: https://redis.io/docs/latest/commands/xadd/ (read 2026-11-25). How it
is sent: destinations/sending/redis_streams.py.

An entry has the event as JSON in one field, `data`, and what a consumer picks by in others. One
that is sent twice, after a connection broke, is there twice: consumers go by `messageId`.
"""

from destinations.integration import (
    CALL_TYPES,
    Batch,
    Field,
    Integration,
    Request,
    ServerFault,
    Setting,
    Unauthorized,
    encode_json,
    for_status,
    json_text,
    path,
    text_of,
)

# By these words Redis says that it will take the same entry later.
PASSING = {"OOM", "LOADING", "READONLY", "BUSY", "CLUSTERDOWN", "TRYAGAIN", "MASTERDOWN", "MISCONF"}
DENIED = {"NOAUTH", "NOPERM", "WRONGPASS"}

integration = Integration(
    slug="redis-streams",
    name="Redis Streams",
    category="raw-data",
    docs_url="https://redis.io/docs/latest/develop/data-types/streams/",
    check=lambda settings: _request("PING", settings),
    transport="redis",
    description="Appends what a mapping makes of an event to a stream of Redis or Valkey.",
    settings=[
        Setting("host", "Host", required=True, help="redis.example.com"),
        Setting("port", "Port", type="number", default=6379, minimum=1, maximum=65535),
        Setting("database", "Database", type="number", default=0, minimum=0),
        Setting("username", "User name"),
        Setting("password", "Password", secret=True),
        Setting("tls", "TLS", type="boolean", default=True),
    ],
)


def _request(method, settings, **content):
    host = settings["host"].strip().strip("[]")
    host = f"[{host}]" if ":" in host else host
    url = f"redis://{host}:{text_of(settings['port'])}/{text_of(settings['database'])}"
    login = {name: settings[name] for name in ("username", "password") if settings.get(name)}
    return Request(method, url, {**login, "tls": "yes" if settings.get("tls") else "no"}, **content)


@integration.action(
    "Append to a stream",
    trigger=" or ".join(f'type = "{name}"' for name in CALL_TYPES),
    batch=Batch(size=500, max_size=5000, bytes=4_000_000),
    fields=[
        Field("stream", default="events", required=True, help="The key of the stream"),
        Field("data", "object", path("$."), required=True, help="Kept as JSON in the field data"),
        Field(
            "fields",
            "object",
            {"messageId": path("$.messageId"), "type": path("$.type"), "event": path("$.event")},
            help="Further fields of the entry",
        ),
        Field(
            "max_length",
            "integer",
            minimum=1,
            help="Older entries are trimmed at about this length. Empty: none are",
        ),
        Field("enable_batching", "boolean", True, hidden=True),
        Field("batch_size", "number", 500, hidden=True),
    ],
)
def append(payload, settings):
    return append_batch([payload], settings)


@append.batch
def append_batch(payloads, settings):
    return _request("XADD", settings, json=[_entry(payload) for payload in payloads])


def _entry(payload):
    others = {name: _text(value) for name, value in (payload.get("fields") or {}).items()}
    entry = {
        "stream": payload["stream"],
        "fields": {**others, "data": encode_json(payload["data"]).decode()},
    }
    length = payload.get("max_length")
    return entry if length is None else {**entry, "max_length": length}


def _text(value):
    return value if type(value) is str else json_text(value)


@append.answer
def outcomes(response, payloads):
    entries = response.object().get("entries")
    return [_error(each) for each in entries] if entries else None


def _error(entry):
    code = entry.get("error")
    if not code:
        return None
    text = f"Redis: {entry.get('message')}"
    if code in PASSING:
        return ServerFault(text, code=code)
    if code in DENIED:
        return Unauthorized(text, code=code)
    return for_status(400, text, code=code)
