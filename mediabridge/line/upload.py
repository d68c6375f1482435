"""A sealed bundle goes to the hub in parts, on from the byte where a line was cut."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Final

from mediabridge.bundle import layout
from mediabridge.bundle.header import parse_header
from mediabridge.config import LINE_PART_BYTES
from mediabridge.errors import LineRefusedError, LineUntrueError
from mediabridge.line import api, wire
from mediabridge.line.client import Client
from mediabridge.locale import text

Told = Callable[[int], None]
_HELD: Final = frozenset({"complete", "taken", "purged"})
"""States in which its receiver has it, or can fetch it."""


def announcement(folder: Path) -> api.Announcement:
    """Return what is said of the sealed bundle in *folder* before it goes.

    Raises:
        BundleError: its header cannot be read.
    """
    header = parse_header((folder / layout.HEADER).read_bytes())
    files = tuple(_file(path) for path in sorted(folder.iterdir(), key=lambda each: each.name))
    return api.Announcement(
        bundle=header.bundle, receiver=header.route.receiver, seq=header.seq, files=files
    )


def upload(client: Client, folder: Path, *, told: Told = lambda _: None) -> None:
    """Hand over every byte of the bundle in *folder* that the hub lacks.

    Raises:
        LineError: the line or the hub; what went stays there, and is not sent again.
    """
    announced = announcement(folder)
    try:
        entry = client.announce(announced)
    except LineRefusedError:
        # With other signatures beside the same list it is there all the same.
        if is_held(client.entry(announced.bundle)):
            return
        raise
    if is_held(entry):
        return
    _require_same(entry, announced)
    for file in entry.files:
        _upload(client, folder / file.name, announced.bundle, file, told)


def complete(client: Client, folder: Path, sums_sha256: str) -> None:
    """Have the hub put the bundle in *folder* where its receiver finds it.

    A hub that has it with other signatures beside the same list has it: no receiver minds.

    Raises:
        LineError: it does not, or says that it has something else.
    """
    upload(client, folder)
    entry = client.complete(folder.name)
    if not is_held(entry) or entry.sums_sha256 != sums_sha256:
        raise LineUntrueError(detail=text("it says that it has another bundle than was sent"))


def is_held(entry: api.Entry | None) -> bool:
    """Tell whether by the hub's word the receiver of a bundle has it, or can fetch it."""
    return entry is not None and entry.state in _HELD


def _require_same(entry: api.Entry, announced: api.Announcement) -> None:
    """Refuse to hand over to a hub that has noted something else than was announced."""
    noted = [(each.name, each.size, each.sha256) for each in entry.files]
    said = [(each.name, each.size, each.sha256) for each in announced.files]
    if noted != said:
        raise LineUntrueError(detail=text("it says that it has another bundle than was sent"))


def _file(path: Path) -> api.File:
    with path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    return api.File(name=path.name, size=path.stat().st_size, sha256=digest)


def _upload(client: Client, path: Path, bundle: str, file: api.KeptFile, told: Told) -> None:
    start = file.received
    with path.open("rb") as stream:
        while start < file.size or not file.size:
            stream.seek(start)
            data = stream.read(min(LINE_PART_BYTES, file.size - start))
            part = wire.Part(start, start + len(data), file.size)
            received = client.put(bundle, file.name, part, data)
            told(len(data))
            if received < part.stop or received > file.size:
                raise LineUntrueError(detail=text("it says that it has less, or more, than it has"))
            start = received
            if not file.size:
                return
