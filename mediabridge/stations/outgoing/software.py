"""Add: a file of software is described, taken in, and travels like what was collected."""

from __future__ import annotations

import hashlib
import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from mediabridge.bundle.software import Software, Sort
from mediabridge.config import CHUNK_BYTES, LIMITS
from mediabridge.durable import move_durably, new_file
from mediabridge.errors import (
    DiskFullError,
    SoftwareNotCarriedError,
    SoftwareUnreadableError,
)
from mediabridge.install import databases, packages
from mediabridge.kinds import SOFTWARE
from mediabridge.locale import n_, text
from mediabridge.plainfile import FileTooLargeError, NotPlainFileError, open_plain
from mediabridge.stations.books import InboxRow, SoftwareRow, SoftwareState
from mediabridge.stations.outgoing.given import require_scanned_copy
from mediabridge.stations.station import OpenStation
from mediabridge.translog.events import Event
from mediabridge.validation import field_problems


@dataclass(frozen=True)
class Added:
    """One file that was taken in, and how it is described to the officers."""

    software: Software
    known: bool
    """True when the very same file had been taken in before; nothing was changed."""


def add_software(
    station: OpenStation, path: Path, sort: Sort, *, role: str, replaces: str, operator: str
) -> Added:
    """Take the file *path* in as software for stations of *role*.

    What it is, it says itself: a package by its control file, a database by its head.

    Raises:
        SoftwareNotCarriedError: no route from here carries software.
        SoftwareUnreadableError: it is not of this *sort*, too large, or not to be described; or
            *replaces* is no version.
        FileInfectedError, ScannerError: the virus scanner refuses it.
        DiskFullError: the station's disk has no room for it.
    """
    routes = [route for route in station.trust.routes if route.sender == station.id]
    if not any(route.software for route in routes):
        raise SoftwareNotCarriedError(station=station.id)
    station.home.empty_work()
    draft = station.home.work / "added"
    size, sha256 = _copied(station, path, draft)
    require_scanned_copy(station, draft, path.name, operator)
    software = _described(path, draft, sort, size=size, sha256=sha256, role=role, replaces=replaces)
    if station.books.has_file(sha256) and not _may_go_again(station, sha256):
        station.home.empty_work()
        return Added(station.books.described(sha256), known=True)
    station.record(
        Event.FILE_COLLECTED,
        actor=operator,
        kind=SOFTWARE,
        records=0,
        file_sha256=sha256,
        file_bytes=size,
    )
    move_durably(draft, station.home.collected_file(sha256, SOFTWARE))
    row = InboxRow(file=sha256, kind=SOFTWARE, records=0, events={}, tables=None)
    now = station.now()
    described = SoftwareRow("out", software, "", SoftwareState.COLLECTED, "", now)
    with station.books.transaction():
        if station.books.has_file(sha256):
            station.books.free_file(sha256)
        else:
            station.books.add_file(row, collected_at=now, actor=operator)
        station.books.enter_software(described)
    return Added(software, known=False)


def _may_go_again(station: OpenStation, sha256: str) -> bool:
    """Tell whether the known file was answered, and is not on its way any more."""
    return station.books.delivered_in(sha256) is not None


def _copied(station: OpenStation, path: Path, draft: Path) -> tuple[int, str]:
    """Copy *path* in one reading; return its size and SHA-256."""
    digest, size = hashlib.sha256(), 0
    try:
        with os.fdopen(open_plain(path, LIMITS.software_bytes), "rb") as source:
            wanted = os.fstat(source.fileno()).st_size
            if shutil.disk_usage(draft.parent).free < wanted:
                raise DiskFullError(name=station.home.root.name, detail=text("no room for it"))
            station.progress.start(n_("Copying"), wanted)
            with new_file(draft) as output:
                while size <= LIMITS.software_bytes and (chunk := source.read(CHUNK_BYTES)):
                    size += len(chunk)
                    digest.update(chunk)
                    output.write(chunk)
                    station.progress.advance(len(chunk))
    except (NotPlainFileError, FileTooLargeError) as error:
        raise SoftwareUnreadableError(name=path.name, detail=str(error)) from None
    finally:
        station.progress.finish()
    return size, digest.hexdigest()


def _described(path: Path, draft: Path, sort: Sort, **known: Any) -> Software:
    found = (
        databases.described(draft, path.name)
        if sort is Sort.ANTIVIRUS
        else packages.described(draft)
    )
    try:
        software = Software(name=found.name, version=found.version, sort=sort.value, **known)
    except ValidationError as error:
        raise SoftwareUnreadableError(name=path.name, detail=field_problems(error)) from None
    if software.replaces and not packages.is_version(software.replaces):
        detail = text("{version} is no version of a package", version=software.replaces)
        raise SoftwareUnreadableError(name=path.name, detail=detail)
    if not software.is_of_its_sort:
        detail = text("another program than this one is a system package")
        raise SoftwareUnreadableError(name=path.name, detail=detail)
    return software
