"""The trays of separate accounts, as the kiosk uses them: by the doors of the commands."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from mediabridge.cli._table import COMMANDS, Entry

if TYPE_CHECKING:
    from mediabridge.cli._roles import Desk


@dataclass(frozen=True)
class RoleTray:
    """The trays of whoever works through the station's account."""

    desk: Desk

    @property
    def incoming(self) -> Path:
        """The folder in which people of the role lay files."""
        return self.desk.layout.given(self.desk.role)

    @property
    def outgoing(self) -> Path:
        """The folder in which they find some."""
        return self.desk.layout.made(self.desk.role)

    @contextmanager
    def given(self, name: str) -> Iterator[Path]:
        """Give a copy of the station's own, as ``collect`` has it.

        Raises:
            NotForRoleError: the role takes nothing in.
            NotInTrayError, TrayFileError: there is no such file, or it cannot be taken.
        """
        with self.desk.admitted(_entry("collect"), {"files": [Path(name)]}) as options:
            (path,) = options["files"]
            yield path

    @contextmanager
    def made(self, name: str) -> Iterator[Path]:
        """Give where ``media slip`` would write *name*; its group can read it afterwards."""
        with self.desk.admitted(_entry("media slip"), {"pdf": Path(name)}) as options:
            yield options["pdf"]


def _entry(name: str) -> Entry:
    return next(each for each in COMMANDS if each.name == name)
