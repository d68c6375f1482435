"""What a station has accepted, kept so that a refusal or a power cut changes nothing of it.

    cache/current -> g-xxxxxxxx        a symbolic link, replaced in one step
    cache/g-xxxxxxxx/client/           what the TUF client remembers
    cache/g-xxxxxxxx/repository/       the accepted files, ready for the next medium
    cache/g-xxxxxxxx/accepted.sha256   what both consisted of (:mod:`mediabridge.trust.recognised`)

Where nothing but roots was accepted yet, a generation has no ``repository``.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from mediabridge import durable, errors, locale

TARGET: Final = "trust.json"
"""The name of the file: the one target of the repository."""

NOTHING_YET: Final = locale.n_("no trust data was accepted here yet")


@contextmanager
def locked(cache: Path, kind: int) -> Iterator[None]:
    """Lock *cache* in the kind that flock(2) has.

    Raises:
        StationError: there is none.
    """
    # The TUF client is made for one instance at a time; a reader must not see a
    # generation disappear under its hands.
    try:
        folder = os.open(cache, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except FileNotFoundError:
        raise errors.StationError(detail=locale.text(NOTHING_YET)) from None
    try:
        fcntl.flock(folder, kind)
        yield
    finally:
        os.close(folder)


@contextmanager
def next_generation(cache: Path) -> Iterator[Path]:
    """Yield a copy of the current generation; whatever is not current afterwards goes."""
    work = Path(tempfile.mkdtemp(prefix="g-", dir=cache))
    try:
        generation = current_generation(cache)
        if generation is None:
            (work / "client").mkdir()
        else:
            durable.copy_folder(generation / "client", work / "client", links=True)
        yield work
    finally:
        generation = current_generation(cache)
        for leftover in cache.glob("g-*"):
            if leftover != generation:
                shutil.rmtree(leftover)


def current_generation(cache: Path) -> Path | None:
    """Return the folder of the generation in force, or None where there is none yet."""
    try:
        return cache / (cache / "current").readlink()
    except FileNotFoundError:
        return None


def switch(cache: Path, generation: Path) -> None:
    """Put *generation* in force, in one step that lasts."""
    link = cache / "current.new"
    link.unlink(missing_ok=True)
    link.symlink_to(generation.name)
    link.replace(cache / "current")
    durable.sync_folder(cache)


def chain(folder: Path) -> dict[int, Path]:
    """Return the root metadata in *folder* by version."""
    return {int(path.name.partition(".")[0]): path for path in folder.glob("*.root.json")}


def sync_tree(folder: Path) -> None:
    """Make everything in *folder* durable."""
    for root, _, names in os.walk(folder):
        for name in names:
            durable.sync_file(Path(root, name))
        durable.sync_folder(Path(root))
