"""Copying one bundle from a medium to the station's own disk, hashing on the way.

The medium is read exactly once, front to back. A stick that answers differently the
second time (worn, or built to deceive) has no second time; one that changes during
the first is caught by comparing what was announced with what came.

Where a bundle has parity, a place that cannot be read is passed over, and our copy is
mended before anybody looks at it (:mod:`mediabridge.bundle.mending`).
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from io import RawIOBase
from pathlib import Path
from typing import BinaryIO

from mediabridge.bundle import layout
from mediabridge.bundle.mending import Mended, mend
from mediabridge.bundle.stages import SealedBundle
from mediabridge.config import CHUNK_BYTES, LIMITS, READ_ERRORS_BORNE
from mediabridge.durable import new_file
from mediabridge.errors import (
    MediumChangedError,
    TreeTooLargeError,
    TreeUnexpectedError,
    medium_error,
)
from mediabridge.locale import text
from mediabridge.media import tree
from mediabridge.media.rescue import Read, Rescue


def stage(
    medium: Path,
    name: str,
    target: Path,
    *,
    progress: Callable[[int], None] = lambda _: None,
) -> SealedBundle:
    """Copy the bundle *name* from *medium* into the empty folder *target*.

    *progress* is told the bytes of each chunk.

    Raises:
        TreeUnexpectedError: a file is missing, or one is there that does not belong.
        TreeLinkError, TreeTooLargeError: something other than a plain file of allowed size.
        MediumChangedError: the medium answered differently while it was read.
        PulledOutError, MediumIoError: the system reported an error from the medium.
    """
    with tree.open_bundle(medium, name) as folder:
        return stage_folder(folder, name, target, progress=progress)


def stage_folder(
    folder: int, name: str, target: Path, *, progress: Callable[[int], None] = lambda _: None
) -> SealedBundle:
    """Copy a bundle from its open *folder*, wherever that is; otherwise as :func:`stage`."""
    names = _expected_names(tree.look_in(folder).names)
    rescue = Rescue(errors_borne=READ_ERRORS_BORNE if layout.PARITY_INDEX in names else 0)
    digests, sizes = {}, {}
    for each in names:
        try:
            digests[each], sizes[each] = _copy(
                folder, each, target / each, rescue.of(each), progress
            )
        except OSError as error:
            raise medium_error(error) from None
    if tree.look_in(folder).names != names:
        raise MediumChangedError(name=name)
    mended = _mended(target, digests, rescue) if layout.PARITY_INDEX in names else None
    digests.update(mended.digests if mended else {})
    return sealed_from(name, target, digests, sizes, mended)


def _mended(target: Path, digests: dict[str, str], rescue: Rescue) -> Mended | None:
    """Mend our copy if it came damaged; say that the medium failed where that is not enough."""
    mended = mend(target, digests, rescue.unread)
    if mended is None and rescue.first_error is not None:
        raise medium_error(rescue.first_error)
    return mended if mended and mended.files else None


def check(folder: int, names: list[str]) -> None:
    """Check *names*, those in a bundle's open *folder*, as :func:`stage` does, reading nothing.

    Raises:
        TreeUnexpectedError, TreeLinkError, TreeTooLargeError: it would not be staged.
        PulledOutError, MediumIoError: the system reported an error from the medium.
    """
    try:
        for each in _expected_names(names):
            os.close(tree.open_regular(folder, each, layout.largest(each)))
    except OSError as error:
        raise medium_error(error) from None


def size_of(medium: Path, name: str) -> int:
    """Return the bytes the bundle *name* seems to have, for showing progress only.

    Raises:
        TreeLinkError, TreeTooLargeError, MediumIoError: as :func:`stage`.
    """
    with tree.open_bundle(medium, name) as folder:
        return size_in(folder)


def size_in(folder: int) -> int:
    """Return the bytes that seem to be in a bundle's open *folder*, as :func:`size_of`."""
    names = tree.look_in(folder).names
    try:
        stats = [os.stat(each, dir_fd=folder, follow_symlinks=False) for each in names]
    except OSError as error:
        raise medium_error(error) from None
    return sum(each.st_size for each in stats)


def read_small(medium: Path, name: str, file: str) -> bytes:
    """Return one small file of a bundle on *medium*, for looking before staging.

    Raises:
        TreeUnexpectedError: there is no such file.
        TreeLinkError, TreeTooLargeError, MediumIoError: as :func:`stage`.
    """
    with tree.open_bundle(medium, name) as folder:
        data = tree.read_regular(folder, file, LIMITS.small_file_bytes)
    if data is None:
        raise TreeUnexpectedError(detail=text("missing: {names}", names=file))
    return data


