"""What the operating system says of an error, for the person at the desk.

Python asks the system in English, whatever the language of the station. The sentences
stay as they are in facts, logs and ``--json``, and are translated where they are shown.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from mediabridge.locale.marking import n_

SENTENCES: Final[Mapping[int, str]] = MappingProxyType(
    {
        errno.EPERM: n_("Operation not permitted"),
        errno.ENOENT: n_("No such file or directory"),
        errno.EINTR: n_("Interrupted system call"),
        errno.EIO: n_("Input/output error"),
        errno.ENXIO: n_("No such device or address"),
        errno.EBADF: n_("Bad file descriptor"),
        errno.EAGAIN: n_("Resource temporarily unavailable"),
        errno.ENOMEM: n_("Cannot allocate memory"),
        errno.EACCES: n_("Permission denied"),
        errno.EBUSY: n_("Device or resource busy"),
        errno.EEXIST: n_("File exists"),
        errno.EXDEV: n_("Invalid cross-device link"),
        errno.ENODEV: n_("No such device"),
        errno.ENOTDIR: n_("Not a directory"),
        errno.EISDIR: n_("Is a directory"),
        errno.EINVAL: n_("Invalid argument"),
        errno.ENFILE: n_("Too many open files in system"),
        errno.EMFILE: n_("Too many open files"),
        errno.ENOTTY: n_("Inappropriate ioctl for device"),
        errno.EFBIG: n_("File too large"),
        errno.ENOSPC: n_("No space left on device"),
        errno.ESPIPE: n_("Illegal seek"),
        errno.EROFS: n_("Read-only file system"),
        errno.EMLINK: n_("Too many links"),
        errno.EPIPE: n_("Broken pipe"),
        errno.ENAMETOOLONG: n_("File name too long"),
        errno.ENOTEMPTY: n_("Directory not empty"),
        errno.ELOOP: n_("Too many levels of symbolic links"),
        errno.EOVERFLOW: n_("Value too large for defined data type"),
        errno.EILSEQ: n_("Invalid or incomplete multibyte or wide character"),
        errno.EOPNOTSUPP: n_("Operation not supported"),
        errno.ETIMEDOUT: n_("Connection timed out"),
        errno.ECONNREFUSED: n_("Connection refused"),
        errno.ESTALE: n_("Stale file handle"),
        errno.EUCLEAN: n_("Structure needs cleaning"),
        errno.EREMOTEIO: n_("Remote I/O error"),
        errno.EDQUOT: n_("Disk quota exceeded"),
        errno.ENOMEDIUM: n_("No medium found"),
        errno.EMEDIUMTYPE: n_("Wrong medium type"),
    }
)
"""What a station's files and sticks meet; another errno is shown by its name, ``EXDEV``."""

SAYINGS: Final[Mapping[str, str]] = MappingProxyType(
    {os.strerror(number): SENTENCES.get(number, name) for number, name in errno.errorcode.items()}
)
"""What the system says, to the message for it or to the name of its number."""
