"""An officer's order to install a file, and what root says came of it.

The order is named by the SHA-256 of what was signed, and holds a number that never comes again: so
no result answers another order than its own, also where the same file is ordered twice.
"""

from __future__ import annotations

import hashlib
import secrets
from enum import unique
from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, StringConstraints

from mediabridge import canonical
from mediabridge.bundle.header import BundleId, Digest, Format, Identifier, Timestamp
from mediabridge.config import FORMAT, KIB
from mediabridge.locale import n_
from mediabridge.locale.spoken import Spoken
from mediabridge.plainfile import read_plain

MOST_BYTES: Final = 16 * KIB
"""An order, or a result: both are far smaller."""
_STRICT: Final = ConfigDict(defer_build=True, frozen=True, extra="forbid", strict=True)


@unique
class Trouble(Spoken):
    """Why a package that was ordered and verified is not in place."""

    ROLLED_BACK = "INSTALL_ROLLED_BACK", n_("it failed, and the version before is in place again")
    """dpkg could not install it; the package before it was installed once more."""
    NOT_PLACED = (
        "INSTALL_NOT_ORDERED",
        n_("interrupted before it was ordered"),
    )
    """The power went between the log entry and the order; an officer orders it again."""


class Order(BaseModel):
    """What an officer signs who has a file of software installed at a station."""

    model_config = _STRICT

    bundle: BundleId
    format: Format = FORMAT
    nonce: BundleId
    """Random; no two orders are the same."""
    person: Identifier
    sha256: Digest
    statement: Literal["install"] = "install"
    station: Identifier
    time: Timestamp

    @classmethod
    def new(cls, person: str, *, station: str, bundle: str, sha256: str, time: str) -> Order:
        """Draw up an order that never was."""
        nonce = secrets.token_hex(16)
        return cls(
            bundle=bundle, nonce=nonce, person=person, sha256=sha256, station=station, time=time
        )

    def to_bytes(self) -> bytes:
        """Return what is signed."""
        return canonical.dump(self.model_dump(mode="json"))

    @property
    def digest(self) -> str:
        """What the order is called, and its result names."""
        return hashlib.sha256(self.to_bytes()).hexdigest()


class SignedOrder(BaseModel):
    """``order.json`` in the station's folder. Nothing of it is believed."""

    model_config = _STRICT

    order: Order
    signature: Annotated[str, StringConstraints(max_length=4 * KIB)]

    def to_bytes(self) -> bytes:
        """Return the content of the file."""
        return canonical.dump(self.model_dump(mode="json"))


class Ended(BaseModel):
    """What became of one order; the script that places packages writes the same."""

    model_config = _STRICT

    format: Format = FORMAT
    order: Digest
    reason: Annotated[str, StringConstraints(pattern=r"^([A-Z][A-Z0-9_]{0,63})?\z")] = ""
    result: Literal["installed", "failed"]
    sha256: Digest

    def to_bytes(self) -> bytes:
        """Return the content of the file."""
        return canonical.dump(self.model_dump(mode="json"))


def read_order(path: Path) -> SignedOrder | None:
    """Return the order in the file *path*; None where there is none, or not in its one form."""
    try:
        return SignedOrder.model_validate(canonical.load(read_plain(path, MOST_BYTES)))
    except (OSError, ValueError):
        return None


def read_result(path: Path, order: str) -> Ended | None:
    """Return what became of the *order*; None where that is not said, or of another one."""
    try:
        found = Ended.model_validate(canonical.load(read_plain(path, MOST_BYTES)))
    except (OSError, ValueError):
        return None
    return found if found.order == order else None
