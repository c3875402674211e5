"""What each tool's public documentation asks of a request, and a server that holds us to it.

`<slug>.json` has the pages that it was written from, and for each kind of request

    {"method": "POST", "path": "/2/httpapi", "headers": ["Authorization"], "query": […],
     "json": {JSON Schema}, "form": {JSON Schema}, "lines": {JSON Schema}, "answer": {…}}

`path` is a regular expression for the whole path, `headers` and `query` are names that have to be
there. At most one of `json`, `form` (a form, its values as text) and `lines` (each line of the body
as JSON) says what the body has to be; without one it is not looked at. A contract is written from
the documentation and not from what we send: it says what is required, of which type, and within
which limits.
"""

import json
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from jsonschema import Draft202012Validator

FOLDER = Path(__file__).parent


def read(slug):
    return json.loads((FOLDER / f"{slug}.json").read_text())


class Stub:
    """A local server that answers as the contract says, and 400 with what breaks it."""

    def __init__(self, contract):
        self.contract = contract
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
        self._server.stub = self
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self._server.server_port}"

    def close(self):
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def problems(self, method, target, headers, body):
        """Return what is wrong with a request, and what a tool that takes it would answer."""
        parts = urlsplit(target)
        path = unquote(parts.path)
        for rule in self.contract["requests"]:
            if rule["method"] == method and re.fullmatch(rule["path"], path):
                query = parse_qs(parts.query, keep_blank_values=True)
                return list(_broken(rule, headers, query, body)), rule.get("answer", {})
        return [f"the documentation knows no {method} {path}"], {}


def _broken(rule, headers, query, body):
    for name in rule.get("headers", ()):
        if not headers.get(name):
            yield f"the header {name} is missing"
    for name in rule.get("query", ()):
        if not any(query.get(name, ())):
            yield f"{name} is missing in the query"
    kind = headers.get("Content-Type", "")
    try:
        if "json" in rule:
            if "json" not in kind:
                yield f"a body of JSON cannot have the type {kind!r}"
            yield from _judge(rule["json"], json.loads(body))
        if "form" in rule:
            pairs = parse_qs(body.decode(), keep_blank_values=True)
            yield from _judge(rule["form"], {name: values[-1] for name, values in pairs.items()})
        if "lines" in rule:
            for line in body.splitlines():
                yield from _judge(rule["lines"], json.loads(line))
    except ValueError as error:
        yield f"the body cannot be read: {error}"


def _judge(schema, value):
    for error in Draft202012Validator(schema).iter_errors(value):
        yield f"{error.json_path}: {error.message}"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def handle_call(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        problems, answer = self.server.stub.problems(self.command, self.path, self.headers, body)
        text = json.dumps({"problems": problems} if problems else answer).encode()
        self.send_response(400 if problems else 200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = handle_call

    def log_message(self, *args):
        pass
