"""A PostgreSQL server of the tests: a cluster of its own behind a socket in a temporary folder.

The server refuses to be root, so under root it is another user's process: nobody's.
"""

from __future__ import annotations

import hashlib
import os
import select
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from psycopg import pq

from mediabridge.apply.places import PostgresPlace

NOBODY = 65534
SUPERUSER, STATION = "postgres", "station"
DATABASE = "register"
_IN_MEMORY = "/dev/shm"  # noqa: S108 - a folder of our own is made in it
_PLACES = ("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/usr/local/pgsql/bin")


def programs() -> Path | None:
    """Return the folder with the newest server's programs, or None."""
    found = [path for place in _PLACES for path in Path("/").glob(f"{place[1:]}/initdb")]
    return max(found, key=lambda path: path.parts[-3], default=Path()).parent if found else None


class Cluster:
    """One server; killed with -9 or started again as the test likes."""

    def __init__(self, binaries: Path, folder: Path) -> None:
        """Make the cluster in *folder*, which is the server's alone."""
        self._binaries, self._folder = binaries, folder
        if os.geteuid() == 0:
            os.chown(folder, NOBODY, NOBODY)
        self._data = folder / "data"
        self._run(
            "initdb", "--pgdata", self._data, "--username", SUPERUSER, "--auth", "trust",
            "--encoding", "UTF8", "--locale", "C.UTF-8", "--no-sync",
        )  # fmt: skip

    def start(self, *options: str) -> None:
        """Start the server, without a port of any network, and wait until it lets us in.

        It is our own child: where nobody buries the dead, a killed server would for ever
        keep the next one from starting.
        """
        settings = ["listen_addresses=", f"unix_socket_directories={self._folder}", *options]
        # Not in a place from which a killed server takes nothing away.
        settings.append("dynamic_shared_memory_type=mmap")
        command = [str(self._binaries / "postgres"), "-D", str(self._data)]
        with (self._folder / "log").open("ab") as log:
            self._server = subprocess.Popen(
                [*command, *(word for each in settings for word in ("-c", each))],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, **_other_user(),
            )  # fmt: skip
        conninfo = f"host={self._folder} dbname=postgres user={SUPERUSER}".encode()
        while pq.PGconn.ping(conninfo) != pq.Ping.OK:
            assert self._server.poll() is None, self.log()
            time.sleep(0.05)

    def stop(self) -> None:
        """End the server without keeping anything in order."""
        self._server.send_signal(signal.SIGQUIT)
        self._server.wait()

    def come_back(self) -> None:
        """Wait until a server that lost a process has ended, and start it again."""
        self._server.wait()
        self.start("restart_after_crash=off")

    def kill(self) -> None:
        """Kill every process of the server with -9, as a power cut does, and wait for the end."""
        server = self._server.pid
        text = Path(f"/proc/{server}/task/{server}/children").read_text()
        processes = [os.pidfd_open(process) for process in [server, *map(int, text.split())]]
        for process in processes:
            signal.pidfd_send_signal(process, signal.SIGKILL)
        for process in processes:
            # As long as one of them is there, so is the memory they share.
            select.select([process], [], [])
            os.close(process)
        self._server.wait()

    def place(self, folder: Path | str = "", **items: Any) -> PostgresPlace:
        """Return the place for the registry of the test's *folder*: a schema of its own."""
        schema = "t_" + hashlib.sha256(str(folder).encode()).hexdigest()[:16]
        values = {
            "adapter": "postgresql", "host": str(self._folder), "database": DATABASE,
            "user": STATION, "schema": schema,
        }  # fmt: skip
        return PostgresPlace.model_validate(values | items)

    def as_superuser(self, database: str = DATABASE) -> psycopg.Connection:
        """Connect as whoever keeps the server."""
        return psycopg.connect(
            host=str(self._folder), user=SUPERUSER, dbname=database, autocommit=True
        )

    def log(self) -> str:
        """Return all that the server has written about itself."""
        return (self._folder / "log").read_text("utf-8")

    def _run(self, program: str, *arguments: object) -> None:
        command = [str(self._binaries / program), *map(str, arguments)]
        done = subprocess.run(command, check=False, capture_output=True, **_other_user())
        assert done.returncode == 0, done.stderr.decode() + done.stdout.decode()


def _other_user() -> dict[str, Any]:
    """Return what makes a process another user's, for the server refuses to be root."""
    other = {"user": NOBODY, "group": NOBODY, "extra_groups": []} if os.geteuid() == 0 else {}
    return {"cwd": "/", "env": {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}, **other}


@contextmanager
def running(binaries: Path, *options: str) -> Iterator[Cluster]:
    """Make a cluster, start it, and take everything away afterwards."""
    # Short, since the name of a socket is; in memory, if there is such a place: hundreds of
    # small tables are made and left.
    place = _IN_MEMORY if os.access(_IN_MEMORY, os.W_OK) else None
    with tempfile.TemporaryDirectory(prefix="pg-", dir=place) as folder:
        cluster = Cluster(binaries, Path(folder))
        cluster.start(*options)
        try:
            set_up(cluster)
            yield cluster
        finally:
            cluster.stop()


def set_up(cluster: Cluster) -> None:
    """Do what docs/operations/postgresql.md asks of whoever keeps the server."""
    with cluster.as_superuser("postgres") as connection:
        connection.execute(f"CREATE ROLE {STATION} LOGIN")
        connection.execute(f"ALTER ROLE {STATION} SET log_error_verbosity = terse")
        connection.execute(f"CREATE DATABASE {DATABASE} OWNER {STATION} TEMPLATE template0")
