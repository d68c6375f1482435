"""Where a station keeps what: every path below its folder, and reading ``station.json``."""

from __future__ import annotations

import errno
import os
import shutil
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from mediabridge.config import INSTALLED_HOME, INSTALLED_SETTINGS
from mediabridge.durable import write_durably
from mediabridge.errors import (
    ConfigurationError,
    StationDamagedError,
    StationError,
    StationWaitingError,
    StationWrongOwnerError,
)
from mediabridge.kinds import SOFTWARE
from mediabridge.stations import who
from mediabridge.stations.who import StationConfig

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

SETTINGS: Final = "station.toml"
"""What the file of the settings is called, wherever it is."""


@dataclass(frozen=True)
class Home:
    """A station's folder; pure functions from a name to a path."""

    root: Path

    @property
    def config_file(self) -> Path:
        """Who this station is."""
        return self.root / "station.json"

    @property
    def waiting_file(self) -> Path:
        """Who this station will be, from its set-up until its trust data is accepted."""
        return self.root / "waiting.json"

    @property
    def request_file(self) -> Path:
        """The request for the ceremony, as it was signed when the station was set up."""
        return self.root / "request.json"

    @property
    def settings_file(self) -> Path:
        """What this station is told about keys, people, its registry and how long it keeps what."""
        # However the folder is spelt: by another way root's settings would count for nothing.
        installed = os.path.realpath(self.root) == os.path.realpath(INSTALLED_HOME)
        return INSTALLED_SETTINGS if installed else self.root / SETTINGS

    @property
    def books(self) -> Path:
        """The state of every journey."""
        return self.root / "station.db"

    @property
    def log(self) -> Path:
        """The transfer log and the copy of the peer's."""
        return self.root / "log.db"

    @property
    def registry(self) -> Path:
        """The embedded registry; on the registry side only."""
        return self.root / "registry.db"

    @property
    def keys(self) -> Path:
        """This station's private keys, encrypted at rest."""
        return self.root / "keys"

    @property
    def references_key(self) -> Path:
        """The key of the log's references to card numbers; saved with the others."""
        return self.keys / "references.key"

    @property
    def trust_root(self) -> Path:
        """The TUF root this station was given by hand when it was set up."""
        return self.root / "trust" / "root.json"

    @property
    def trust_cache(self) -> Path:
        """Trust data accepted so far."""
        return self.root / "trust" / "cache"

    @property
    def tables(self) -> Path:
        """Code tables and the table of Notice 582 that this site has loaded."""
        return self.root / "tables"

    @property
    def inbox(self) -> Path:
        """Collected files, named by their SHA-256: in the format's CSV, or software as it is."""
        return self.root / "inbox"

    def collected(self) -> list[Path]:
        """Return the files of :attr:`inbox`, by name; there are only those that are not over."""
        return sorted(each for each in self.inbox.iterdir() if each.suffix in {".csv", ".software"})

    def collected_file(self, file: str, kind: str = "") -> Path:
        """Return where the collected *file* is; without a *kind*, whatever it is."""
        opaque = self.inbox / f"{file}.software"
        if kind == SOFTWARE or (not kind and opaque.exists()):
            return opaque
        return self.inbox / f"{file}.csv"

    @property
    def software(self) -> Path:
        """Software that came, a folder each by its SHA-256, with what proves who approved it."""
        return self.root / "software"

    @property
    def order_file(self) -> Path:
        """What an officer ordered to be installed; root's service looks for it."""
        return self.root / "order.json"

    @property
    def refused(self) -> Path:
        """Files that were refused when they were collected, each beside its report."""
        return self.root / "refused"

    @property
    def outbox(self) -> Path:
        """Sealed bundles; kept until the receipt is in."""
        return self.root / "outbox"

    @property
    def delivered(self) -> Path:
        """Records taken from verified bundles, for the system that processes them."""
        return self.root / "delivered"

    @property
    def parked(self) -> Path:
        """Bundles that came too early, sealed; kept until the gap before them is closed."""
        return self.root / "parked"

    @property
    def alarms(self) -> Path:
        """Evidence of alarms about transfer logs, a folder each; never removed."""
        return self.root / "alarms"

    @property
    def receipts(self) -> Path:
        """Receipts this station issued."""
        return self.root / "receipts"

    @property
    def line(self) -> Path:
        """What comes over the line and goes over it, sealed, until it has come or gone."""
        return self.root / "line"

    @property
    def work(self) -> Path:
        """Staging and quarantine; emptied before and after every journey."""
        return self.root / "work"

    @property
    def medium_state(self) -> Path:
        """What the medium was last said to be; a hint for screens, never for decisions."""
        return self.root / "medium-state.json"

    @property
    def watched(self) -> Path:
        """What ``watch`` did last, and up to when the day's sealing is done; a hint as well."""
        return self.root / "watched.json"

    def config(self) -> StationConfig:
        """Read ``station.json``.

        Raises:
            StationError: there is no station here.
            StationWaitingError: there is one that has not been given its trust data yet.
            StationDamagedError: there is one, and its file is damaged or gone.
            StationWrongOwnerError: there is one, and it is another user's.
        """
        try:
            return self._read(self.config_file)
        except FileNotFoundError as error:
            raise self._no_config(error) from None

    def _read(self, path: Path) -> StationConfig:
        try:
            return who.parse(path.read_bytes())
        except PermissionError as error:
            raise StationWrongOwnerError(detail=error.strerror) from None
        except NotADirectoryError as error:
            raise StationError(detail=error.strerror) from None
        except ValueError as error:
            raise self._damaged(str(error), path.name) from None

    def whose(self) -> StationConfig | None:
        """Return whose folder this is, also while it waits for trust data; None for nobody's.

        Raises:
            ConfigurationError: a file says it, and is damaged or another user's.
        """
        try:
            return self._read(self.config_file)
        except FileNotFoundError:
            try:
                return self._read(self.waiting_file)
            except FileNotFoundError:
                return None

    def _no_config(self, error: OSError) -> ConfigurationError:
        """Tell a folder without a station from a station that lost its file."""
        if self.waiting_file.exists():
            return StationWaitingError()
        if self.books.exists() or self.log.exists():
            return self._damaged(error.strerror or "")
        return StationError(detail=error.strerror)

    def _damaged(self, detail: str, name: str = "station.json") -> StationDamagedError:
        return StationDamagedError(name=name, detail=detail)

    def require(self, *databases: Path) -> None:
        """Refuse a station that has lost a database: one begun anew would repeat its numbers.

        Raises:
            StationDamagedError: one of them is gone.
        """
        for path in databases:
            if not os.path.exists(path):  # noqa: PTH110 - a folder that is closed is no error here
                raise self._damaged(os.strerror(errno.ENOENT), path.name)

    def make_folders(self) -> None:
        """Make every folder of a station, readable by its owner only."""
        folders = (self.inbox, self.refused, self.outbox, self.delivered, self.receipts, self.work)
        for folder in (self.root, self.keys, self.trust_cache.parent, *folders):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            close_to_others(folder)

    def write_config(self, config: StationConfig) -> None:
        """Write ``station.json``; from here on the folder is a station."""
        write_durably(self.config_file, config.to_bytes())

    def write_waiting(self, config: StationConfig) -> None:
        """Write ``waiting.json``; from here on the folder is a station to be."""
        write_durably(self.waiting_file, config.to_bytes())

    def empty_work(self) -> None:
        """Remove what an interrupted journey left in staging and quarantine.

        Raises:
            OSError: something is left; what the disk or its owner does not allow.
        """
        with suppress(FileNotFoundError):
            shutil.rmtree(self.work)
        self.work.mkdir(mode=0o700)


def zone_of_screens(home: Home) -> ZoneInfo | None:
    """Return the zone in which the station in *home* shows a time; None is the machine's.

    A screen is never the reason why a command stops: where there is no station, or its zone
    is not known on this machine, the machine's own is used. It is named wherever it is shown.
    """
    # A zone that is not known is a KeyError.
    with suppress(ConfigurationError, OSError, ValueError, KeyError):
        name = home.config().time_zone
        if name:
            # It asks the interpreter how it was built, which takes as long as reading all this.
            from zoneinfo import ZoneInfo  # noqa: PLC0415

            return ZoneInfo(name)
    return None


def close_to_others(folder: Path) -> None:
    """Take away what its mode lets other users do; a folder that is another user's stays.

    Raises:
        OSError: its mode cannot be changed.
    """
    status = folder.stat()
    if status.st_uid == os.geteuid() and status.st_mode & 0o077:
        folder.chmod(0o700)
