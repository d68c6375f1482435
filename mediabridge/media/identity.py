"""``medium.json`` and its signature on a stick: read without trust, written durably.

What they say is :class:`~mediabridge.bundle.medium.MediumIdentity`; whether to believe
it is decided by :mod:`mediabridge.verify.medium`.
"""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from pathlib import Path
from typing import Final

from mediabridge import plainfile
from mediabridge.bundle import layout
from mediabridge.bundle.medium import MediumIdentity, medium_namespace, parse_identity
from mediabridge.config import LIMITS
from mediabridge.errors import NoMediumError, UnregisteredMediumError
from mediabridge.locale import text
from mediabridge.media import failures, tree

__all__ = [
    "MediumIdentity",
    "medium_namespace",
    "parse_identity",
    "read_identity",
    "write_identity",
]

_DRAFT: Final = "mediabridge-{name}.partial"
"""Outside MEDIABRIDGE/: a reader refuses a stick with unknown names inside it."""


def read_identity(folder: Path) -> tuple[bytes, bytes] | None:
    """Return medium.json and its signature; None where neither is on the medium.

    Raises:
        UnregisteredMediumError: only one of the two is there.
        TreeLinkError, TreeTooLargeError: something else than a small plain file.
        PulledOutError, MediumIoError: the system reported an error from the medium.
    """
    try:
        with tree.open_folder(str(folder)) as top, tree.open_folder(layout.ROOT, top) as root:
            found = [
                tree.read_regular(root, name, LIMITS.medium_json_bytes)
                for name in (layout.MEDIUM, layout.MEDIUM_SIGNATURE)
            ]
    except NoMediumError:
        return None
    data, signature = found
    if data is None and signature is None:
        return None
    if data is None or signature is None:
        raise UnregisteredMediumError(detail=text("its registration was not finished"))
    return data, signature


def write_identity(folder: Path, data: bytes, signature: bytes) -> None:
    """Put medium.json and its signature onto the medium mounted at *folder*.

    The old signature goes first and the new one comes last: whatever is on the stick
    when it is pulled out in between reads as not registered, and its bundles stay readable.

    Raises:
        TreeLinkError: the exchange folder is a link that leads elsewhere.
        MediumFullError, ReadOnlyMediumError, PulledOutError, MediumIoError: the medium failed.
    """
    with failures.named(medium=folder):
        with suppress(FileExistsError):
            (folder / layout.ROOT).mkdir()
        with tree.open_folder(str(folder)) as top, tree.open_folder(layout.ROOT, top) as root:
            _draft(top, layout.MEDIUM, data)
            _draft(top, layout.MEDIUM_SIGNATURE, signature)
            os.fsync(top)
            _remove(root, layout.MEDIUM_SIGNATURE)
            os.fsync(root)
            for name in (layout.MEDIUM, layout.MEDIUM_SIGNATURE):
                os.rename(_DRAFT.format(name=name), name, src_dir_fd=top, dst_dir_fd=root)
                os.fsync(root)
            os.fsync(top)


def _draft(top: int, name: str, data: bytes) -> None:
    draft = _DRAFT.format(name=name)
    _remove(top, draft)
    with os.fdopen(os.open(draft, plainfile.MAKING, 0o644, dir_fd=top), "wb") as output:
        output.write(data)
        output.flush()
        os.fsync(output.fileno())


def _remove(folder: int, name: str) -> None:
    """Remove a file, or a folder that took its name; what is missing is no error."""
    with suppress(FileNotFoundError):
        if stat.S_ISDIR(os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode):
            os.rmdir(name, dir_fd=folder)
        else:
            os.unlink(name, dir_fd=folder)
