"""A folder that the operator named as a medium.

The name is the operator's own: a link in it is followed, once, here. What lies below the
folder is a stranger's, and no link there is (:mod:`mediabridge.media.tree`).
"""

from __future__ import annotations

import os
from pathlib import Path

from mediabridge.errors import NoMediumError, medium_error
from mediabridge.locale import text


def folder_at(path: Path) -> Path:
    """Return the folder that *path* leads to, without a link in its name.

    Raises:
        NoMediumError: there is no folder.
        PulledOutError, MediumIoError: the system reported an error from the medium.
    """
    there = Path(os.path.realpath(path))
    try:
        found = there.is_dir()
    except OSError as error:
        raise medium_error(error) from None
    if not found:
        raise NoMediumError(detail=text("the folder is not there"))
    return there


def lies_at_home(folder: Path, home: Path) -> bool:
    """Tell whether *folder* is on the file system of the station in *home*, or inside it.

    Nobody carries such a folder anywhere: what is written to it stays on this machine.
    """
    own = Path(os.path.realpath(home))
    return folder.is_relative_to(own) or folder.stat().st_dev == own.stat().st_dev
