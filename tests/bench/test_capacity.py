"""What an office has to carry: by real journeys of invented notices, and by plain sums."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path

import pytest

from mediabridge.bench import capacity, planned
from mediabridge.bench.capacity import Line, Taken, Way, measure
from mediabridge.cli._app import run
from mediabridge.config import MIB, PAD_TO
from mediabridge.kinds import Kind
from mediabridge.records.files import FileFormat
from tools.capacity_table import BEGIN, END, PAGE, RESIDENTS, page_with

pytestmark = pytest.mark.in_turns

WAY = Way(
    collected={FileFormat.CSV: Line(100, 200), FileFormat.XML: Line(300, 700)},
    besides=20_000,
    stored=50,
    seconds=Line(0.5, 0.001),
)
WAYS = {Kind.ISA_NOTICE: WAY, Kind.MUNICIPAL_NOTICE: WAY}
TAKEN = Taken(WAYS, {"lgwan-01": Line(1_000, 10), "registry-01": Line(2_000, 20)})


def test_a_line_goes_through_both_measurements() -> None:
    line = Line.through((100, 1_500), (1_000, 10_500))
    assert line == Line(500, 10)
    assert (line.at(100), line.at(0)) == (1_500, 0)
    # A busy machine may measure the smaller day as the slower one.
    assert Line.through((100, 9.0), (1_000, 3.0)) == Line(9.0, 0.0)


def test_what_an_office_carries_is_added_up() -> None:
    load = planned.load(WAYS, 1_000, 2_000, line_kbit=128)
    assert load.collected[FileFormat.CSV] == 2 * 100 + 3_000 * 200
    bundles = [PAD_TO, 2 * PAD_TO]
    assert load.sealed == pytest.approx(sum(20_000 + 1.1 * size for size in bundles))
    assert load.line_minutes == pytest.approx(load.sealed * 8 / 128_000 / 60)
    assert load.stick_minutes == pytest.approx(load.sealed / MIB * (1 / 4 + 2 / 16) / 60)
    assert load.importer_minutes == pytest.approx((2 * 0.5 + 3_000 * 0.001) / 60)


def test_there_is_something_to_carry_in_the_smallest_office_too() -> None:
    assert planned.notices_of_day(1) == (1, 1)
    assert planned.notices_of_day(47_000) == (96, 115)
    assert planned.notices_of_day(47_000, planned.BUSIEST) == (767, 921)


def test_days_are_measured_by_carrying_them(tmp_path: Path) -> None:
    told: list[str] = []
    ways, kept = measure(tmp_path, tell=told.append)
    assert told == ["1/2", "2/2"]
    for line in kept.values():
        # A day leaves sealed bundles and entries of the log, and each record something more.
        assert line.fixed > PAD_TO
        assert 100 < line.each < 10_000
    for way in ways.values():
        assert way.collected[FileFormat.XML].each > way.collected[FileFormat.CSV].each > 100
        assert 0 < way.stored < way.collected[FileFormat.CSV].each
        # What every bundle needs, and nothing of the bundle that went the other way.
        assert 0 < way.besides < PAD_TO
        assert way.seconds.at(1_000) > 0
        sizes = [way.sealed(records) for records in (0, 1, 10_000, 100_000)]
        assert all(less < more for less, more in pairwise(sizes))


def test_plan_says_it_in_three_days(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(capacity, "measure", lambda _folder, *, tell: tell("1/2") or TAKEN)
    home = ["--home", str(tmp_path / "none"), "--json"]
    assert run([*home, "plan", "--residents", "47000", "--line", "1024"]) == 0
    data = json.loads(capsys.readouterr().out)["data"]
    assert (data["residents"], data["line_kbit"]) == (47_000, 1024)
    year = {"lgwan-01": 245 * (1_000 + 211 * 10), "registry-01": 245 * (2_000 + 211 * 20)}
    assert data["kept_in_a_year_bytes"] == year
    days = [data[name] for name in ("ordinary_day", "busiest_day", "everybody_once")]
    assert [(day["to_registry"], day["back"]) for day in days] == [
        (96, 115),
        (767, 921),
        (47_000, 0),
    ]
    for day in days:
        assert day["collected_xml_bytes"] > day["collected_csv_bytes"] > 0
        assert day["line_minutes"] == pytest.approx(
            day["sealed_bytes"] * 8 / 1_024_000 / 60, abs=0.01
        )


def test_page_has_a_row_for_every_size_of_office() -> None:
    measured = PAGE.read_text("utf-8").partition(BEGIN)[2].partition(END)[0]
    fresh = page_with(WAYS, PAGE.read_text("utf-8")).partition(BEGIN)[2].partition(END)[0]

    def first_columns(page: str) -> list[list[str]]:
        return [line.split("|")[1:4] for line in page.splitlines() if line.startswith("| ")]

    assert first_columns(measured) == first_columns(fresh), "how many there are is no measurement"
    assert measured.count("\n| 47,000 |") == 3
    assert len(first_columns(measured)) == 3 * (len(RESIDENTS) + 1)
