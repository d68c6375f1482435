"""A file for many offices: each part of it is collected at the station of its office.

What is wrong with the file keeps all of it: nothing is taken in. What is wrong with one station
keeps its part: the others take theirs, and who gives the file again gives it to those that had
not. A crash, anywhere, is such a case.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from mediabridge.clock import Clock
from mediabridge.errors import MediabridgeError, OfficeCountError, OfficesRefusedError
from mediabridge.kinds import Kind
from mediabridge.locale import n_
from mediabridge.progress import Progress
from mediabridge.records.csv import Encoding
from mediabridge.records.kept import Kept
from mediabridge.records.notices import RecordNotice
from mediabridge.records.tables import RuleTables
from mediabridge.stations.home import Home
from mediabridge.stations.offices.folder import OfficesFolder, Opened, noting, require_agency
from mediabridge.stations.offices.splitting import Part, Split, split
from mediabridge.stations.outgoing.collecting import Collected
from mediabridge.stations.scanning import seen_copy


@dataclass(frozen=True)
class OfficePart:
    """What came of the part for one office."""

    office: str
    records: int
    """How many of the file are for it."""
    collected: Collected | None = None
    """None where it was not taken: only checked, or not possible."""
    problem: MediabridgeError | None = None
    """Why its station did not take it; what was taken before, or is wrong elsewhere, stays."""


@dataclass(frozen=True)
class Distributed:
    """What came of one file."""

    kind: Kind
    records: int
    parts: Sequence[OfficePart]
    """By code; without those for which nothing was in the file."""
    notices: Kept[RecordNotice]
    tables: RuleTables

    @property
    def there(self) -> int:
        """How many of the records are at their stations now, as those count them."""
        return sum(part.collected.records for part in self.parts if part.collected)


def collect_for_offices(
    path: Path,
    folder: OfficesFolder,
    opened: Opened,
    *,
    clock: Clock,
    progress: Progress,
    operator: str | None = None,
    kind: Kind | None = None,
    encoding: Encoding | None = None,
    check: bool = False,
) -> Distributed:
    """Check the file *path* for the offices of *folder*, and have each station collect its part.

    With *check* nothing is taken in. It is judged by the tables of the first office's station;
    each station judges its part by its own.

    Raises:
        OfficesRefusedError: it has errors; ``errors`` lists them, and nothing was taken.
        FileInfectedError, ScannerError: the virus scanner, as the first station's settings have it.
        StationBusyError: another command splits a file here.
    """
    first = folder.home(folder.codes[0])
    tables = RuleTables.load(first.tables)
    with folder.at_work() as work:
        made = split(
            seen_copy(first, path, work / "given", clock.now()),
            folder.codes,
            work,
            tables=tables,
            progress=progress,
            kind=kind,
            encoding=encoding,
        )
        _require_right(path, made, tables)
        parts = (
            [OfficePart(code, len(part)) for code, part in made.parts.items()]
            if check
            else _distribute(made, folder, opened, operator, progress)
        )
    return Distributed(made.kind, made.records, parts, made.notices, tables)


def _require_right(path: Path, made: Split, tables: RuleTables) -> None:
    if made.errors.total:
        raise OfficesRefusedError(
            kind=made.kind,
            name=path.name,
            count=made.errors.total,
            errors=made.errors.kept,
            tables=tables.as_json(),
        )
    if sum(map(len, made.parts.values())) != made.records:
        got = sum(map(len, made.parts.values()))
        raise OfficeCountError(office=path.name, wanted=made.records, got=got)


def _distribute(
    made: Split, folder: OfficesFolder, opened: Opened, operator: str | None, progress: Progress
) -> list[OfficePart]:
    found = []
    progress.start(n_("Taking in at the offices' stations"), len(made.parts), counted=True)
    for code, part in made.parts.items():
        found.append(_collect(made.kind, part, folder.home(code), opened, operator))
        # Two copies of everything would lie there until the last one is done.
        part.path.unlink(missing_ok=True)
        progress.advance(1)
    progress.finish()
    return found


def _collect(
    kind: Kind, part: Part, home: Home, opened: Opened, operator: str | None
) -> OfficePart:
    code = home.root.name
    problems, done = list[MediabridgeError](), list[Collected]()
    with noting(home, problems.append):
        require_agency(home, code)
        with opened(home.root) as station:
            done.append(station.collect(part.path, operator=operator, kind=kind))
        if done[0].records != len(part):
            raise OfficeCountError(office=code, wanted=len(part), got=done[0].records)
    return OfficePart(code, len(part), next(iter(done), None), next(iter(problems), None))
