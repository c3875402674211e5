"""Two servers for the tests of the browser SDK: one with pages, one that collects their events."""

import json
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple
from urllib.parse import urlsplit

from sources import cdn

KEY = "wk_web"


def wait_for(condition: Callable, within_s: float = 8):
    deadline = time.monotonic() + within_s
    while not (value := condition()):
        assert time.monotonic() < deadline, "it has not happened"
        time.sleep(0.01)
    return value


class Post(NamedTuple):
    """One request with events, and what it was answered (0: nothing)."""

    path: str
    headers: dict
    content: dict
    status: int
    at: float
    bytes: int

    @property
    def events(self) -> list[dict]:
        return self.content.get("batch") or [self.content]


class Server:
    """A local server, another origin than every other one."""

    def __init__(self, handler):
        self._server = _Server(("127.0.0.1", 0), handler)
        self._server.owner = self
        self.port = self._server.server_port
        self.url = f"http://127.0.0.1:{self.port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256


class Pages(Server):
    """Answers every path with `html`, but those of `scripts` with their text."""

    def __init__(self):
        super().__init__(_PageHandler)
        self.html = ""
        self.scripts: dict[str, str] = {}


class Collector(Server):
    """Serves script and settings, records posts, and answers them from `answers`, then with 200.

    An answer is a status, or a pair of it and headers; `answers` may be a function from events to
    one. While `open` is cleared answers wait, and settings while `settings_open` is.
    """

    def __init__(self):
        super().__init__(_CollectorHandler)
        self.api = {"apiKey": KEY, "apiHost": f"127.0.0.1:{self.port}/v1", "protocol": "http"}
        self.posts: list[Post] = []
        self.preflights: list[str] = []
        self.answers: list | Callable = []
        self.open = threading.Event()
        self.settings_open = threading.Event()
        self.open.set()
        self.settings_open.set()

    def close(self) -> None:
        self.open.set()
        self.settings_open.set()
        super().close()

    def answer_to(self, events: list[dict]) -> tuple[int, dict]:
        if callable(self.answers):
            answer = self.answers(events)
        else:
            answer = self.answers.pop(0) if self.answers else 200
        return answer if isinstance(answer, tuple) else (answer, {})

    def settings(self) -> dict:
        return {"integrations": {"Segment.io": self.api}, "metrics": {"sampleRate": 0}}

    def stored(self) -> list[dict]:
        """Return the events that were answered with 200, each once, as the real collector does."""
        accepted = [event for post in self.posts if post.status == 200 for event in post.events]
        return list({event["messageId"]: event for event in reversed(accepted)}.values())[::-1]

    def names(self) -> list[str]:
        return [event.get("event") or event["type"] for event in self.stored()]

    def wait_for(self, *names: str) -> list[dict]:
        """Return the stored events once they are these, in this order."""
        try:
            wait_for(lambda: len(self.names()) >= len(names))
        finally:
            assert self.names() == list(names), f"{self.names()}, not {list(names)}"
        return self.stored()


class _PageHandler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        owner, path = self.server.owner, urlsplit(self.path).path
        if path in owner.scripts:
            self.reply(200, owner.scripts[path].encode(), "text/javascript; charset=utf-8")
        else:
            self.reply(404 if path == "/favicon.ico" else 200, owner.html.encode(), "text/html")

    do_POST = do_GET

    def reply(self, status, body=b"", content_type="application/json", headers=None):
        self.send_response(status)
        if status != 204:
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Content-Type", content_type)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        try:
            self.end_headers()
            self.wfile.write(body)
        except OSError:
            pass  # the page has gone

    def log_message(self, *args):
        pass


class _CollectorHandler(_PageHandler):
    def do_GET(self):
        owner = self.server.owner
        any_origin = {"Access-Control-Allow-Origin": "*"}
        if self.path.startswith("/analytics.js/v1/"):
            key = urlsplit(self.path).path.split("/")[3]
            self.reply(200, cdn.served_script(key).plain, "text/javascript", any_origin)
        elif self.path == f"/v1/projects/{KEY}/settings":
            owner.settings_open.wait(20)
            self.reply(200, json.dumps(owner.settings()).encode(), headers=any_origin)
        else:
            self.reply(404, headers=any_origin)

    def do_OPTIONS(self):
        self.server.owner.preflights.append(self.path)
        self.reply(204, headers=self.cors())

    def do_POST(self):
        owner = self.server.owner
        raw = self.rfile.read(int(self.headers["Content-Length"]))
        content, path = json.loads(raw), urlsplit(self.path).path
        status, headers = owner.answer_to(content.get("batch") or [content])
        owner.posts.append(
            Post(path, dict(self.headers), content, status, time.monotonic(), len(raw))
        )
        owner.open.wait(20)
        self.reply(status, b"{}", headers={**self.cors(), **headers})

    def cors(self):
        return {
            "Access-Control-Allow-Origin": self.headers.get("Origin", "*"),
            "Access-Control-Allow-Credentials": "true",
            "Access-Control-Allow-Headers": "authorization, content-type, x-retry-count",
            "Access-Control-Expose-Headers": "Retry-After",
            "Access-Control-Max-Age": "600",
        }
