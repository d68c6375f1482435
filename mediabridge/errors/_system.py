"""What the system says of a medium, as the reason that a person is told.

The one place that makes a :class:`~mediabridge.errors.MediumIoError`: whoever makes one
elsewhere calls a stick that was pulled out, or one that is write-protected, unreadable.
"""

from __future__ import annotations

import errno
from typing import Final

from mediabridge.errors._medium import (
    MediumError,
    MediumIoError,
    PulledOutError,
    ReadOnlyMediumError,
)

_GONE: Final = frozenset({errno.ENODEV, errno.ENXIO, errno.ENOMEDIUM})
"""What vfat, exFAT and block devices say after a removal; ext4 says EIO (seen in the rig)."""


def medium_error(said: OSError | str) -> MediumError:
    """Return what *said* means: an error of the system, or a sentence of its media service.

    EIO of a pulled stick is told apart by its slot, and a full one by
    :func:`mediabridge.media.failures.medium_error`, which knows what takes up the space.
    """
    if isinstance(said, str):
        return MediumIoError(detail=said)
    if said.errno in _GONE:
        return PulledOutError()
    if said.errno == errno.EROFS:
        return ReadOnlyMediumError()
    return MediumIoError(detail=said.strerror or type(said).__name__)
