"""A tool that records what it is sent and answers as it is told: HTTP faked at the socket."""

import json
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple


class Call(NamedTuple):
    """One request that came in."""

    method: str
    path: str
    headers: dict
    body: bytes
    at: float

    def json(self):
        return json.loads(self.body)


class Answer(NamedTuple):
    status: int = 200
    body: bytes = b"{}"
    headers: dict = {}
    delay_s: float = 0


class Tool:
    """Set `answer` to an Answer, or to a function from a Call to one."""

    def __init__(self):
        self.calls: list[Call] = []
        self.answer: Answer | Callable[[Call], Answer] = Answer()
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.tool = self
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def message_ids(self) -> list[str]:
        return [call.json()["messageId"] for call in self.calls]

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def handle_call(self):
        tool = self.server.tool
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        call = Call(self.command, self.path, dict(self.headers), body, time.monotonic())
        answer = tool.answer(call) if callable(tool.answer) else tool.answer
        tool.calls.append(call)
        time.sleep(answer.delay_s)
        self.send_response(answer.status)
        for name, value in {"Content-Length": str(len(answer.body)), **answer.headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(answer.body)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = handle_call

    def log_message(self, *args):
        pass
