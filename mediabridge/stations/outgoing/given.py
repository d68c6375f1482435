"""A file that somebody names at ``collect``: shown to the virus scanner before it is read.

What the scanner found lies in ``refused`` afterwards, under a suffix that no program opens, beside
its report. What it could not look at is not kept: nothing is known against it, and whoever brought
it brings it again.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from mediabridge.durable import move_durably, write_durably
from mediabridge.errors import FileInfectedError
from mediabridge.scanner import Scanned
from mediabridge.stations.scanning import brought_in, scan_copy
from mediabridge.stations.station import OpenStation
from mediabridge.translog.events import Event

INFECTED: Final = ".infected"
"""The suffix of a file in which something was found."""


@dataclass(frozen=True)
class Given:
    """A file to be read; where there is a scanner it is a copy, of what the scanner saw."""

    path: Path
    name: str
    """What whoever gave it calls it."""
    scanned: Scanned | None = None
    """What the scanner said; None where the station has none."""


def take(station: OpenStation, path: Path, operator: str) -> Given:
    """Return the file *path* as it may be read.

    Raises:
        FileInfectedError: something was found; the file lies in ``refused`` with its report.
        ScannerError: the scanner cannot say, and the settings refuse then.
    """
    copy, scanned = brought_in(station, path, operator)
    _require(station, copy, scanned, operator)
    return Given(copy, path.name, scanned)


def require_scanned_copy(station: OpenStation, copy: Path, name: str, operator: str) -> None:
    """Refuse the *copy* of a file called *name* where the scanner does.

    Raises:
        FileInfectedError, ScannerError: as :func:`take`.
    """
    _require(station, copy, scan_copy(station, copy, name, operator), operator)


def _require(station: OpenStation, copy: Path, scanned: Scanned | None, operator: str) -> None:
    if scanned is None:
        return
    if isinstance(scanned.refusal, FileInfectedError):
        _set_aside(station, copy, scanned, operator)
    scanned.require()


def _set_aside(station: OpenStation, copy: Path, scanned: Scanned, operator: str) -> None:
    """Keep the file as evidence, and its report; nobody is to open it by a double click."""
    reason = FileInfectedError.reason
    station.record(Event.FILE_REFUSED, actor=operator, file_sha256=scanned.sha256, reason=reason)
    report = {"errors": [], "total": 0, "scanner": scanned.report()}
    folder = station.home.refused
    write_durably(folder / f"{scanned.sha256}.json", json.dumps(report, indent=1).encode("ascii"))
    move_durably(copy, folder / f"{scanned.sha256}{INFECTED}")
