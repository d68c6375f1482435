"""Copying a sealed bundle to a medium, durably, and proving that it arrived.

Order: files under ``<bundle>.partial``, signatures last, every file and folder
flushed; rename; flush; read everything back and compare. A folder under its final
name is therefore whole, or was changed by somebody else.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path

from mediabridge.bundle import layout
from mediabridge.config import CHUNK_BYTES, MIB
from mediabridge.durable import sync_folder
from mediabridge.errors import MediumFullError, MediumIoError, ReadBackError
from mediabridge.media.tree import PARTIAL

_RESERVE_BYTES = 4 * MIB
"""Left free: a FAT folder grows by whole clusters, and a full stick wears badly."""


def write_bundle(
    source: Path, medium: Path, *, progress: Callable[[int], None] = lambda _: None
) -> None:
    """Copy the bundle folder *source* to *medium* and read it back.

    *progress* is told every byte twice: once written, once read back.

    Raises:
        MediumFullError: not enough free space; nothing was written.
        ReadBackError: the medium returned something else; the copy was removed.
        MediumIoError: the system reported an error from the medium.
    """
    names = _ordered(entry.name for entry in source.iterdir())
    try:
        _check_space(medium, sum((source / name).stat().st_size for name in names))
        folder = layout.bundles_folder(medium)
        folder.mkdir(parents=True, exist_ok=True)
        partial, final = folder / (source.name + PARTIAL), folder / source.name
        _remove(partial)
        _remove(final)
        partial.mkdir()
        digests = {name: _copy(source / name, partial / name, progress) for name in names}
        sync_folder(partial)
        partial.rename(final)
        sync_folder(folder)
        _read_back(final, digests, progress)
    except OSError as error:
        raise MediumIoError(detail=error.strerror) from None


def write_tree(source: Path, target: Path) -> None:
    """Copy the small files of the trust repository; the one that names the others last.

    Raises:
        MediumIoError: the system reported an error from the medium.
    """
    files = sorted(path.relative_to(source) for path in source.rglob("*") if path.is_file())
    # A TUF client starts at timestamp.json; everything it leads to must be there first.
    files.sort(key=lambda path: path.name == "timestamp.json")
    try:
        for relative in files:
            _replace(source / relative, target / relative)
    except OSError as error:
        raise MediumIoError(detail=error.strerror) from None


def _ordered(names: Iterable[str]) -> list[str]:
    """Return the names in writing order: files, then the list, then the signatures."""
    rank = {layout.SUMS: 1, layout.STATION_SIGNATURE: 3}
    return sorted(names, key=lambda name: (2 if layout.approver(name) else rank.get(name, 0), name))


def _check_space(medium: Path, needed: int) -> None:
    free = shutil.disk_usage(medium).free
    if free < needed + _RESERVE_BYTES:
        raise MediumFullError(got=free, wanted=needed + _RESERVE_BYTES)


def _remove(folder: Path) -> None:
    """Remove what an earlier, interrupted or superseded writing left behind."""
    if folder.is_symlink():
        folder.unlink()
    elif folder.exists():
        shutil.rmtree(folder)


def _copy(source: Path, target: Path, progress: Callable[[int], None]) -> str:
    digest = hashlib.sha256()
    buffer = memoryview(bytearray(CHUNK_BYTES))
    with source.open("rb", buffering=0) as plain, target.open("xb") as output:
        while count := plain.readinto(buffer):
            digest.update(buffer[:count])
            output.write(buffer[:count])
            progress(count)
        output.flush()
        os.fsync(output.fileno())
    return digest.hexdigest()


def _replace(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.with_name(target.name + PARTIAL)
    temporary.unlink(missing_ok=True)
    _copy(source, temporary, lambda _: None)
    temporary.rename(target)
    sync_folder(target.parent)


def _read_back(folder: Path, digests: dict[str, str], progress: Callable[[int], None]) -> None:
    buffer = memoryview(bytearray(CHUNK_BYTES))
    for name, wanted in digests.items():
        digest = hashlib.sha256()
        with (folder / name).open("rb", buffering=0) as source:
            # Only the device can prove anything; the page cache repeats what we said.
            os.posix_fadvise(source.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
            while count := source.readinto(buffer):
                digest.update(buffer[:count])
                progress(count)
        if digest.hexdigest() != wanted:
            shutil.rmtree(folder)
            raise ReadBackError(name=name)
