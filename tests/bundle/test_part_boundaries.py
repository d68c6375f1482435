"""Parts of every awkward length come back byte for byte (format 1, section 2)."""

import hashlib
import os
from io import BytesIO
from pathlib import Path

import pytest
from cryptography.cobblestone import Cobblestone256Encryptor

from mediabridge.bundle import layout
from mediabridge.bundle.parts import PartsReader, encrypt_part, part_context, part_lengths
from mediabridge.config import CHUNK_BYTES, LIMITS
from mediabridge.errors import DecryptError

DIGEST = hashlib.sha256(b"a header").digest()
LENGTHS = [0, 1, 16383, 16384, 16385, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1]


def _write(folder: Path, pieces: list[bytes], key: bytes) -> list[str]:
    return [
        encrypt_part(
            BytesIO(piece),
            len(piece),
            folder / layout.part_name(index),
            key=key,
            context=part_context(DIGEST, index, len(pieces)),
        )
        for index, piece in enumerate(pieces)
    ]


def _read(folder: Path, count: int, key: bytes, step: int = 100_000) -> bytes:
    reader = PartsReader(folder, range(count), count, key=key, digest=DIGEST)
    data = bytearray()
    while piece := reader.read(step):
        data += piece
    reader.finish()
    return bytes(data)


@pytest.mark.parametrize("length", LENGTHS)
def test_part_reads_back(tmp_path: Path, length: int) -> None:
    key, plain = Cobblestone256Encryptor.generate_key(), os.urandom(length)
    (digest,) = _write(tmp_path, [plain], key)
    assert digest == hashlib.sha256((tmp_path / layout.part_name(0)).read_bytes()).hexdigest()
    assert _read(tmp_path, 1, key) == plain


def test_parts_join_into_stream(tmp_path: Path) -> None:
    key = Cobblestone256Encryptor.generate_key()
    pieces = [os.urandom(length) for length in LENGTHS]
    _write(tmp_path, pieces, key)
    assert _read(tmp_path, len(pieces), key, step=4097) == b"".join(pieces)


@pytest.mark.parametrize("cut", [1, 16, 17, 5000, 16400])
def test_cut_part_is_refused(tmp_path: Path, cut: int) -> None:
    key = Cobblestone256Encryptor.generate_key()
    _write(tmp_path, [os.urandom(40_000)], key)
    path = tmp_path / layout.part_name(0)
    path.write_bytes(path.read_bytes()[:-cut])
    with pytest.raises(DecryptError):
        _read(tmp_path, 1, key)


def test_swapped_parts_are_refused(tmp_path: Path) -> None:
    key = Cobblestone256Encryptor.generate_key()
    _write(tmp_path, [b"a" * 100, b"b" * 100], key)
    first, second = (tmp_path / layout.part_name(index) for index in (0, 1))
    content = first.read_bytes()
    first.write_bytes(second.read_bytes())
    second.write_bytes(content)
    with pytest.raises(DecryptError):
        _read(tmp_path, 2, key)


def test_full_part_fits_its_limit() -> None:
    chunks = LIMITS.part_plaintext_bytes // 16384
    # 56 bytes of head, a tag of 16 for every chunk, and one for an empty last chunk.
    assert LIMITS.part_plaintext_bytes + 56 + 16 * (chunks + 1) <= LIMITS.part_bytes


@pytest.mark.parametrize(
    ("total", "parts"),
    [(0, 0), (1, 1), (LIMITS.part_plaintext_bytes, 1), (LIMITS.part_plaintext_bytes + 1, 2)],
)
def test_lengths_cover_stream(total: int, parts: int) -> None:
    lengths = part_lengths(total)
    assert (sum(lengths), len(lengths)) == (total, parts)
