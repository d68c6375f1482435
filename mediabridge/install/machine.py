"""Where an installation takes place: the machine's root, and the folder that root alone writes.

The folder has the first root of the trust data, which a person put there, what was accepted since,
copies of packages, what is under way, and what came of it. The station's account reads it and
cannot write it.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from mediabridge.config import INSTALLER, KIB, LIMITS
from mediabridge.errors import InstallerNotSetUpError
from mediabridge.plainfile import read_plain

PLACER: Final = Path(__file__).with_name("place.sh")
"""The shell script that calls dpkg; the folder has a copy of it while something is installed."""


@dataclass(frozen=True)
class Machine:
    """One machine, and the station on it; nothing that the station has written is believed."""

    home: Path
    """The station's folder."""
    folder: Path = INSTALLER
    root: Path = Path("/")
    """What is changed; another folder than the system's own is for a rehearsal."""

    def station(self) -> str:
        """Return which station this machine is, as its administrator says.

        Raises:
            InstallerNotSetUpError: nobody has said it.
        """
        return self._by_hand("station", KIB).decode("ascii", "replace").strip()

    def first_root(self) -> bytes:
        """Return the first root of the trust data, as a person compared it and put it here.

        Raises:
            InstallerNotSetUpError: there is none.
        """
        return self._by_hand("root.json", LIMITS.trust_file_bytes)

    def _by_hand(self, name: str, limit: int) -> bytes:
        try:
            return read_plain(self.folder / name, limit)
        except (OSError, ValueError):
            raise InstallerNotSetUpError(name=str(self.folder / name)) from None

    @property
    def journal(self) -> Path:
        """What is being installed; there from before the first change until after the last."""
        return journal_of(self.folder)

    @property
    def trust_cache(self) -> Path:
        """The trust data that root has accepted, with a memory of its own."""
        return self.folder / "trust"

    @property
    def current(self) -> Path:
        """The package of the version that is installed: the way back from the next one."""
        return self.folder / "current.deb"

    @property
    def new(self) -> Path:
        """The package that is being installed, as it was verified."""
        return self.folder / "new.deb"

    @property
    def own_placer(self) -> Path:
        """The copy of the script that places packages: no package replaces it meanwhile."""
        return self.folder / "place"

    def result(self, order: str) -> Path:
        """Return where it is said what became of an order."""
        return result_of(self.folder, order)


def journal_of(folder: Path) -> Path:
    """Return what lies in the installer's *folder* as long as something is being installed."""
    return folder / "journal"


def result_of(folder: Path, order: str) -> Path:
    """Return where it is said in *folder* what became of the order with this digest."""
    return folder / "results" / f"{order}.json"
