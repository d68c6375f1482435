"""What the sender has seen of our log, held against what this station signed itself."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, dataclass, field
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from logkeys import Ed25519Signer

from mediabridge.bundle.manifest import CarriedLog
from mediabridge.errors import CosignatureError, PeerMirrorDiffersError, WitnessStateLostError
from mediabridge.translog import checkpoint, cosignature
from mediabridge.translog.checkpoint import Checkpoint
from mediabridge.translog.cosignature import WitnessKey
from mediabridge.verify.witness import Witnessing

CITY = "city.training.example"
ORIGIN = checkpoint.origin_of(CITY, "lgwan-01")
TIME = datetime(2026, 11, 27, tzinfo=UTC)
WITNESS = Ed25519Signer(
    cosignature.witness_of(CITY, "registry-01"), Ed25519PrivateKey.from_private_bytes(bytes(32))
)
LOG = Ed25519Signer(ORIGIN, Ed25519PrivateKey.from_private_bytes(bytes(range(32))))


def root_of(size: int) -> bytes:
    return bytes([size]) * 32


def signed(size: int, root: bytes | None = None) -> bytes:
    return checkpoint.sign(Checkpoint(ORIGIN, size, root or root_of(size)), LOG)


@dataclass
class Own:
    """A log of ten entries, of which the checkpoints of two sizes were signed."""

    origin: str = ORIGIN
    signed: dict[int, list[bytes]] = field(default_factory=lambda: {1: [signed(1)], 7: [signed(7)]})

    def size(self) -> int:
        return 10

    def root(self, size: int) -> bytes:
        return root_of(size)

    def checkpoints(self, size: int) -> list[bytes]:
        return self.signed.get(size, [])


def carried(note: bytes | None, size: int) -> CarriedLog:
    told = None if note is None else cosignature.cosign(note, WITNESS, TIME).decode()
    return CarriedLog(
        start=0, size=1, checkpoint="", file="translog.jsonl", peer_size=size, peer_checkpoint=told
    )


def witnessing(before: int = 0, **more: int) -> Witnessing:
    return Witnessing(WitnessKey.of(WITNESS), Own(), before, **more)


@pytest.mark.parametrize("before", [0, 6, 7])
def test_what_it_has_seen_is_told(before: int) -> None:
    seen = witnessing(before).check(carried(signed(7), 7))
    assert seen is not None
    assert (seen.checkpoint.size, seen.checkpoint.root) == (7, root_of(7))
    assert witnessing().check(carried(None, 0)) is None


@pytest.mark.parametrize(("size", "before"), [(7, 8), (0, 1)])
def test_a_witness_that_had_seen_more_has_lost_its_state(size: int, before: int) -> None:
    with pytest.raises(WitnessStateLostError) as refusal:
        witnessing(before).check(carried(signed(size) if size else None, size))
    assert refusal.value.facts == {"got": size, "wanted": before}


@pytest.mark.parametrize(
    ("note", "size", "said"),
    [
        (signed(11), 11, "11 there, 10 here"),
        (signed(7, b"x" * 32), 7, "the root of 7 entries"),
        (signed(5), 5, "never signed its 5 entries"),
    ],
    ids=["longer", "another root", "never signed"],
)
def test_a_checkpoint_that_is_not_ours(note: bytes, size: int, said: str) -> None:
    with pytest.raises(PeerMirrorDiffersError) as refusal:
        witnessing().check(carried(note, size))
    assert said in refusal.value.facts["detail"]


@pytest.mark.parametrize("size", [6, 8])
def test_the_size_is_that_of_the_checkpoint(size: int) -> None:
    with pytest.raises(CosignatureError):
        witnessing().check(carried(signed(7), size))


@pytest.mark.parametrize("lost_from", [1, 6, 7])
def test_of_what_a_restored_station_has_lost_nothing_is_told(lost_from: int) -> None:
    assert witnessing(9, lost_from=lost_from).check(carried(signed(7, b"x" * 32), 7)) is None
    with pytest.raises(PeerMirrorDiffersError):
        witnessing(lost_from=8).check(carried(signed(7, b"x" * 32), 7))


def test_a_restored_station_that_lost_all_but_one_entry_is_told_nothing_of_that_one() -> None:
    assert witnessing(9, lost_from=1).check(carried(signed(1), 1)) is None


def test_who_watches_whom_does_not_change() -> None:
    with pytest.raises(FrozenInstanceError):
        witnessing().before = 7  # type: ignore[misc]
