"""The PostgreSQL server of the tests: that of the bench, which here is also killed."""

from __future__ import annotations

import hashlib
import os
import select
import signal
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

from mediabridge.apply.places import PostgresPlace
from mediabridge.bench.server import STATION, Server

DATABASE = "register"
_IN_MEMORY = "/dev/shm"  # noqa: S108 - a folder of our own is made in it


class Cluster(Server):
    """One server; killed with -9 or started again as the test likes."""

    def start(self, *options: str) -> None:
        """Start it without what a killed server would leave behind."""
        super().start("dynamic_shared_memory_type=mmap", *options)

    def come_back(self) -> None:
        """Wait until a server that lost a process has ended, and start it again."""
        self._process.wait()
        self.start("restart_after_crash=off")

    def kill(self) -> None:
        """Kill every process of the server with -9, as a power cut does, and wait for the end."""
        processes = [os.pidfd_open(process) for process in self.processes()]
        for process in processes:
            signal.pidfd_send_signal(process, signal.SIGKILL)
        for process in processes:
            # As long as one of them is there, so is the memory they share.
            select.select([process], [], [])
            os.close(process)
        self._process.wait()

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
        return self.connect(database)


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
