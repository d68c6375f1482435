"""Where what lies in the door, and which of the files in it may be taken.

::

    in/             the other system renames its files to here
    done/ failed/   where they are afterwards, each beside its report
    out/            what came for the other system, a folder for each bundle
    .mediabridge/   the station's own: what it is taking, and what it has put out

All on one file system, so that everything appears and goes by one rename.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Final, NamedTuple

from mediabridge.config import LIMITS
from mediabridge.durable import move_durably

_TEMPORARY: Final = re.compile(
    r"[.~].*|.*~|.*\.(tmp|temp|part|partial|filepart|crdownload|download|new|lock|swp)",
    re.IGNORECASE | re.DOTALL,
)
"""Names under which programs write before they rename; the page lists the same."""

REPORT: Final = ".report.json"
"""What the name of a report has behind the name of its file."""


class _Mark(NamedTuple):
    """How a file looked; one that is still being written looks otherwise a moment later."""

    inode: int
    size: int
    changed: int


@dataclass
class Door:
    """The folder, and how its files looked last time."""

    root: Path
    _seen: dict[str, _Mark] = field(default_factory=dict)

    @property
    def incoming(self) -> Path:
        """Where the other system leaves files."""
        return self.root / "in"

    @property
    def done(self) -> Path:
        """Files that were taken in."""
        return self.root / "done"

    @property
    def failed(self) -> Path:
        """Files that were refused."""
        return self.root / "failed"

    @property
    def out(self) -> Path:
        """What came for the other system."""
        return self.root / "out"

    @property
    def taken(self) -> Path:
        """Files that are being taken in; nobody else looks into it."""
        return self.root / ".mediabridge" / "taken"

    @property
    def handed(self) -> Path:
        """An empty file for each bundle that was put out."""
        return self.root / ".mediabridge" / "handed"

    def make(self) -> None:
        """Make the folders that are not there; :attr:`root` itself is not ours to make.

        Raises:
            OSError: there is no such folder, or this account may not write there.
        """
        for folder in (self.incoming, self.done, self.failed, self.out):
            folder.mkdir(exist_ok=True)
        self.taken.parent.mkdir(mode=0o700, exist_ok=True)
        for folder in (self.taken, self.handed):
            folder.mkdir(mode=0o700, exist_ok=True)

    def drop_drafts(self) -> None:
        """Remove reports that a crash left half written, under names of their own.

        Raises:
            OSError: the disk does not allow it.
        """
        for folder in (self.done, self.failed):
            for draft in folder.glob(f".*{REPORT}.*"):
                draft.unlink(missing_ok=True)

    def settled(self) -> list[str]:
        """Return the names in :attr:`incoming` that may be taken, in order.

        A file counts when two looks, one after the other, find it the same: what is written
        under its final name, against the rule, is left alone for as long as it grows.

        Raises:
            OSError: the folder cannot be read.
        """
        before, self._seen = self._seen, dict(_files_in(self.incoming))
        return sorted(name for name, mark in self._seen.items() if before.get(name) == mark)

    def waiting(self) -> int:
        """Return how many files wait in the door, whether or not they may be taken yet."""
        return sum(1 for _ in _files_in(self.incoming)) + len(self.being_taken())

    def refused(self) -> int:
        """Return how many files lie in :attr:`failed`."""
        return sum(not name.endswith(REPORT) for name, _mark in _files_in(self.failed))

    def take(self, name: str) -> None:
        """Take a file away from where others write; one of its name that is still here waits.

        Raises:
            OSError: it is gone, or the disk does not allow it.
        """
        if not os.path.lexists(self.taken / name):
            move_durably(self.incoming / name, self.taken / name)

    def being_taken(self) -> list[str]:
        """Return the names in :attr:`taken`, in order."""
        return sorted(name for name, _mark in _files_in(self.taken))


def _files_in(folder: Path) -> Iterator[tuple[str, _Mark]]:
    """Yield what is in *folder* under a final name, but folders; not more than a round takes."""
    try:
        entries = list(islice(folder.iterdir(), LIMITS.names_in_folder))
    except FileNotFoundError:
        return
    for path in entries:
        if _TEMPORARY.fullmatch(path.name):
            continue
        try:
            status = path.lstat()
        except FileNotFoundError:
            # Taken back, or removed, between two lines of ours.
            continue
        if not stat.S_ISDIR(status.st_mode):
            yield path.name, _Mark(status.st_ino, status.st_size, status.st_mtime_ns)
