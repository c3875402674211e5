"""A real SFTP server in this process, on a folder, that can break off where a test wants it."""

import asyncio
import threading
from functools import partial

import asyncssh

USER, PASSWORD = "switchyard", "hush-hush-4711"


class Server:
    """`folder` is what people see as "/". `breaks_at` names what breaks the connection off: None,
    "write" (in the middle of a file), "rename" (before it) or "renamed" (after it)."""

    def __init__(self, folder):
        self.folder = folder
        self.host_key = asyncssh.generate_private_key("ssh-ed25519")
        self.key = asyncssh.generate_private_key("ssh-ed25519")
        self.breaks_at = None
        self.logins = 0
        self.port = 0
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def __enter__(self):
        self._thread.start()
        self._listener = asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result()
        self.port = self._listener.get_port()
        return self

    def __exit__(self, *exception):
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _listen(self):
        return await asyncssh.listen(
            "127.0.0.1",
            0,
            server_factory=partial(_Login, self),
            server_host_keys=[self.host_key],
            sftp_factory=partial(_Files, self),
        )

    async def _close(self):
        self._listener.close()
        await self._listener.wait_closed()

    def files(self, folder="."):
        """The names in a folder, what is hidden included."""
        return sorted(path.name for path in (self.folder / folder).iterdir() if path.is_file())

    def breaks(self, at):
        """Whether to break off here; it happens once."""
        if self.breaks_at != at:
            return False
        self.breaks_at = None
        return True


class _Login(asyncssh.SSHServer):
    def __init__(self, server):
        self.server = server

    def begin_auth(self, username):
        return True

    def password_auth_supported(self):
        return True

    def validate_password(self, username, password):
        return self._count((username, password) == (USER, PASSWORD))

    def public_key_auth_supported(self):
        return True

    def validate_public_key(self, username, key):
        known = self.server.key.convert_to_public().public_data
        return self._count(username == USER and key.public_data == known)

    def _count(self, allowed):
        self.server.logins += allowed
        return allowed


class _Files(asyncssh.SFTPServer):
    def __init__(self, server, channel):
        super().__init__(channel, chroot=str(server.folder))
        self.server = server

    def write(self, file_obj, offset, data):
        written = super().write(file_obj, offset, data)
        self._break_at("write")
        return written

    def posix_rename(self, oldpath, newpath):
        self._break_at("rename")
        super().posix_rename(oldpath, newpath)
        self._break_at("renamed")

    def rename(self, oldpath, newpath):
        self._break_at("rename")
        super().rename(oldpath, newpath)
        self._break_at("renamed")

    def _break_at(self, place):
        if self.server.breaks(place):
            self.connection.abort()
