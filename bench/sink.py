"""A tool that answers 200 to everything, as fast as Python can: `python -m bench.sink PORT`."""

import asyncio
import sys

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Type: application/json\r\n\r\n{}"


class _Sink(asyncio.Protocol):
    def __init__(self):
        self.buffer = b""
        self.missing = 0

    def connection_made(self, transport):
        self.transport = transport

    def data_received(self, data):
        while data:
            if self.missing:
                taken = min(self.missing, len(data))
                self.missing -= taken
                data = data[taken:]
                if not self.missing:
                    self.transport.write(ANSWER)
                continue
            self.buffer += data
            end = self.buffer.find(b"\r\n\r\n")
            if end < 0:
                return
            head, data, self.buffer = self.buffer[:end].lower(), self.buffer[end + 4 :], b""
            self.missing = int(head.split(b"content-length:")[1].split(b"\r\n")[0])


async def main(port: int) -> None:
    server = await asyncio.get_running_loop().create_server(_Sink, "127.0.0.1", port, backlog=512)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
