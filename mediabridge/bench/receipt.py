"""Taking a receipt home, beside its lines read as JSON and its rows written bare.

What is measured is what a station does with each line of a receipt that arrives: it is read in
its one form, twice; all of them are held against what the bundle carries, before anything has
an effect; then the books are closed on each record, in one transaction. The floor reads the
lines once and enters the same rows into a table of the same form by one ``executemany``. Both
take turns, in processor time, each in a database of its own.
"""

from __future__ import annotations

import io
import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from itertools import count
from pathlib import Path
from typing import Final

from mediabridge.apply import ApplyReason, Outcome
from mediabridge.bench import Figure
from mediabridge.bench.turns import paired
from mediabridge.bundle.header import Route
from mediabridge.kinds import Kind
from mediabridge.receipt import Head, ReceiptReader, write_receipt
from mediabridge.records.result import Result
from mediabridge.sqlite import Owner
from mediabridge.stations.books import Books, BundleRow, BundleState, InboxRow
from mediabridge.stations.incoming import answers
from mediabridge.stations.incoming.receipts import closed

BOUND: Final = 4.0
"""Processor time of the station by that of the floor. What we aim at is 3.0."""

_TURNS: Final = 5
_HELD: Final = 20
"""One record in so many waits for a decision."""

_BUNDLE: Final = "1" * 32
_DIGEST: Final = "2" * 64
_AT: Final = "2026-11-23T00:30:00Z"
_KIND: Final = Kind.ISA_NOTICE
_OWNER: Final = Owner("training", "city.training.example", "lgwan-01")
_SENT: Final = BundleRow(
    bundle=_BUNDLE,
    direction="out",
    sender="lgwan-01",
    receiver="registry-01",
    seq=1,
    sums_sha256=_DIGEST,
    created=_AT,
    state=BundleState.WRITTEN,
    records=0,
    summary={},
    salt="",
)
_TABLE: Final = """
    CREATE TABLE records (
        kind TEXT NOT NULL, record TEXT NOT NULL, file TEXT NOT NULL, result TEXT, reason TEXT,
        next_municipality TEXT, decided_at TEXT, supplement INTEGER NOT NULL,
        PRIMARY KEY (kind, record)
    ) STRICT, WITHOUT ROWID
"""


def run(folder: Path, records: int, *, tell: Callable[[str], None]) -> Figure:
    """Return the figure for a receipt about so many *records*; *folder* is for databases.

    *tell* is told the step as it begins.
    """
    tell(f"a receipt about {records} records")
    receipt = _receipt(records)
    places = (folder / str(number) for number in count())
    books = [_sent(next(places), receipt) for _ in range(_TURNS)]
    unused = iter(books)
    floor, measured = paired(
        lambda: _bare(receipt, next(places)), lambda: take(receipt, next(unused)), _TURNS
    )
    for each in books:
        each.close()
    return Figure(
        name=f"taking a receipt home, {records} records",
        measured=measured / records * 1e6,
        unit="µs/record",
        floor_name="JSON and executemany",
        floor=floor / records * 1e6,
        bound=BOUND,
    )


def take(receipt: bytes, books: Books) -> None:
    """Do with *receipt* what a station does with each line, before and after its log entry."""
    answers.check_names(books, _SENT, ReceiptReader(io.BytesIO(receipt), "receipt"), "receipt")
    outcomes = map(closed, ReceiptReader(io.BytesIO(receipt), "receipt"))
    with books.transaction():
        books.close_records(_BUNDLE, outcomes, _AT)


def _receipt(records: int) -> bytes:
    outcomes = list(_outcomes(records))
    held = sum(each.result is Result.HELD for each in outcomes)
    head = Head(
        receipt="0" * 32,
        bundle=_BUNDLE,
        route=Route.model_validate({"from": _SENT.sender, "to": _SENT.receiver}),
        seq=_SENT.seq,
        supplement=0,
        sums_sha256=_DIGEST,
        decided_at=_AT,
        decided_by="clerk-1",
        counts={Result.APPLIED.value: records - held, Result.HELD.value: held},
    )
    output = io.BytesIO()
    write_receipt(output, head, outcomes)
    return output.getvalue()


def _outcomes(records: int) -> Iterator[Outcome]:
    for number in range(records):
        # Ids of notices are in no order of their own.
        identity = f"{number * 2654435761 % 2**32:08X}-{number:08d}"
        if number % _HELD:
            yield Outcome(identity, _KIND, Result.APPLIED, None, None)
        else:
            yield Outcome(identity, _KIND, Result.HELD, ApplyReason.NO_MATCH, None)


def _sent(path: Path, receipt: bytes) -> Books:
    """Return books in which a bundle with the records of *receipt* is on its way."""
    books = Books(path, _OWNER)
    ids = [each.record_id for each in ReceiptReader(io.BytesIO(receipt), "receipt")]
    with books.transaction():
        books.add_bundle(_SENT)
        file = InboxRow(_DIGEST, _KIND.value, len(ids), {}, None)
        books.add_file(file, collected_at=_AT, actor="bench")
        books.add_records(_DIGEST, _KIND.value, ids)
        books.seal_files(_BUNDLE, [_DIGEST])
    return books


def _bare(receipt: bytes, path: Path) -> None:
    with closing(sqlite3.connect(path)) as database:
        database.execute(_TABLE)
        lines = map(json.loads, receipt.splitlines()[1:])
        database.executemany(
            "INSERT INTO records VALUES (?, ?, ?, ?, ?, ?, ?, 0)",
            (
                (each["kind"], each["record"], _DIGEST, each["result"], each["reason"], None, _AT)
                for each in lines
            ),
        )
        database.commit()
