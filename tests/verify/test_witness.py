"""What the sender says that it has seen of our log: its form, and that against our own log."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, dataclass, field
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from logkeys import Ed25519Signer

from mediabridge.bundle.manifest import CarriedLog
from mediabridge.errors import CosignatureError, PeerMirrorDiffersError, WitnessStateLostError
from mediabridge.translog import checkpoint, cosignature, events, merkle
from mediabridge.translog.checkpoint import Checkpoint
from mediabridge.translog.cosignature import WitnessKey
from mediabridge.translog.events import Event
from mediabridge.translog.note import Vkey
from mediabridge.translog.section import LogSection
from mediabridge.translog.verdicts import Held, Judgement, Place, Told, Verdict, judge
from mediabridge.verify.witness import open_seen
from tests.mirrors import NoMirror

CITY = "city.training.example"
ORIGIN = checkpoint.origin_of(CITY, "lgwan-01")
TIME = datetime(2026, 11, 27, tzinfo=UTC)
WITNESS = Ed25519Signer(
    cosignature.witness_of(CITY, "registry-01"), Ed25519PrivateKey.from_private_bytes(bytes(32))
)
PEER = Ed25519Signer(
    checkpoint.origin_of(CITY, "registry-01"), Ed25519PrivateKey.from_private_bytes(bytes(32))
)
ENTRY = events.build(
    Event.STATION_INITIALISED,
    time="2026-11-27T00:00:00Z",
    station="registry-01",
    actor="registry-01",
    facts={},
)
ROOT = merkle.leaf_hash(ENTRY)
LOG = Ed25519Signer(ORIGIN, Ed25519PrivateKey.from_private_bytes(bytes(range(32))))


def root_of(size: int) -> bytes:
    return bytes([size]) * 32


def signed(size: int, root: bytes | None = None) -> bytes:
    return checkpoint.sign(Checkpoint(ORIGIN, size, root or root_of(size)), LOG)


@dataclass
class Own:
    """A log of ten entries, of which the checkpoints of two sizes were signed."""

    station: str = "lgwan-01"
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


def judged(cosigned: CarriedLog, before: int = 0, **more: int) -> Judgement:
    """Judge what is carried as that of a bundle which is right in everything else."""
    seen = open_seen(cosigned, WitnessKey.of(WITNESS), ORIGIN)
    section = LogSection(0, checkpoint.sign(Checkpoint(PEER.name, 1, ROOT), PEER), [ENTRY])
    held = Held(PEER.name, Vkey.of(PEER), NoMirror(), Own(), before, **more)
    return judge(held, 0, Told(1, section, seen))


@pytest.mark.parametrize("before", [0, 6, 7])
def test_what_it_has_seen_is_told(before: int) -> None:
    found = judged(carried(signed(7), 7), before)
    assert found.verdict is Verdict.NEW
    assert found.seen is not None
    assert (found.seen.checkpoint.size, found.seen.checkpoint.root) == (7, root_of(7))
    assert judged(carried(None, 0)).seen is None


@pytest.mark.parametrize(("size", "before"), [(7, 8), (0, 1)])
def test_a_witness_that_had_seen_more_has_lost_its_state(size: int, before: int) -> None:
    """Claim C82."""
    found = judged(carried(signed(size) if size else None, size), before)
    assert found.verdict is Verdict.WITNESS_STATE_LOST
    with pytest.raises(WitnessStateLostError, match="registry-01 has lost") as refusal:
        found.accepted()
    named = {"witness": "registry-01", "of": "lgwan-01", "got": size, "wanted": before}
    assert (named | {"entry": size}).items() <= refusal.value.facts.items()


@pytest.mark.parametrize(
    ("note", "size", "before", "said", "place"),
    [
        (signed(11), 11, 7, "11 there, 10 here", Place(7, 10)),
        (signed(11), 11, 10, "11 there, 10 here", Place(10, 10)),
        (signed(11), 11, 11, "11 there, 10 here", Place(0, 10)),
        (signed(7, b"x" * 32), 7, 0, "the root of 7 entries", Place(0, 6)),
        (signed(7, b"x" * 32), 7, 5, "the root of 7 entries", Place(5, 6)),
        (signed(7, b"x" * 32), 7, 6, "the root of 7 entries", Place(6, 6)),
        (signed(7, b"x" * 32), 7, 7, "the root of 7 entries", Place(0, 6)),
        (signed(5), 5, 0, "never signed its 5 entries", None),
    ],
)
def test_a_checkpoint_that_is_not_ours(
    *, note: bytes, size: int, before: int, said: str, place: Place | None
) -> None:
    """Claim C81."""
    found = judged(carried(note, size), before)
    assert (found.verdict, found.place) == (Verdict.PEER_MIRROR_DIFFERS, place)
    with pytest.raises(PeerMirrorDiffersError) as refusal:
        found.accepted()
    assert said in refusal.value.facts["detail"]
    assert refusal.value.facts["entry"] == (place and place.first)


@pytest.mark.parametrize("size", [6, 8])
def test_the_size_is_that_of_the_checkpoint(size: int) -> None:
    with pytest.raises(CosignatureError):
        judged(carried(signed(7), size))


@pytest.mark.parametrize("lost_from", [1, 6, 7])
def test_of_what_a_restored_station_has_lost_nothing_is_told(lost_from: int) -> None:
    found = judged(carried(signed(7, b"x" * 32), 7), 9, lost_from=lost_from)
    assert (found.verdict, found.seen) == (Verdict.NEW, None)
    with pytest.raises(PeerMirrorDiffersError):
        judged(carried(signed(7, b"x" * 32), 7), lost_from=8).accepted()


def test_a_restored_station_that_lost_all_but_one_entry_is_told_nothing_of_that_one() -> None:
    assert judged(carried(signed(1), 1), 9, lost_from=1).seen is None


def test_what_was_judged_does_not_change() -> None:
    with pytest.raises(FrozenInstanceError):
        judged(carried(None, 0)).verdict = Verdict.STALE  # type: ignore[misc]