def _expected_names(names: list[str]) -> list[str]:
    """Check the set of names; the number of parts must be one without gap."""
    unknown = [name for name in names if not layout.is_bundle_file(name)]
    if unknown:
        # A hostile name is not repeated: it may be made to deceive a reader or a terminal.
        raise TreeUnexpectedError(detail=text("{count} unknown names", count=len(unknown)))
    parts = sum(layout.part_index(name) is not None for name in names)
    columns = sum(layout.parity_index(name) is not None for name in names)
    approvals = [name for name in names if layout.approver(name) is not None]
    _require_at_most(LIMITS.parts, parts, text("parts: {count}", count=parts))
    _require_at_most(LIMITS.parity_columns, columns, text("parity columns: {count}", count=columns))
    count = len(approvals)
    _require_at_most(LIMITS.approvals, count, text("approvals: {count}", count=count))
    voids = [name for name in names if layout.is_void_file(name)]
    count = len(voids)
    _require_at_most(
        LIMITS.void_files, count, text("files about void numbers: {count}", count=count)
    )
    needed = {
        *layout.listed_files(max(parts, 1), columns),
        layout.SUMS,
        layout.STATION_SIGNATURE,
    }
    missing = sorted(needed - set(names))
    if missing:
        raise TreeUnexpectedError(detail=text("missing: {names}", names=", ".join(missing[:5])))
    odd = sorted(set(names) - needed - {*approvals, *voids, *([layout.SPARE] if columns else [])})
    if odd:
        raise TreeUnexpectedError(detail=text("not expected: {names}", names=", ".join(odd)))
    return names


def _require_at_most(limit: int, count: int, got: str) -> None:
    if count > limit:
        raise TreeTooLargeError(name=text("the bundle"), got=got, wanted=limit)


def _copy(
    folder: int, name: str, target: Path, read: Read, progress: Callable[[int], None]
) -> tuple[str, int]:
    """Copy one file, return the SHA-256 and the size of what was actually read."""

    def told(source: RawIOBase, into: memoryview, at: int, announced: int) -> int:
        count = read(source, into, at, announced)
        progress(count)
        return count

    descriptor = tree.open_regular(folder, name, layout.largest(name))
    with os.fdopen(descriptor, "rb", buffering=0) as source, new_file(target) as output:
        before = os.fstat(descriptor)
        digest, size = _pump(source, output, before.st_size, told)
        after = os.fstat(descriptor)
        if size != before.st_size or _marks(before) != _marks(after):
            raise MediumChangedError(name=name)
    return digest, size


def _pump(source: RawIOBase, output: BinaryIO, announced: int, read: Read) -> tuple[str, int]:
    """Copy until the end, but never more than one byte beyond what was announced."""
    digest, size = hashlib.sha256(), 0
    buffer = memoryview(bytearray(CHUNK_BYTES))
    while size <= announced:
        count = read(source, buffer[: announced + 1 - size], size, announced)
        if not count:
            break
        digest.update(buffer[:count])
        output.write(buffer[:count])
        size += count
    return digest.hexdigest(), size


def _marks(status: os.stat_result) -> tuple[int, ...]:
    return status.st_ino, status.st_size, status.st_mtime_ns


def sealed_from(
    name: str,
    folder: Path,
    digests: dict[str, str],
    sizes: dict[str, int],
    mended: Mended | None = None,
) -> SealedBundle:
    """Return the bundle in *folder*, on the station's own disk, with what was found on the way."""
    signatures = {
        file: (folder / file).read_bytes() for file in digests if layout.is_signature(file)
    }
    voids = {file: (folder / file).read_bytes() for file in digests if layout.is_void_file(file)}
    unlisted = {layout.SUMS, layout.SPARE, *signatures, *voids}
    return SealedBundle(
        name=name,
        folder=folder,
        header=(folder / layout.HEADER).read_bytes(),
        keys=(folder / layout.KEYS).read_bytes(),
        sums=(folder / layout.SUMS).read_bytes(),
        signatures=signatures,
        digests={file: digest for file, digest in digests.items() if file not in unlisted},
        sizes={file: size for file, size in sizes.items() if file not in unlisted},
        mended=mended,
        voids=voids,
    )
