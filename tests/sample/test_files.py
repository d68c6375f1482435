from __future__ import annotations

import hashlib
from datetime import date
from pathlib import Path

import pytest

from mediabridge.bench.remaining import Watched
from mediabridge.errors import UsageError
from mediabridge.kinds import Kind
from mediabridge.records.csv import CsvReader
from mediabridge.records.files import open_records
from mediabridge.records.tables import shipped
from mediabridge.sample import Population, read_population, write_sample
from mediabridge.sample.faults import FAULTS

pytestmark = pytest.mark.in_turns

START = date(2026, 11, 20)


def _write(folder: Path, **options: bool) -> list[Path]:
    return write_sample(
        folder, residents=2000, days=2, seed=7, start_date=START, tables=shipped(), **options
    )


def _hashes(paths: list[Path]) -> list[str]:
    return [hashlib.sha256(path.read_bytes()).hexdigest() for path in paths]


def test_files_lie_where_they_are_expected(tmp_path: Path) -> None:
    names = [str(path.relative_to(tmp_path)) for path in _write(tmp_path, faults=True)]
    assert names == [
        "population.csv",
        "day-001/isa_notice.csv",
        "day-001/municipal_notice.csv",
        "day-001/isa_notice-faulty.csv",
        "day-002/isa_notice.csv",
        "day-002/municipal_notice.csv",
        "day-002/isa_notice-faulty.csv",
    ]


def test_same_seed_same_bytes(tmp_path: Path) -> None:
    assert _hashes(_write(tmp_path / "a")) == _hashes(_write(tmp_path / "b"))


def test_good_files_have_no_errors(tmp_path: Path) -> None:
    for path in _write(tmp_path)[1:]:
        with path.open("rb") as stream:
            reader = CsvReader(stream, Kind(path.stem), tables=shipped())
            records = list(reader)
        assert reader.errors.kept == []
        assert len(records) >= 40


def test_xml_says_the_same(tmp_path: Path) -> None:
    sizes = {"residents": 400, "days": 1, "seed": 3, "start_date": START}
    csv_files = write_sample(tmp_path / "csv", tables=shipped(), **sizes)  # type: ignore[arg-type]
    xml_files = write_sample(tmp_path / "xml", fmt="xml", tables=shipped(), **sizes)  # type: ignore[arg-type]
    assert csv_files[0].read_bytes() == xml_files[0].read_bytes()
    for one, other in zip(csv_files[1:], xml_files[1:], strict=True):
        assert other.suffix == ".xml"
        with one.open("rb") as left, other.open("rb") as right:
            readers = [
                open_records(stream, Kind(one.stem), tables=shipped()) for stream in (left, right)
            ]
            records = [list(reader) for reader in readers]
        assert records[0] == records[1] != []


def test_morning_of_a_ward_is_worth_showing(tmp_path: Path) -> None:
    lines = _write(tmp_path)[1].read_bytes().count(b"\r\n")
    assert 40 < lines < 100


def test_faulty_file_has_exactly_its_faults(tmp_path: Path) -> None:
    path = _write(tmp_path, faults=True)[3]
    with path.open("rb") as stream:
        reader = CsvReader(stream, Kind.ISA_NOTICE, tables=shipped())
        assert list(reader) == []
    found = [(error.row, error.reason) for error in reader.errors.kept]
    assert found == [(row, fault.reason) for row, fault in enumerate(FAULTS, 2)]
    assert len({fault.reason for fault in FAULTS}) > 20


def test_faults_leave_names_as_submitted_now_and_then(tmp_path: Path) -> None:
    read = []
    for faults in (False, True):
        path = _write(tmp_path / str(faults), faults=faults)[1]
        with path.open("rb") as stream:
            reader = CsvReader(stream, Kind.ISA_NOTICE, tables=shipped())
            read.append((list(reader), reader))
    (right, plain), (told, reader) = read
    assert (plain.errors.total, plain.notices.counts["KANJI_NOT_SEIJI"]) == (0, 0)
    changed = [(one, other) for one, other in zip(right, told, strict=True) if one != other]
    assert reader.errors.total == 0
    assert reader.notices.counts["KANJI_NOT_SEIJI"] == len(changed) > 0
    for one, other in changed:
        assert other.get("name_kanji") == one.get("name_kanji_original")
        assert other.model_copy(update={"name_kanji": one.get("name_kanji")}) == one


def test_population_reads_back(tmp_path: Path) -> None:
    path = _write(tmp_path)[0]
    assert list(read_population(path)) == list(
        Population(2000, 7, "131041", START, tables=shipped()).rows()
    )


@pytest.mark.parametrize("data", [b'"a","b"\n"1"\n', b"\xff\xfe", b'"a"\n"x'])
def test_other_file_is_no_population(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "population.csv"
    path.write_bytes(data)
    with pytest.raises(UsageError):
        list(read_population(path))


def test_unknown_format_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        write_sample(
            tmp_path, residents=100, days=1, seed=1, start_date=START, fmt="xls", tables=shipped()
        )
    assert list(tmp_path.iterdir()) == []


def test_sample_replaces_no_link(tmp_path: Path) -> None:
    """A name in the folder may lead elsewhere; nothing is written there."""
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_text("mine")
    out = tmp_path / "out"
    out.mkdir()
    (out / "population.csv").symlink_to(elsewhere)
    with pytest.raises(OSError, match="Invalid argument"):
        _write(out)
    assert elsewhere.read_text() == "mine"


def test_population_tells_how_far_it_was_read(tmp_path: Path) -> None:
    path = _write(tmp_path)[0]
    heard = Watched(seconds=lambda: 0.0)
    assert sum(1 for _ in read_population(path, heard)) == 2000
    (step,) = heard.steps
    assert step.total == path.stat().st_size
    done = [part for _, part in step.ticks]
    assert 0.4 * step.total < done[0] < 0.6 * step.total
    assert done[-1] == step.total


def test_each_file_that_grows_tells_how_far_it_is(tmp_path: Path) -> None:
    heard = Watched(seconds=lambda: 0.0)
    write_sample(
        tmp_path, residents=400, days=3, seed=7, start_date=START, tables=shipped(), extract=True,
        progress=heard,
    )  # fmt: skip
    people, chosen, entries, days = ((step.total, step.ticks[-1][1]) for step in heard.steps)
    assert (people, days) == ((400, 400), (3, 3))
    assert entries == (389, 389)
    assert 0.8 * 400 < chosen[1] < chosen[0] == 400
