"""A bundle comes from the hub in parts, and appears under its name only as a whole.

Nothing of what the hub says of it is believed: it bounds what is written here, and no more. Whoever
takes the bundle in checks it as one from a stick.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable, Iterator
from collections.abc import Set as AbstractSet
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from mediabridge.config import LIMITS, LINE_PART_BYTES, LINE_ROOM_BYTES
from mediabridge.durable import sync_file, sync_folder
from mediabridge.errors import DiskFullError, LineUntrueError
from mediabridge.line import api, wire
from mediabridge.line.client import Client
from mediabridge.locale import text

Told = Callable[[int], None]
PARTIAL: Final = ".partial"
"""Suffix of a bundle that is still coming; as on a medium, no reader looks there."""
_APPENDING: Final = os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC


def download(
    client: Client, entry: api.Entry, bundles: Path, *, told: Told = lambda _: None
) -> None:
    """Fetch what *entry* says into *bundles*, a folder of them.

    It appears under its name only when each file has the size and the digest that were said. That
    is no reason to believe any of it; whoever takes it in checks it as from a stick.

    Raises:
        LineUntrueError: a file is not what was said of it; that file is fetched anew next time.
        DiskFullError: it would not fit, whatever it is.
        LineError: the line or the hub.
    """
    target = bundles / entry.bundle
    if target.exists():
        return
    _require_bounded(entry, bundles)
    partial = bundles / (entry.bundle + PARTIAL)
    partial.mkdir(exist_ok=True)
    _drop_others(partial, {file.name for file in entry.files})
    for file in entry.files:
        _download(client, entry.bundle, partial / file.name, file, told)
    sync_folder(partial)
    partial.rename(target)
    sync_folder(bundles)


def is_there(entry: api.Entry, bundles: Path) -> bool:
    """Tell whether what lies in *bundles* is what *entry* says, byte for byte."""
    folder = bundles / entry.bundle
    if not folder.is_dir():
        return False
    there = {path.name: path for path in folder.iterdir()}
    said = {file.name: (file.size, file.sha256) for file in entry.files}
    sizes = {name: path.stat().st_size for name, path in there.items()}
    if sizes != {name: size for name, (size, _) in said.items()}:
        return False
    return all(_digest(there[name]) == sha256 for name, (_, sha256) in said.items())


def _require_bounded(entry: api.Entry, folder: Path) -> None:
    if any(file.size > LIMITS.part_bytes for file in entry.files):
        raise LineUntrueError(detail=text("it names a file that is larger than any may be"))
    wanted = sum(file.size for file in entry.files) + LINE_ROOM_BYTES
    free = shutil.disk_usage(folder).free
    if free < wanted:
        detail = text("free: {free} bytes, needed: {wanted}", free=free, wanted=wanted)
        raise DiskFullError(name=folder.name, detail=detail)


def _drop_others(partial: Path, names: AbstractSet[str]) -> None:
    """Remove what an earlier, other word of the hub left; a bundle has no file too many."""
    for path in partial.iterdir():
        if path.name not in names:
            path.unlink()


def _download(client: Client, bundle: str, path: Path, file: api.File, told: Told) -> None:
    with _appending(path) as descriptor:
        start = os.fstat(descriptor).st_size
        if start > file.size:
            os.ftruncate(descriptor, 0)
            start = 0
        while start < file.size:
            stop = min(start + LINE_PART_BYTES, file.size)
            data = client.get(bundle, file.name, wire.Part(start, stop, file.size))
            _write_all(descriptor, data)
            told(len(data))
            start = stop
    sync_file(path)
    if _digest(path) != file.sha256:
        path.unlink()
        raise LineUntrueError(detail=text("a file is not what was said of it"))


def _digest(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


@contextmanager
def _appending(path: Path) -> Iterator[int]:
    descriptor = os.open(path, _APPENDING, 0o600)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _write_all(descriptor: int, data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(descriptor, rest) :]
