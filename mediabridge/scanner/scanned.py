"""What became of one file that was shown to the scanner."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from mediabridge.clock import to_rfc3339
from mediabridge.errors import (
    MediabridgeError,
    ScannerDownError,
    ScannerError,
    ScannerUnfitError,
)
from mediabridge.translog.scan import Scan
from mediabridge.translog.vocabulary import Fact


@dataclass(frozen=True)
class Scanned:
    """One file, and what was said of it."""

    scan: Scan
    sha256: str
    size: int
    engine: str = ""
    """Which scanner was asked, such as ``ClamAV 1.4.6``; empty where none answered."""
    signatures: datetime | None = None
    """Of when its signatures are, as far as it says."""
    found: str = ""
    """The name of what was found, or of the limit; for screen and report, never for the log."""
    refusal: MediabridgeError | None = None
    """Why the file must not be used."""
    warnings: tuple[ScannerError, ...] = ()
    """What the settings let pass, and somebody has to be told."""

    @property
    def is_relied_on(self) -> bool:
        """Whether nothing was found by a scanner that says so of what it did not look at."""
        doubted = any(
            isinstance(each, ScannerDownError | ScannerUnfitError) for each in self.warnings
        )
        return self.scan is Scan.CLEAN and not doubted

    def require(self) -> None:
        """Raise the refusal, if there is one."""
        if self.refusal is not None:
            raise self.refusal

    def facts(self) -> dict[str, Fact]:
        """Return what an entry of the log says of the scanner, besides the facts of the file."""
        facts: dict[str, Fact] = {"scan": self.scan.value}
        if self.engine:
            facts["engine"] = self.engine
        if self.signatures is not None:
            facts["signatures"] = to_rfc3339(self.signatures)
        if self.refusal is not None:
            facts["reason"] = self.refusal.reason
        if self.warnings:
            facts["warned"] = [each.reason for each in self.warnings]
        return facts

    def report(self) -> dict[str, str | None]:
        """Return what stands in the report beside a refused file, and in ``--json``."""
        return {
            "scan": self.scan.value,
            "found": self.found or None,
            "engine": self.engine or None,
            "signatures": to_rfc3339(self.signatures) if self.signatures else None,
        }
