"""``spare.json``: a second copy of the list and of what is no part of it (format 1, section 11).

They cannot be covered by parity, which is listed in the one and signed by the others. The
copy is neither listed nor signed: it says what stood in them, and what comes of it is verified.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from mediabridge import canonical
from mediabridge.bundle import layout
from mediabridge.bundle.header import Digest, Format
from mediabridge.config import FORMAT, LIMITS
from mediabridge.durable import write_durably

_STRICT = ConfigDict(defer_build=True, frozen=True, extra="forbid", strict=True)


class SpareFile(BaseModel):
    """One file: its name, its text, and the SHA-256 by which a damaged copy is known."""

    model_config = _STRICT

    name: str
    sha256: Digest
    text: str


class Spare(BaseModel):
    """The document; attribute names are the format's field names."""

    model_config = _STRICT

    format: Format
    files: Annotated[
        tuple[SpareFile, ...], Field(max_length=2 + LIMITS.approvals + LIMITS.void_files)
    ]


def write_spare(folder: Path) -> None:
    """Write into the bundle in *folder* a copy of its list, its signatures, its statements."""
    names = sorted(path.name for path in folder.iterdir() if _belongs(path.name))
    files = tuple(_file(name, (folder / name).read_bytes()) for name in names)
    spare = Spare(format=FORMAT, files=files)
    write_durably(folder / layout.SPARE, canonical.dump(spare.model_dump(mode="json")))


def restore_from_spare(folder: Path) -> list[str]:
    """Put right what differs from its copy; return the names. A damaged copy restores nothing."""
    restored = []
    for file in _read(folder / layout.SPARE):
        path, content = folder / file.name, file.text.encode("utf-8")
        whole = hashlib.sha256(content).hexdigest() == file.sha256
        if whole and _belongs(file.name) and path.is_file() and path.read_bytes() != content:
            path.write_bytes(content)
            restored.append(file.name)
    return restored


def _belongs(name: str) -> bool:
    return name == layout.SUMS or layout.is_signature(name) or layout.is_void_file(name)


def _file(name: str, content: bytes) -> SpareFile:
    digest = hashlib.sha256(content).hexdigest()
    return SpareFile(name=name, sha256=digest, text=content.decode("utf-8"))


def _read(path: Path) -> tuple[SpareFile, ...]:
    """Return what the copy holds; nothing where it is damaged, or somebody wrote anything."""
    try:
        data = path.read_bytes()
        canonical.load(data)
        return Spare.model_validate_json(data).files
    except (FileNotFoundError, ValueError):
        return ()
