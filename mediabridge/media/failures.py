"""What the kernel's errors mean for a medium: one place, used by all that touches one."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from mediabridge import errors
from mediabridge.media import space


def medium_error(error: OSError, needed: int = 1, medium: Path | None = None) -> errors.MediumError:
    """Return what *error* of the system means; a full medium says what takes up its space."""
    if error.errno == errno.ENOSPC:
        return space.full(medium, got=0, wanted=needed)
    return errors.medium_error(error)


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
