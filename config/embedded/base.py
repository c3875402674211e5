"""Django's PostgreSQL engine, which starts the embedded server before it connects."""

from django.db.backends.postgresql import base

from . import server


class DatabaseWrapper(base.DatabaseWrapper):
    def get_connection_params(self):
        running = server.ensure_running(self.settings_dict["HOME"])
        return {**super().get_connection_params(), "host": running.socket_dir, "user": running.user}
