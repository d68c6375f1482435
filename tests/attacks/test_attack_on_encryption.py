"""Signing again what was sealed: parts cut off, exchanged, moved; headers rewritten.

Station and officers collude throughout: signatures and hashes are right.
"""

import base64
import hashlib
import json
import secrets
import shutil
from pathlib import Path

import pytest
from attacks.forge import Document, Forge, same
from attacks.refusals import assert_refused
from attacks.world import World

from mediabridge import canonical
from mediabridge.bundle import layout, wraps
from mediabridge.bundle.header import header_digest
from mediabridge.errors import (
    DecryptError,
    ManifestMismatchError,
    NotARecipientError,
    SignerNotSenderError,
    TreeUnexpectedError,
)
from mediabridge.trust import signers

CHUNK = 16 * 1024 + 16
HEAD = 56


def _rewrite_header(folder: Path, **changes: object) -> None:
    path = folder / layout.HEADER
    path.write_bytes(canonical.dump({**json.loads(path.read_bytes()), **changes}))


@pytest.mark.parametrize(
    "length",
    [0, 1, HEAD - 1, HEAD, HEAD + 1, HEAD + CHUNK, HEAD + 2 * CHUNK, HEAD + 2 * CHUNK + 1, -1, -16],
)
@pytest.mark.parametrize("name", ["part-0000.cob", "part-0001.cob"])
def test_truncated_part_signed_again(world: World, forge: Forge, name: str, length: int) -> None:
    """Claim C32. Also exactly at the end of a chunk, where naive formats see a whole file."""
    in_manifest = name == "part-0000.cob"
    folder = forge.seal(manifest=_long if in_manifest else same)
    path = folder / name
    data = path.read_bytes()
    assert len(data) > HEAD + 2 * CHUNK + 1
    path.write_bytes(data[:length])
    forge.resign(folder)
    assert_refused(world, DecryptError)


def _long(document: Document) -> Document:
    """Make the manifest longer than two chunks, so that it can be cut between them."""
    return {**document, "events": "x" * 3 * CHUNK}


def test_longer_part_signed_again(world: World, forge: Forge) -> None:
    """Claim C32."""
    path = world.bundle / "part-0001.cob"
    path.write_bytes(path.read_bytes() + b"\0")
    forge.resign(world.bundle)
    assert_refused(world, DecryptError)


def test_part_left_out_signed_again(world: World, forge: Forge) -> None:
    """Claim C32. The header counts the parts."""
    shutil.copy(world.bundle / "part-0001.cob", world.bundle / "part-0002.cob")
    _rewrite_header(world.bundle, parts=3)
    (world.bundle / "part-0002.cob").unlink()
    forge.resign(world.bundle)
    assert_refused(world, TreeUnexpectedError)


def test_part_signed_twice(world: World, forge: Forge) -> None:
    """Claim C32. More parts than the manifest has data for."""
    folder = forge.seal(
        header=lambda header: {**header, "parts": 3}, parts=lambda parts: [*parts, parts[1]]
    )
    assert len(list(folder.glob("part-*"))) == 3
    assert_refused(world, DecryptError)


def test_swapped_parts_signed_again(world: World, forge: Forge) -> None:
    """Claim C33."""
    forge.seal(parts=lambda parts: [parts[1], parts[0]])
    assert_refused(world, DecryptError)


def test_part_of_another_bundle_signed_again(world: World, forge: Forge) -> None:
    """Claim C33. The part is encrypted for the same receiver by the same sender."""
    other = (world.bundle / "part-0001.cob").read_bytes()
    forge.seal(parts=lambda parts: [parts[0], other])
    assert_refused(world, DecryptError)


def test_other_station_signs(world: World, forge: Forge) -> None:
    """Claim C34. Without touching the header."""
    forge.resign(world.bundle, station="lgwan-02")
    assert_refused(world, SignerNotSenderError)


def test_other_station_rewrites_header(world: World, forge: Forge) -> None:
    """Claim C35. The route is its own, the officers approve: the old keys do not open."""
    _rewrite_header(world.bundle, route={"from": "lgwan-02", "to": "registry-01"})
    forge.resign(world.bundle, station="lgwan-02", approvers=["officer-1", "officer-2"])
    assert_refused(world, NotARecipientError)


