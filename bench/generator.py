"""A load generator that costs little: raw HTTP/1.1 over kept connections, bodies made before."""

import asyncio
import base64
import time


class _Connection(asyncio.Protocol):
    def __init__(self, requests, statuses, done):
        self.requests, self.statuses, self.done = requests, statuses, done
        self.buffer = b""

    def connection_made(self, transport):
        self.transport = transport
        self.send()

    def send(self):
        request = next(self.requests, None)
        if request is None:
            self.transport.close()
            self.done.set_result(None)
        else:
            self.transport.write(request)

    def data_received(self, data):
        self.buffer += data
        end = self.buffer.find(b"\r\n\r\n")
        if end < 0:
            return
        head = self.buffer[:end].lower()
        length = int(head.split(b"content-length:")[1].split(b"\r\n")[0])
        if len(self.buffer) < end + 4 + length:
            return
        status = int(self.buffer[9:12])
        self.statuses[status] = self.statuses.get(status, 0) + 1
        self.buffer = b""
        self.answered()

    def answered(self):
        self.send()

    def connection_lost(self, error):
        if not self.done.done():
            self.done.set_exception(error or ConnectionResetError())


class _PacedConnection(_Connection):
    """Sends at set moments, and measures from them: waiting for a late answer counts as well."""

    def __init__(self, *args, first_at: float, every_s: float, latencies: list[float]):
        super().__init__(*args)
        self.due_at, self.every_s, self.latencies = first_at, every_s, latencies

    def connection_made(self, transport):
        self.transport = transport
        self.send_when_due()

    def answered(self):
        self.latencies.append(time.perf_counter() - self.due_at)
        self.due_at += self.every_s
        self.send_when_due()

    def send_when_due(self):
        wait_s = max(0, self.due_at - time.perf_counter())
        asyncio.get_running_loop().call_later(wait_s, self.send)


def requests_for(path: str, key: str, bodies: list[bytes]) -> list[bytes]:
    token = base64.b64encode(f"{key}:".encode()).decode()
    head = (
        f"POST {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Basic {token}\r\n"
        "Content-Type: application/json\r\nContent-Length: %d\r\n\r\n"
    ).encode()
    return [head % len(body) + body for body in bodies]


def run(port: int, requests: list[bytes], connections: int) -> float:
    """Send all requests over that many connections; return the seconds it took.

    Raises RuntimeError unless each is answered with 200.
    """
    return asyncio.run(_run(port, requests, connections, _Connection))


def run_paced(port: int, requests: list[bytes], connections: int, rate: float) -> list[float]:
    """Send `rate` requests a second over that many connections; return how long each took."""
    latencies: list[float] = []
    every_s = connections / rate
    starts = iter(range(connections))
    began = time.perf_counter() + 0.1

    def make(*args):
        first_at = began + next(starts) * every_s / connections
        return _PacedConnection(*args, first_at=first_at, every_s=every_s, latencies=latencies)

    asyncio.run(_run(port, requests, connections, make))
    return latencies


async def _run(port, requests, connections, make) -> float:
    loop = asyncio.get_running_loop()
    statuses: dict[int, int] = {}
    waiting = iter(requests)
    ends = [loop.create_future() for _ in range(connections)]
    started = time.perf_counter()
    for end in ends:
        await loop.create_connection(
            lambda end=end: make(waiting, statuses, end), "127.0.0.1", port
        )
    await asyncio.gather(*ends)
    seconds = time.perf_counter() - started
    if statuses != {200: len(requests)}:
        raise RuntimeError(f"Not every request was answered with 200: {statuses}")
    return seconds
