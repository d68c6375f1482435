"""An answer and the decisions that came later, read by two readers from the page alike."""

from __future__ import annotations

import ast
import io
import json
from itertools import permutations
from pathlib import Path

import pytest
from second_reader import Refused
from second_receipt_reader import RESULTS, close, read_receipt

from mediabridge.receipt import ReceiptReader, write_receipt
from mediabridge.records.model import Result
from tools.make_receipt_vectors import make

VECTORS = Path(__file__).parent / "vectors" / "receipt"
FILES = sorted(VECTORS.glob("*.jsonl"))
EXPECTED = json.loads((VECTORS / "expected.json").read_bytes())


def test_there_are_vectors() -> None:
    assert [path.stem for path in FILES] == ["answer", "decision-1", "decision-2", "decision-3"]
    assert set(Result) == RESULTS


def test_vectors_are_what_is_made_anew() -> None:
    assert {path.name: path.read_bytes() for path in VECTORS.iterdir()} == make()


def test_second_reader_shares_nothing_with_ours() -> None:
    tree = ast.parse((Path(__file__).parent / "second_receipt_reader.py").read_bytes())
    imported = [
        name
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in ([node.module] if isinstance(node, ast.ImportFrom) else [node.names[0].name])
    ]
    assert not any(str(name).startswith("mediabridge") for name in imported)


def test_what_was_handed_over_is_read_alike_and_decided_late() -> None:
    answer, decision, *_ = (path.read_bytes() for path in FILES)
    held = b'"reason":"NO_MATCH","record":"N-0002","result":"held"'
    handed = held.replace(b"NO_MATCH", b"").replace(b"held", b"handed_over")
    answer = answer.replace(held, handed).replace(b'"held":2', b'"handed_over":1,"held":1')
    results = [each.result for each in ReceiptReader(io.BytesIO(answer), "receipt.jsonl")]
    assert results == [line["result"] for line in read_receipt(answer)[1]]
    assert close([answer, decision])["isa_notice", "N-0002"] == ("not_found", 1)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_both_readers_read_the_same(path: Path) -> None:
    data = path.read_bytes()
    head, lines = read_receipt(data)
    receipt = ReceiptReader(io.BytesIO(data), path.name)
    outcomes = list(receipt)
    assert receipt.head.model_dump(by_alias=True) == head
    assert [(each.record_id, each.result) for each in outcomes] == [
        (line["record"], line["result"]) for line in lines
    ]
    written = io.BytesIO()
    write_receipt(written, receipt.head, outcomes)
    assert written.getvalue() == data


def test_late_decisions_end_alike_in_any_order() -> None:
    answer, *decisions = (path.read_bytes() for path in FILES)
    for order in permutations([*decisions, decisions[0]]):
        books = close([answer, *order, answer])
        told = {record: list(closed) for (_kind, record), closed in books.items()}
        assert told == EXPECTED


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"supplement":1', b'"supplement":-1'),
        (b'"supplement":1', b'"supplement":true'),
        (b'"result":"not_found"', b'"result":"held"'),
        (b'"counts":{"not_found":1}', b'"counts":{"not_found":2}'),
        (b'"reason":"NO_MATCH"', b'"reason":""'),
    ],
)
def test_what_was_changed_is_refused_by_both(old: bytes, new: bytes) -> None:
    data = (VECTORS / "decision-1.jsonl").read_bytes()
    assert old in data
    with pytest.raises(Refused):
        read_receipt(data.replace(old, new))
    with pytest.raises(Exception, match="receipt"):
        list(ReceiptReader(io.BytesIO(data.replace(old, new)), "receipt.jsonl"))


def test_nobody_decides_on_what_was_applied() -> None:
    answer, decision, *_ = (path.read_bytes() for path in FILES)
    with pytest.raises(Refused):
        close([answer, decision.replace(b"N-0002", b"N-0001")])
    with pytest.raises(Refused):
        close([decision])
