"""What a receipt says of many records at once is entered as if it came record by record."""

from __future__ import annotations

import itertools
from contextlib import closing
from pathlib import Path

import pytest
from owners import LGWAN_01

from mediabridge.stations.books import Books, BundleRow, BundleState, ClosedRecord, InboxRow

BUNDLE = "1" * 32
KIND = "isa_notice"
AT = "2026-11-23T00:00:00Z"
SENT = BundleRow(
    BUNDLE, "out", "lgwan-01", "registry-01", 1, "2" * 64, AT, BundleState.WRITTEN, 0, {}, ""
)


def _said(record: str, result: str = "applied") -> ClosedRecord:
    return ClosedRecord(KIND, record, result, None if result == "applied" else "NO_MATCH", None)


ONCE = [_said("A"), _said("B", "held"), _said("C")]
REPEATED = [_said("A"), _said("A", "already_applied"), _said("B"), _said("C"), _said("C", "held")]
OF_OTHERS = [_said("A"), _said("Z"), _said("D")]


def _books(path: Path) -> Books:
    books = Books(path, LGWAN_01)
    with books.transaction():
        books.add_bundle(SENT)
        for file, records in (("f" * 64, "ABC"), ("e" * 64, "AC"), ("d" * 64, "D")):
            row = InboxRow(file, KIND, len(records), {}, None)
            books.add_file(row, collected_at=AT, actor="clerk-1")
            books.add_records(file, KIND, records)
        books.seal_files(BUNDLE, ["f" * 64, "e" * 64])
    return books


def _rows(books: Books) -> list[tuple[object, ...]]:
    return [
        tuple(row)
        for rows in ("SELECT * FROM records", "SELECT * FROM repeats")
        for row in books._db.execute(f"{rows} ORDER BY kind, record, file")
    ]


@pytest.mark.parametrize("supplement", [0, 2])
@pytest.mark.parametrize("outcomes", [ONCE, REPEATED, OF_OTHERS, []])
def test_many_are_closed_as_one_by_one(
    outcomes: list[ClosedRecord], supplement: int, tmp_path: Path
) -> None:
    with (
        closing(_books(tmp_path / "together")) as together,
        closing(_books(tmp_path / "each")) as each,
    ):
        for books in (together, each):
            # A decision stands above what was left open.
            with books.transaction():
                left_open = [_said(record, "held") for record in "AB"] if supplement else []
                books.close_records(BUNDLE, left_open, AT)
        with together.transaction():
            together.close_records(BUNDLE, outcomes, AT, supplement)
        with each.transaction():
            for outcome in outcomes:
                each.close_records(BUNDLE, [outcome], AT, supplement)
        assert _rows(together) == _rows(each)
        results = list(itertools.chain.from_iterable(_rows(together)))
        assert ("applied" in results) is any(one.result == "applied" for one in outcomes)
