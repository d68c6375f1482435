"""What the kernel's errors mean for a medium: one place, used by all that touches one."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from mediabridge.errors import (
    MediumError,
    MediumIoError,
    PulledOutError,
    ReadOnlyMediumError,
)
from mediabridge.media import space

_GONE: Final = frozenset({errno.ENODEV, errno.ENXIO, errno.ENOMEDIUM})
"""What vfat, exFAT and block devices say after a removal; ext4 says EIO (rig, facts.md)."""


def medium_error(error: OSError, needed: int = 1, medium: Path | None = None) -> MediumError:
    """Return what *error* of the system means; EIO of a pulled stick is told apart by its slot."""
    if error.errno in _GONE:
        return PulledOutError()
    if error.errno == errno.ENOSPC:
        return space.full(medium, got=0, wanted=needed)
    if error.errno == errno.EROFS:
        return ReadOnlyMediumError()
    return MediumIoError(detail=error.strerror or type(error).__name__)


@contextmanager
def named(needed: int = 1, medium: Path | None = None) -> Iterator[None]:
    """Raise every error of the system inside as what it means for the medium.

    *needed* is how many bytes are about to be written. With *medium*, where it is mounted, its
    trash is named when it turns out to be full.
    """
    try:
        yield
    except OSError as error:
        raise medium_error(error, needed, medium) from error
