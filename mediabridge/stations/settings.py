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

The lines of ``[registry]`` are those of :mod:`mediabridge.apply.places`. There is no secret in
this file, but whoever may write it chooses which library is loaded, where residents' data goes, how
long what is settled is kept, and whether anything is scanned.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Final

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from mediabridge.apply.places import EMBEDDED, Place
from mediabridge.config import (
    BUNDLE_VALID_DAYS,
    KIB,
    OVERDUE_DAYS,
    RETENTION_DAYS,
    RETENTION_LEAST_DAYS,
    RETENTION_MOST_DAYS,
    RETENTION_PLAIN_DAYS,
)
from mediabridge.errors import SettingsError
from mediabridge.locale import text
from mediabridge.plainfile import read_plain
from mediabridge.scanner import ScannerSettings
from mediabridge.trust import token_uri
from mediabridge.trust.fields import Identifier
from mediabridge.trust.token_uri import TokenUri
from mediabridge.validation import field_problems

_SETTINGS_BYTES: Final = 64 * KIB


def _uri(found: object) -> object:
    return token_uri.parse(found) if isinstance(found, str) else found


_Uri = Annotated[TokenUri, BeforeValidator(_uri)]


def _place(found: object) -> object:
    if not isinstance(found, str):
        return found
    place = token_uri.place(found)
    if isinstance(place, Path) and not place.is_absolute():
        msg = text("a key file is named by its absolute path")
        raise ValueError(msg)
    return place


_Place = Annotated[Path | TokenUri, BeforeValidator(_place)]


class _Model(BaseModel):
    model_config = ConfigDict(defer_build=True, frozen=True, extra="forbid", strict=True)


class KeySettings(_Model):
    """Which keys are in a token."""

    station: _Uri | None = None
    log: _Uri | None = None
    witness: _Uri | None = None
    recipient: _Uri | None = None

    def by_id(self, station: str) -> dict[str, TokenUri]:
        """Return the signing keys of *station* that are in a token, by what their file would be."""
        places = {
            station: self.station,
            f"{station}-log": self.log,
            f"{station}-witness": self.witness,
        }
        return {key_id: place for key_id, place in places.items() if place is not None}


def _days(least: int) -> Any:
    return Field(ge=least, le=RETENTION_MOST_DAYS)


class Retention(_Model):
    """How many days what is settled is kept, by kind; see :mod:`mediabridge.stations.retention`.

    No kind goes earlier than it may still be asked for, whatever the file says.
    """

    sealed: Annotated[int, _days(RETENTION_LEAST_DAYS)] = RETENTION_DAYS
    """Sealed copies of what was sent, from the last answer on."""
    delivered: Annotated[int, _days(1)] = RETENTION_PLAIN_DAYS
    """Delivered notices, in the clear, since their sender has the receipt."""
    receipts: Annotated[int, _days(RETENTION_LEAST_DAYS)] = RETENTION_DAYS
    """Receipts that were issued here, since they arrived."""
    refused: Annotated[int, _days(1)] = RETENTION_PLAIN_DAYS
    """Refused files, in the clear, since they were refused."""


class Settings(_Model):
    """The whole of ``station.toml``."""

    keys: KeySettings = KeySettings.model_construct()
    registry: Place = EMBEDDED
    clerks: dict[Identifier, _Place] = {}
    """Where the key of each person at the desk is: a key file or a token."""
    overdue: dict[Identifier, Annotated[int, Field(ge=1, le=BUNDLE_VALID_DAYS)]] = {}
    """After how many days without a receipt a bundle to this station is overdue."""
    retention: Retention = Retention.model_construct()
    scanner: ScannerSettings | None = None
    """Which virus scanner is asked about what comes from outside; None for none."""

    def overdue_days(self, receiver: str) -> int:
        """Return how many days a bundle to *receiver* may be without a receipt."""
        return self.overdue.get(receiver, OVERDUE_DAYS)


def load(path: Path) -> Settings:
    """Read the settings; a file that is not there settles nothing.

    Raises:
        SettingsError: not a plain file of this user's alone, no TOML, or a line that is not known.
    """
    try:
        lines = _text_of(path)
    except FileNotFoundError:
        # Its defaults are right, and no model has to be built to see that.
        return Settings.model_construct()
    except OSError as error:
        raise SettingsError(name=path.name, detail=error.strerror) from None
    except ValueError as error:
        raise SettingsError(name=path.name, detail=str(error)) from None
    return _parsed(lines, path.name)


def _parsed(lines: str, name: str) -> Settings:
    import tomllib  # noqa: PLC0415 - most stations have no such file

    try:
        return Settings.model_validate(tomllib.loads(lines))
    except tomllib.TOMLDecodeError:
        raise SettingsError(name=name, detail=text("it is no TOML")) from None
    except ValidationError as error:
        raise SettingsError(name=name, detail=field_problems(error)) from None
    except ValueError as error:
        raise SettingsError(name=name, detail=str(error)) from None


def _text_of(path: Path) -> str:
    try:
        return read_plain(path, _SETTINGS_BYTES, private=True).decode("utf-8")
    except UnicodeDecodeError:
        msg = text("not UTF-8")
        raise ValueError(msg) from None
