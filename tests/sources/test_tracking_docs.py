"""Each row of the table in docs/tracking-api.md, sent to a running product."""

import gzip
import http.client
import json
import re
import subprocess
import sys
import zlib
from pathlib import Path

import pytest

from ..product import ROOT, Up
from .test_tracking import basic

pytestmark = pytest.mark.processes

DOCS = Path(__file__).parents[2] / "docs" / "tracking-api.md"
ROW = re.compile(r"^\| (.+?) +\| (\d{3}) +\| `?([\w–]+)`? +\| (.+?) +\|$", re.M)
SOURCES = """
workspace: {slug: acme, name: Acme}
sources:
  - {slug: open, write_keys: [wk_open, wk_revoked, wk_pages]}
  - {slug: off, write_keys: [wk_off], enabled: false}
  - {slug: strict, write_keys: [wk_strict], strict: true}
  - {slug: limited, write_keys: [wk_limited], rate_limit: 1, rate_burst: 1}
"""
TRACK = {"type": "track", "event": "Signed Up", "userId": "u1"}


def single(content=(), path="/v1/track", key="wk_open", method="POST", **headers):
    body = content if isinstance(content, bytes) else json.dumps({**TRACK, **dict(content)})
    return method, path, body, (basic(key) if key else {}) | headers


def raw(text, **options):
    """One event, with a property whose JSON is `text`."""
    event = '{"userId":"u1","event":"Odd","properties":{"p":' + text + "}}"
    return single(event.encode("utf-8", "surrogatepass"), **options)


def batch(*messages, **options):
    return single(json.dumps({"batch": messages}).encode(), path="/v1/batch", **options)


def without(name, **fields):
    event = {key: value for key, value in TRACK.items() if key != name} | fields
    return single(json.dumps(event).encode())


def consent(**consent):
    context = {"consent": consent} if consent else {}
    return single({"event": "Segment Consent Preference Updated", "context": context})


def nested(depth):
    return "[" * depth + "]" * depth


