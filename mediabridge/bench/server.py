"""A PostgreSQL server of the bench: a cluster of its own behind a socket, without a port.

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

from mediabridge.apply.places import PostgresPlace

_NOBODY: Final = 65534
_SUPERUSER: Final = "postgres"
_STATION: Final = "station"
_PATIENCE_SECONDS: Final = 60.0
_SETTINGS: Final = {
    "listen_addresses": "",
    # What nobody asked for at that moment is no part of a figure.
    "autovacuum": "off",
    "log_error_verbosity": "terse",
}


class Server:
    """A running server; its data and its socket are in one folder."""

    def __init__(self, binaries: Path, folder: Path) -> None:
        """Make a cluster in *folder* and start it.

        Raises:
            RuntimeError: it does not start; why is in the error.
        """
        self._folder = folder
        if os.geteuid() == 0:
            os.chown(folder, _NOBODY, _NOBODY)
        data = folder / "data"
        words = ["--username", _SUPERUSER, "--auth", "trust", "--encoding", "UTF8"]
        _run(binaries / "initdb", "--pgdata", data, *words, "--locale", "C.UTF-8", "--no-sync")
        settings = {**_SETTINGS, "unix_socket_directories": str(folder)}
        command = [str(binaries / "postgres"), "-D", str(data)]
        with (folder / "log").open("wb") as log:
            self._process = subprocess.Popen(  # noqa: S603 - found in a folder of the system
                [*command, *(word for pair in settings.items() for word in ("-c", "=".join(pair)))],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                **_other_user(),
            )
        self._wait(folder / "log")

    def _wait(self, log: Path) -> None:
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while True:
            try:
                self.connect("postgres").close()
            except psycopg.OperationalError:
                if self._process.poll() is None and time.monotonic() < deadline:
                    time.sleep(0.05)
                    continue
                self.stop()
                raise RuntimeError(log.read_text("utf-8")) from None
            else:
                return

    def connect(self, database: str) -> psycopg.Connection:
        """Connect to *database* as whoever keeps the server."""
        return psycopg.connect(
            host=str(self._folder), user=_SUPERUSER, dbname=database, autocommit=True
        )

    def place(self, database: str) -> PostgresPlace:
        """Return where the registry in *database* is."""
        return PostgresPlace(
            adapter="postgresql", host=str(self._folder), database=database, user=_STATION
        )

    def make(self, database: str, template: str = "template0") -> None:
        """Make *database*, as *template* is, in the place of one that was there before."""
        with self.connect("postgres") as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {database}".encode())
            connection.execute(
                f"CREATE DATABASE {database} OWNER {_STATION} TEMPLATE {template}".encode()
            )
            # What the copy left to be written is written now, not while something is measured.
            connection.execute("CHECKPOINT")

    def seconds(self) -> float:
        """Return the processor time that all processes of the server have used."""
        server = self._process.pid
        text = Path(f"/proc/{server}/task/{server}/children").read_text("ascii")
        ticks = sum(_ticks(server)) + sum(sum(_ticks(int(child))[:2]) for child in text.split())
        return ticks / os.sysconf("SC_CLK_TCK")

    def stop(self) -> None:
        """End it."""
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)
        self._process.wait()


@contextmanager
def running(binaries: Path) -> Iterator[Server]:
    """Run a server, and take everything away afterwards.

    It is in the system's folder for temporary files, whatever the bench works in: another
    user has to come through, and the name of a socket is short.
    """
    with tempfile.TemporaryDirectory(prefix="pg-") as folder:
        server = Server(binaries, Path(folder))
        try:
            with server.connect("postgres") as connection:
                connection.execute(f"CREATE ROLE {_STATION} LOGIN".encode())
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
    other = {"user": _NOBODY, "group": _NOBODY, "extra_groups": []} if os.geteuid() == 0 else {}
    return {"cwd": "/", "env": {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}, **other}


def _run(*command: object) -> None:
    done = subprocess.run(  # noqa: S603 - found in a folder of the system
        [str(word) for word in command], capture_output=True, check=False, **_other_user()
    )
    if done.returncode != 0:
        raise RuntimeError(done.stderr.decode("utf-8", "replace"))
