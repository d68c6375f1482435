"""Pick up: each file in the door is collected once, and lies in ``done`` or ``failed`` afterwards.

A file is renamed to where nobody else writes, collected, and renamed to where its sender finds
it, beside its report. Whenever this ends in between, the next round goes on with the same file:
what was taken in is known by its content, so that it is taken in once. What is wrong with the
file itself refuses it; what is wrong with the station leaves it where it is, for the next round.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from mediabridge.durable import move_durably, write_durably
from mediabridge.errors import (
    FileInfectedError,
    FileNotScannedError,
    MediabridgeError,
    NotAFileError,
    RecordsError,
    WrongRecordsError,
    machine_error,
)
from mediabridge.stations.clerks import collector
from mediabridge.stations.outgoing.collecting import Collected, collect_file
from mediabridge.stations.outgoing.given import INFECTED
from mediabridge.stations.station import OpenStation
from mediabridge.stations.transport.door import REPORT, Door

SCHEMA: Final = "mediabridge.transport/1"

_LONGEST: Final = 200
"""Bytes of a name; a number, the name of the report and that of its draft have to fit into 255."""

_OF_THE_FILE: Final = {errno.EACCES, errno.EPERM, errno.EINVAL, errno.EISDIR, errno.ENXIO}
"""What the system says of a file that nobody can read, now or later."""


@dataclass(frozen=True)
class Picked:
    """What became of one file."""

    name: str
    """Under which it came."""
    collected: Collected | None = None
    error: MediabridgeError | None = None
    """Why it lies in ``failed``; None where it was taken in."""


def pick_up(
    station: OpenStation, door: Door, names: list[str], *, operator: str | None
) -> Iterator[Picked]:
    """Take the files *names* in, and those with which an earlier round ended; yield each.

    Raises:
        MediabridgeError, OSError: the station cannot take anything in now; what was not
            yielded waits.
    """
    door.drop_drafts()
    who = collector(station, None if station.config.mode == "live" else operator)
    for name in names:
        door.take(name)
    for name in door.being_taken():
        yield _settle(station, door, name, who)


def _settle(station: OpenStation, door: Door, name: str, operator: str) -> Picked:
    path = door.taken / name
    try:
        _require_plain(path)
        done = collect_file(station, path, operator=operator)
    except (RecordsError, FileNotScannedError, NotAFileError) as error:
        return _refused(station, door, path, error)
    except OSError as said:
        if said.errno in _OF_THE_FILE and said.filename == str(path):
            return _refused(station, door, path, machine_error(said, station.home.root))
        raise
    facts = {"kind": done.kind, "records": done.records, "file": done.file, "known": done.known}
    _put(path, door.done, name, {"result": "collected", "at": station.now(), **facts})
    return Picked(name, collected=done)


def _require_plain(path: Path) -> None:
    """Refuse a link, which could lead to a file of the station's own, and whatever is no file."""
    if not stat.S_ISREG(path.lstat().st_mode):
        raise NotAFileError(name=path.name)


def _refused(station: OpenStation, door: Door, path: Path, error: MediabridgeError) -> Picked:
    """Put the file into ``failed``, with codes and positions and none of its values."""
    report: dict[str, Any] = {"result": "failed", "at": station.now(), "reason": error.reason}
    if isinstance(error, WrongRecordsError):
        report |= {"count": error.facts["count"], "errors": [e.log_form() for e in error.errors]}
    suffix = INFECTED if isinstance(error, FileInfectedError) else ""
    _put(path, door.failed, path.name + suffix, report)
    return Picked(path.name, error=error)


def _put(path: Path, folder: Path, name: str, report: dict[str, Any]) -> None:
    """Write the report, then rename the file: whoever finds the file finds what became of it."""
    target = _free(folder, name)
    # Where the folder hands its group on, that group is the other system's.
    mode = 0o640 if is_shared(folder) else 0o600
    text = json.dumps({"schema": SCHEMA, **report}, indent=1).encode("ascii")
    write_durably(target.with_name(target.name + REPORT), text, mode=mode)
    move_durably(path, target)


def _free(folder: Path, name: str) -> Path:
    """Return a path in *folder* that no file has: the same name may have been there before."""
    if len(os.fsencode(name)) > _LONGEST:
        name = hashlib.sha256(os.fsencode(name)).hexdigest()
    number, target = 1, folder / name
    while os.path.lexists(target):
        number += 1
        target = folder / f"{Path(name).stem}-{number}{Path(name).suffix}"
    return target


def is_shared(folder: Path) -> bool:
    """Tell whether what appears in *folder* belongs to the group that reads there."""
    return bool(folder.stat().st_mode & stat.S_ISGID)
