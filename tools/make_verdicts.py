"""Make ``tests/vectors/translog/verdicts.json``: bundles, and what they are to a reader's mirror.

    python tools/make_verdicts.py tests/vectors/translog/verdicts.json

The sender is ``lgwan``, with the log key of ``worked-example.json``; the reader is ``registry``.
Ed25519 is deterministic, so the file comes out the same each time. Each case has one expected
verdict or reason, and for an alarm the first entry that differs, where a reader can know it.
``lgwan-02`` and ``registry-02`` are other peers of the sender, each with a witness key.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from mediabridge.translog import checkpoint, cosignature, events, merkle, note
from mediabridge.translog.checkpoint import Checkpoint

Case = dict[str, Any]

CITY: Final = "city.example.jp"
SENDER: Final = checkpoint.origin_of(CITY, "lgwan")
READER: Final = checkpoint.origin_of(CITY, "registry")
_TIME: Final = datetime(2026, 4, 1, tzinfo=UTC)


@dataclass(frozen=True)
class _Key:
    name: str
    seed: int

    @property
    def _private(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(bytes(range(self.seed, self.seed + 32)))

    @property
    def public_key(self) -> bytes:
        return self._private.public_key().public_bytes_raw()

    def sign(self, message: bytes, /) -> bytes:
        return self._private.sign(message)


_LOG, _OWN = _Key(SENDER, 0), _Key(READER, 64)
_WITNESS = _Key(cosignature.witness_of(CITY, "lgwan"), 96)
_OWN_WITNESS = _Key(cosignature.witness_of(CITY, "registry"), 128)
_NOBODY = _Key(_OWN_WITNESS.name, 160)
_OTHERS = tuple(
    _Key(cosignature.witness_of(CITY, station), seed)
    for station, seed in (("lgwan-02", 192), ("registry-02", 224))
)
_STRANGER = _Key(cosignature.witness_of(CITY, "registry-03"), 16)


def make() -> dict[str, Any]:
    """Return the document."""
    return {
        "log_vkey": note.Vkey.of(_LOG).encode(),
        "witness_vkey": cosignature.WitnessKey.of(_WITNESS).encode(),
        "own_origin": READER,
        "own_witness_vkey": cosignature.WitnessKey.of(_OWN_WITNESS).encode(),
        "other_witness_vkeys": [cosignature.WitnessKey.of(each).encode() for each in _OTHERS],
        # The reader has five entries of its own, and signed two and four of them.
        "own_roots": [_root(_entries("registry", 5)[:size]).hex() for size in range(6)],
        "own_signed": [_own(2).decode(), _own(4).decode()],
        "cases": list(_cases()),
    }


def _cases() -> Iterator[Case]:
    log, held = _entries("lgwan", 6), 4
    yield _case("first", log[:2], 0, "NEW", held=0)
    yield _case("grown", log, held, "NEW")
    yield _case("grown, and an overlap", log, 2, "NEW")
    yield _case("grown, from the start", log, 0, "NEW")
    yield _case("the same once more", log[:held], 2, "STALE", seq=3)
    yield _case("an older one after a newer", log[:3], 1, "STALE", seq=2)
    yield _case("an older one that saw less of ours", log[:3], 1, "STALE", seq=2, peer=2, before=4)
    yield _case("a number is new, the log is not", log[:held], 2, "TRUNCATED", first=held)
    yield _case("shorter under a new number", log[:3], 1, "TRUNCATED", first=3)
    yield _case("shorter than was acknowledged", log[:1], 1, "TRUNCATED", first=1, claimed=3)
    other = [*log[:3], *_entries("lgwan", 6, life=1)[3:]]
    yield _case("another entry in the overlap", other, 2, "FORK", first=3)
    yield _case("another entry, shorter, under an old number", other[:4], 2, "FORK", 3, seq=3)
    yield _case("another entry before the section", other, held, "REWRITE")
    yield _case("another log at the same size", other[:4], held, "REWRITE")
    lost, refused = "WITNESS_STATE_LOST", "LOG_SECTION_INVALID"
    yield _case("more acknowledged than is held", log, 5, lost, first=held, proof=_proof(5))
    yield _case("more acknowledged, and no proof", log, 5, refused)
    yield _case("proved", log, held, "NEW", proof=_proof(held), proves_from=3)
    yield _case("proved, and an overlap", log, 2, "NEW", proof=_proof(2))
    yield _case("proved for the first time", log, held, "NEW", proof=_proof(held))
    yield _case("the proof left out", log, held, refused, proves_from=4)
    yield _case("no proof yet under this number", log, held, "NEW", proves_from=5)
    yield _case("from the start, so nothing to prove", log, 0, "NEW", proves_from=3)
    yield _case("from the start, and yet a proof", log, 0, refused, proof=_proof(2))
    yield _case("an older proof", log, held, refused, proof=_proof(2))
    yield _case("a newer proof", log, 2, refused, proof=_proof(held))
    yield _case("proof by another", log, held, refused, proof=_proof(held, by=_NOBODY))
    yield _case("proof by the sender", log, held, refused, proof=_proof(held, by=_WITNESS))
    yield _case("proof of another's log", log, held, refused, proof=_proof(held, log_key=_OWN))
    yield _case("proof that the sender did not sign", log, held, refused, proof=_unsigned(held))
    yield _case("proof of another history", log, held, "REWRITE", proof=_proof(held, life=1))
    yield _case("saw ours", log, held, "NEW", peer=4, before=2)
    yield _case("saw as much of ours as before", log, held, "NEW", peer=4, before=4)
    yield _case("saw less of ours", log, held, "WITNESS_STATE_LOST", first=2, peer=2, before=4)
    yield _case("saw nothing of ours any more", log, held, "WITNESS_STATE_LOST", 0, before=4)
    yield _case("saw more of ours than there is", log, held, "PEER_MIRROR_DIFFERS", peer=7)
    yield _case("saw all of ours, now more", log, held, "PEER_MIRROR_DIFFERS", 5, peer=7, before=5)
    yield _case("saw another one of ours", log, held, "PEER_MIRROR_DIFFERS", peer=4, life=1)
    yield _case("saw what was not signed", log, held, "PEER_MIRROR_DIFFERS", peer=3)
    yield from _elsewhere_cases(log, held)
    yield _case("contradicts itself", log, 0, "LOG_SECTION_INVALID", sent=other)
    yield _case("an entry too few", log, held, "LOG_SECTION_INVALID", sent=log[:5])
    yield _case("an entry too many", log[:5], held, "LOG_SECTION_INVALID", sent=log)


def _elsewhere_cases(log: list[bytes], held: int) -> Iterator[Case]:
    """Yield what other peers have cosigned of the sender's log, and what that is here."""
    fork, refused = "FORK", "LOG_SECTION_INVALID"
    for size in (1, 3, 4, 5, 6):
        name = f"cosigned elsewhere, entries: {size}"
        yield _case(name, log, 3, "NEW", elsewhere=[_other(size)])
    both = [_other(5), _other(2, by=1)]
    yield _case("cosigned by two others", log, held, "NEW", elsewhere=both)
    for size in (4, 5, 6):
        name = f"another log was cosigned elsewhere, entries: {size}"
        yield _case(name, log, 3, fork, elsewhere=[_other(size, 1)])
    yield _case("the same, of the first entry", log, held, fork, 0, elsewhere=[_other(1, 1)])
    one = {_OTHERS[0].name: 4}
    name = "another log was cosigned elsewhere since what was cosigned before"
    yield _case(name, log, held, fork, 4, elsewhere=[_other(5, 1)], cosigned=one)
    yield _case(f"{name}, now less", log, 3, fork, elsewhere=[_other(3, 1)], cosigned=one)
    yield _case("the other of two is of another log", log, held, fork,
                elsewhere=[_other(5), _other(4, 1, by=1)], cosigned=one)  # fmt: skip
    yield _case("more was cosigned elsewhere than there is", log, held, fork, elsewhere=[_other(7)])
    yield _case("the same, all before was cosigned", log, held, fork, 6, elsewhere=[_other(7)],
                cosigned={_OTHERS[0].name: 6})  # fmt: skip
    yield _case("an older one, cosigned elsewhere", log[:held], 2, "STALE", seq=3,
                elsewhere=[_other(3)], cosigned=one)  # fmt: skip
    yield _case("an older one, cosigned elsewhere as another", log[:held], 2, fork, seq=3,
                elsewhere=[_other(3, 1)])  # fmt: skip
    yield _case("shorter, and another was cosigned elsewhere", log[:3], 1, "TRUNCATED", 3,
                elsewhere=[_other(2, 1)])  # fmt: skip
    yield _case("saw less of ours, and another was cosigned elsewhere", log, held,
                "WITNESS_STATE_LOST", 2, peer=2, before=4, elsewhere=[_other(5, 1)])  # fmt: skip
    stranger = cosignature.cosign(_theirs(5, 1), _STRANGER, _TIME)
    yield _case("cosigned by nobody known", log, held, "NEW", elsewhere=[stranger])
    yield _case("cosigned elsewhere by the reader", log, held, "NEW", elsewhere=[_proof(5, 1)])
    yield _case("not cosigned", log, held, "NEW", elsewhere=[_theirs(5)])
    forger = _Key(_OTHERS[0].name, 16)
    wrong = note.parse(cosignature.cosign(_theirs(5), forger, _TIME))
    line = wrong.lines[1]._replace(key_id=cosignature.WitnessKey.of(_OTHERS[0]).key_id)
    forged = note.assemble(wrong.text, wrong.lines[0], line)
    yield _case("cosigned elsewhere by a forger", log, held, refused, elsewhere=[forged])
    twice = [_other(4), _other(5)]
    yield _case("cosigned by another twice", log, held, refused, elsewhere=twice)
    together = cosignature.cosign(_other(5), _OTHERS[1], _TIME)
    yield _case("cosigned by two in one note", log, held, refused, elsewhere=[together])
    unsigned = note.assemble(note.parse(_other(5)).text, note.parse(_other(5)).lines[1])
    yield _case("cosigned, not signed by the log", log, held, refused, elsewhere=[unsigned])
    own = cosignature.cosign(_own(4), _OTHERS[0], _TIME)
    yield _case("cosigned elsewhere, of the reader's log", log, held, refused, elsewhere=[own])


