"""Reading a bundle: unwrap, decrypt, unpack to quarantine (format 1, section 9).

Nothing that this module writes may be used before it returns: only then has every
part been read to its authenticated end. Expansion is bounded twice, by what the
manifest declares and by the limits; memory is bounded by two buffers.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from io import RawIOBase
from pathlib import Path
from typing import IO, Final, cast

import zstandard
from cryptography.hazmat.primitives.hpke import MLKEM1024P384PrivateKey

from mediabridge.bundle.header import Header, header_digest, parse_header
from mediabridge.bundle.manifest import InnerFile, Manifest, parse_manifest
from mediabridge.bundle.parts import PartsReader, part_lengths
from mediabridge.bundle.stages import VerifiedBundle
from mediabridge.bundle.wraps import unwrap
from mediabridge.config import CHUNK_BYTES, KIB, LIMITS
from mediabridge.errors import (
    ExpansionLimitError,
    ManifestMalformedError,
    ManifestMismatchError,
)
from mediabridge.locale import text

_FEED: Final = 64 * KIB
"""Compressed bytes handed to the decoder at a time; its output is bounded separately."""


@dataclass(frozen=True)
class Unpacked:
    """The decrypted content in quarantine, and the digests that were computed on the way."""

    manifest: Manifest
    files: Mapping[str, Path]
    digests: Mapping[str, str]
    sizes: Mapping[str, int]


def decrypt(
    bundle: VerifiedBundle,
    private_key: MLKEM1024P384PrivateKey,
    quarantine: Path,
    *,
    progress: Callable[[int], None] = lambda _: None,
) -> Unpacked:
    """Decrypt and unpack *bundle* into the empty folder *quarantine*.

    *progress* is told the decrypted bytes of the data stream, before they are unpacked: what is
    compressed well is many times as long afterwards, and only this adds up to the parts.

    Raises:
        KeysMalformedError, NotARecipientError: the bundle key cannot be had.
        DecryptError: a part is damaged, cut off or in the wrong place.
        ManifestMalformedError: part 0 breaks its schema.
        ExpansionLimitError: content unpacks to more than declared or allowed.
        ManifestMismatchError: the data stream is not as long as the manifest says.
    """
    sealed, header = bundle.sealed, bundle.header
    digest = header_digest(sealed.header)
    key = unwrap(sealed.keys, private_key, digest=digest)
    manifest = _read_manifest(sealed.folder, header, key=key, digest=digest)
    if header.parts != 1 + len(part_lengths(manifest.data_bytes())):
        detail = text(
            "a number of parts ({parts}) that does not fit its length", parts=header.parts
        )
        raise ManifestMismatchError(name=text("data stream"), detail=detail)
    reader = PartsReader(
        sealed.folder, range(1, header.parts), header.parts, key=key, digest=digest
    )
    try:
        return _unpack(reader, manifest, quarantine, progress)
    finally:
        reader.close()


def prove_opens(
    header: bytes, keys: bytes, folder: Path, private_key: MLKEM1024P384PrivateKey
) -> None:
    """See that *private_key* opens the bundle whose part 0 lies in *folder*, and forget all of it.

    The bundle key is unwrapped and part 0 read to its authenticated end, in memory. The
    signatures are not looked at: this says nothing about who made the bundle.

    Raises:
        HeaderMalformedError, FormatUnknownError: the header cannot be read.
        KeysMalformedError, NotARecipientError: the bundle key cannot be had.
        DecryptError, ManifestMalformedError: part 0 is not what was sealed.
    """
    digest = header_digest(header)
    key = unwrap(keys, private_key, digest=digest)
    _read_manifest(folder, parse_header(header), key=key, digest=digest)


def _read_manifest(folder: Path, header: Header, *, key: bytes, digest: bytes) -> Manifest:
    reader = PartsReader(folder, [0], header.parts, key=key, digest=digest)
    plain = bytearray()
    try:
        while piece := reader.read(CHUNK_BYTES):
            plain += piece
            if len(plain) > LIMITS.manifest_bytes:
                raise ManifestMalformedError(
                    detail=text("more than {limit} bytes", limit=LIMITS.manifest_bytes)
                )
    finally:
        reader.close()
    return parse_manifest(bytes(plain))


def _unpack(
    reader: PartsReader, manifest: Manifest, quarantine: Path, progress: Callable[[int], None]
) -> Unpacked:
    files, digests, sizes = {}, {}, {}
    for file in manifest.files:
        target = quarantine / file.name
        digests[file.name], sizes[file.name] = _unpack_one(reader, file, target, progress)
        files[file.name] = target
    _skip_padding(reader, manifest.padding)
    progress(manifest.padding)
    reader.finish()
    return Unpacked(manifest, files, digests, sizes)


class _Window(RawIOBase):
    """The next *length* bytes of the data stream, as the file object zstandard reads from."""

    def __init__(self, reader: PartsReader, length: int, progress: Callable[[int], None]) -> None:
        super().__init__()
        self._reader = reader
        self._progress = progress
        self.left = length

    def read(self, size: int = -1) -> bytes:
        data = self._reader.read(min(size if size > 0 else _FEED, self.left, _FEED))
        self.left -= len(data)
        self._progress(len(data))
        return data


def _unpack_one(
    reader: PartsReader, file: InnerFile, target: Path, progress: Callable[[int], None]
) -> tuple[str, int]:
    allowed = _allowed_bytes(file)
    window = _Window(reader, file.stored, progress)
    decoder = zstandard.ZstdDecompressor(max_window_size=LIMITS.zstd_window_bytes)
    digest, size = hashlib.sha256(), 0
    buffer = memoryview(bytearray(CHUNK_BYTES))
    try:
        with (
            target.open("xb") as output,
            decoder.stream_reader(cast("IO[bytes]", window), read_across_frames=True) as stream,
        ):
            while count := stream.readinto(buffer):
                size += count
                if size > allowed:
                    raise ExpansionLimitError(name=file.name, wanted=allowed)
                digest.update(buffer[:count])
                output.write(buffer[:count])
    except zstandard.ZstdError:
        raise ManifestMismatchError(name=file.name, detail=text("it does not unpack")) from None
    if window.left:
        raise ManifestMismatchError(name=file.name, detail=text("the data ends early"))
    return digest.hexdigest(), size


def _allowed_bytes(file: InnerFile) -> int:
    """Return how many bytes *file* may unpack to: what it declares, if that is believable."""
    believable = max(file.stored * LIMITS.expansion_ratio, LIMITS.expansion_floor)
    if file.size > believable:
        raise ExpansionLimitError(name=file.name, wanted=believable)
    return file.size


def _skip_padding(reader: PartsReader, length: int) -> None:
    while length:
        piece = reader.read(min(length, CHUNK_BYTES))
        if not piece or piece.strip(b"\0"):
            raise ManifestMismatchError(name="padding", detail=text("it is short or not zero"))
        length -= len(piece)
