"""Which stations the agency's folder holds: each lies in a folder called by its office's code."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from mediabridge.errors import (
    InternalError,
    MediabridgeError,
    OfficesFolderError,
    machine_error,
)
from mediabridge.locale import text
from mediabridge.locking import wait_for
from mediabridge.stations.agency import AgencyStation
from mediabridge.stations.home import Home

_CODE: Final = re.compile(r"[0-9]{6}", re.ASCII)
_WORK: Final = ".work"
"""Where a file is split; no code is called like that."""

Opened = Callable[[Path], AgencyStation]
"""Returns the station in a folder, not entered yet; raises as opening one does."""


@dataclass(frozen=True)
class OfficesFolder:
    """The folder, and the codes of its offices in their order."""

    root: Path
    codes: Sequence[str]

    def home(self, code: str) -> Home:
        """Return where the station for the office *code* is."""
        return Home(self.root / code)

    @contextmanager
    def at_work(self) -> Iterator[Path]:
        """Give an empty folder to work in, which is gone afterwards; one command at a time has it.

        Raises:
            StationBusyError: another command has it, and goes on.
        """
        descriptor = os.open(self.root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        work = self.root / _WORK
        try:
            wait_for(descriptor)
            # What a crash left behind.
            with suppress(FileNotFoundError):
                shutil.rmtree(work)
            work.mkdir(mode=0o700)
            try:
                yield work
            finally:
                shutil.rmtree(work)
        finally:
            os.close(descriptor)


def offices_in(root: Path) -> OfficesFolder:
    """Return the offices whose stations lie in *root*; none of them is opened yet.

    Raises:
        OfficesFolderError: there are none.
    """
    try:
        there = sorted(each.name for each in root.iterdir() if each.is_dir())
    except OSError as error:
        detail = error.strerror or type(error).__name__
        raise OfficesFolderError(folder=root.name, detail=detail) from None
    codes = list(filter(_CODE.fullmatch, there))
    if not codes:
        detail = text("no folder there is called by a municipality's code")
        raise OfficesFolderError(folder=root.name, detail=detail)
    return OfficesFolder(root, codes)


@contextmanager
def noting(home: Home, note: Callable[[MediabridgeError], None]) -> Iterator[None]:
    """Have *note* told of what goes wrong at one station within the block, and end the block.

    Whatever it is: what nobody foresaw at one of many stations must not keep the others.
    """
    try:
        yield
    except MediabridgeError as error:
        note(error)
    except OSError as said:
        note(machine_error(said, home.root))
    except Exception as cause:  # noqa: BLE001 - as the frame of a command does for one station
        note(InternalError(detail=type(cause).__name__))


def require_agency(home: Home, code: str) -> None:
    """Refuse a folder in which there is no station of the agency's for the office *code*.

    Raises:
        StationError, StationDamagedError, StationWaitingError: there is no station.
        OfficesFolderError: it is of another role, or for another office.
    """
    config = home.config()
    if config.role != "agency":
        detail = text("its station is of another role: {role}", role=config.role)
        raise OfficesFolderError(folder=code, detail=detail)
    if config.municipality_code != code:
        other = config.municipality_code
        raise OfficesFolderError(folder=code, detail=text("its station is for {code}", code=other))
