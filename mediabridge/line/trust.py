"""The trust data that a hub offers, laid out as on a medium; nothing here judges it.

What is newer than a station's own copy comes into that copy: the TUF client then reads it as it
reads a medium, and it alone decides. A hub is believed in nothing; all it can do is offer nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tuf.api.exceptions import RepositoryError
from tuf.api.metadata import Metadata, Snapshot, Targets, Timestamp

from mediabridge import canonical
from mediabridge.config import LIMITS, LINE_TRUST_BYTES
from mediabridge.errors import LineUntrueError
from mediabridge.line.client import Client
from mediabridge.locale import text
from mediabridge.trust.generations import TARGET, chain

_TIMESTAMP: Final = "metadata/timestamp.json"
_NAMES: Final = re.compile(
    r"metadata/(?:timestamp|[1-9][0-9]{0,9}\.(?:root|snapshot|targets))\.json"
    rf"|targets/[0-9a-f]{{64}}\.{re.escape(TARGET)}",
    re.ASCII,
)
"""As a medium may have them: nothing that a hub writes becomes a path otherwise."""


def fetch_newer(client: Client, copy: Path) -> bool:
    """Put what *client* offers into *copy*, a repository that this station may spoil.

    Returns whether that is another one than *copy* was.

    Raises:
        LineUntrueError: it is of no form that could be followed.
        LineError: the line or the hub.
    """
    offered = client.trust(_TIMESTAMP)
    if offered is None or offered == (copy / _TIMESTAMP).read_bytes():
        return False
    try:
        _Following(client, copy).from_timestamp(offered)
    except (RepositoryError, AttributeError, LookupError, TypeError, ValueError):
        # What a document of another role has not, or what a file does not name.
        raise LineUntrueError(detail=text("its trust data is not of its form")) from None
    return True


@dataclass
class _Following:
    client: Client
    copy: Path
    room: int = LINE_TRUST_BYTES

    def from_timestamp(self, offered: bytes) -> None:
        """Fetch what the timestamp names, what that names, and roots while there are any."""
        snapshot = Metadata[Timestamp].from_bytes(self._kept(_TIMESTAMP, offered)).signed
        version = snapshot.snapshot_meta.version
        listed = Metadata[Snapshot].from_bytes(self._fetched(f"metadata/{version}.snapshot.json"))
        version = listed.signed.meta["targets.json"].version
        targets = Metadata[Targets].from_bytes(self._fetched(f"metadata/{version}.targets.json"))
        digest = targets.signed.targets[TARGET].hashes["sha256"]
        self._fetched(f"targets/{digest}.{TARGET}")
        self._roots(max(chain(self.copy / "metadata")))

    def _roots(self, known: int) -> None:
        for version in range(known + 1, known + 1 + LIMITS.trust_root_rotations):
            name = f"metadata/{version}.root.json"
            root = self.client.trust(name)
            if root is None:
                return
            self._kept(name, root)

    def _fetched(self, name: str) -> bytes:
        if not _NAMES.fullmatch(name):
            raise LookupError
        data = self.client.trust(name)
        if data is None:
            raise LookupError
        return self._kept(name, data)

    def _kept(self, name: str, data: bytes) -> bytes:
        self.room -= len(data)
        if self.room < 0:
            raise LineUntrueError(detail=text("an answer is longer than it may be"))
        canonical.check_depth(data)
        (self.copy / name).write_bytes(data)
        return data
