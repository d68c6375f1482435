"""Making a bundle folder: compress, fix the header, encrypt, list (format 1, section 8).

Two passes: the first compresses and hashes the plaintext, because the header must
know the number of parts before anything can be encrypted under it; the second
encrypts and hashes the ciphertext as it is written. Signing is a third, separate
step (:mod:`mediabridge.bundle.sshsig`), since the signers are other people.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

import zstandard
from cryptography.cobblestone import Cobblestone256Encryptor
from cryptography.hazmat.primitives.hpke import MLKEM1024P384PublicKey

from mediabridge.bundle import layout
from mediabridge.bundle.header import Header, header_digest
from mediabridge.bundle.manifest import InnerFile, Manifest
from mediabridge.bundle.parity import write_parity
from mediabridge.bundle.parts import encrypt_part, part_context, part_lengths
from mediabridge.bundle.sums import write_sums
from mediabridge.bundle.wraps import wrap
from mediabridge.config import CHUNK_BYTES, LIMITS
from mediabridge.durable import new_file

ZSTD_LEVEL = 3
"""The library's default: four fifths of the best ratio at a tenth of its time."""


@dataclass(frozen=True)
class Source:
    """One file to carry: its plaintext on disk and what the manifest will call it."""

    path: Path
    name: str
    schema_id: str
    records: int


@dataclass(frozen=True)
class Draft:
    """What :func:`compress` found out; everything a manifest and a header need."""

    files: tuple[InnerFile, ...]
    padding: int
    data: Path

    @property
    def parts(self) -> int:
        """Number of part files, the inner manifest included."""
        return 1 + len(part_lengths(self.data.stat().st_size))


def compress(
    sources: Sequence[Source],
    data: Path,
    *,
    last: Callable[[tuple[InnerFile, ...]], Source] | None = None,
    pad_to: int = 0,
    progress: Callable[[int], None] = lambda _: None,
) -> Draft:
    """Compress *sources* one after another into the new file *data*.

    *last* is told what they are and returns one more: the file that speaks of the others. With
    *pad_to* the stream is filled with zeros to a multiple of that many bytes,
    so that an observer learns the size only to that step. *progress* is told the plaintext
    bytes of each chunk.
    """
    with new_file(data, flush=False) as output:
        files = tuple(_compress_one(source, output, progress) for source in sources)
        if last is not None:
            files += (_compress_one(last(files), output),)
        padding = -output.tell() % pad_to if pad_to else 0
        output.write(bytes(padding))
    return Draft(files, padding, data)


def seal(
    folder: Path,
    draft: Draft,
    header: Header,
    manifest: Manifest,
    recipients: Sequence[MLKEM1024P384PublicKey],
    *,
    parity_columns: int = 0,
    progress: Callable[[int], None] = lambda _: None,
) -> bytes:
    """Write every file of the bundle but the signatures into the empty *folder*.

    With *parity_columns*, so many twentieths of it are added as parity.
    *progress* is told the plaintext bytes of each chunk, and as many once more while parity is
    made of them. Returns the bytes of ``SHA256SUMS``. The plaintext stream ``draft.data`` is
    removed.
    """
    head = header.to_bytes()
    digest = header_digest(head)
    key = Cobblestone256Encryptor.generate_key()
    keys = wrap(key, recipients, digest=digest)
    digests = {layout.HEADER: _write(folder / layout.HEADER, head)}
    digests[layout.KEYS] = _write(folder / layout.KEYS, keys)
    with draft.data.open("rb") as data:
        for index, source, length in _streams(manifest, draft, data):
            context = part_context(digest, index, header.parts)
            name = layout.part_name(index)
            digests[name] = encrypt_part(
                source, length, folder / name, key=key, context=context, progress=progress
            )
    draft.data.unlink()
    if parity_columns:
        digests |= write_parity(folder, header.parts, parity_columns, progress)
    sums = write_sums(digests)
    _write(folder / layout.SUMS, sums)
    return sums


def new_bundle_id() -> str:
    """Return 128 random bits in hexadecimal."""
    return secrets.token_hex(16)


def _streams(
    manifest: Manifest, draft: Draft, data: BinaryIO
) -> Iterator[tuple[int, BinaryIO, int]]:
    plain = manifest.to_bytes()
    yield 0, BytesIO(plain), len(plain)
    for index, length in enumerate(part_lengths(draft.data.stat().st_size), start=1):
        yield index, data, length


def _compress_one(
    source: Source, output: BinaryIO, progress: Callable[[int], None] = lambda _: None
) -> InnerFile:
    compressor = zstandard.ZstdCompressor(level=ZSTD_LEVEL).compressobj()
    digest = hashlib.sha256()
    start, size = output.tell(), 0
    buffer = memoryview(bytearray(CHUNK_BYTES))
    with source.path.open("rb") as plain:
        while count := plain.readinto(buffer):
            digest.update(buffer[:count])
            output.write(compressor.compress(buffer[:count]))
            size += count
            progress(count)
    output.write(compressor.flush())
    if size > LIMITS.inner_file_bytes:
        msg = f"{source.name} has {size} bytes, at most {LIMITS.inner_file_bytes} can be carried"
        raise ValueError(msg)
    return InnerFile(
        name=source.name,
        schema_id=source.schema_id,
        records=source.records,
        size=size,
        sha256=digest.hexdigest(),
        compression="zstd",
        stored=output.tell() - start,
    )


def _write(path: Path, data: bytes) -> str:
    with new_file(path) as output:
        output.write(data)
    return hashlib.sha256(data).hexdigest()
