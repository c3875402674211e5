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
        self.send()

    def connection_lost(self, error):
        if not self.done.done():
            self.done.set_exception(error or ConnectionResetError())


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
    statuses: dict[int, int] = {}

    async def main():
        loop = asyncio.get_running_loop()
        waiting = iter(requests)
        ends = [loop.create_future() for _ in range(connections)]
        started = time.perf_counter()
        for end in ends:
            await loop.create_connection(
                lambda end=end: _Connection(waiting, statuses, end), "127.0.0.1", port
            )
        await asyncio.gather(*ends)
        return time.perf_counter() - started

    seconds = asyncio.run(main())
    if statuses != {200: len(requests)}:
        raise RuntimeError(f"Not every request was answered with 200: {statuses}")
    return seconds
