"""Where bundles lie on their way over the line, sealed as they are: nothing here is state."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from mediabridge.bundle import layout
from mediabridge.config import LIMITS
from mediabridge.plainfile import read_plain


@dataclass(frozen=True)
class Spool:
    """What came, what is to go, the trust data, and what poses as a medium for a moment."""

    root: Path

    @property
    def incoming(self) -> Path:
        """What was fetched, one folder a bundle, until it is taken."""
        return self.root / "in"

    @property
    def outgoing(self) -> Path:
        """Copies of what is to go, while they go."""
        return self.root / "out"

    @property
    def medium(self) -> Path:
        """The exchange tree that the two journeys are given; empty between them."""
        return self.root / "medium"

    @property
    def trust(self) -> Path:
        """A copy of the station's trust data, into which comes what the hub has newer."""
        return self.root / "trust"

    def make(self) -> None:
        """Make what is not there; what an interrupted journey left is fetched, or copied, anew."""
        for folder in (self.root, self.incoming, self.outgoing):
            folder.mkdir(mode=0o700, exist_ok=True)
        self._clear()

    def whole(self) -> list[str]:
        """Return the bundles that have come whole, sorted."""
        names = (path.name for path in self.incoming.iterdir())
        return sorted(name for name in names if layout.BUNDLE_ID.fullmatch(name))

    def sums_of(self, bundle: str) -> str:
        """Return the SHA-256 of SHA256SUMS of what came as *bundle*; empty where it has none."""
        try:
            sums = read_plain(self.incoming / bundle / layout.SUMS, LIMITS.small_file_bytes)
        except (OSError, ValueError):
            return ""
        return hashlib.sha256(sums).hexdigest()

    def drop(self, bundle: str) -> None:
        """Remove what came as *bundle*: it is at the station, or is not wanted any more."""
        shutil.rmtree(self.incoming / bundle, ignore_errors=True)

    @contextmanager
    def as_medium(self, bundle: str) -> Iterator[Path]:
        """Give a medium on which *bundle* lies alone; afterwards it lies here again."""
        with self.empty_medium() as medium:
            there = layout.bundles_folder(medium) / bundle
            (self.incoming / bundle).rename(there)
            try:
                yield medium
            finally:
                there.rename(self.incoming / bundle)

    @contextmanager
    def empty_medium(self) -> Iterator[Path]:
        """Give a medium on which nothing lies yet."""
        self._clear()
        layout.bundles_folder(self.medium).mkdir(parents=True)
        yield self.medium
        self._clear()

    def copy_out(self, source: Path) -> Path:
        """Copy the sealed bundle in *source*, as it is now, to go from here."""
        target = self.outgoing / source.name
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(source, target)
        return target

    def copy_trust(self, accepted: Path) -> None:
        """Copy the repository *accepted*, as the station has it now, for the hub to add to."""
        shutil.rmtree(self.trust, ignore_errors=True)
        shutil.copytree(accepted, self.trust)

    def let_go(self) -> None:
        """Remove the copies of what was to go, and of the trust data."""
        shutil.rmtree(self.trust, ignore_errors=True)
        for path in self.outgoing.iterdir():
            shutil.rmtree(path)

    def _clear(self) -> None:
        shutil.rmtree(self.medium, ignore_errors=True)
