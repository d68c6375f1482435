"""The agency's full population differs from the city's exactly as the seed says."""

from __future__ import annotations

import itertools
import tracemalloc
from collections import Counter
from collections.abc import Iterable
from datetime import date
from pathlib import Path

import pytest

from mediabridge.apply import POPULATION_COLUMNS
from mediabridge.config import MIB
from mediabridge.kinds import Kind
from mediabridge.records.fields import FIELDS
from mediabridge.records.files import open_records
from mediabridge.records.load import to_text
from mediabridge.records.tables import shipped
from mediabridge.sample import Population, read_population, write_sample
from mediabridge.sample.extract import Extract, Known

pytestmark = pytest.mark.in_turns

START = date(2026, 11, 20)
ITEMS = [name for name in FIELDS[Kind.ISA_POPULATION] if name in POPULATION_COLUMNS]


def _written(folder: Path, fmt: str = "csv") -> list[dict[str, str]]:
    paths = write_sample(
        folder, residents=2000, days=1, seed=7, start_date=START, tables=shipped(), fmt=fmt,
        extract=True,
    )  # fmt: skip
    assert paths[1] == folder / f"isa_population.{fmt}"
    with paths[1].open("rb") as stream:
        reader = open_records(stream, Kind.ISA_POPULATION, tables=shipped())
        entries = [to_text(record) for record in reader]
    assert not reader.errors.total
    return entries


def _items(rows: Iterable[dict[str, str]]) -> Counter[tuple[str, ...]]:
    return Counter(tuple(row.get(name, "") for name in ITEMS) for row in rows)


def test_differences_are_those_that_are_counted(tmp_path: Path) -> None:
    entries = _written(tmp_path)
    residents = [
        row for row in read_population(tmp_path / "population.csv") if row["state"] == "resident"
    ]
    counts = Extract(Population(2000, 7, "131041", START, tables=shipped()), shipped()).counts()
    same = sum((_items(entries) & _items(residents)).values())
    assert same == counts[Known.SAME]
    assert len(entries) == same + counts[Known.DIFFERENT] + counts[Known.UNREGISTERED]
    assert len(residents) == same + counts[Known.DIFFERENT] + counts[Known.ABSENT]
    assert all(count > 10 for count in counts.values())


def test_file_is_the_whole_of_one_extract(tmp_path: Path) -> None:
    entries = _written(tmp_path)
    assert {row["total"] for row in entries} == {str(len(entries))}
    assert len({row["extract_id"] for row in entries}) == 1
    assert len({row["entry_id"] for row in entries}) == len(entries)
    rows = read_population(tmp_path / "population.csv")
    moved = {row["card_number"] for row in rows if row["state"] == "moved_out"}
    assert moved
    assert not moved & {row.get("card_number") for row in entries}


def test_xml_holds_the_same_entries(tmp_path: Path) -> None:
    assert _written(tmp_path / "csv") == _written(tmp_path / "xml", fmt="xml")


def test_same_share_as_asked_for() -> None:
    town = Population(2000, 7, "131041", START, tables=shipped())
    none = Extract(town, shipped(), share=0).counts()
    assert none[Known.SAME] == sum(town.state(number) == "resident" for number in range(2000))
    assert sum(none.values()) == none[Known.SAME]


@pytest.mark.parametrize("share", [0.01, 0.2])
def test_entries_stream_in_bounded_memory(share: float) -> None:
    nation = Population(20_000, 7, "131041", START, peak=0.01, tables=shipped())
    entries = Extract(nation, shipped(), share=share).records()
    next(entries)
    tracemalloc.start()
    for entry in itertools.islice(entries, 3000):
        assert entry.get("entry_id")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 4 * MIB