def _theirs(size: int, life: int = 0) -> bytes:
    return checkpoint.sign(Checkpoint(SENDER, size, _root(_entries("lgwan", size, life))), _LOG)


def _other(size: int, life: int = 0, *, by: int = 0) -> bytes:
    return cosignature.cosign(_theirs(size, life), _OTHERS[by], _TIME)


def _case(
    name: str,
    log: list[bytes],
    start: int,
    result: str,
    first: int | None = None,
    *,
    seq: int = 4,
    held: int = 4,
    peer: int = 0,
    life: int = 0,
    before: int = 0,
    sent: list[bytes] | None = None,
    claimed: int | None = None,
    proof: bytes | None = None,
    proves_from: int = 0,
    elsewhere: list[bytes] | None = None,
    cosigned: dict[str, int] | None = None,
) -> Case:
    signed = checkpoint.sign(Checkpoint(SENDER, len(log), _root(log)), _LOG)
    seen = cosignature.cosign(_own(peer, life), _WITNESS, _TIME).decode() if peer else None
    return {
        "name": name,
        "held": [each.decode() for each in _entries("lgwan", held)],
        "seen": 3 if held else 0,
        "before": before,
        "seq": seq,
        "proves_from": proves_from,
        "start": start if claimed is None else claimed,
        "checkpoint": signed.decode(),
        "acknowledged": proof and proof.decode(),
        "elsewhere": [each.decode() for each in elsewhere or []],
        "cosigned_elsewhere": cosigned or {},
        "entries": [each.decode() for each in (sent or log)[start:]],
        "peer_size": peer,
        "peer_checkpoint": seen,
        "result": result,
        "first": first,
    }