def bomb(megabytes):
    """Return gzip of so many megabytes of spaces. The checksum is wrong; nobody gets to see it."""
    deflate = zlib.compressobj(9, wbits=31)
    head = deflate.compress(b"{") + deflate.flush(zlib.Z_FULL_FLUSH)
    ten = deflate.compress(b" " * 10_000_000) + deflate.flush(zlib.Z_FULL_FLUSH)
    return head + ten * (megabytes // 10) + deflate.flush()


ZIPPED = {"Content-Encoding": "gzip"}
WIDE = {f"p{number}": number for number in range(10_000)}

CASES = {
    "a write key that nobody has": single(key="wk_unknown"),
    "no write key at all": single(key=None),
    "a revoked write key": single(key="wk_revoked"),
    "a page whose origin the key does not allow": single(
        key="wk_pages", Origin="https://elsewhere.example"
    ),
    "a source that is switched off": single(key="wk_off"),
    "neither `userId` nor `anonymousId`": without("userId"),
    "an empty `userId`, no `anonymousId`": single({"userId": ""}),
    "`userId` as a number": single({"userId": 7}),
    "`userId` as an object": single({"userId": {"id": 7}}),
    "`track` without `event`": without("event"),
    "`event` as a number": single({"event": 7}),
    "`page` with a `name` that is no text": single({"name": 7}, path="/v1/page"),
    "`screen` with an empty `category`": single({"category": ""}, path="/v1/screen"),
    "an unknown `type` in a batch": batch({**TRACK, "type": "click"}),
    "no `type` in a batch": batch({"userId": "u1", "event": "Signed Up"}),
    "a `messageId` of 101 characters": single({"messageId": "m" * 101}),
    "`messageId` as a list": single({"messageId": ["m"]}),
    "`properties` as text": single({"properties": "p"}),
    "`traits` as a list": single({"traits": []}, path="/v1/identify"),
    "`context` as text": single({"context": "c"}),
    "`integrations` as a list": single({"integrations": []}),
    "`context.device.advertisingId` as a number": single(
        {"context": {"device": {"advertisingId": 7}}}
    ),
    "`Segment Consent Preference Updated` without preferences": consent(),
    "… with preferences as a list": consent(categoryPreferences=["ads"]),
    "… with a preference that is text": consent(categoryPreferences={"ads": "yes"}),
    "… with a `version` that is text": consent(categoryPreferences={"ads": True}, version="2"),
    "… with what it needs": consent(categoryPreferences={"ads": False}, version=2),
    "`timestamp` in the year 1": single({"timestamp": "0001-01-01T00:00:00Z"}),
    "`timestamp` in the year 9999": single({"timestamp": "9999-12-31T23:59:59.999Z"}),
    "`timestamp` that is no time": single({"timestamp": "yesterday"}),
    "`sentAt` in the year 1, `timestamp` in the year 9999": single(
        {"sentAt": "0001-01-01T00:00:00Z", "timestamp": "9999-12-31T23:59:59Z"}
    ),
    "a NUL character (`\\u0000`)": raw('"a\\u0000b"'),
    "half a character (`\\ud800`)": raw('"a\\ud800b"'),
    "a key that is there twice": raw('1, "p": 2'),
    "`NaN`": raw("NaN"),
    "`Infinity`": raw("-Infinity"),
    "an integer of 10^300": raw("1" + "0" * 300),
    "an integer of 10^400": raw("1" + "0" * 400),
    "a property 200 levels deep": raw(nested(200)),
    "a property 1,000 levels deep": raw(nested(1_000)),
    "a body 5,000 levels deep": raw(nested(5_000)),
    "an event of 33 KB": single({"properties": {"p": "x" * 33_000}}),
    "an event of 33 KB beside a good one": batch({**TRACK, "p": "x" * 33_000}, TRACK),
    "10,000 properties": single({"properties": WIDE}),
    "10,000 properties beside a good event": batch({**TRACK, "properties": WIDE}, TRACK),
    "a batch of 499 KB": batch(*[{**TRACK, "p": "x" * 24_000}] * 20, {**TRACK, "p": "x" * 16_000}),
    "a batch of 501 KB": batch(*[{**TRACK, "p": "x" * 24_000}] * 21, {**TRACK, "p": "x" * 7_000}),
    "a body of 10 MB": batch({"p": "x" * 10_000_000}),
    "a batch of 2,501 events": batch(*[TRACK] * 2_501),
    "an empty batch": batch(),
    "a batch that is no list": single(b'{"batch": {}}', path="/v1/batch"),
    "an event that is no object, beside a good one": batch("event", TRACK),
    "a gzip bomb (1 GB in 1 MB)": single(bomb(1_000), **ZIPPED),
    "a gzip bomb (400 MB in 400 KB)": single(bomb(400), **ZIPPED),
    "gzip that was cut off": single(gzip.compress(json.dumps(TRACK).encode())[:-9], **ZIPPED),
    "`Content-Encoding: gzip` on what is none": single(b"{}", **ZIPPED),
    "gzip without `Content-Encoding`": single(gzip.compress(json.dumps(TRACK).encode())),
    "JSON in ISO 8859-1": single('{"userId":"Zoë","event":"x"}'.encode("latin-1")),
    "JSON in UTF-16": single(json.dumps(TRACK).encode("utf-16")),
    "UTF-8 that is called something else": single(
        **{"Content-Type": "application/json; charset=iso-8859-1"}
    ),
    "a byte order mark before the JSON": single(b"\xef\xbb\xbf" + json.dumps(TRACK).encode()),
    "an empty body": single(b""),
    "a body that is no object": single(b"[]"),
    "a body that is no JSON": single(b"{"),
    "a chunked body, without a length": single(**{"Transfer-Encoding": "chunked"}),
    "a body that stops coming": single(**{"Content-Length": "500"}),
    "200 headers": single(**{f"X-Header-{number}": "x" for number in range(200)}),
    "headers of 500 KB": single(**{"X-Header": "x" * 500_000}),
    "`PUT`": single(method="PUT"),
    "`GET`": single(method="GET"),
    "`HEAD`": single(method="HEAD"),
    "`OPTIONS`": single(method="OPTIONS"),
    "a path that is none of ours": single(path="/v1/click"),
    "more than the rate limit lets pass": single(key="wk_limited"),
    "a bad event to a strict source, beside a good one": batch(
        {**TRACK, "userId": None}, TRACK, key="wk_strict"
    ),
}


def rows():
    return ROW.findall(DOCS.read_text())


@pytest.fixture(scope="module")
def product(tmp_path_factory):
    home = tmp_path_factory.mktemp("docs") / "home"
    up = Up(home, WEB_WORKERS="1", WORKERS="1").ready()
    apply = [sys.executable, "manage.py", "apply", "-"]
    environment = {"PATH": "", "SWITCHYARD_HOME": str(home)}
    subprocess.run(apply, input=SOURCES, text=True, cwd=ROOT, env=environment, check=True)
    up.execute("UPDATE sources_writekey SET revoked_at = now() WHERE key = 'wk_revoked'")
    up.execute(
        """UPDATE sources_writekey SET allowed_origins = '["https://shop.example"]'
        WHERE key = 'wk_pages'"""
    )
    send(up.port, *batch(*[TRACK] * 1_000, key="wk_limited"))  # now it owes 999 events
    yield up
    up.stop()


def send(port, method, path, body, headers):
    """Return (status, headers, body), also where the server answers before it has read all."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=15)
    body = body.encode() if isinstance(body, str) else body
    chunks = [body] if "Transfer-Encoding" in headers else body
    try:
        connection.request(method, path, chunks, headers, encode_chunked=chunks is not body)
    except (BrokenPipeError, ConnectionResetError):
        pass
    answer = connection.getresponse()
    return answer.status, dict(answer.getheaders()), answer.read()


def code_of(text):
    content = json.loads(text) if text.startswith(b"{") else {}
    rejected = content.get("rejected") or [{}]
    return content.get("code") or rejected[0].get("code") or "–"


def stored(product):
    tables = {"events": "sources_event", "rejections": "sources_rejection"}
    return {word: product.query(f"SELECT count(*) FROM {name}") for word, name in tables.items()}


def words(before, after):
    grown = {word: after[word] - before[word] for word in before}
    parts = [f"{n:,} {word if n > 1 else word[:-1]}" for word, n in grown.items() if n]
    return ", ".join(parts) or "nothing"


def test_every_row_is_checked_and_every_check_is_in_the_table():
    assert [name for name, *_ in rows()] == list(CASES)


@pytest.mark.parametrize(("name", "status", "code", "kept"), rows(), ids=[r[0] for r in rows()])
def test_bad_input_gets_what_the_docs_say(product, name, status, code, kept):
    before = stored(product)

    answer = send(product.port, *CASES[name])

    assert (answer[0], code_of(answer[2])) == (int(status), code)
    assert words(before, stored(product)) == kept


def test_a_gzip_bomb_costs_no_memory(product):
    web = product.named("granian")[-1].pid

    def peak_bytes():
        status = Path(f"/proc/{web}/status").read_text()
        return int(re.search(r"VmHWM:\s+(\d+)", status)[1]) * 1024

    send(product.port, *CASES["a gzip bomb (400 MB in 400 KB)"])
    before = peak_bytes()

    for _ in range(20):
        send(product.port, *CASES["a gzip bomb (400 MB in 400 KB)"])

    assert peak_bytes() - before < 8_000_000
