"""Opening a file that somebody else may have put there, so that it does no harm.

The one way to read a file of a medium, a key, a passphrase or a file of the trust data: no
link is followed, no device or pipe is opened, and nothing larger than its limit is read.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final

from mediabridge.locale import n_, text

READING: Final = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
"""O_NONBLOCK: a FIFO in place of the file must not make the reader wait for ever."""

MAKING: Final = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
OVERWRITING: Final = os.O_WRONLY | os.O_NOFOLLOW | os.O_CLOEXEC

_FOLDER: Final = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


class NotPlainFileError(ValueError):
    """A link, a device, a folder, or a file that is not as private as it has to be."""


class FileTooLargeError(ValueError):
    """More bytes than the limit; *got* is what the system says, or what was read."""

    def __init__(self, got: int, limit: int) -> None:
        super().__init__(text("larger than {limit} bytes", limit=limit))
        self.got = got


@contextmanager
def open_folder(name: str | Path, parent: int | None = None) -> Iterator[int]:
    """Open a folder without following a link there, and yield its descriptor.

    Raises:
        OSError: it is missing, a link or no folder (``ELOOP``, ``ENOTDIR``), or unreadable.
    """
    descriptor = os.open(name, _FOLDER, dir_fd=parent)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _is_private(status: os.stat_result, *, credential: bool) -> bool:
    """Tell whether only its owner can read a file, or, of a *credential*, the service and root."""
    # On a tmpfs systemd lets a service read its credential by an access control list, whose mask
    # stands where the group's permissions do; the file itself is root's.
    by_list = credential and status.st_uid == status.st_gid == 0
    return stat.S_IMODE(status.st_mode) & (0o037 if by_list else 0o077) == 0


def open_plain(
    name: str | Path,
    limit: int,
    *,
    folder: int | None = None,
    one_name: bool = False,
    private: bool = False,
    credential: bool = False,
    of_root: bool = False,
) -> int:
    """Open the plain file *name* for reading and return its descriptor.

    Args:
        name: The file; relative to *folder* if that is given.
        limit: Largest size accepted, in bytes.
        folder: Descriptor of an open folder.
        one_name: Whether to refuse a file that has another name as well (a hard link).
        private: Whether to refuse a file that other users can read or have written.
        credential: The same of a file in which systemd hands something to this service.
        of_root: Whether to refuse a file that anybody but root can have written.

    Raises:
        OSError: the file is missing or unreadable.
        NotPlainFileError: it is a link or no plain file, has two names, or is not private.
        FileTooLargeError: it has more than *limit* bytes.
    """

    def check(status: os.stat_result) -> None:
        links = status.st_nlink if one_name else 1
        _require(stat.S_ISREG(status.st_mode) and links == 1, n_("not a plain file"))
        if private or credential:
            _require(_is_private(status, credential=credential), n_("other users can read it"))
            _require(status.st_uid in {os.geteuid(), 0}, n_("it belongs to another user"))
        if of_root:
            _require(stat.S_IMODE(status.st_mode) & 0o022 == 0, n_("other users can write it"))
            _require(status.st_uid == 0, n_("it does not belong to root"))
        if status.st_size > limit:
            raise FileTooLargeError(status.st_size, limit)

    # The kind is looked at before opening, since opening a device can already have an effect,
    # and once more afterwards, since the name may have become another file's.
    check(os.stat(name, dir_fd=folder, follow_symlinks=False))
    descriptor = os.open(name, READING, dir_fd=folder)
    try:
        check(os.fstat(descriptor))
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


def read_plain(
    name: str | Path,
    limit: int,
    *,
    folder: int | None = None,
    one_name: bool = False,
    private: bool = False,
    credential: bool = False,
    of_root: bool = False,
) -> bytes:
    """Return the content of the plain file *name*; arguments and errors: :func:`open_plain`."""
    descriptor = open_plain(
        name,
        limit,
        folder=folder,
        one_name=one_name,
        private=private,
        credential=credential,
        of_root=of_root,
    )
    with os.fdopen(descriptor, "rb") as file:
        data = file.read(limit + 1)
    if len(data) > limit:
        raise FileTooLargeError(len(data), limit)
    return data


def open_given(path: Path) -> BinaryIO:
    """Open a file that the operator named; a link may lead there, but only to a plain file.

    Raises:
        OSError: it is missing or unreadable, or (``EINVAL``) a pipe, a device or a folder.
    """
    descriptor = os.open(path, READING & ~os.O_NOFOLLOW)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError(errno.EINVAL, os.strerror(errno.EINVAL), str(path))
    return os.fdopen(descriptor, "rb")


def _require(condition: bool, problem: str) -> None:
    if not condition:
        raise NotPlainFileError(text(problem))
