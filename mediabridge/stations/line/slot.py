"""The hub as a medium that is written to: what was written is there when the hub has it all."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from mediabridge.bundle import layout
from mediabridge.line import upload
from mediabridge.line.client import Client
from mediabridge.media.exfat import VolumeFlag


@dataclass(frozen=True)
class LineSlot:
    """A :class:`~mediabridge.media.slot.Slot`; what leaves its folder goes over the line."""

    folder: Path
    client: Client
    bundle: str
    sums_sha256: str
    device: None = None

    @contextmanager
    def mounted(self, *, write: bool = False) -> Iterator[Path]:
        """Give the folder; what was written is at the hub, whole, when the block has ended.

        Raises:
            LineError: it is not; nothing counts as written.
        """
        yield self.folder
        written = layout.bundles_folder(self.folder) / self.bundle
        if write and written.is_dir():
            upload.complete(self.client, written, self.sums_sha256)

    def raw(self, *, write: bool = False) -> AbstractContextManager[int]:
        """Refuse: there is no device."""
        raise NotImplementedError

    def mend(self) -> bool:
        """Say that there was nothing to mend."""
        return False

    def flags(self) -> frozenset[VolumeFlag]:
        """Say nothing: there is no file system at the end of a line."""
        return frozenset()

    def is_present(self) -> bool:
        """Say that nobody pulls a line out; when it is cut, a request says so."""
        return True

    def eject(self) -> bool:
        """Say that there is nothing to take away."""
        return False
