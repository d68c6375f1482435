"""The protocol of ClamAV's daemon: a command, chunks with their lengths, one line back.

As clamd(8) has it: each command is one connection, begins with ``z`` and ends with a zero byte,
and so does the answer. The daemon is another account's program behind a socket: what it answers is
bounded, and read as bytes of somebody else's.
"""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final, Protocol

from mediabridge.config import (
    SCANNER_ANSWER_BYTES,
    SCANNER_CHUNK_BYTES,
    SCANNER_CONNECT_SECONDS,
    SCANNER_SECONDS,
)
from mediabridge.errors import ScannerDownError
from mediabridge.locale import n_, text

_MONTHS: Final = (
    "Jan",
    "Feb",
    "Mar",
    "Apr",
    "May",
    "Jun",
    "Jul",
    "Aug",
    "Sep",
    "Oct",
    "Nov",
    "Dec",
)
_VERSION: Final = re.compile(
    rb"ClamAV (?P<engine>[0-9]{1,2}\.[0-9]{1,2}\.[0-9]{1,2})[^/]{0,40}"
    rb"(?:/[0-9]{1,10}/[A-Z][a-z]{2} (?P<month>[A-Z][a-z]{2}) +(?P<day>[0-9]{1,2})"
    rb" (?P<hour>[0-9]{2}):(?P<minute>[0-9]{2}):[0-9]{2} (?P<year>[0-9]{4}))?"
)
_LATE: Final = n_("it does not answer in time")
_BROKEN_OFF: Final = n_("it stopped in the middle")
_OK: Final = b"stream: OK"
_FOUND: Final = re.compile(rb"stream: (?P<name>[\x21-\x7e]{1,200}) FOUND")
_TOO_LONG: Final = b"INSTREAM size limit exceeded. ERROR"
_LIMIT: Final = "Heuristics.Limits.Exceeded"
"""How the names begin of what ``AlertExceedsMax`` reports: not malware, but a limit."""
STREAM_LIMIT: Final = "StreamMaxLength"
"""The limit at which the daemon stops listening; it has no name for it of the other form."""


class Readable(Protocol):
    """What can be shown to the daemon."""

    def read(self, size: int, /) -> bytes:
        """Return the next bytes, at most *size* of them; none at the end."""


@dataclass(frozen=True)
class Version:
    """Which engine there is, and of when its signatures are, as far as it says."""

    engine: str
    signatures: datetime | None
    """None where no signatures are loaded that have a date."""


@dataclass(frozen=True)
class Reply:
    """What was said of one stream: at most one of the two."""

    found: str = ""
    """The name of what was found."""
    limit: str = ""
    """The name of the limit that it is over."""


class Clamd:
    """The daemon behind one socket."""

    def __init__(self, path: Path) -> None:
        """Prepare to ask the daemon at *path*; nothing is connected yet."""
        self._path = path

    def version(self) -> Version:
        """Return what the daemon has loaded.

        Raises:
            ScannerDownError: it cannot be asked, or answers something else.
        """
        with self._asked(b"VERSION") as connection:
            said = self._answer(connection)
        match = _VERSION.fullmatch(said)
        if match is None:
            raise self._down(text("it answers something else"))
        return Version(f"ClamAV {match['engine'].decode()}", _moment(match))

    def scan(self, stream: Readable) -> Reply:
        """Show the rest of *stream* to the daemon.

        Raises:
            ScannerDownError: it cannot be asked, stops in the middle, or gives no verdict.
            OSError: *stream* cannot be read.
        """
        with self._asked(b"INSTREAM") as connection:
            whole = False
            # Who listens no longer has said why before closing; or is dead, and has said nothing.
            with suppress(BrokenPipeError, ConnectionResetError):
                while chunk := stream.read(SCANNER_CHUNK_BYTES):
                    self._send(connection, len(chunk).to_bytes(4, "big") + chunk)
                self._send(connection, bytes(4))
                whole = True
            reply = self._reply(self._answer(connection))
        if not whole and reply == Reply():
            # It has not seen what it calls clean.
            raise self._down(text(_BROKEN_OFF))
        return reply

    def _reply(self, said: bytes) -> Reply:
        if said == _OK:
            return Reply()
        if said == _TOO_LONG:
            return Reply(limit=STREAM_LIMIT)
        match = _FOUND.fullmatch(said)
        if match is None:
            raise self._down(text("it gives no verdict"))
        name = match["name"].decode("ascii")
        return Reply(limit=name) if name.startswith(_LIMIT) else Reply(found=name)

    @contextmanager
    def _asked(self, command: bytes) -> Iterator[socket.socket]:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            with self._heard():
                connection.settimeout(SCANNER_CONNECT_SECONDS)
                connection.connect(str(self._path))
                connection.settimeout(SCANNER_SECONDS)
                connection.sendall(b"z" + command + b"\0")
            yield connection

    def _send(self, connection: socket.socket, data: bytes) -> None:
        try:
            connection.sendall(data)
        except TimeoutError:
            raise self._down(text(_LATE)) from None

    def _answer(self, connection: socket.socket) -> bytes:
        """Return one line without its zero byte; one that ends without it is none."""
        said = b""
        with self._heard():
            # Each wait is bounded, and so is how many there are.
            while b"\0" not in said and len(said) <= SCANNER_ANSWER_BYTES:
                piece = connection.recv(SCANNER_ANSWER_BYTES)
                if not piece:
                    break
                said += piece
        line, end, rest = said.partition(b"\0")
        if not end:
            raise self._down(text(_BROKEN_OFF))
        if rest:
            raise self._down(text("it answers something else"))
        return line

    @contextmanager
    def _heard(self) -> Iterator[None]:
        try:
            yield
        except TimeoutError:
            raise self._down(text(_LATE)) from None
        except OSError as error:
            raise self._down(error.strerror or type(error).__name__) from None

    def _down(self, detail: str) -> ScannerDownError:
        return ScannerDownError(name=str(self._path), detail=detail)


def _moment(match: re.Match[bytes]) -> datetime | None:
    """Return when the signatures were made: in the zone of this machine, as the daemon says it."""
    if match["year"] is None:
        return None
    try:
        # By hand: strptime knows the months of whatever language the process speaks.
        month = _MONTHS.index(match["month"].decode("ascii")) + 1
        day, hour, minute = (int(match[name]) for name in ("day", "hour", "minute"))
        return datetime(int(match["year"]), month, day, hour, minute).astimezone()
    except (ValueError, OverflowError):
        return None
