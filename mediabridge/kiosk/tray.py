"""Where people lay files for the station, and find what it made for them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol


class Tray(Protocol):
    """Two folders; with separate accounts, those of the role (``accounts.Layout``)."""

    @property
    def incoming(self) -> Path:
        """The folder in which people lay files."""

    @property
    def outgoing(self) -> Path:
        """The folder in which they find some."""

    def given(self, name: str) -> AbstractContextManager[Path]:
        """Give the file *name* of :attr:`incoming`, as it may be read."""

    def made(self, name: str) -> AbstractContextManager[Path]:
        """Give where the file *name* is written; its readers can open it afterwards."""


@dataclass(frozen=True)
class OwnTray:
    """The tray of a station that one account has for all: ``in`` and ``out`` of a folder."""

    folder: Path

    @property
    def incoming(self) -> Path:
        """The folder in which people lay files."""
        return self.folder / "in"

    @property
    def outgoing(self) -> Path:
        """The folder in which they find some."""
        return self.folder / "out"

    @contextmanager
    def given(self, name: str) -> Iterator[Path]:
        """Give the file *name* where it lies."""
        yield self.incoming / name

    @contextmanager
    def made(self, name: str) -> Iterator[Path]:
        """Give where the file *name* is written."""
        yield self.outgoing / name


def names_in(folder: Path) -> list[str]:
    """Return the names of the files in *folder*, in order; none where it cannot be read."""
    try:
        found = [each.name for each in folder.iterdir() if each.is_file()]
    except OSError:
        return []
    return sorted(name for name in found if not name.startswith("."))
