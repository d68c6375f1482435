"""Reading what lies beside a staged file: as carefully as from a stick, whoever put it there."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import BinaryIO, Final

from mediabridge.bundle import layout, sshsig
from mediabridge.bundle.software import Software
from mediabridge.config import CHUNK_BYTES, LIMITS, MIB
from mediabridge.errors import SoftwareChangedError
from mediabridge.locale import text
from mediabridge.plainfile import open_folder, open_plain
from mediabridge.verify.software import Evidence

APPROVED: Final = "approved.json"
"""The summary that the officers signed for, and its salt."""

PAYLOAD: Final = "payload"
"""The file itself."""

_SMALL: Final = MIB
"""The list and the header, as in a bundle (format 1, section 1)."""


def read(folder: Path) -> Evidence:
    """Return the small files in *folder*, each read once, none followed through a link.

    Raises:
        SoftwareChangedError: one is missing, a link, or larger than it can be.
    """
    try:
        with open_folder(folder) as opened:
            names = os.listdir(opened)  # noqa: PTH208 - of a folder that is open already
            if len(names) > LIMITS.names_in_folder:
                raise _changed(folder, text("it holds too many names"))
            signatures = [
                name for name in names if name == layout.STATION_SIGNATURE or layout.approver(name)
            ]
            return Evidence(
                sums=_small(opened, layout.SUMS, _SMALL),
                header=_small(opened, layout.HEADER, _SMALL),
                approved=_small(opened, APPROVED, LIMITS.manifest_bytes),
                signatures={
                    name: _small(opened, name, sshsig.MAX_BYTES)
                    for name in signatures[: LIMITS.approvals + 1]
                },
            )
    except OSError as error:
        raise _changed(folder, str(error.strerror)) from None
    except ValueError as error:
        raise _changed(folder, str(error)) from None


def check_payload(folder: Path, described: Software, copy: BinaryIO | None = None) -> None:
    """Accept the file in *folder* only if it is, to the byte, the one that is *described*.

    It is read once; what was read is written to *copy* as well, which counts for nothing where
    this raises.

    Raises:
        SoftwareChangedError: it is another one, a link, or gone.
        OSError: *copy* cannot be written.
    """
    try:
        with open_folder(folder) as opened:
            source = os.fdopen(open_plain(PAYLOAD, described.size, folder=opened), "rb")
    except OSError as error:
        raise _changed(folder, str(error.strerror)) from None
    except ValueError as error:
        raise _changed(folder, str(error)) from None
    digest, left = hashlib.sha256(), described.size
    with source:
        # One byte more than there should be: it may have grown since it was opened.
        while chunk := source.read(min(CHUNK_BYTES, left + 1)):
            digest.update(chunk)
            left -= len(chunk)
            if left < 0:
                break
            if copy is not None:
                copy.write(chunk)
    if digest.hexdigest() != described.sha256:
        raise _changed(folder, PAYLOAD)


def _small(folder: int, name: str, limit: int) -> bytes:
    with os.fdopen(open_plain(name, limit, folder=folder), "rb") as stream:
        return stream.read(limit + 1)


def _changed(folder: Path, detail: str) -> SoftwareChangedError:
    return SoftwareChangedError(name=folder.name[:16], detail=detail)
