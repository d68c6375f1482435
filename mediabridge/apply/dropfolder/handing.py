"""The hand-over itself: one rename, of a file that is complete, and never twice.

A file grows in a folder of ours inside the vendor's, so on the same file system, under the
id of its bundle. It is flushed before the journal has the bundle, and gets its name in the
vendor's folder afterwards. Whatever dies in between: a file that is still in our folder
was not handed over, and one that is not there was. The vendor may take it away at once.

Which bundles were handed over is also kept in our folder: the station may be put back from
a backup and take them again, but the vendor's system was not put back with it.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final

from mediabridge.durable import move_durably, new_file, sync_folder
from mediabridge.errors import RegistryFullError, RegistryUnavailableError
from mediabridge.locale import text

STAGING: Final = ".mediabridge"
_GROWING: Final = "growing"
_HANDED: Final = "handed"
_NO_ROOM: Final = {28, 122}


class Hand:
    """Puts files into the vendor's *folder*."""

    def __init__(self, folder: Path) -> None:
        """Make our folder inside the vendor's.

        Raises:
            RegistryUnavailableError: there is no such folder, or it cannot be written.
        """
        self._folder, self._staging = folder, folder / STAGING
        with self._telling():
            # One after the other: the vendor's own folder may be a share that is not there.
            for path in (self._staging, self._staging / _HANDED):
                path.mkdir(mode=0o700, exist_ok=True)

    @contextmanager
    def growing(self) -> Iterator[BinaryIO]:
        """Give a new file, which is flushed at the end of the block."""
        path = self._staging / _GROWING
        with self._telling():
            path.unlink(missing_ok=True)
            with new_file(path) as output:
                yield output

    def ready(self, bundle: str) -> None:
        """Keep the file that has grown, complete, as that of *bundle*."""
        with self._telling():
            move_durably(self._staging / _GROWING, self._staging / bundle)

    def hand_over(self, name_of: Callable[[str], str | None]) -> None:
        """Give every file that is ready its name in the vendor's folder.

        *name_of* returns that name for the id of a bundle, or None for one that is not in
        the journal: its transaction was rolled back, and the file goes.

        Raises:
            RegistryUnavailableError: the folder cannot be written, or another file has that
                name there; what was not handed over stays ready.
        """
        with self._telling():
            ready = {path.name: path for path in self._staging.iterdir() if path.is_file()}
            ready.pop(_GROWING, None)
            for bundle, path in sorted(ready.items()):
                name, handed = name_of(bundle), self._staging / _HANDED / bundle
                if name is None or handed.exists():
                    path.unlink()
                    continue
                self._put(path, self._folder / name)
                handed.touch(mode=0o600)
                sync_folder(handed.parent)

    def _put(self, path: Path, target: Path) -> None:
        if os.path.lexists(target):
            detail = text("there is another file of the name {file}", file=target.name)
            raise RegistryUnavailableError(name=self._folder.name, detail=detail)
        move_durably(path, target)

    @contextmanager
    def _telling(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            refusal = RegistryFullError if error.errno in _NO_ROOM else RegistryUnavailableError
            raise refusal(name=self._folder.name, detail=error.strerror) from None
