"""Parts: a stream cut into pieces, each encrypted on its own (format 1, section 2).

Every part is one Cobblestone-256 message (C2SP chunked-encryption) whose context
names the header, the part's index and the number of parts: a part that is cut
off, swapped or moved to another bundle does not decrypt. Buffers are allocated
once; memory does not depend on the size of the stream.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import BinaryIO, Final

from cryptography.cobblestone import Cobblestone256Decryptor, Cobblestone256Encryptor
from cryptography.exceptions import InvalidTag

from mediabridge.bundle import layout
from mediabridge.config import CHUNK_BYTES, LIMITS
from mediabridge.durable import new_file
from mediabridge.errors import DecryptError

_CONTEXT: Final = b"mediabridge/1/part\0"
_CIPHER_CHUNK: Final = 16 * 1024
_TAG: Final = 16
_HEAD: Final = 56
"""Cobblestone: 24-byte nonce and 32-byte commitment before the first chunk."""

_ROOM: Final = _HEAD + CHUNK_BYTES + _CIPHER_CHUNK + _TAG * (CHUNK_BYTES // _CIPHER_CHUNK + 2)
"""What one ``update_into`` of CHUNK_BYTES may write at the most."""


def part_context(digest: bytes, index: int, parts: int) -> bytes:
    """Return the context of part *index* of *parts*; *digest* is the header's SHA-256."""
    return _CONTEXT + digest + struct.pack(">II", index, parts)


def encrypt_part(
    source: BinaryIO,
    length: int,
    target: Path,
    *,
    key: bytes,
    context: bytes,
    progress: Callable[[int], None] = lambda _: None,
) -> str:
    """Encrypt *length* bytes of *source* into the new file *target*, and flush it to disk.

    *progress* is told the plaintext bytes of each chunk. Returns the lower-case SHA-256 of
    the ciphertext, computed while writing.
    """
    encryptor = Cobblestone256Encryptor(key, context)
    digest = hashlib.sha256()
    plain, cipher = memoryview(bytearray(CHUNK_BYTES)), memoryview(bytearray(_ROOM))
    with new_file(target) as output:
        while length:
            count = source.readinto(plain[: min(length, CHUNK_BYTES)])  # type: ignore[attr-defined]
            if not count:
                msg = "the source ended early"
                raise EOFError(msg)
            written = encryptor.update_into(plain[:count], cipher)
            output.write(cipher[:written])
            digest.update(cipher[:written])
            length -= count
            progress(count)
        tail = encryptor.finalize()
        output.write(tail)
        digest.update(tail)
    return digest.hexdigest()


class PartsReader:
    """The plaintext of consecutive parts as one readable stream.

    Reading past the end of a part finishes it; :meth:`finish` proves that every
    part was read to its authenticated end. Raises :class:`DecryptError` as soon as
    a chunk does not authenticate. Nothing read is to be used before ``finish``.
    """

    def __init__(
        self, folder: Path, indexes: Iterable[int], parts: int, *, key: bytes, digest: bytes
    ) -> None:
        """Read parts *indexes* of a bundle of *parts* parts below *folder*."""
        self._folder = folder
        self._pending = list(indexes)
        self._parts = parts
        self._key = key
        self._digest = digest
        self._cipher = memoryview(bytearray(CHUNK_BYTES))
        self._plain = memoryview(bytearray(_ROOM))
        self._ready = self._plain[:0]
        self._file: BinaryIO | None = None
        self._decryptor: Cobblestone256Decryptor | None = None
        self._index = -1
        self.total = 0

    def read(self, size: int) -> bytes:
        """Return up to *size* bytes, b"" only after the last part's end."""
        while not self._ready and self._advance():
            pass
        data = bytes(self._ready[:size])
        self._ready = self._ready[size:]
        self.total += len(data)
        return data

    def finish(self) -> None:
        """Prove that nothing is left.

        Raises:
            DecryptError: data follows after what was expected, or a part is cut off.
        """
        if self.read(1):
            raise DecryptError(part=self._index)

    def close(self) -> None:
        """Release the open part, if any."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def _advance(self) -> bool:
        """Decrypt some more; False at the end of the last part."""
        if self._decryptor is None and not self._open_next():
            return False
        assert self._file is not None  # noqa: S101 - for the type checker; set by _open_next
        assert self._decryptor is not None  # noqa: S101 - likewise
        count = self._file.readinto(self._cipher)  # type: ignore[attr-defined]
        try:
            if count:
                written = self._decryptor.update_into(self._cipher[:count], self._plain)
                self._ready = self._plain[:written]
            else:
                self._finish_part(self._decryptor.finalize())
        except InvalidTag:
            raise DecryptError(part=self._index) from None
        return True

    def _finish_part(self, tail: bytes) -> None:
        self._plain[: len(tail)] = tail
        self._ready = self._plain[: len(tail)]
        self._decryptor = None
        self.close()

    def _open_next(self) -> bool:
        if not self._pending:
            return False
        self._index = self._pending.pop(0)
        context = part_context(self._digest, self._index, self._parts)
        self._file = (self._folder / layout.part_name(self._index)).open("rb")
        self._decryptor = Cobblestone256Decryptor(self._key, context)
        return True


def part_lengths(total: int) -> list[int]:
    """Return the plaintext length of each data part; every one but the last is full."""
    size = LIMITS.part_plaintext_bytes
    full, rest = divmod(total, size)
    return [size] * full + ([rest] if rest else [])