def _entries(station: str, count: int, life: int = 0) -> list[bytes]:
    return [
        events.build(
            events.Event.BUNDLE_SEALED,
            time=f"2026-04-01T00:{index:02d}:00Z",
            station=station,
            actor="clerk-1",
            facts={"seq": index + 1, "records": life},
        )
        for index in range(count)
    ]


def _root(entries: list[bytes]) -> bytes:
    frontier = merkle.Frontier()
    for entry in entries:
        frontier.append(merkle.leaf_hash(entry))
    return frontier.root()


def _proof(size: int, life: int = 0, *, by: _Key = _OWN_WITNESS, log_key: _Key = _LOG) -> bytes:
    root = _root(_entries("lgwan", size, life))
    signed = checkpoint.sign(Checkpoint(log_key.name, size, root), log_key)
    return cosignature.cosign(signed, by, _TIME)


def _unsigned(size: int) -> bytes:
    text, (_, witness) = note.parse(_proof(size))
    return note.assemble(text, witness)


def _own(size: int, life: int = 0) -> bytes:
    root = _root(_entries("registry", size, life))
    return checkpoint.sign(Checkpoint(READER, size, root), _OWN)


if __name__ == "__main__":
    text = json.dumps(make(), ensure_ascii=False, indent=1) + "\n"
    Path(sys.argv[1]).write_text(text, encoding="utf-8")
