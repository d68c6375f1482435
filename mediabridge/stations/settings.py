"""``station.toml``: where the keys of a station and its people are, and where its registry is.

::

    [keys]
    station   = "pkcs11:token=lgwan-01;object=lgwan-01?module-path=/usr/lib/…/module.so"
    log       = "pkcs11:token=lgwan-01;object=lgwan-01-log?module-path=…"
    witness   = "pkcs11:token=lgwan-01;object=lgwan-01-witness?module-path=…"
    recipient = "pkcs11:token=lgwan-01;object=lgwan-01-wrap?module-path=…"

    [clerks]
    clerk-1 = "pkcs11:token=clerk-1;object=clerk-1?module-path=…"
    clerk-2 = "/home/clerk-2/clerk-2.json"

Each line may be left out. A key of the station is then opened by a passphrase; a person without
a line says at each command where the own key is. ``recipient`` is an AES key that opens the key
file, since no token decrypts what bundles are encrypted with.

::

    [registry]
    adapter  = "postgresql"
    host     = "/run/postgresql"
    database = "register"
    user     = "mediabridge"

::

    [overdue]
    registry-01 = 4

After so many days without a receipt a bundle to that station is overdue; two, where nothing is
said.

::

    [retention]
    sealed    = 400
    delivered = 90
    receipts  = 400
    refused   = 90
    software  = 90

So many days after it was settled something of that kind may go (:class:`Retention`); these are
the days where nothing is said.

::

    [scanner]
    socket     = "/run/clamav/clamd.ctl"
    old_days   = 7
    down       = "refuse"
    old        = "refuse"
    over_limit = "refuse"

What comes from outside is shown to this virus scanner first; see
:class:`mediabridge.scanner.ScannerSettings`. Without the lines nothing is.

In ``[software]``, ``unscanned = "refuse"`` refuses software that no virus scanner has looked at;
``take`` is what holds where nothing is said. ``installer`` is another folder than that of the
package in which root's installer says what it did.

::

    [line]
    hub      = "https://hub.example.jp:8443"
    ca       = "/etc/mediabridge/hub-ca.pem"
    when     = "sequential"
    minutes  = 15
    kilobits = 128
    operator = "line-01"

Where a hub is, which authority vouches for it, when ``watch`` speaks to it, and how fast at most;
see :class:`LineRule`. Without the lines no line leads from here.

The lines of ``[registry]`` are those of :mod:`mediabridge.apply.places`. There is no secret in
this file, but whoever may write it chooses which library is loaded, where residents' data goes, how
long what is settled is kept, and whether anything is scanned. So in a folder of one's own it is
that user's alone; of an installed station it is root's, in ``/etc``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

from mediabridge.apply.embedded import EMBEDDED
from mediabridge.config import (
    INSTALLED_SETTINGS,
    INSTALLER,
    KIB,
    LINE_MINUTES,
    OVERDUE_DAYS,
    RETENTION_DAYS,
    RETENTION_PLAIN_DAYS,
)
from mediabridge.errors import SettingsError
from mediabridge.locale import text
from mediabridge.plainfile import read_plain

if TYPE_CHECKING:
    from mediabridge.apply.places import Place
    from mediabridge.scanner import ScannerSettings
    from mediabridge.stations.settings_model import Lines
    from mediabridge.trust.token_uri import TokenUri

_SETTINGS_BYTES: Final = 64 * KIB


@dataclass(frozen=True)
class KeySettings:
    """Which keys are in a token."""

    station: TokenUri | None = None
    log: TokenUri | None = None
    witness: TokenUri | None = None
    recipient: TokenUri | None = None

    def by_id(self, station: str) -> dict[str, TokenUri]:
        """Return the signing keys of *station* that are in a token, by what their file would be."""
        places = {
            station: self.station,
            f"{station}-log": self.log,
            f"{station}-witness": self.witness,
        }
        return {key_id: place for key_id, place in places.items() if place is not None}


@dataclass(frozen=True)
class Retention:
    """How many days what is settled is kept, by kind; see :mod:`mediabridge.stations.retention`.

    No kind goes earlier than it may still be asked for, whatever the file says.
    """

    sealed: int = RETENTION_DAYS
    """Sealed copies of what was sent, from the last answer on."""
    delivered: int = RETENTION_PLAIN_DAYS
    """Delivered notices, in the clear, since their sender has the receipt."""
    receipts: int = RETENTION_DAYS
    """Receipts that were issued here, since they arrived."""
    refused: int = RETENTION_PLAIN_DAYS
    """Refused files, in the clear, since they were refused."""
    software: int = RETENTION_PLAIN_DAYS
    """Software that came, once this or a later version is installed, since it came."""


@dataclass(frozen=True)
class SoftwareRule:
    """What a station takes of software; see :mod:`mediabridge.stations.incoming.software`."""

    unscanned: Literal["take", "refuse"] = "take"
    """Whether a file is staged that no virus scanner has looked at."""
    installer: Path = INSTALLER
    """Where root says what became of what was ordered; another place is for a rehearsal."""


@dataclass(frozen=True)
class WatchRule:
    """What ``watch`` does besides serving sticks; see :mod:`mediabridge.stations.chores`."""

    seal: Literal["never", "sequential", "daily"] = "never"
    """When what waits is sealed: by a person, as soon as it waits, or once a day."""
    at: time | None = None
    """When on each day, by the station's own zone; None unless it is once a day."""
    empty: bool = False
    """Whether a day on which nothing waits is sealed as well."""
    hook: tuple[str, ...] = ()
    """The program that is told what to signal, and its arguments; empty for none."""


