"""How many records have each result is what the rows say, by whatever way they were changed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from owners import LGWAN_01

from mediabridge.config import APPLY_BATCH
from mediabridge.errors import BooksCorruptError
from mediabridge.stations.books import Books, BundleRow, BundleState, ClosedRecord, InboxRow

BUNDLE = "1" * 32
KIND = "isa_notice"
AT = "2026-11-23T00:00:00Z"
SENT = BundleRow(
    BUNDLE, "out", "lgwan-01", "registry-01", 1, "2" * 64, AT, BundleState.WRITTEN, 0, {}, ""
)
FIRST, SECOND, WAITING = "f" * 64, "e" * 64, "d" * 64
MANY = [f"{number:05d}" for number in range(APPLY_BATCH + 2)]


def _said(record: str, result: str) -> ClosedRecord:
    return ClosedRecord(KIND, record, result, None, None)


def _answer() -> Iterator[ClosedRecord]:
    """Say something of every record, of one a second time, and of one that was never sent."""
    yield from (_said(record, "applied") for record in MANY[:-2])
    yield _said(MANY[-2], "held")
    yield _said(MANY[-1], "handed_over")
    yield _said(MANY[0], "already_applied")
    yield _said("Z", "applied")


@pytest.fixture
def books(tmp_path: Path) -> Iterator[Books]:
    """Books with a bundle of two files that have a record in common, and a file that waits."""
    with closing(Books(tmp_path / "station.db", LGWAN_01)) as opened:
        with opened.transaction():
            opened.add_bundle(SENT)
            for file, ids in ((FIRST, MANY), (SECOND, MANY[:1]), (WAITING, [MANY[1], "D"])):
                row = InboxRow(file, KIND, len(ids), {}, None)
                opened.add_file(row, collected_at=AT, actor="clerk-1")
                opened.add_records(file, KIND, ids)
            opened.seal_files(BUNDLE, [FIRST, SECOND])
        yield opened


def _counted(books: Books) -> dict[str, int]:
    """Return how many rows have each result, after a look whether the totals say the same."""
    query = "SELECT coalesce(result, 'open'), count(*) FROM records GROUP BY 1 ORDER BY 1"
    counted: dict[str, int] = dict(books._db.execute(query).fetchall())
    assert books.outcome_counts() == counted
    return counted


def _triggers(books: Books) -> list[tuple[str, str]]:
    query = "SELECT name, sql FROM sqlite_schema WHERE type = 'trigger' ORDER BY name"
    return books._db.execute(query).fetchall()


def test_every_way_of_changing_records_is_counted(books: Books) -> None:
    everything = len(MANY) + 1
    assert _counted(books) == {"open": everything}
    with books.transaction():
        books.close_records(BUNDLE, _answer(), AT)
        # Already within the transaction.
        answered = {"applied": len(MANY) - 2, "handed_over": 1, "held": 1, "open": 1}
        assert _counted(books) == answered
    with books.transaction():
        books.close_records(BUNDLE, [_said(MANY[-2], "applied")], AT, 1)
        books.close_collected_anew([_said(MANY[-1], "not_found")], AT, 1)
    assert _counted(books) == {"applied": len(MANY) - 1, "not_found": 1, "open": 1}
    with books.transaction():
        books.reopen_decided(BUNDLE, 1)
    assert _counted(books) == {"applied": len(MANY) - 2, "held": 2, "open": 1}
    with books.transaction():
        books.reopen_records(BUNDLE)
    assert _counted(books) == {"open": everything}
    with books.transaction():
        books.remove_file(WAITING)
    assert _counted(books) == {"open": len(MANY)}


def test_what_another_statement_changes_is_counted_as_before(books: Books, tmp_path: Path) -> None:
    with closing(Books(tmp_path / "new.db", LGWAN_01)) as new:
        assert _triggers(books) == _triggers(new)
    with books.transaction():
        books.close_records(BUNDLE, _answer(), AT)
        books._db.execute("UPDATE records SET result = 'conflict' WHERE record < '00010'")
        books._db.execute("INSERT INTO records (kind, record, file) VALUES ('x', 'Y', ?)", (FIRST,))
        books._db.execute("DELETE FROM records WHERE record = '00011'")
    assert _counted(books)["conflict"] == 10


@pytest.mark.parametrize("goes_on", [False, True])
def test_an_answer_that_breaks_off_leaves_the_totals_right(books: Books, *, goes_on: bool) -> None:
    triggers, before = _triggers(books), _counted(books)

    def breaking() -> Iterator[ClosedRecord]:
        # By then a first batch was entered.
        yield from (_said(record, "applied") for record in MANY[:APPLY_BATCH])
        raise EOFError

    def answer() -> None:
        with books.transaction():
            try:
                books.close_records(BUNDLE, breaking(), AT)
            except EOFError:
                if not goes_on:
                    raise

    if goes_on:
        answer()
        assert _counted(books)["applied"] == APPLY_BATCH
    else:
        with pytest.raises(EOFError):
            answer()
        assert _counted(books) == before
    assert _triggers(books) == triggers


def test_nobody_sees_the_books_without_their_triggers(books: Books, tmp_path: Path) -> None:
    """Where the power fails instead of the commit, the file is what others see now."""
    with closing(Books(tmp_path / "station.db", LGWAN_01)) as other:
        triggers, before = _triggers(other), _counted(other)

        def looking() -> Iterator[ClosedRecord]:
            yield from (_said(record, "applied") for record in MANY[:APPLY_BATCH])
            assert len(_triggers(books)) < len(triggers)
            assert (_triggers(other), _counted(other)) == (triggers, before)

        with books.transaction():
            books.close_records(BUNDLE, looking(), AT)
        assert _triggers(other) == triggers
        assert _counted(other)["applied"] == APPLY_BATCH


def test_many_are_entered_within_a_transaction_only(books: Books) -> None:
    triggers = _triggers(books)
    with pytest.raises(RuntimeError):
        books.add_records(WAITING, KIND, ["E"])
    assert _triggers(books) == triggers


def test_books_without_a_trigger_are_damaged(books: Books) -> None:
    books._db.execute("DROP TRIGGER records_answered")
    with pytest.raises(BooksCorruptError), books.transaction():
        books.close_records(BUNDLE, _answer(), AT)
