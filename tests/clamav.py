"""The real ClamAV daemon with signatures of the tests' own: no network fetches others."""

from __future__ import annotations

import hashlib
import io
import signal
import socket
import subprocess
import tarfile
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from mediabridge.scanner import ScannerSettings
from mediabridge.scanner.trying import test_file

EICAR = test_file()
MARK = b"a marker of these tests"
"""What the second signature finds, as the first is asked for by the program itself."""

_SIGNATURES = b"".join(
    b"%b:0:*:%b\n" % (name, what.hex().encode())
    for name, what in ((b"Test.Eicar", EICAR), (b"Test.Marker", MARK))
)


def database(made: datetime) -> bytes:
    """Return a container of signatures with the date *made*, such as ``sigtool --unsigned`` builds.

    The daemon takes the date it tells from any file whose path has ``daily.`` in it.
    """
    head = f"ClamAV-VDB:{made:%d %b %Y %H-%M} +0000:27000:2:90:X:X:tests:{made.timestamp():.0f}"
    digest = hashlib.sha256(_SIGNATURES).hexdigest()
    info = f"{head}\ndaily.ndb:{len(_SIGNATURES)}:{digest}\n".encode()
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz", format=tarfile.USTAR_FORMAT) as archive:
        files = (("COPYING", b"tests"), ("daily.info", info), ("daily.ndb", _SIGNATURES))
        for name, data in files:
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))
    return head.encode().ljust(512) + packed.getvalue()


class Daemon:
    """One daemon in a folder of its own."""

    def __init__(self, program: str, folder: Path) -> None:
        self._program, self.folder = program, folder
        self.socket = folder / "clamd.ctl"
        self.configuration = folder / "clamd.conf"
        for each in ("db", "tmp"):
            (folder / each).mkdir()

    def settings(self, **more: Any) -> ScannerSettings:
        """Return what a station's file says of it."""
        return ScannerSettings(socket=self.socket, configuration=self.configuration, **more)

    def toml(self, **more: Any) -> str:
        """Return the same as the lines of ``station.toml``."""
        places = {"socket": str(self.socket), "configuration": str(self.configuration)}
        lines = (f"{name} = {value!r}" for name, value in (places | more).items())
        return "\n".join(["[scanner]", *lines, ""])

    def start(self, *lines: str, made: datetime | timedelta | None = timedelta()) -> None:
        """Start it with signatures of so long ago; None: with signatures that have no date."""
        for path in (self.folder / "db").iterdir():
            path.unlink()
        if made is None:
            (self.folder / "db" / "local.ndb").write_bytes(_SIGNATURES)
        else:
            of = datetime.now(UTC) - made if isinstance(made, timedelta) else made
            (self.folder / "db" / "daily.cud").write_bytes(database(of))
        usual = [
            f"LocalSocket {self.socket}", f"DatabaseDirectory {self.folder / 'db'}",
            f"TemporaryDirectory {self.folder / 'tmp'}", "Foreground yes", "MaxThreads 2",
            f"LogFile {self.folder / 'clamd.log'}",
        ]  # fmt: skip
        said = {line.split()[0] for line in lines}
        usual += [] if "AlertExceedsMax" in said else ["AlertExceedsMax yes"]
        self.configuration.write_text("\n".join([*usual, *lines, ""]), "ascii")
        self._process = subprocess.Popen(
            [self._program, "-c", self.configuration],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        while not self._answers():
            assert self._process.poll() is None, (self.folder / "clamd.log").read_text()
            time.sleep(0.02)

    def _answers(self) -> bool:
        with suppress(OSError), socket.socket(socket.AF_UNIX) as connection:
            connection.connect(str(self.socket))
            connection.sendall(b"zPING\0")
            return connection.recv(16) == b"PONG\0"
        return False

    def kill(self) -> None:
        """Kill it, as whoever runs out of memory is killed; its socket stays behind."""
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()

    def stop(self) -> None:
        """End it, if it runs."""
        self._process.terminate()
        self._process.wait()
        self.socket.unlink(missing_ok=True)

    def restart(self, *lines: str, **options: Any) -> None:
        """Begin anew with other lines or signatures."""
        self.stop()
        self.start(*lines, **options)


@contextmanager
def running(program: str, *lines: str) -> Iterator[Daemon]:
    """Start a daemon, and take everything away afterwards; its folder has a short name."""
    with tempfile.TemporaryDirectory(prefix="clam-") as folder:
        daemon = Daemon(program, Path(folder))
        daemon.start(*lines)
        try:
            yield daemon
        finally:
            daemon.stop()
