"""Whether what is about to be written fits on a medium."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Final

from mediabridge.config import MIB
from mediabridge.errors import MediumFullError
from mediabridge.locale import text
from mediabridge.media import trash

RESERVE_BYTES: Final = 4 * MIB
"""Left free: a FAT folder grows by whole clusters, and a full stick wears badly."""


def check_space(folder: Path, needed: int) -> None:
    """Refuse a medium on which *needed* bytes do not fit.

    Raises:
        MediumFullError: ``trash`` names the trash folders that hold something, if any do.
        OSError: the medium could not be asked.
    """
    wanted, free = needed + RESERVE_BYTES, shutil.disk_usage(folder).free
    if free < wanted:
        raise full(folder, got=free, wanted=wanted)


def full(medium: Path | None, *, got: int, wanted: int) -> MediumFullError:
    """Return the error that *medium* is full; its trash is named where the medium is known."""
    held = trash.found_on(medium) if medium else trash.Trash()
    return MediumFullError(got=got, wanted=wanted, trash=_hint(held) if held.names else "")


def _hint(held: trash.Trash) -> str:
    return text(
        "Its trash folders ({names}) hold {count} bytes of deleted files. ",
        names=", ".join(held.names),
        count=held.bytes,
    )
