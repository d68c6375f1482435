"""What the kernel's errors mean for a medium: one place, used by all that touches one."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from mediabridge.errors import (
    MediumError,
    MediumFullError,
    MediumIoError,
    PulledOutError,
    ReadOnlyMediumError,
)

_GONE: Final = frozenset({errno.ENODEV, errno.ENXIO, errno.ENOMEDIUM})
"""What vfat, exFAT and block devices say after a removal; ext4 says EIO (rig, facts.md)."""


def medium_error(error: OSError, needed: int = 1) -> MediumError:
    """Return what *error* of the system means; EIO of a pulled stick is told apart by its slot."""
    if error.errno in _GONE:
        return PulledOutError()
    if error.errno == errno.ENOSPC:
        return MediumFullError(got=0, wanted=needed, trash="")
    if error.errno == errno.EROFS:
        return ReadOnlyMediumError()
    return MediumIoError(detail=error.strerror or type(error).__name__)


@contextmanager
def named(needed: int = 1) -> Iterator[None]:
    """Raise every error of the system inside as what it means for the medium.

    *needed* is how many bytes are about to be written.
    """
    try:
        yield
    except OSError as error:
        raise medium_error(error, needed) from error
