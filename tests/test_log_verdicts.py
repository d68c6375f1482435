"""The cases of ``verdicts.json``, read by the second reader and by the program."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from second_log_reader import Own, Refused, read_cosigned, verdict

from mediabridge.bundle.manifest import CarriedLog
from mediabridge.errors import MediabridgeError
from mediabridge.translog import merkle
from mediabridge.translog.checkpoint import station_of
from mediabridge.translog.cosignature import WitnessKey
from mediabridge.translog.note import Vkey
from mediabridge.translog.section import LogSection
from mediabridge.translog.verdicts import Held, Told, Verdict, judge
from mediabridge.verify.witness import open_acknowledged, open_elsewhere, open_seen
from tools.make_verdicts import make

FILE = Path(__file__).parent / "vectors" / "translog" / "verdicts.json"
DOCUMENT = json.loads(FILE.read_text("utf-8"))
ROOTS = [bytes.fromhex(root) for root in DOCUMENT["own_roots"]]
OTHERS = [WitnessKey.parse(each) for each in DOCUMENT["other_witness_vkeys"]]
CASES = {case["name"]: case for case in DOCUMENT["cases"]}


@pytest.fixture(params=CASES)
def case(request: pytest.FixtureRequest) -> dict[str, Any]:
    chosen: dict[str, Any] = CASES[request.param]
    return chosen


@dataclass(frozen=True)
class Mirror:
    """A mirror in memory."""

    entries: Sequence[bytes]

    def size(self) -> int:
        return len(self.entries)

    def leaf_hash(self, index: int) -> bytes:
        return merkle.leaf_hash(self.entries[index])

    def frontier(self, size: int | None = None) -> merkle.Frontier:
        frontier = merkle.Frontier()
        for entry in self.entries[:size]:
            frontier.append(merkle.leaf_hash(entry))
        return frontier


@dataclass(frozen=True)
class OwnLog:
    """The reader's own log."""

    station: str = station_of(DOCUMENT["own_origin"])

    def size(self) -> int:
        return len(ROOTS) - 1

    def root(self, size: int) -> bytes:
        return ROOTS[size]

    def checkpoints(self, size: int) -> list[bytes]:
        return [one.encode() for one in DOCUMENT["own_signed"] if one.split("\n")[1] == str(size)]


def held_of(case: dict[str, Any]) -> list[bytes]:
    return [entry.encode() for entry in case["held"]]


def test_the_file_is_what_the_tool_makes() -> None:
    assert make() == DOCUMENT


def test_every_verdict_is_there() -> None:
    assert {case["result"] for case in CASES.values()} == {*Verdict, "LOG_SECTION_INVALID"}


def test_the_second_reader_says_what_is_expected(case: dict[str, Any]) -> None:
    own = Own(DOCUMENT["own_origin"], dict(enumerate(ROOTS)), DOCUMENT["own_signed"])
    try:
        if case["peer_checkpoint"] is not None:
            read_cosigned(case["peer_checkpoint"], DOCUMENT["witness_vkey"], own.origin)
        keys = DOCUMENT["log_vkey"], DOCUMENT["own_witness_vkey"]
        result = verdict(keys, held_of(case), own, case, DOCUMENT["other_witness_vkeys"])
    except Refused as refusal:
        result = (*refusal.args, None)
    assert result == (case["result"], case["first"])


def test_the_program_says_what_is_expected(case: dict[str, Any]) -> None:
    """Claims C40, C81, C82 and C107. The verdict, and the first entry that differs if known."""
    vkey = Vkey.parse(DOCUMENT["log_vkey"])
    proof = case["acknowledged"]
    carried = CarriedLog(
        start=0, size=0, checkpoint="", file="translog.jsonl",
        peer_size=case["peer_size"], peer_checkpoint=case["peer_checkpoint"],
        **({} if proof is None else {"acknowledged": proof}),
        **({"elsewhere": case["elsewhere"]} if case["elsewhere"] else {}),
    )  # fmt: skip
    own = WitnessKey.parse(DOCUMENT["own_witness_vkey"])
    seen = open_seen(carried, WitnessKey.parse(DOCUMENT["witness_vkey"]), DOCUMENT["own_origin"])
    sent = [entry.encode() for entry in case["entries"]]
    section = LogSection(case["start"], case["checkpoint"].encode(), sent)
    held = Held(
        vkey.name, vkey, Mirror(held_of(case)), OwnLog(), case["before"],
        proves_from=case["proves_from"], elsewhere=case["cosigned_elsewhere"],
    )  # fmt: skip
    result: tuple[str, int | None]
    try:
        acknowledged = open_acknowledged(carried, own, vkey)
        elsewhere = open_elsewhere(carried, vkey, OTHERS)
        told = Told(case["seq"], section, seen, acknowledged, elsewhere)
        judged = judge(held, case["seen"], told)
    except MediabridgeError as error:
        result = error.reason, None
    else:
        result = judged.verdict, judged.place and judged.place.first
    assert result == (case["result"], case["first"])