@dataclass(frozen=True)
class LineRule:
    """The line to a hub; see :mod:`mediabridge.stations.line`."""

    hub: str
    """Its address, with ``https`` and without a path."""
    ca: Path
    """The certificates of the authority that vouches for it: no other one counts."""
    when: Literal["asked", "sequential", "daily"] = "asked"
    """When ``watch`` speaks to it: never, again and again, or once a day."""
    at: time | None = None
    """When on each day, by the station's own zone; None unless it is once a day."""
    minutes: int = LINE_MINUTES
    """How long it waits at most, where it speaks to it again and again."""
    kilobits: int | None = None
    """How many thousands of bits a second may go; None for as many as do."""
    operator: str | None = None
    """Who signs what is prepared and what came; of a live station one of ``[clerks]``."""


@dataclass(frozen=True)
class Settings:
    """The whole of ``station.toml``."""

    keys: KeySettings = KeySettings()
    registry: Place = EMBEDDED
    clerks: Mapping[str, Path | TokenUri] = field(default_factory=dict)
    """Where the key of each person at the desk is: a key file or a token."""
    overdue: Mapping[str, int] = field(default_factory=dict)
    """After how many days without a receipt a bundle to this station is overdue."""
    retention: Retention = Retention()
    scanner: ScannerSettings | None = None
    """Which virus scanner is asked about what comes from outside; None for none."""
    software: SoftwareRule = SoftwareRule()
    watch: WatchRule = WatchRule()
    transport: Path | None = None
    """The folder through which another system brings and fetches files; None for none."""
    line: LineRule | None = None
    """The line to a hub; None for none."""

    def overdue_days(self, receiver: str) -> int:
        """Return how many days a bundle to *receiver* may be without a receipt."""
        return self.overdue.get(receiver, OVERDUE_DAYS)


def load(path: Path) -> Settings:
    """Read the settings; a file that is not there settles nothing.

    Raises:
        SettingsError: not a plain file, or others than this user (of an installed station: than
            root) may have written it; no TOML, or a line that is not known.
    """
    try:
        lines = _text_of(path)
    except FileNotFoundError:
        return Settings()
    except OSError as error:
        raise SettingsError(name=path.name, detail=error.strerror) from None
    except ValueError as error:
        raise SettingsError(name=path.name, detail=str(error)) from None
    return _parsed(lines, path.name)


def _parsed(lines: str, name: str) -> Settings:
    if all(line.startswith("#") or not line.strip() for line in lines.splitlines()):
        # As the package lays it out: every line is still to be uncommented.
        return Settings()
    # Most stations have no such file, and need nothing that reads one.
    import tomllib  # noqa: PLC0415

    from mediabridge.stations import settings_model  # noqa: PLC0415

    try:
        return _settled(settings_model.checked(tomllib.loads(lines)))
    except tomllib.TOMLDecodeError:
        raise SettingsError(name=name, detail=text("it is no TOML")) from None
    except ValueError as error:
        raise SettingsError(name=name, detail=str(error)) from None


def _settled(lines: Lines) -> Settings:
    return Settings(
        KeySettings(**dict(lines.keys)),
        EMBEDDED if lines.registry.adapter == EMBEDDED.adapter else lines.registry,
        lines.clerks,
        lines.overdue,
        Retention(**dict(lines.retention)),
        lines.scanner,
        SoftwareRule(**dict(lines.software)),
        WatchRule(**dict(lines.watch)),
        lines.transport.folder if lines.transport else None,
        LineRule(**dict(lines.line)) if lines.line else None,
    )


def _text_of(path: Path) -> str:
    try:
        systems = path == INSTALLED_SETTINGS
        read = read_plain(path, _SETTINGS_BYTES, private=not systems, of_root=systems)
        return read.decode("utf-8")
    except UnicodeDecodeError:
        msg = text("not UTF-8")
        raise ValueError(msg) from None
