"""The cases of ``cosignature.json``, read by the second reader and by the program."""

from __future__ import annotations

import ast
import base64
import json
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import second_log_reader
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from logkeys import Ed25519Signer
from second_log_reader import Own, Refused, check_log_signature, read_cosigned, seen_by

from mediabridge.bundle.manifest import CarriedLog
from mediabridge.clock import to_rfc3339
from mediabridge.errors import MediabridgeError
from mediabridge.translog import checkpoint, cosignature
from mediabridge.translog.cosignature import Cosigned, WitnessKey
from mediabridge.translog.note import Vkey
from mediabridge.translog.section import LogSection
from mediabridge.translog.verdicts import Held, Judgement, Told, judge
from mediabridge.verify.witness import open_seen
from tests.mirrors import NoMirror
from tools.make_cosigned import TIME, make

FOLDER = Path(__file__).parent / "vectors" / "translog"
EXAMPLE = json.loads((FOLDER / "worked-example.json").read_text("utf-8"))
DOCUMENT = json.loads((FOLDER / "cosignature.json").read_text("utf-8"))
PAGE = (Path(__file__).parents[1] / "docs/format/transfer-log.md").read_text("utf-8")
CASES = {case["name"]: case for case in DOCUMENT["cases"]}
ROOTS = [bytes.fromhex(root) for root in DOCUMENT["roots"]]


@dataclass(frozen=True)
class OwnLog:
    """The receiver's own log, as the program asks for it."""

    station: str = "lgwan"

    def size(self) -> int:
        return len(ROOTS) - 1

    def root(self, size: int) -> bytes:
        return ROOTS[size]

    def checkpoints(self, size: int) -> list[bytes]:
        return [one.encode() for one in DOCUMENT["signed"] if checkpoint_size(one) == size]


def judged_with(seen: Cosigned | None, before: int) -> Judgement:
    """Judge what the sender has seen, in a bundle that is right in everything else."""
    vkey = Vkey.parse(EXAMPLE["vkey"])
    entries = [each.encode() for each in EXAMPLE["entries"]]
    section = LogSection(0, EXAMPLE["checkpoint"].encode(), entries)
    held = Held(EXAMPLE["origin"], vkey, NoMirror(), OwnLog(), before)
    return judge(held, 0, Told(1, section, seen))


def checkpoint_size(note: str) -> int:
    return checkpoint.open_checkpoint(note.encode(), Vkey.parse(EXAMPLE["vkey"])).size


@pytest.fixture(params=CASES)
def case(request: pytest.FixtureRequest) -> dict[str, Any]:
    chosen: dict[str, Any] = CASES[request.param]
    return chosen


def test_the_file_is_what_the_tool_makes() -> None:
    assert make(EXAMPLE) == DOCUMENT


def test_every_result_is_there() -> None:
    assert {case["result"] for case in CASES.values()} == {
        "ACCEPTED", "COSIGNATURE_INVALID", "PEER_MIRROR_DIFFERS", "WITNESS_STATE_LOST",
    }  # fmt: skip


def test_the_second_reader_says_what_is_expected(case: dict[str, Any]) -> None:
    own = Own(DOCUMENT["origin"], dict(enumerate(ROOTS)), DOCUMENT["signed"])
    carried = {"note": case["peer_checkpoint"], "size": case["peer_size"]}
    result = "ACCEPTED"
    try:
        seen_by(DOCUMENT["witness_vkey"], own, **carried, before=case["before"])
    except Refused as refusal:
        (result,) = refusal.args
    assert result == case["result"]


def test_the_program_says_what_is_expected(case: dict[str, Any]) -> None:
    """Claims C80, C81 and C82."""
    carried = CarriedLog(
        start=0, size=1, checkpoint="", file="translog.jsonl",
        peer_size=case["peer_size"], peer_checkpoint=case["peer_checkpoint"],
    )  # fmt: skip
    witness = WitnessKey.parse(DOCUMENT["witness_vkey"])
    result = "ACCEPTED"
    try:
        seen = open_seen(carried, witness, DOCUMENT["origin"])
        judged_with(seen, case["before"]).accepted()
    except MediabridgeError as error:
        result = error.reason
    assert result == case["result"]


def test_our_witness_makes_the_bytes_of_the_first_case() -> None:
    """Ed25519 is deterministic: whoever writes from the page comes to the same bytes."""
    private = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(DOCUMENT["witness_seed"]))
    signer = Ed25519Signer(cosignature.witness_of("city.example.jp", "registry"), private)
    time = datetime.fromtimestamp(TIME, UTC)
    made = cosignature.cosign(EXAMPLE["checkpoint"].encode(), signer, time)
    assert made.decode() == CASES["first"]["peer_checkpoint"]
    opened = cosignature.open_cosigned(made, WitnessKey.parse(DOCUMENT["witness_vkey"]))
    assert (opened.checkpoint.size, opened.time) == (3, time)
    check_log_signature(made.decode(), EXAMPLE["vkey"])


def test_what_a_public_witness_made_is_read_alike() -> None:
    """Others' programs made this note: neither ours nor anything written from our page."""
    found = json.loads((FOLDER / "public-witness.json").read_text("utf-8"))
    data, witness = found["note"].encode(), WitnessKey.parse(found["witness_vkey"])
    opened = cosignature.open_cosigned(data, witness)
    assert checkpoint.open_checkpoint(data, Vkey.parse(found["log_vkey"])) == opened.checkpoint
    assert (opened.checkpoint.size, to_rfc3339(opened.time)) == (found["size"], found["time"])
    assert witness.encode() == found["witness_vkey"]
    seen, root = read_cosigned(found["note"], found["witness_vkey"], opened.checkpoint.origin)
    assert (seen.size, seen.time) == (found["size"], int(opened.time.timestamp()))
    assert root == opened.checkpoint.root
    check_log_signature(found["note"], found["log_vkey"])


def test_the_page_shows_the_example() -> None:
    line = CASES["first"]["peer_checkpoint"].splitlines()[-1]
    shown = [DOCUMENT["witness_seed"], DOCUMENT["witness_vkey"], line, f"time {TIME}"]
    assert [each for each in shown if each not in PAGE] == []
    assert base64.b64encode(ROOTS[3]).decode() in PAGE


def test_the_reader_shares_nothing_with_the_program() -> None:
    source = Path(second_log_reader.__file__).read_bytes()
    modules = [
        name.split(".")[0]
        for node in ast.walk(ast.parse(source))
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    ]
    assert set(modules) - sys.stdlib_module_names == {"cryptography"}
