"""The transport of the TUF client: four kinds of file name in a folder, and no network."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from tuf.api.exceptions import DownloadError
from tuf.ngclient import FetcherInterface

from mediabridge import locale
from mediabridge.trust.folder_reading import read
from mediabridge.trust.generations import TARGET

_METADATA: Final = r"metadata/(?:timestamp|[1-9][0-9]{0,9}\.(?:root|snapshot|targets))\.json"


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
        return read(self._folder / part, name)
