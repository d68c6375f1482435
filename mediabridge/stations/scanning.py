"""When a station shows what comes from outside to its virus scanner, and what it writes down.

Which files that are, and which not, is a table in ``docs/operations/scanner.md``. A station without
``[scanner]`` in its settings has no scanner: nothing here does anything then, and ``doctor`` says
so.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from mediabridge import scanner as scanners
from mediabridge.durable import new_file
from mediabridge.errors import BundleInfectedError, FileInfectedError
from mediabridge.locale import n_
from mediabridge.plainfile import open_given
from mediabridge.progress import Progress
from mediabridge.stations import settings
from mediabridge.stations.home import Home
from mediabridge.stations.station import OpenStation
from mediabridge.translog.events import Event, Fact
from mediabridge.translog.scan import Scan

if TYPE_CHECKING:
    from mediabridge.scanner import Scanned, Scanner

_ASKING = n_("Asking the virus scanner")


def scanner_of(home: Home, now: datetime) -> Scanner | None:
    """Return the scanner of the station in *home*, None where it has none.

    Raises:
        SettingsError: its settings cannot be used.
    """
    found = settings.load(home.settings_file).scanner
    return None if found is None else scanners.Scanner(found, now)


def require_scanned(home: Home, file: Path, now: datetime) -> None:
    """Refuse *file* if the scanner does; for what has no entry in the log.

    Raises:
        FileInfectedError, ScannerError: as :func:`mediabridge.scanner.scan` says.
    """
    found = settings.load(home.settings_file).scanner
    if found is not None:
        with open_given(file) as stream:
            scanners.scan(stream, found, name=file.name, now=now)


def seen_copy(home: Home, file: Path, folder: Path, now: datetime) -> Path:
    """Return a copy of *file* in the new *folder* that was shown to the scanner, without an entry.

    Without a scanner it is *file* itself, as for :func:`brought_in`.

    Raises:
        FileInfectedError, ScannerError: as :func:`mediabridge.scanner.scan` says.
    """
    if settings.load(home.settings_file).scanner is None:
        return file
    folder.mkdir(mode=0o700)
    copy = _copied(file, folder / file.name)
    require_scanned(home, copy, now)
    return copy


def brought_in(station: OpenStation, path: Path, operator: str) -> tuple[Path, Scanned | None]:
    """Return a copy of *path* in work that was shown to the scanner, and what it said.

    Without a scanner it is *path* itself. What was scanned is what is read afterwards, whatever
    happens to the file meanwhile. The entry is written before a refusal; who refuses is the caller.
    """
    if scanner_of(station.home, station.clock.now()) is None:
        return path, None
    copy = _copied(path, station.home.work / "given")
    return copy, scan_copy(station, copy, path.name, operator)


def _copied(path: Path, copy: Path) -> Path:
    with open_given(path) as source, new_file(copy) as output:
        shutil.copyfileobj(source, output)
    return copy


def scan_copy(station: OpenStation, copy: Path, name: str, operator: str) -> Scanned | None:
    """Show the *copy* of a file called *name* to the scanner; None where the station has none.

    The entry is written before a refusal; who refuses is the caller.
    """
    scanner = scanner_of(station.home, station.clock.now())
    if scanner is None:
        return None
    with copy.open("rb") as stream:
        scanned = _looked_at(scanner, stream, name, station.progress)
    station.record(
        Event.FILE_SCANNED,
        actor=operator,
        file_sha256=scanned.sha256,
        file_bytes=scanned.size,
        **scanned.facts(),
    )
    return scanned


def scan_opened(
    station: OpenStation, scanner: Scanner, bundle: str, files: Mapping[str, Path], operator: str
) -> Scanned:
    """Show each of the *files* of an opened *bundle* to the *scanner*; one entry for all.

    Returns the answer for the one of which least is known.

    Raises:
        BundleInfectedError: something was found.
        ScannerError: the scanner cannot say, and the settings refuse then.
    """
    # There is always one: the section of the log.
    all_of_them: list[Scanned] = []
    for name, path in files.items():
        with path.open("rb") as stream:
            all_of_them.append(_looked_at(scanner, stream, name, station.progress))
        if all_of_them[-1].refusal is not None:
            break
    worst = max(all_of_them, key=_badness)
    facts: dict[str, Fact] = worst.facts()
    if isinstance(worst.refusal, FileInfectedError):
        facts["reason"] = BundleInfectedError.reason
    if worst.scan is not Scan.CLEAN:
        facts["file_sha256"] = worst.sha256
    station.record(
        Event.BUNDLE_SCANNED,
        actor=operator,
        bundle=bundle,
        files=len(all_of_them),
        bytes=sum(each.size for each in all_of_them),
        **facts,
    )
    if isinstance(worst.refusal, FileInfectedError):
        raise BundleInfectedError(**worst.refusal.facts)
    worst.require()
    return worst


def _badness(scanned: Scanned) -> tuple[bool, int]:
    """Order answers: a refusal is worst, then what says least."""
    return scanned.refusal is not None, list(Scan).index(scanned.scan)


def _looked_at(scanner: Scanner, stream: BinaryIO, name: str, progress: Progress) -> Scanned:
    progress.start(_ASKING, os.fstat(stream.fileno()).st_size)
    try:
        return scanner.look(_Told(stream, progress), name=name)
    finally:
        progress.finish()


class _Told:
    """A stream of which it is told how far it is read."""

    def __init__(self, stream: BinaryIO, progress: Progress) -> None:
        self._stream, self._progress = stream, progress

    def read(self, size: int, /) -> bytes:
        """Return the next bytes, at most *size* of them."""
        piece = self._stream.read(size)
        self._progress.advance(len(piece))
        return piece
