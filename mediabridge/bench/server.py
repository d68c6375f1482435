"""A PostgreSQL server that we start: a cluster of its own behind a socket, without a port.

A server refuses to be root; under root it is another user's process: nobody's.
"""

from __future__ import annotations

import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import psycopg
from psycopg import pq

from mediabridge.apply.places import PostgresPlace

NOBODY: Final = 65534
SUPERUSER: Final = "postgres"
STATION: Final = "station"
_PATIENCE_SECONDS: Final = 60.0
_UNDISTURBED: Final = (
    # What nobody asked for at that moment is no part of a figure.
    "autovacuum=off",
    "log_error_verbosity=terse",
)


class Server:
    """A server, running or not; its data, its log and its socket are in one folder."""

    def __init__(self, binaries: Path, folder: Path) -> None:
        """Make a cluster in *folder*, which is the server's alone.

        Raises:
            RuntimeError: it cannot be made; why is in the error.
        """
        self._binaries, self._folder = binaries, folder
        if os.geteuid() == 0:
            os.chown(folder, NOBODY, NOBODY)
        words = ["--username", SUPERUSER, "--auth", "trust", "--encoding", "UTF8"]
        words += ["--locale", "C.UTF-8", "--no-sync"]
        _run(binaries / "initdb", "--pgdata", folder / "data", *words)

    def start(self, *options: str) -> None:
        """Start it with *options*, without a port of any network, and wait until it lets us in.

        It is our own child: where nobody buries the dead, a killed server would for ever
        keep the next one from starting.

        Raises:
            RuntimeError: it does not start; why is in the error.
        """
        settings = ["listen_addresses=", f"unix_socket_directories={self._folder}", *options]
        command = [str(self._binaries / "postgres"), "-D", str(self._folder / "data")]
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603 - found in a folder of the system
                [*command, *(word for each in settings for word in ("-c", each))],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                **_other_user(),
            )
        conninfo = f"host={self._folder} dbname=postgres user={SUPERUSER}".encode()
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while pq.PGconn.ping(conninfo) != pq.Ping.OK:
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise RuntimeError(self.log())
            time.sleep(0.05)

    def log(self) -> str:
        """Return all that the server has written about itself."""
        return (self._folder / "log").read_text("utf-8")

    def connect(self, database: str) -> psycopg.Connection:
        """Connect to *database* as whoever keeps the server."""
        return psycopg.connect(
            host=str(self._folder), user=SUPERUSER, dbname=database, autocommit=True
        )

    def place_of(self, database: str) -> PostgresPlace:
        """Return where the registry in *database* is."""
        return PostgresPlace(
            adapter="postgresql", host=str(self._folder), database=database, user=STATION
        )

    def make(self, database: str, template: str = "template0") -> None:
        """Make *database*, as *template* is, in the place of one that was there before."""
        with self.connect("postgres") as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {database}".encode())
            connection.execute(
                f"CREATE DATABASE {database} OWNER {STATION} TEMPLATE {template}".encode()
            )
            # What the copy left to be written is written now, not while something is measured.
            connection.execute("CHECKPOINT")

    def processes(self) -> list[int]:
        """Return the process of the server, and those that it has started."""
        server = self._process.pid
        text = Path(f"/proc/{server}/task/{server}/children").read_text("ascii")
        return [server, *map(int, text.split())]

    def seconds(self) -> float:
        """Return the processor time that all processes of the server have used."""
        server, *children = self.processes()
        ticks = sum(_ticks(server)) + sum(sum(_ticks(child)[:2]) for child in children)
        return ticks / os.sysconf("SC_CLK_TCK")

    def stop(self) -> None:
        """End it without keeping anything in order."""
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGQUIT)
        self._process.wait()


@contextmanager
def running(binaries: Path) -> Iterator[Server]:
    """Run a server, and take everything away afterwards.

    It is in the system's folder for temporary files, whatever the bench works in: another
    user has to come through, and the name of a socket is short.
    """
    with tempfile.TemporaryDirectory(prefix="pg-") as folder:
        server = Server(binaries, Path(folder))
        server.start(*_UNDISTURBED)
        try:
            with server.connect("postgres") as connection:
                connection.execute(f"CREATE ROLE {STATION} LOGIN".encode())
            yield server
        finally:
            server.stop()


def _ticks(process: int) -> list[int]:
    """Return what a process used, and then what those of its children used that have ended."""
    try:
        stat = Path(f"/proc/{process}/stat").read_text("utf-8", "replace")
    except FileNotFoundError:
        return [0, 0, 0, 0]
    return [int(each) for each in stat.rpartition(")")[2].split()[11:15]]


def _other_user() -> dict[str, Any]:
    other = {"user": NOBODY, "group": NOBODY, "extra_groups": []} if os.geteuid() == 0 else {}
    return {"cwd": "/", "env": {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}, **other}


def _run(*command: object) -> None:
    done = subprocess.run(  # noqa: S603 - found in a folder of the system
        [str(word) for word in command], capture_output=True, check=False, **_other_user()
    )
    if done.returncode != 0:
        raise RuntimeError(done.stderr.decode("utf-8", "replace"))
