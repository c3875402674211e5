"""Putting files on an SFTP server.

A Request is `sftp://host:port/folder/name` (`/~/folder/name` for a folder of the person logged in),
with `username`, `password` or `key.pem`, and `host-key` as headers. PUT has the file as `body`; the
answer is a Response: 200, 404 for a folder that is not there, or 500, with {"message"}. LIST asks
whether the server is there, knows us and shows the folder.

A file is written under another name, `.<name>.<random>.part`, and gets its own when all of it is
there: nobody ever sees half of it. One that is there already, in the same size, is not sent again;
so a file's name has to say what is in it. When the connection breaks while the file gets its name,
a second one looks how that ended. What breaks before leaves a part behind, which may be deleted.

Why asyncssh: it asks for nothing but cryptography and typing_extensions, which we have; paramiko
for bcrypt, PyNaCl and invoke. It knows `posix-rename@openssh.com`, which replaces a file at once,
writes several blocks at a time, has an exception for each refusal, takes a socket that was opened
through the guard of targets, and serves SFTP to our tests. It runs here in a loop of its own for
each call.

Not all servers have that extension; SFTP's own renaming does not replace a file:
https://libssh2.org/libssh2_sftp_posix_rename_ex.html (read 2026-11-25).
"""

import asyncio
import posixpath
import secrets
import socket
from urllib.parse import unquote, urlsplit

import asyncssh
import orjson

from ..errors import InvalidSettings, Unauthorized, Unreachable
from ..request import Request, Response
from . import targets

BLOCK_BYTES = 32 * 1024  # what every server takes
BLOCKS_AT_A_TIME = {"standard": 1, "concurrent": 64}

LOST = (asyncssh.SFTPConnectionLost, asyncssh.SFTPNoConnection, asyncssh.DisconnectError, OSError)
MISSING = (asyncssh.SFTPNoSuchFile, asyncssh.SFTPNoSuchPath, asyncssh.SFTPNotADirectory)

asyncssh.set_log_level("WARNING")


class _Unsure(Unreachable):
    """The connection broke while the file got its name."""


def call(request: Request) -> Response:
    """As http.call."""
    try:
        return _connect_and_ask(request)
    except _Unsure:
        return _connect_and_ask(request)


def _connect_and_ask(request: Request) -> Response:
    try:
        parts = urlsplit(request.url)
        host, port = parts.hostname, parts.port or 22
    except ValueError:
        host = None
    if not host:
        raise InvalidSettings("This is not the address of an SFTP server.")
    options = _options(request)
    try:
        with targets.connect(host, port, request.timeout_s) as connection:
            return asyncio.run(_ask(request, unquote(parts.path), connection, options))
    except targets.RefusedTarget as error:
        raise targets.refused(error) from error
    except socket.gaierror as error:
        raise Unreachable("The host name is not known.", code="ENOTFOUND") from error
    except TimeoutError as error:
        raise Unreachable("The SFTP server does not answer in time.") from error
    except asyncssh.PermissionDenied as error:
        message = f"The SFTP server does not let us in: {error.reason}"[:300]
        raise Unauthorized(message, status=401) from error
    except asyncssh.HostKeyNotVerifiable as error:
        raise InvalidSettings(
            "The SFTP server does not show the host key that is set.", code="HOST_KEY"
        ) from error
    except (*LOST, asyncssh.Error) as error:
        message = f"The SFTP server does not answer: {error}"[:300]
        raise Unreachable(message, code="ECONNREFUSED") from error


def _options(request: Request) -> dict:
    """Return how to log in. Neither files nor agents of the person running us are asked."""
    headers = request.headers
    options = {
        "username": headers.get("username") or "",
        "config": None,
        "agent_path": None,
        "client_keys": None,
        "known_hosts": None,
    }
    if "key.pem" in headers:
        try:
            options["client_keys"] = [asyncssh.import_private_key(headers["key.pem"])]
        except (asyncssh.KeyImportError, asyncssh.KeyEncryptionError) as error:
            # Without the error's text, which may quote the key.
            raise InvalidSettings(
                "The SSH key is no private key that can be read, or it has a passphrase."
            ) from error
    else:
        options["password"] = headers.get("password") or ""
    if headers.get("host-key"):
        options["known_hosts"] = (_host_keys(headers["host-key"]), [], [])
    return options


def _host_keys(text: str) -> list:
    """Read lines as `ssh-keyscan` prints them, or without the host in front."""
    lines = [line.split() for line in text.splitlines()]
    try:
        return [
            asyncssh.import_public_key(" ".join(words[-2:]))
            for words in lines
            if words and not words[0].startswith("#")
        ]
    except asyncssh.KeyImportError as error:
        raise InvalidSettings("The host key is no line of ssh-keyscan.", code="HOST_KEY") from error


async def _ask(request: Request, path: str, connection: socket.socket, options: dict) -> Response:
    connection.setblocking(False)
    path = path.removeprefix("/~/")
    async with asyncio.timeout(request.timeout_s):
        try:
            async with (
                asyncssh.connect(sock=connection, **options) as session,
                session.start_sftp_client() as sftp,
            ):
                if request.method == "LIST":
                    await _look_into(sftp, path)
                else:
                    blocks = BLOCKS_AT_A_TIME[request.headers.get("upload", "standard")]
                    await _put(sftp, path, request.body, blocks)
        except LOST:
            raise
        except MISSING:
            folder = path if request.method == "LIST" else posixpath.dirname(path)
            return _response(404, f"there is no folder {folder or '.'}")
        except asyncssh.SFTPError as error:
            return _response(500, error.reason or type(error).__name__)
    return Response(200, body=b"{}")


def _response(status: int, message: str) -> Response:
    return Response(status, body=orjson.dumps({"message": message[:300]}))


async def _look_into(sftp: asyncssh.SFTPClient, folder: str) -> None:
    async for _ in sftp.scandir(folder):
        return


async def _put(sftp: asyncssh.SFTPClient, path: str, content: bytes, blocks: int) -> None:
    size_there = await _size(sftp, path)
    if size_there == len(content):
        return
    folder, name = posixpath.split(path)
    part = posixpath.join(folder, f".{name}.{secrets.token_hex(4)}.part")
    try:
        async with sftp.open(part, "wb", block_size=BLOCK_BYTES, max_requests=blocks) as file:
            await file.write(content)
        if await _size(sftp, part) != len(content):
            raise asyncssh.SFTPFailure("the server did not keep all of the file")
        await _rename(sftp, part, path, replace=size_there is not None)
    except LOST:
        raise
    except asyncssh.SFTPError:
        await _remove(sftp, part)
        raise


async def _size(sftp: asyncssh.SFTPClient, path: str) -> int | None:
    try:
        return (await sftp.stat(path)).size
    except MISSING:
        return None


async def _rename(sftp: asyncssh.SFTPClient, part: str, path: str, replace: bool) -> None:
    try:
        try:
            await sftp.posix_rename(part, path)
        except asyncssh.SFTPOpUnsupported:
            # SFTP's own does not replace a file.
            if replace:
                await sftp.remove(path)
            await sftp.rename(part, path)
    except LOST as error:
        raise _Unsure(f"The connection broke: {error}"[:300], code="ECONNRESET") from error


async def _remove(sftp: asyncssh.SFTPClient, path: str) -> None:
    try:
        await sftp.remove(path)
    except asyncssh.SFTPError:
        pass  # there is none, or it has to stay
