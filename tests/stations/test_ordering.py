"""The order of applying is that of issue, whatever the order of the rows."""

from pathlib import Path

import pytest
from apply.people import notice
from attacks.records import card, csv_of, isa_notice
from attacks.world import World
from hypothesis import given
from hypothesis import strategies as st
from records.rows import columns_of

from mediabridge import sqlite
from mediabridge.errors import DiskFailedError, DiskFullError, RecordsRefusedError
from mediabridge.kinds import Kind
from mediabridge.progress import NullProgress
from mediabridge.records.model import IsaNotice
from mediabridge.records.notices import Notice
from mediabridge.records.reasons import Reason
from mediabridge.stations.ordering import InOrder

MORNING, EVENING = "2026-11-22T09:00:00+09:00", "2026-11-22T18:00:00+09:00"
NUMBERED = [
    notice(notice_id=f"N-{number}", sequence=number, issued_at=moment)
    for number, moment in enumerate([MORNING, MORNING, EVENING, EVENING, EVENING])
]


def in_order(rows: list[IsaNotice], folder: Path, at_once: int = 5) -> list[IsaNotice]:
    with InOrder(folder) as notices:
        # As many at a time as a reader hands on, so that some are in their order, and some late.
        for place in range(0, len(rows), at_once):
            notices.keep(Kind.ISA_NOTICE, columns_of(*rows[place : place + at_once]))
        return [each.notice() for each in notices.as_issued(NullProgress())]


@given(st.permutations(NUMBERED), st.integers(1, 5))
def test_any_order_of_rows_becomes_that_of_issue(
    tmp_path_factory: pytest.TempPathFactory, rows: list[IsaNotice], at_once: int
) -> None:
    assert in_order(rows, tmp_path_factory.mktemp("work"), at_once) == NUMBERED


def test_time_comes_before_the_running_number(tmp_path: Path) -> None:
    late = notice(notice_id="N-1", sequence=1, issued_at=EVENING)
    early = notice(notice_id="N-2", sequence=2, issued_at=MORNING)
    assert in_order([late, early], tmp_path) == [early, late]


def kept(notices: InOrder, rows: list[IsaNotice]) -> None:
    """Keep *rows* two at a time."""
    for place in range(0, len(rows), 2):
        notices.keep(Kind.ISA_NOTICE, columns_of(*rows[place : place + 2]))


@pytest.mark.parametrize(
    "altering",
    [
        "UPDATE run SET records = replace(records, 'N-3', 'N-4') WHERE number = 1",
        "UPDATE run SET first = 3 WHERE number = 1",
        "UPDATE run SET number = 9 WHERE number = 1",
        "UPDATE run SET number = 9 WHERE number = 2",
        "DELETE FROM run WHERE number = 0",
        "DELETE FROM run WHERE number = 2",
        "INSERT INTO run SELECT 3, first, records, code FROM run LIMIT 1",
        "UPDATE run SET records = (SELECT records FROM run WHERE number = 0) WHERE number = 1",
    ],
)
def test_run_that_waits_and_is_altered_is_not_applied(tmp_path: Path, altering: str) -> None:
    with InOrder(tmp_path) as notices:
        kept(notices, NUMBERED)
        assert notices._open().execute(altering).rowcount > 0
        with pytest.raises(DiskFailedError):
            list(notices.as_issued(NullProgress()))


@pytest.mark.parametrize(
    "altering",
    [
        "UPDATE notice SET record = replace(record, 'N-3', 'N-4') WHERE position = 1",
        "UPDATE notice SET sequence = 9 WHERE position = 2",
        "UPDATE notice SET position = 9 WHERE position = 4",
        "UPDATE notice SET issued_at = '2026' WHERE position = 1",
        "DELETE FROM notice WHERE position = 4",
        "INSERT INTO notice SELECT issued_at, sequence, 9, record, code FROM notice LIMIT 1",
    ],
)
def test_what_waits_and_is_altered_is_not_applied(tmp_path: Path, altering: str) -> None:
    with InOrder(tmp_path) as notices:
        notices.keep(Kind.ISA_NOTICE, columns_of(*NUMBERED[::-1]))
        assert notices._open().execute(altering).rowcount > 0
        with pytest.raises(DiskFailedError):
            list(notices.as_issued(NullProgress()))


