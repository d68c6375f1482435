"""Read files so that no planted link, device or giant does harm."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from mediabridge.locale import n_, text


def read_plain(
    name: str | Path, limit: int, *, folder: int | None = None, private: bool = False
) -> bytes:
    """Return the content of the regular file *name*, without following a link there.

    Args:
        name: The file; relative to *folder* if that is given.
        limit: Largest size accepted, in bytes.
        folder: Descriptor of an open folder.
        private: Whether to refuse a file that other users can read or have written.

    Raises:
        OSError: the file is missing, a link (``ELOOP``) or unreadable.
        ValueError: not a regular file, larger than *limit*, or not private.
    """
    # O_NONBLOCK: a FIFO in place of the file must not make the reader wait for ever.
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    descriptor = os.open(name, flags, dir_fd=folder)
    try:
        status = os.fstat(descriptor)
        _require(stat.S_ISREG(status.st_mode), n_("not a plain file"))
        if private:
            _require(stat.S_IMODE(status.st_mode) & 0o077 == 0, n_("other users can read it"))
            _require(status.st_uid in {os.geteuid(), 0}, n_("it belongs to another user"))
        with os.fdopen(descriptor, "rb", closefd=False) as file:
            data = file.read(limit + 1)
    finally:
        os.close(descriptor)
    _require(len(data) <= limit, n_("larger than {limit} bytes"), limit=limit)
    return data


def _require(condition: bool, problem: str, **facts: int) -> None:
    if not condition:
        raise ValueError(text(problem, **facts))
