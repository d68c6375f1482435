"""Parts: what goes in comes out, at every size where a boundary could be missed."""

import hashlib
import io
import secrets
from pathlib import Path

import pytest

from mediabridge.bundle import layout
from mediabridge.bundle.parts import PartsReader, encrypt_part, part_context, part_lengths
from mediabridge.config import CHUNK_BYTES, LIMITS
from mediabridge.errors import DecryptError

KEY = bytes(range(32))
DIGEST = hashlib.sha256(b"header").digest()
CHUNK = 16 * 1024
SIZES = [
    0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK,
    CHUNK_BYTES - CHUNK, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 2 * CHUNK_BYTES + 7,
]  # fmt: skip


def _encrypt(folder: Path, index: int, parts: int, plain: bytes) -> str:
    return encrypt_part(
        io.BytesIO(plain),
        len(plain),
        folder / layout.part_name(index),
        key=KEY,
        context=part_context(DIGEST, index, parts),
    )


def _read(reader: PartsReader, step: int) -> bytes:
    pieces = []
    while piece := reader.read(step):
        pieces.append(piece)
    reader.finish()
    reader.close()
    return b"".join(pieces)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("step", [1000, CHUNK_BYTES])
def test_round_trip(tmp_path: Path, size: int, step: int) -> None:
    plain = secrets.token_bytes(size)
    digest = _encrypt(tmp_path, 0, 1, plain)
    cipher = (tmp_path / layout.part_name(0)).read_bytes()
    assert hashlib.sha256(cipher).hexdigest() == digest
    reader = PartsReader(tmp_path, [0], 1, key=KEY, digest=DIGEST)
    assert _read(reader, step) == plain
    assert reader.total == size


def test_consecutive_parts_are_one_stream(tmp_path: Path) -> None:
    pieces = [secrets.token_bytes(size) for size in (CHUNK + 1, 0, 5, CHUNK_BYTES + 3)]
    for index, piece in enumerate(pieces):
        _encrypt(tmp_path, index, len(pieces), piece)
    reader = PartsReader(tmp_path, range(4), 4, key=KEY, digest=DIGEST)
    assert _read(reader, 4096) == b"".join(pieces)


@pytest.mark.parametrize(
    ("index", "parts", "digest"),
    [(1, 2, DIGEST), (0, 3, DIGEST), (0, 2, hashlib.sha256(b"other").digest())],
)
def test_other_place_does_not_open(tmp_path: Path, index: int, parts: int, digest: bytes) -> None:
    _encrypt(tmp_path, 0, 2, b"content")
    (tmp_path / layout.part_name(0)).rename(tmp_path / layout.part_name(index))
    with pytest.raises(DecryptError):
        _read(PartsReader(tmp_path, [index], parts, key=KEY, digest=digest), 100)


def test_finish_refuses_what_follows(tmp_path: Path) -> None:
    _encrypt(tmp_path, 0, 1, b"content and more")
    reader = PartsReader(tmp_path, [0], 1, key=KEY, digest=DIGEST)
    assert reader.read(7) == b"content"
    with pytest.raises(DecryptError):
        reader.finish()
    reader.close()


def test_source_that_ends_early(tmp_path: Path) -> None:
    with pytest.raises(EOFError):
        encrypt_part(io.BytesIO(b"short"), 6, tmp_path / "part", key=KEY, context=b"")


@pytest.mark.parametrize(
    ("total", "count"),
    [
        (0, 0),
        (1, 1),
        (LIMITS.part_plaintext_bytes - 1, 1),
        (LIMITS.part_plaintext_bytes, 1),
        (LIMITS.part_plaintext_bytes + 1, 2),
        (255 * LIMITS.part_plaintext_bytes, 255),
    ],
)
def test_lengths_of_parts(total: int, count: int) -> None:
    lengths = part_lengths(total)
    assert (len(lengths), sum(lengths)) == (count, total)
    assert all(length == LIMITS.part_plaintext_bytes for length in lengths[:-1])
    assert 0 not in lengths
