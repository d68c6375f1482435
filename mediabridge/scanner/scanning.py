"""Showing files to the scanner, and what the station's settings make of the answer."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import Final

from mediabridge.clock import to_rfc3339
from mediabridge.config import CHUNK_BYTES
from mediabridge.errors import (
    FileInfectedError,
    FileNotScannedError,
    MediabridgeError,
    ScannerDownError,
    ScannerError,
    ScannerOldError,
    ScannerUnfitError,
)
from mediabridge.locale import text
from mediabridge.scanner import trying
from mediabridge.scanner.clamd import Clamd, Readable, Reply, Version
from mediabridge.scanner.scanned import Scanned
from mediabridge.scanner.settings import Policy, ScannerSettings
from mediabridge.translog.scan import Scan

_AHEAD: Final = timedelta(days=1)
"""Signatures of a later day than this say nothing about their age: a clock is wrong."""


def scan(stream: Readable, settings: ScannerSettings, *, name: str, now: datetime) -> Scanned:
    """Show the open file *stream*, called *name* on the screen, to the scanner.

    It is read from where it stands to its end, and left there. *now* is the time by which
    signatures are old.

    Raises:
        FileInfectedError: something was found.
        FileNotScannedError, ScannerDownError, ScannerUnfitError, ScannerOldError: where the
            settings say ``refuse``; otherwise they are among the ``warnings``.
    """
    scanned = Scanner(settings, now).look(stream, name=name)
    scanned.require()
    return scanned


@dataclass
class _Standing:
    """What is known so far: the first refusal, and what was let pass."""

    refusal: MediabridgeError | None = None
    warnings: list[ScannerError] = field(default_factory=list)

    def take(self, policy: Policy, error: ScannerError) -> None:
        """Refuse or warn, by the policy."""
        if policy == "warn":
            self.warnings.append(error)
        elif self.refusal is None:
            self.refusal = error


@dataclass
class Scanner:
    """The scanner while one command runs: asked once how it is, then about each file."""

    settings: ScannerSettings
    now: datetime

    def look(self, stream: Readable, *, name: str) -> Scanned:
        """Return what the scanner says of the rest of *stream*; what it says is never raised."""
        version, general = self._state
        standing = _Standing(general.refusal, [*general.warnings])
        read, verdict, found = _Hashed(stream), Scan.NOT_SCANNED, ""
        if version is not None and standing.refusal is None:
            verdict, found = self._ask(read, name, standing)
        # What the scanner did not listen to is of the file all the same.
        while read.read(CHUNK_BYTES):
            pass
        return Scanned(
            scan=verdict,
            sha256=read.digest.hexdigest(),
            size=read.size,
            engine=version.engine if version else "",
            signatures=version.signatures if version else None,
            found=found,
            refusal=standing.refusal,
            warnings=tuple(standing.warnings),
        )

    def doubts(self) -> list[MediabridgeError]:
        """Return why it cannot be relied on as it is now, whether that refuses or warns."""
        _version, standing = self._state
        return [each for each in (standing.refusal, *standing.warnings) if each is not None]

    def _ask(self, read: _Hashed, name: str, standing: _Standing) -> tuple[Scan, str]:
        try:
            reply = self._clamd.scan(read)
        except ScannerDownError as down:
            standing.take(self.settings.down, down)
            return Scan.NOT_SCANNED, ""
        return self._judged(reply, name, standing)

    def _judged(self, reply: Reply, name: str, standing: _Standing) -> tuple[Scan, str]:
        if reply.found:
            standing.refusal = FileInfectedError(name=name, found=reply.found)
            return Scan.INFECTED, reply.found
        if reply.limit:
            over = FileNotScannedError(name=name, detail=reply.limit)
            standing.take(self.settings.over_limit, over)
            return Scan.OVER_LIMIT, reply.limit
        return Scan.CLEAN, ""

    @cached_property
    def _clamd(self) -> Clamd:
        return Clamd(self.settings.socket)

    @cached_property
    def _state(self) -> tuple[Version | None, _Standing]:
        """What the daemon has loaded, None where it does not say, and what that is worth."""
        standing = _Standing()
        try:
            version = self._clamd.version()
        except ScannerDownError as down:
            standing.take(self.settings.down, down)
            return None, standing
        try:
            trying.require_alerts(self._clamd)
        except (ScannerDownError, ScannerUnfitError) as unfit:
            standing.take(self.settings.down, unfit)
        old = too_old(version, self.settings, self.now)
        if old is not None:
            standing.take(self.settings.old, old)
        return version, standing


def too_old(version: Version, settings: ScannerSettings, now: datetime) -> ScannerOldError | None:
    """Return why the signatures are not recent enough, None where they are."""
    days, made = settings.old_days, version.signatures
    if made is None:
        return ScannerOldError(got=text("a day that is not known"), days=days)
    if made - _AHEAD > now or now - made > timedelta(days=days):
        return ScannerOldError(got=to_rfc3339(made), days=days)
    return None


class _Hashed:
    """A stream of which everything that is read is counted and hashed."""

    def __init__(self, stream: Readable) -> None:
        self._stream = stream
        self.digest = hashlib.sha256()
        self.size = 0

    def read(self, size: int, /) -> bytes:
        """Return the next bytes, at most *size* of them."""
        piece = self._stream.read(size)
        self.digest.update(piece)
        self.size += len(piece)
        return piece
