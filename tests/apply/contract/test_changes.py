"""The city's own change rows: each is taken once, in order, or not at all."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from mediabridge.apply import Registry
from mediabridge.apply.changes import Batch, Fate
from mediabridge.errors import RegistryWithoutChangesError
from mediabridge.records.changes import ChangeRow
from tests.apply.contract.adapters import ADAPTERS, OWNER, Adapter
from tests.apply.people import apply, notice

NOTICE = '{"notice_id": "M-0001"}'


class StopError(Exception):
    """Raised by the tests in the middle of taking."""


def query(registry: Registry, text: str) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in ADAPTERS[type(registry).__name__].query(registry, text)]


def write(registry: Registry, notice: str | None = NOTICE, withdraws: int | None = None) -> int:
    """Write a row as the city's system does; return its number."""
    values = f"{'NULL' if notice is None else repr(notice)}, {withdraws or 'NULL'}"
    done = query(
        registry,
        "INSERT INTO municipal_change (notice, withdraws)"  # noqa: S608 - of this test
        f" VALUES ({values}) RETURNING number",
    )
    return int(done[0][0])


def batch(serial: int = 1, file: str | None = "f" * 64) -> Batch:
    return Batch(serial, file, "2026-11-27T09:00:00Z", "clerk-1")


def waiting(registry: Registry, known: int = 0) -> list[ChangeRow]:
    with registry.take_changes(known) as taker:
        return list(taker.rows())


def take(registry: Registry, serial: int = 1, known: int = 0, *echoes: int) -> list[int]:
    with registry.take_changes(known) as taker:
        rows = list(taker.rows())
        taker.take(batch(serial), echoes)
    return [each.number for each in rows]


def fates(registry: Registry) -> dict[int, str]:
    return dict(query(registry, "SELECT number, fate FROM municipal_taken"))


def marks(row: ChangeRow) -> tuple[bool, bool]:
    return row.withdraws_what_waits, row.withdrawn


def test_rows_come_in_order_and_once(registry: Registry) -> None:
    numbers = [write(registry, f'{{"notice_id": "M-{n}"}}') for n in range(12)]
    assert numbers == sorted(numbers)
    assert take(registry) == numbers
    assert waiting(registry, 1) == []
    later = write(registry)
    assert take(registry, 2, 1) == [later]
    assert set(fates(registry)) == {*numbers, later}


def test_row_is_told_as_it_was_written(registry: Registry) -> None:
    text = '{"name_kanji": "\U00020bb7田 葛\U000e0100"}'
    write(registry, text)
    (row,) = waiting(registry)
    assert row == ChangeRow(
        row.number, len(text.encode()), text, None, withdraws_what_waits=False, withdrawn=False
    )


def test_row_is_no_longer_than_a_row_may_be(registry: Registry) -> None:
    longest = 1024 * 1024
    write(registry, "あ" * (longest // 3))
    write(registry, "あ" * (longest // 3 + 1))
    fits, long = waiting(registry)
    assert (fits.notice is not None, fits.size) == (True, longest - 1)
    assert (long.notice, long.size) == (None, longest + 2)


def test_nothing_is_taken_by_looking(registry: Registry) -> None:
    write(registry)
    before = registry.fingerprint()
    waiting(registry)
    assert registry.fingerprint() == before


def test_error_takes_nothing(registry: Registry) -> None:
    write(registry)
    before = registry.fingerprint()
    with suppress(StopError), registry.take_changes(0) as taker:
        taker.take(batch(), ())
        raise StopError
    assert registry.fingerprint() == before
    assert len(waiting(registry)) == 1


def test_batch_the_books_never_had_is_released(registry: Registry) -> None:
    first, second = write(registry), write(registry)
    take(registry, 1)
    third = write(registry)
    take(registry, 2, 1)
    with registry.take_changes(1) as taker:
        assert list(taker.released) == ["f" * 64]
        assert [each.number for each in taker.rows()] == [third]
        taker.take(batch(2, None), [third])
    assert fates(registry) == {first: Fate.SENT, second: Fate.SENT, third: Fate.ECHO}
    with registry.take_changes(2) as taker:
        assert list(taker.released) == []


def test_everything_is_released_to_books_that_know_nothing(registry: Registry) -> None:
    numbers = [write(registry)]
    take(registry, 1)
    numbers.append(write(registry))
    take(registry, 2, 1)
    assert [each.number for each in waiting(registry, 0)] == numbers


def test_withdrawn_row_is_not_sent(registry: Registry) -> None:
    wrong = write(registry)
    right = write(registry, NOTICE, wrong)
    alone = write(registry, None, right)
    shown = {each.number: marks(each) for each in waiting(registry)}
    assert shown == {wrong: (False, True), right: (True, True), alone: (True, False)}
    take(registry)
    assert set(fates(registry).values()) == {Fate.WITHDRAWN}


def test_only_what_waits_is_withdrawn(registry: Registry) -> None:
    taken = write(registry)
    take(registry)
    late, absent = write(registry, None, taken), write(registry, None, 999_999)
    itself = absent + 1
    assert write(registry, None, itself) == itself
    shown = {each.number: marks(each) for each in waiting(registry, 1)}
    assert shown == dict.fromkeys((late, absent, itself), (False, False))


def test_bundles_and_changes_do_not_touch(registry: Registry) -> None:
    write(registry)
    apply(registry, notice())
    assert len(waiting(registry)) == 1


def test_rows_outlive_closing(adapter: Adapter, tmp_path: Path) -> None:
    with adapter.open(tmp_path) as registry:
        write(registry)
        take(registry)
        write(registry)
    with adapter.open(tmp_path) as again:
        assert len(waiting(again, 1)) == 1
        batches = query(again, "SELECT station, serial, taken_by FROM municipal_batch")
        assert batches == [(OWNER.station, 1, "clerk-1")]


def test_other_system_has_no_rows(any_adapter: Adapter, tmp_path: Path) -> None:
    with any_adapter.open(tmp_path) as registry:
        if registry.keeps_people:
            assert waiting(registry) == []
            return
        with pytest.raises(RegistryWithoutChangesError), registry.take_changes(0):
            pass
