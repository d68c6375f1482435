"""A full population is taken in as the whole of one extract, or not at all."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import pytest
from attacks.records import csv_of, entries_csv, entry
from attacks.world import World

from mediabridge.config import MIB
from mediabridge.errors import RecordsRefusedError
from mediabridge.kinds import Kind
from mediabridge.records.convert import convert
from mediabridge.records.tables import shipped
from mediabridge.stations.outgoing.collecting import check_file

pytestmark = pytest.mark.in_turns

THREE = [entry(number, total=3) for number in (1, 2, 3)]


def _file(world: World, form: str, rows: list[dict[str, str]]) -> Path:
    """Return a file of *rows*, each of which is right by itself, in the format *form*."""
    path = world.root / "population.csv"
    path.write_bytes(csv_of(Kind.ISA_POPULATION, rows))
    if form == "csv":
        return path
    xml = path.with_suffix(".xml")
    convert(path, xml, tables=shipped(), kind=Kind.ISA_POPULATION)
    return xml


def _refused(world: World, path: Path) -> list[tuple[int, str | None, str]]:
    with world.lgwan() as station, pytest.raises(RecordsRefusedError) as refusal:
        station.collect(path)
    assert not list(world.home("lgwan-01").inbox.iterdir())
    return [(each.row, each.field, each.reason.value) for each in refusal.value.errors]


@pytest.mark.parametrize("form", ["csv", "xml"])
def test_whole_extract_is_taken_in(world: World, form: str) -> None:
    with world.lgwan() as station:
        taken = station.collect(_file(world, form, THREE))
        (row,) = station.books.waiting_files()
    assert (taken.kind, taken.records) == (Kind.ISA_POPULATION, 3)
    assert row.events == {"1": 3}


@pytest.mark.parametrize(("form", "last"), [("csv", 3), ("xml", 2)])
def test_cut_extract_is_refused_as_a_whole(world: World, form: str, last: int) -> None:
    path = _file(world, form, THREE[:2])
    assert _refused(world, path) == [(last, "total", "EXTRACT_INCOMPLETE")]
    with world.lgwan() as station, pytest.raises(RecordsRefusedError) as refusal:
        station.collect(path)
    (error,) = refusal.value.errors
    assert "entries expected: 3, found: 2" in error.sentence("?")


def test_extract_with_too_many_entries_is_refused(world: World) -> None:
    rows = [*THREE, entry(4, total=3)]
    assert _refused(world, _file(world, "csv", rows)) == [(5, "total", "EXTRACT_INCOMPLETE")]


def test_cut_is_said_of_an_extract_with_a_wrong_row_too(world: World) -> None:
    path = _file(world, "csv", THREE[:2])
    path.write_bytes(path.read_bytes().replace(b'"1990-04-05"', b'"1990-04-5"', 1))
    assert _refused(world, path) == [
        (2, "birth_date", "NOT_A_PARTIAL_DATE"),
        (3, "total", "EXTRACT_INCOMPLETE"),
    ]


@pytest.mark.parametrize("form", ["csv", "xml"])
def test_extract_of_nobody_is_refused(world: World, form: str) -> None:
    assert [code for *_, code in _refused(world, _file(world, form, []))] == ["EXTRACT_EMPTY"]


@pytest.mark.parametrize("form", ["csv", "xml"])
@pytest.mark.parametrize(
    ("field", "other"),
    [
        ("extract_id", "X-20260504"),
        ("as_of", "2026-05-04T02:00:00+09:00"),
        ("total", "4"),
    ],
)
def test_rows_of_two_extracts_are_refused(world: World, form: str, field: str, other: str) -> None:
    rows = [*THREE[:2], {**THREE[2], field: other}]
    found = _refused(world, _file(world, form, rows))
    assert [(name, code) for _, name, code in found] == [(field, "EXTRACT_MIXED")]


@pytest.mark.parametrize("form", ["csv", "xml"])
@pytest.mark.parametrize("field", ["entry_id", "card_number"])
def test_entry_or_card_twice_is_refused(world: World, form: str, field: str) -> None:
    rows = [*THREE[:2], {**THREE[2], field: THREE[0][field]}]
    found = _refused(world, _file(world, form, rows))
    assert [(name, code) for _, name, code in found] == [(field, "RECORD_REPEATED")]


def test_entries_without_a_card_are_not_taken_for_one(world: World) -> None:
    stay = ("card_type", "card_number", "status_of_residence", "period_years", "period_months",
            "period_days", "period_of_stay_expiration_date")  # fmt: skip
    rows = [
        {name: text for name, text in entry(number, total=2).items() if name not in stay}
        | {"art30_45_category": "6"}
        for number in (1, 2)
    ]
    with world.lgwan() as station:
        assert station.collect(_file(world, "csv", rows)).records == 2


def test_individual_number_in_an_entry_is_refused(world: World) -> None:
    rows = [{**THREE[0], "address": "1234-5678-9018"}, *THREE[1:]]
    path = world.root / "population.csv"
    path.write_bytes(entries_csv(1, 2, 3))
    header = path.read_text(encoding="utf-8-sig").splitlines()[0]
    names = [name.strip('"') for name in header.split(",")]
    lines = [",".join(f'"{row.get(name, "")}"' for name in names) for row in rows]
    path.write_bytes("\r\n".join([header, *lines, ""]).encode())
    assert _refused(world, path) == [(2, "address", "MY_NUMBER")]


def test_memory_does_not_grow_with_the_extract(world: World) -> None:
    def peak(count: int) -> int:
        path = _file(world, "csv", [entry(each + 1, total=count) for each in range(count)])
        with world.lgwan() as station:
            tracemalloc.start()
            assert check_file(station, path).records == count
            found = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
        return found

    peak(100)
    # Ids and cards of so many, in sets, would be over a MiB.
    assert peak(6000) - peak(3000) < MIB // 2
