"""Compress, seal, decrypt: the content comes back whole for the receiver, for nobody else."""

import hashlib
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, mlkem
from cryptography.hazmat.primitives.hpke import MLKEM1024P384PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from mediabridge.bundle.header import Header, Route
from mediabridge.bundle.manifest import CarriedLog, InnerFile, Manifest, Summary, content_digest
from mediabridge.bundle.opening import Unpacked, decrypt
from mediabridge.bundle.seal import Source, compress, new_bundle_id, seal
from mediabridge.bundle.stages import SealedBundle, VerifiedBundle
from mediabridge.bundle.wraps import load_public_key, unwrap, wrap
from mediabridge.config import PAD_TO, PROFILE
from mediabridge.errors import KeysMalformedError, NotARecipientError

SALT = "5" * 64
ROUTE = Route(sender="lgwan-01", receiver="registry-01")


def _new_key() -> MLKEM1024P384PrivateKey:
    return MLKEM1024P384PrivateKey(
        mlkem.MLKEM1024PrivateKey.generate(), ec.generate_private_key(ec.SECP384R1())
    )


RECEIVER, ESCROW, STRANGER = _new_key(), _new_key(), _new_key()


def _seal(folder: Path, contents: Sequence[bytes], pad_to: int) -> VerifiedBundle:
    sources = []
    for number, content in enumerate([*contents, b""]):
        path = folder / f"source-{number}"
        path.write_bytes(content)
        last = number == len(contents)
        name = "translog.jsonl" if last else f"isa_notice-{number:04d}.csv"
        sources.append(Source(path, name, "translog/1" if last else "isa_notice/1", 0))
    draft = compress(sources, folder / "stream", pad_to=pad_to)
    manifest = _manifest(new_bundle_id(), draft.files, draft.padding)
    header = Header(
        format=1, profile=PROFILE, bundle=manifest.bundle, mode="training", route=ROUTE, seq=1,
        prev="0" * 64, created="2026-05-02T00:00:00Z", not_after="2026-06-01T00:00:00Z",
        parts=draft.parts, trust_version=1, summary=manifest.summary.digest(SALT),
    )  # fmt: skip
    target = folder / "bundle"
    target.mkdir()
    keys = [each.public_key() for each in (RECEIVER, ESCROW)]
    sums = seal(target, draft, header, manifest, keys)
    assert not draft.data.exists()
    read = {path.name: path.read_bytes() for path in target.iterdir()}
    sealed = SealedBundle(
        name=header.bundle, folder=target, header=read["header.json"], keys=read["keys.json"],
        sums=sums, signatures={}, digests={}, sizes={},
    )  # fmt: skip
    return VerifiedBundle(sealed, header, hashlib.sha256(sums).hexdigest(), ())


def _manifest(bundle: str, files: tuple[InnerFile, ...], padding: int) -> Manifest:
    log = CarriedLog(
        start=0, size=0, checkpoint="", file="translog.jsonl", peer_size=0, peer_checkpoint=None
    )
    summary = Summary(
        bundle=bundle, route=ROUTE, seq=1, operator="clerk-1", records={}, events={},
        files=len(files), size=0, receipts=0, previous_records=0,
        content=content_digest(files),
    )  # fmt: skip
    return Manifest(
        format=1, bundle=bundle, operator="clerk-1", files=files,
        padding=padding, records={}, receipts=(), log=log, summary=summary, salt=SALT,
        prepared=None, recipient=None,
    )  # fmt: skip


def _open(folder: Path, bundle: VerifiedBundle, key: MLKEM1024P384PrivateKey) -> Unpacked:
    quarantine = folder / "quarantine"
    quarantine.mkdir()
    return decrypt(bundle, key, quarantine)


@settings(max_examples=20, deadline=None)
@given(
    contents=st.lists(st.binary(max_size=3000) | st.binary(max_size=3).map(lambda b: b * 70_000)),
    pad_to=st.sampled_from([0, 1, 1000, PAD_TO]),
)
def test_content_comes_back(contents: list[bytes], pad_to: int) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        bundle = _seal(folder, contents, pad_to)
        opened = _open(folder, bundle, RECEIVER)
        back = [path.read_bytes() for path in opened.files.values()]
        assert back == [*contents, b""]
        wanted = [hashlib.sha256(content).hexdigest() for content in back]
        assert list(opened.digests.values()) == wanted


def test_escrow_opens_it_too(tmp_path: Path) -> None:
    bundle = _seal(tmp_path, [b"content"], PAD_TO)
    opened = _open(tmp_path, bundle, ESCROW)
    assert opened.files["isa_notice-0000.csv"].read_bytes() == b"content"


def test_stranger_does_not(tmp_path: Path) -> None:
    bundle = _seal(tmp_path, [b"content"], PAD_TO)
    with pytest.raises(NotARecipientError):
        _open(tmp_path, bundle, STRANGER)


def test_size_shows_in_steps_only(tmp_path: Path) -> None:
    """One record or a hundred: from outside the data part has the same length."""
    sizes = set()
    for number, content in enumerate((b"", b"a", bytes(range(256)) * 20)):
        folder = tmp_path / str(number)
        folder.mkdir()
        bundle = _seal(folder, [content], PAD_TO)
        sizes.add((bundle.sealed.folder / "part-0001.cob").stat().st_size)
    assert len(sizes) == 1


def test_two_bundles_of_the_same_content_share_nothing(tmp_path: Path) -> None:
    files: list[dict[str, bytes]] = []
    for number in range(2):
        folder = tmp_path / str(number)
        folder.mkdir()
        bundle = _seal(folder, [b"content"], PAD_TO)
        files.append({path.name: path.read_bytes() for path in bundle.sealed.folder.iterdir()})
    assert all(files[0][name] != files[1][name] for name in files[0])


def test_wrapped_key_of_wrong_length() -> None:
    keys = wrap(b"short", [RECEIVER.public_key()], digest=bytes(32))
    with pytest.raises(KeysMalformedError):
        unwrap(keys, RECEIVER, digest=bytes(32))


@pytest.mark.parametrize("length", [0, 1664, 1666])
def test_public_key_of_wrong_length(length: int) -> None:
    with pytest.raises(ValueError, match="1665"):
        load_public_key(bytes(length))


def test_progress_of_each_step_adds_up_to_its_total(tmp_path: Path) -> None:
    """What compresses well is longer unpacked, which is not how far decrypting is."""
    content = os.urandom(1_500_000).hex().encode()
    packed: list[int] = []
    path = tmp_path / "content"
    path.write_bytes(content)
    source = Source(path, "isa_notice-0001.csv", "isa_notice/1", 0)
    compress([source], tmp_path / "packed", progress=packed.append)
    assert sum(packed) == len(content)
    assert max(packed) < len(content) / 2
    bundle = _seal(tmp_path, [content], 0)
    quarantine = tmp_path / "quarantine"
    quarantine.mkdir()
    decrypted: list[int] = []
    opened = decrypt(bundle, RECEIVER, quarantine, progress=decrypted.append)
    assert sum(decrypted) == opened.manifest.data_bytes()
