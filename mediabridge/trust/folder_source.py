"""The transport of the TUF client: four kinds of file name in a folder, and no network."""

from __future__ import annotations

import errno
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from tuf.api.exceptions import DownloadError, DownloadHTTPError
from tuf.ngclient import FetcherInterface

from mediabridge import canonical, errors, locale
from mediabridge.config import LIMITS
from mediabridge.plainfile import open_folder, read_plain
from mediabridge.trust.repository import TARGET

_METADATA: Final = r"metadata/(?:timestamp|[1-9][0-9]{0,9}\.(?:root|snapshot|targets))\.json"
_NOT_A_PLAIN_FILE: Final = {errno.ELOOP, errno.ENOTDIR, errno.ENXIO}
_NOT_FOUND: Final = 404


class FolderSource(FetcherInterface):
    """Reads the files of a TUF repository from a folder that nobody vouches for.

    Args:
        folder: It holds ``metadata`` and ``targets``.
        target: The one target that is read.
    """

    def __init__(self, folder: Path, target: str = TARGET) -> None:
        self._folder = folder
        self._names = re.compile(rf"{_METADATA}|targets/[0-9a-f]{{64}}\.{re.escape(target)}")

    def _fetch(self, url: str) -> Iterator[bytes]:
        # A generator on purpose: what it raises reaches us as it is, whereas the base
        # class would turn a failing medium into a mere "failed to download".
        if not self._names.fullmatch(url):
            msg = locale.text("{name} is not a name of this repository", name=url[:80])
            raise DownloadError(msg)
        yield self._read(*url.split("/"))

    def _read(self, part: str, name: str) -> bytes:
        try:
            with open_folder(self._folder / part) as folder:
                data = read_plain(name, LIMITS.trust_file_bytes, folder=folder)
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