@pytest.mark.parametrize(("table", "rows"), [("run", NUMBERED), ("notice", NUMBERED[::-1])])
def test_what_waits_for_another_bundle_is_not_applied(
    tmp_path: Path, table: str, rows: list[IsaNotice]
) -> None:
    with InOrder(tmp_path) as first:
        first.keep(Kind.ISA_NOTICE, columns_of(*rows))
        other = first._open().execute(f"SELECT * FROM {table}").fetchall()  # noqa: S608 - ours
    (tmp_path / "in-order.sqlite").unlink()
    with InOrder(tmp_path) as second:
        second.keep(Kind.ISA_NOTICE, columns_of(*rows))
        second._open().execute(f"DELETE FROM {table}")  # noqa: S608 - ours
        marks = ", ".join("?" for _ in other[0])
        second._open().executemany(f"INSERT INTO {table} VALUES ({marks})", other)  # noqa: S608 - ours
        with pytest.raises(DiskFailedError):
            list(second.as_issued(NullProgress()))


def _extended_then_lost() -> list[dict[str, str]]:
    """Return two notices of resident 1: a stay extended, and that card issued again."""
    extended = {**isa_notice(1, 901), "prior_card_number": card(1)}
    again = {**isa_notice(2, 902), "event_code": "N07", "prior_card_number": card(901)}
    return [extended, {**again, "issued_at": "2026-05-02T18:00:00+09:00"}]


@pytest.mark.parametrize("order", [1, -1], ids=["as issued", "the other way round"])
def test_the_newest_card_is_in_force_whatever_the_order_of_the_rows(
    world: World, order: int
) -> None:
    world.send(csv_of(Kind.ISA_NOTICE, _extended_then_lost()[::order]))
    (taken,) = world.import_()
    assert taken.outcomes == {"applied": 2}
    with world.registry() as station:
        found = station.registry.find_by_card(card(902))
    assert found is not None
    assert found.current


def test_bundle_comes_again_once_there_is_room_for_its_notices(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = sqlite.scratch

    def crowded(path: Path | None = None) -> sqlite.Connection:
        connection = opened(path)
        if path is not None:
            connection.execute("PRAGMA max_page_count = 1")
        return connection

    world.send(csv_of(Kind.ISA_NOTICE, _extended_then_lost()))
    with monkeypatch.context() as full:
        full.setattr(sqlite, "scratch", crowded)
        with pytest.raises(DiskFullError, match="in-order"):
            world.import_()
    (taken,) = world.import_()
    assert taken.outcomes == {"applied": 2}


def test_disorder_is_told_when_a_file_is_collected(world: World) -> None:
    path = world.root / "isa.csv"
    path.write_bytes(csv_of(Kind.ISA_NOTICE, _extended_then_lost()[::-1]))
    with world.lgwan() as station:
        (told,) = station.collect(path).notices.kept
    assert (told.row, told.reason) == (3, Notice.OUT_OF_ORDER)


def test_order_is_no_news(world: World) -> None:
    path = world.root / "isa.csv"
    path.write_bytes(csv_of(Kind.ISA_NOTICE, _extended_then_lost()))
    with world.lgwan() as station:
        assert not station.collect(path).notices.total


@pytest.mark.parametrize("apart", [0, 1], ids=["next row", "a row between"])
def test_running_number_used_twice_is_refused(world: World, apart: int) -> None:
    first, *between = (isa_notice(number, number) for number in range(1, 2 + apart))
    second = {**isa_notice(9, 9), "sequence": first["sequence"]}
    path = world.root / "isa.csv"
    path.write_bytes(csv_of(Kind.ISA_NOTICE, [first, *between, second]))
    with world.lgwan() as station, pytest.raises(RecordsRefusedError) as refused:
        station.collect(path)
    (error,) = refused.value.errors
    assert (error.row, error.field) == (3 + apart, "sequence")
    assert error.reason is Reason.SEQUENCE_REPEATED
