"""Read a file of a TUF repository from a folder that nobody vouches for."""

from __future__ import annotations

import errno
from pathlib import Path
from typing import Final

from tuf.api.exceptions import DownloadError, DownloadHTTPError

from mediabridge import canonical, errors, locale
from mediabridge.config import LIMITS
from mediabridge.plainfile import open_folder, read_plain

_NOT_A_PLAIN_FILE: Final = {errno.ELOOP, errno.ENOTDIR, errno.ENXIO}
_NOT_FOUND: Final = 404


def read(folder: Path, name: str) -> bytes:
    """Return the content of the plain file *name* in *folder*.

    Raises:
        DownloadError: it is missing, no plain file, too large, or nested too deeply.
        MediumIoError: the operating system could not read it.
    """
    try:
        with open_folder(folder) as opened:
            data = read_plain(name, LIMITS.trust_file_bytes, folder=opened)
        # How deep the TUF client's own reader goes depends on the interpreter.
        canonical.check_depth(data)
    except FileNotFoundError:
        msg = locale.text("{name} is missing", name=name)
        raise DownloadHTTPError(msg, _NOT_FOUND) from None
    except ValueError as error:
        msg = f"{name}: {error}"
        raise DownloadError(msg) from None
    except OSError as error:
        if error.errno in _NOT_A_PLAIN_FILE:
            msg = f"{name}: {locale.text('not a plain file')}"
            raise DownloadError(msg) from None
        raise errors.medium_error(error) from None
    return data
