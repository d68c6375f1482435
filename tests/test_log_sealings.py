"""The cases of ``sealings.json``, read by the second reader and by the program."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from second_log_reader import Refused, check_sealing

from mediabridge.bundle.header import Route
from mediabridge.bundle.manifest import InnerFile
from mediabridge.errors import LogSaysOtherwiseError
from mediabridge.translog import events
from mediabridge.translog.events import Event
from mediabridge.verify import begun
from mediabridge.verify.begun import Beginnings
from tools.make_sealings import make

FILE = Path(__file__).parent / "vectors" / "translog" / "sealings.json"
DOCUMENT = json.loads(FILE.read_text("utf-8"))
HEADER, MANIFEST = DOCUMENT["header"], DOCUMENT["manifest"]
CASES = {case["name"]: case for case in DOCUMENT["cases"]}


@pytest.fixture(params=CASES)
def case(request: pytest.FixtureRequest) -> dict[str, Any]:
    chosen: dict[str, Any] = CASES[request.param]
    return chosen


def test_vectors_are_those_that_are_made() -> None:
    assert make() == DOCUMENT


def test_second_reader_comes_to_the_result(case: dict[str, Any]) -> None:
    """Claim C114."""
    if case["result"] == "ACCEPTED":
        check_sealing(HEADER, MANIFEST, case)
        return
    with pytest.raises(Refused, match=case["result"]):
        check_sealing(HEADER, MANIFEST, case)


def test_the_program_comes_to_the_result(case: dict[str, Any]) -> None:
    """Claim C114."""
    known = begun.facts(
        bundle=HEADER["bundle"],
        route=Route.model_validate(HEADER["route"]),
        seq=HEADER["seq"],
        prev=HEADER["prev"],
        records=MANIFEST["records"],
        files=[InnerFile.model_validate(each) for each in MANIFEST["files"]],
        receipts=MANIFEST["receipts"],
        seen={name: MANIFEST[name] for name in ("peer_size", "peer_root")},
    )
    told = Beginnings(HEADER["bundle"], len(case["entries"]) - 1)
    for index, data in enumerate(case["entries"]):
        entry = events.parse(data.encode(), "lgwan")
        if entry.event is Event.BUNDLE_SEALING:
            told.add(index, entry)
    required = 0 < case["begins_from"] <= HEADER["seq"]
    if case["result"] == "ACCEPTED":
        assert told.check(known, MANIFEST["operator"], required=required) is told.found
        return
    with pytest.raises(LogSaysOtherwiseError) as refusal:
        told.check(known, MANIFEST["operator"], required=required)
    assert refusal.value.reason == case["result"]
