"""Packs as two stations would export them, of as many entries as a test wants, in memory."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from logkeys import Ed25519Signer

from mediabridge.translog import checkpoint, cosignature, events, merkle, tiles
from mediabridge.translog.checkpoint import Checkpoint
from mediabridge.translog.cosignature import WitnessKey
from mediabridge.translog.events import Event
from mediabridge.translog.note import Vkey
from tests.owners import CITY

AT = datetime(2026, 4, 1, 0, 35, tzinfo=UTC)


def key_of(name: str, number: int) -> Ed25519Signer:
    return Ed25519Signer(name, Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32))


KEYS = {
    station: (key_of(f"{CITY}/log/{station}", at), key_of(f"{CITY}/witness/{station}", at + 1))
    for station, at in (("lgwan", 1), ("registry", 3))
}
POLICY = "".join(
    f"log {Vkey.of(log).encode()}\nwitness {each.name} {WitnessKey.of(each).encode()}\n"
    for log, each in KEYS.values()
)


def entry(number: int, station: str = "lgwan", event: Event = Event.BUNDLE_SEALED) -> bytes:
    time = f"2026-04-{1 + number // 86400:02d}T{number // 3600 % 24:02d}:00:00Z"
    facts = {"seq": number}
    return events.build(event, time=time, station=station, actor="clerk-1", facts=facts)


def entries(count: int, station: str = "lgwan") -> list[bytes]:
    return [entry(number, station) for number in range(count)]


@dataclass
class Whole:
    """A log in memory, as a tree that tiles can be made of."""

    entries_of: Sequence[bytes]
    nodes: dict[tuple[int, int], bytes] = field(default_factory=dict)

    def __post_init__(self) -> None:
        frontier = merkle.Frontier()
        for each in self.entries_of:
            for level, position, digest in frontier.append(merkle.leaf_hash(each)):
                self.nodes[level, position] = digest

    def hashes(self, level: int, start: int, end: int) -> list[bytes]:
        return [self.nodes[level, position] for position in range(start, end)]

    def entries(self, start: int = 0, end: int | None = None) -> Sequence[bytes]:
        return self.entries_of[start:end]

    def root(self, size: int) -> bytes:
        return merkle.frontier_at(size, lambda *place: self.nodes[place]).root()


def signed(whole: Whole, size: int, station: str = "lgwan", *, seen: bool = False) -> bytes:
    log, _ = KEYS[station]
    made = checkpoint.sign(Checkpoint(log.name, size, whole.root(size)), log)
    witness = KEYS["registry" if station == "lgwan" else "lgwan"][1]
    return cosignature.cosign(made, witness, AT) if seen else made


def put(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def write_log(
    pack: Path,
    content: Sequence[bytes],
    kind: str,
    *,
    station: str = "lgwan",
    sizes: Sequence[int] = (),
    after: int = 0,
    folder: str = "",
) -> None:
    """Write one log into a pack; *sizes* are those of earlier checkpoints, cosigned."""
    size, whole = len(content) - after, Whole(content)
    root = pack / "logs" / (folder or station)
    tiles.write(whole, size, lambda path, data: put(root / path, data))
    rest = whole.entries(size)
    tiles.write_entries(rest, after, lambda path, data: put(root / "after" / path, data))
    for each in [*sizes, size]:
        put(root / "checkpoints" / str(each), signed(whole, each, station, seen=each != size))
    put(root / "checkpoint", signed(whole, size, station))
    put(pack / "policy", f"{POLICY}quorum none\n".encode())
    listed = {"after": after, "folder": root.name, "kind": kind, "size": size}
    document = {"format": 1, "logs": [], "mode": "training", "station": "lgwan"}
    if (pack / "pack.json").exists():
        document = json.loads((pack / "pack.json").read_bytes())
    document["logs"].append({**listed, "origin": KEYS[station][0].name})
    list_logs(pack, document)


def list_logs(pack: Path, document: object) -> None:
    text = json.dumps(document, sort_keys=True, separators=(",", ":"))
    put(pack / "pack.json", text.encode())
