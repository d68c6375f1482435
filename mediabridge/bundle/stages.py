"""The three types a bundle passes through; holding one proves how far it was checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mediabridge.bundle.header import Header
    from mediabridge.bundle.manifest import Manifest
    from mediabridge.bundle.mending import Mended


@dataclass(frozen=True)
class SealedBundle:
    """A bundle in the station's own staging folder. Nothing of it is believed yet.

    The small files are held as the bytes that were read once; ``digests`` are the
    SHA-256 of every file, computed while it was copied. The medium is not asked again.
    """

    name: str
    """Name of the bundle's folder on the medium; must turn out to be the bundle id."""
    folder: Path
    """The staged copy; part files are read from here only."""
    header: bytes
    keys: bytes
    sums: bytes
    signatures: Mapping[str, bytes]
    """Signature file name to its bytes."""
    digests: Mapping[str, str]
    """File name to lower-case SHA-256, for every file that the signed list has to list."""
    sizes: Mapping[str, int]
    """File name to size in bytes, for the same files."""
    mended: Mended | None = None
    """What was damaged on the medium and is mended in this copy."""
    voids: Mapping[str, bytes] = field(default_factory=dict)
    """The files of statements that numbers are void, by name."""


@dataclass(frozen=True)
class VerifiedBundle:
    """Steps 1 to 5 passed: who sent it, who approved it, to whom, and every hash.

    Only :mod:`mediabridge.verify` makes one.
    """

    sealed: SealedBundle
    header: Header
    sums_sha256: str
    """SHA-256 of SHA256SUMS; the next bundle's ``prev``."""
    approvers: tuple[str, ...]


@dataclass(frozen=True)
class OpenedBundle:
    """Steps 6 and 7 passed: decrypted to quarantine, and what the manifest says is true.

    Only :mod:`mediabridge.verify` makes one.
    """

    verified: VerifiedBundle
    manifest: Manifest
    files: Mapping[str, Path]
    """Inner file name to its plaintext in quarantine."""