def test_other_station_takes_bundle_over(world: World, forge: Forge) -> None:
    """Claim C35. As before, under a number and a name of its own."""
    bundle = secrets.token_hex(16)
    target = world.bundles / bundle
    world.bundle.rename(target)
    _rewrite_header(target, route={"from": "lgwan-02", "to": "registry-01"}, bundle=bundle)
    forge.resign(target, station="lgwan-02")
    assert_refused(world, NotARecipientError)


def test_sender_rewrites_header(world: World, forge: Forge) -> None:
    """Claim C35. Even the right station cannot change a header after sealing."""
    _rewrite_header(world.bundle, not_after="2099-01-01T00:00:00Z")
    forge.resign(world.bundle)
    assert_refused(world, NotARecipientError)


def test_key_wrapped_again_for_new_header(world: World, forge: Forge) -> None:
    """Claim C35. With the key from the safe: the parts do not open under another header."""
    folder = world.bundle
    escrow = signers.open_recipient_key(world.city.key_path("escrow-recipient"), b"training")
    digest = header_digest((folder / layout.HEADER).read_bytes())
    key = wraps.unwrap((folder / layout.KEYS).read_bytes(), escrow, digest=digest)
    _rewrite_header(folder, route={"from": "lgwan-02", "to": "registry-01"})
    digest = header_digest((folder / layout.HEADER).read_bytes())
    (folder / layout.KEYS).write_bytes(forge.wrap(key, digest, ["registry-01", "escrow"]))
    forge.resign(folder, station="lgwan-02")
    assert_refused(world, DecryptError)


def test_keys_of_another_bundle(world: World, forge: Forge) -> None:
    """Claim C35."""
    other = (world.bundle / layout.KEYS).read_bytes()
    forge.seal(keys=lambda _keys: other)
    assert_refused(world, NotARecipientError)


def test_sealed_for_somebody_else(world: World, forge: Forge) -> None:
    """Claim C1."""
    forge.seal(recipients=["lgwan-02", "escrow"])
    assert_refused(world, NotARecipientError)


def test_sender_cannot_open(world: World) -> None:
    """Claim C1. Nor can any other station: only the receiver and the key in the safe."""
    keys = (world.bundle / layout.KEYS).read_bytes()
    digest = header_digest((world.bundle / layout.HEADER).read_bytes())
    for holder in ("lgwan-01", "lgwan-02"):
        private = signers.open_recipient_key(
            world.city.key_path(f"{holder}-recipient"), b"training"
        )
        with pytest.raises(NotARecipientError):
            wraps.unwrap(keys, private, digest=digest)


@pytest.mark.parametrize("place", [0, 700, 1567, 1568, 1569, 1620, 1664, 1665, 1690, 1712])
def test_wrap_tampered_with(world: World, forge: Forge, place: int) -> None:
    """Claim C35. Also where the bytes are no point of the curve: it is skipped, not fatal."""

    def tampered(keys: bytes) -> bytes:
        found = [bytearray(each) for each in wraps.parse_wraps(keys)]
        for each in found:
            each[place] ^= 0x01
        return _keys(found)

    forge.seal(keys=tampered)
    assert_refused(world, NotARecipientError)


def _keys(found: list[bytearray]) -> bytes:
    encoded = [base64.b64encode(each).decode() for each in found]
    return canonical.dump({"format": 1, "wraps": encoded})


def test_wraps_of_strangers_are_skipped(world: World, forge: Forge) -> None:
    """Rubbish before the right wrap changes nothing."""

    def padded(keys: bytes) -> bytes:
        right = [bytearray(each) for each in wraps.parse_wraps(keys)]
        return _keys([bytearray(secrets.token_bytes(wraps.WRAP_BYTES)) for _ in range(62)] + right)

    forge.seal(keys=padded)
    assert world.import_()[0].outcomes == {"applied": 2}


@pytest.mark.parametrize(
    "padding", [b"", b"x", bytes(100) + b"x", bytes(70_000)], ids=["none", "x", "x at end", "long"]
)
def test_padding(world: World, forge: Forge, padding: bytes) -> None:
    """Claim C36. Any number of zero bytes is padding, anything else a hiding place."""
    forge.seal(padding=padding)
    if padding.strip(b"\0"):
        assert_refused(world, ManifestMismatchError)
    else:
        assert world.import_()[0].outcomes == {"applied": 2}


def test_same_list_same_hash(world: World) -> None:
    """What the receiver remembers of a bundle is the hash of the signed list."""
    sums = hashlib.sha256((world.bundle / layout.SUMS).read_bytes()).hexdigest()
    world.import_()
    with world.registry() as registry:
        assert registry.route_state("lgwan-01").sums_sha256 == sums
