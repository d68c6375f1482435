"""The worked example of docs/format/transfer-log.md, from both ends."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from logkeys import Ed25519Signer, root_of

from mediabridge.translog import checkpoint, events, merkle
from mediabridge.translog.mirror import PeerMirror
from mediabridge.translog.note import Vkey
from mediabridge.translog.section import LogSection
from mediabridge.translog.store import TransferLog
from tests.mirrors import accepted

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/format/transfer-log.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def example() -> dict[str, Any]:
    path = ROOT / "tests/vectors/translog/worked-example.json"
    document = json.loads(path.read_text(encoding="utf-8"))
    assert isinstance(document, dict)
    return document


def test_example_reproduced(example: dict[str, Any], log: TransferLog) -> None:
    seed = bytes.fromhex(example["seed"])
    signer = Ed25519Signer(example["origin"], Ed25519PrivateKey.from_private_bytes(seed))
    for each in example["entries"]:
        log.append(each.encode())
    assert Vkey.of(signer).encode() == example["vkey"]
    assert [log.leaf_hash(index).hex() for index in range(3)] == example["leaf_hashes"]
    assert log.root().hex() == example["root"]
    assert [each.hex() for each in log.inclusion_proof(1)] == example["inclusion_1_3"]
    assert [each.hex() for each in log.consistency_proof(2)] == example["consistency_2_3"]
    assert log.checkpoint(signer).decode() == example["checkpoint"]


def test_example_accepted(example: dict[str, Any], mirror: PeerMirror) -> None:
    assert example["expect"] == "ACCEPTED"
    entries = [each.encode() for each in example["entries"]]
    section = LogSection(example["start"], example["checkpoint"].encode(), entries)
    vkey = Vkey.parse(example["vkey"])
    mirror.keep(accepted(section, origin=example["origin"], vkey=vkey, mirror=mirror))
    assert mirror.root().hex() == example["root"]


def test_example_proofs_verify(example: dict[str, Any]) -> None:
    leaves = [bytes.fromhex(each) for each in example["leaf_hashes"]]
    root = checkpoint.open_checkpoint(
        example["checkpoint"].encode(), Vkey.parse(example["vkey"])
    ).root
    inclusion = [bytes.fromhex(each) for each in example["inclusion_1_3"]]
    merkle.verify_inclusion(1, 3, leaves[1], inclusion, root)
    consistency = [bytes.fromhex(each) for each in example["consistency_2_3"]]
    merkle.verify_consistency(2, 3, root_of(leaves[:2]), root, consistency)


def test_page_shows_example(example: dict[str, Any]) -> None:
    shown = [
        *(example[key] for key in ("seed", "vkey", "root", "checkpoint")),
        *(value for key in ("entries", "leaf_hashes") for value in example[key]),
        *(value for key in ("inclusion_1_3", "consistency_2_3") for value in example[key]),
    ]
    assert [each for each in shown if each not in PAGE] == []


@pytest.mark.parametrize("name", [*events.Event, *events.FACTS])
def test_page_names_vocabulary(name: str) -> None:
    assert f"\n| `{name}` |" in PAGE
