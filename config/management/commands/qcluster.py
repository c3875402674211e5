import os

from django_q import cluster
from django_q.management.commands import qcluster


class Sentinel(cluster.Sentinel):
    """Ends the whole cluster when a signal has killed one of its processes.

    An idle worker waits inside the lock of the queue that all of them read. Killed there, it takes
    the lock with it: its successor and all others would wait for ever. Who runs the cluster (`up`,
    systemd) starts it again; what was cut short is repeated, as every task may be.
    """

    def reincarnate(self, process):
        if process.exitcode is not None and process.exitcode < 0:
            for other in [*self.pool, self.monitor, self.pusher]:
                other.kill()
            os._exit(1)
        super().reincarnate(process)


class Command(qcluster.Command):
    help = "Run background tasks until SIGTERM: manage.py qcluster"

    def handle(self, *args, **options):
        cluster.Sentinel = Sentinel
        super().handle(*args, **options)
