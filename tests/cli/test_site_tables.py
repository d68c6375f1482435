"""The tables that a site has loaded are those its commands use, and name in their results."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from attacks.records import card, csv_of, isa_notice
from attacks.world import as_medium
from stations.days import Day

from mediabridge.cli._app import run
from mediabridge.kinds import Kind
from mediabridge.records import codes
from mediabridge.records.fields import FIELDS

VERSION = "site-7"
_RECORDS = Path(codes.__file__).parents[1]
NATIONALITIES = _RECORDS / "codes" / "data" / "nationality_region.tsv"
NOTICE = _RECORDS / "names" / "data" / "notice582.tsv"
NEW_COUNTRY, NEW_KANJI = "XQZ", "\U00030001"
USED = {"status_of_residence", "nationality_region", "municipality", "notice582"}


def amended(table: Path, row: str, target: Path) -> Path:
    """Write the shipped *table* with one more *row* and a version of its own."""
    lines = table.read_text(encoding="utf-8").splitlines(keepends=True)
    place = next(number for number, line in enumerate(lines) if line.startswith("# version: "))
    lines[place] = f"# version: {VERSION}\n"
    target.write_text("".join([*lines, f"{row}\n"]), encoding="utf-8")
    return target


class Site:
    """A station's terminal."""

    def __init__(self, day: Day, capsys: pytest.CaptureFixture[str]) -> None:
        self.day = day
        self._capsys = capsys
        self.root = day.world.root

    def give(self, station: str, *words: object, code: int = 0) -> dict[str, Any]:
        """Give a command and return its data."""
        line = ["--home", self.root / station, "--json", *words]
        assert run([str(word) for word in line]) == code, self._capsys.readouterr()
        data: dict[str, Any] = json.loads(self._capsys.readouterr().out)["data"]
        return data

    def read(self, station: str, *words: object, code: int = 0) -> str:
        """Give a command and return what a person reads, results and complaints."""
        line = ["--home", self.root / station, "--lang", "en", *words]
        assert run([str(word) for word in line]) == code
        shown = self._capsys.readouterr()
        return shown.out + shown.err

    def load_country(self, station: str) -> None:
        row = f"{NEW_COUNTRY}\t例国\tExampleland" + "\t" * 4
        table = amended(NATIONALITIES, row, self.root / "countries.tsv")
        self.give(station, "codes", "load", table)

    def file(self, name: str = "isa.csv", number: int = 1, **changed: str) -> Path:
        """Write a file of one notice, whatever the tables say of it."""
        row = {**isa_notice(number, number), "nationality_region": NEW_COUNTRY, **changed}
        columns = list(FIELDS[Kind.ISA_NOTICE])
        lines = [columns, [row.get(column, "") for column in columns]]
        path = self.root / name
        path.write_text("".join(",".join(line) + "\r\n" for line in lines), encoding="utf-8")
        return path

    def carry(self) -> None:
        with self.day.world.lgwan() as station:
            row = station.seal()
            station.approve(row.bundle, self.day.world.key("officer-1"))
            station.write(station.books.bundle(row.bundle) or row, self.day.world.medium)


@pytest.fixture
def site(day: Day, capsys: pytest.CaptureFixture[str]) -> Site:
    return Site(day, capsys)


def origins(tables: list[dict[str, str]]) -> dict[str, tuple[str, str]]:
    assert {each["id"] for each in tables} == USED
    assert all(len(each["sha256"]) == 64 for each in tables)
    return {each["id"]: (each["version"], each["origin"]) for each in tables}


def test_collect_uses_and_names_the_loaded_table(site: Site) -> None:
    path = site.file()
    before = site.give("lgwan-01", "collect", path, code=40)
    assert before["refused"][0]["errors"][0]["code"] == "CODE_UNKNOWN"
    assert origins(before["tables"])["nationality_region"][1] == "shipped"
    site.load_country("lgwan-01")
    done = site.give("lgwan-01", "collect", path)
    assert done["taken"][0]["records"] == 1
    assert origins(done["tables"])["nationality_region"] == (VERSION, "site")
    shown = site.read("lgwan-01", "collect", site.file("more.csv", 2))
    assert f"nationality_region {VERSION} (this station's own)" in shown
    assert "status_of_residence" in shown
    assert "(shipped with the program)" in shown
    checked = site.give("lgwan-01", "collect", "--check", path)
    assert origins(checked["tables"])["nationality_region"] == (VERSION, "site")


def test_import_uses_and_names_the_loaded_table(site: Site) -> None:
    site.load_country("lgwan-01")
    site.give("lgwan-01", "collect", site.file())
    site.carry()
    medium = site.day.world.medium
    refused = site.give("registry-01", "import", *as_medium(medium), code=40)
    assert origins(refused["tables"])["nationality_region"][1] == "shipped"
    shown = site.read("registry-01", "import", *as_medium(medium), code=40)
    assert "nationality_region 2026-11-23 (shipped with the program)" in shown
    site.load_country("registry-01")
    shown = site.read("registry-01", "import", *as_medium(medium))
    assert f"nationality_region {VERSION} (this station's own)" in shown


def test_import_tells_programs_the_table(site: Site) -> None:
    for station in ("lgwan-01", "registry-01"):
        site.load_country(station)
    site.give("lgwan-01", "collect", site.file())
    site.carry()
    done = site.give("registry-01", "import", *as_medium(site.day.world.medium))
    assert origins(done["bundles"][0]["tables"])["nationality_region"] == (VERSION, "site")


def test_convert_uses_and_names_the_loaded_table(site: Site) -> None:
    path, target = site.file(), site.root / "isa.xml"
    refused = site.give("lgwan-01", "convert", path, target, code=40)
    assert origins(refused["tables"])["nationality_region"][1] == "shipped"
    site.load_country("lgwan-01")
    done = site.give("lgwan-01", "convert", path, target)
    assert origins(done["tables"])["nationality_region"] == (VERSION, "site")
    shown = site.read("lgwan-01", "convert", path, site.root / "again.xml")
    assert f"nationality_region {VERSION} (this station's own)" in shown


def test_names_and_records_use_the_loaded_notice(site: Site) -> None:
    path = site.file(nationality_region="VNM", name_kanji=NEW_KANJI)
    assert site.give("lgwan-01", "names", "convert", NEW_KANJI, code=40)["converted"] is None
    noticed = site.give("lgwan-01", "collect", "--check", path)
    assert noticed["taken"][0]["notices"]["first"][0]["code"] == "KANJI_NOT_SEIJI"
    table = amended(NOTICE, f"1\t{ord(NEW_KANJI):X}\t\t", site.root / "notice.tsv")
    site.give("lgwan-01", "names", "table", "load", table)
    named = site.give("lgwan-01", "names", "convert", NEW_KANJI)
    assert (named["converted"], named["table"]["version"]) == (NEW_KANJI, VERSION)
    assert f"notice582 {VERSION}" in site.read("lgwan-01", "names", "check", NEW_KANJI)
    done = site.give("lgwan-01", "collect", path)
    assert done["taken"][0]["notices"]["count"] == 0
    assert origins(done["tables"])["notice582"] == (VERSION, "site")


def test_the_registry_holds_by_its_own_table(site: Site) -> None:
    """What is a 正字 for the sender only is held, until the registry's own table knows it."""
    table = amended(NOTICE, f"1\t{ord(NEW_KANJI):X}\t\t", site.root / "notice.tsv")
    site.give("lgwan-01", "names", "table", "load", table)
    path = site.file(nationality_region="VNM", name_kanji=f"例{NEW_KANJI}")
    assert site.give("lgwan-01", "collect", path)["taken"][0]["notices"]["count"] == 0
    site.carry()
    site.give("registry-01", "import", *as_medium(site.day.world.medium))
    (held,) = site.give("registry-01", "held", "list")["held"]
    assert held["reason"] == "KANJI_NOT_SEIJI"
    shown = site.give("registry-01", "held", "show", held["record"])
    assert [each["code"] for each in shown["kanji"]] == [f"U+{ord(NEW_KANJI):X}"]
    assert [each["name"] for each in shown["options"]] == ["roman", None]
    site.give("registry-01", "names", "table", "load", table)
    again = site.give("registry-01", "held", "show", held["record"])
    assert again["kanji"] == []
    assert again["options"][0]["decision"] == "applied"
    assert again["version"] != shown["version"]


def test_screens_name_a_code_by_the_loaded_table(site: Site) -> None:
    site.load_country("lgwan-01")
    site.load_country("registry-01")
    # Nobody of the register is of that country: the notice is held.
    site.give("lgwan-01", "collect", site.file(event_code="N07"))
    site.carry()
    site.give("registry-01", "import", *as_medium(site.day.world.medium))
    (held,) = site.give("registry-01", "held", "list")["held"]
    assert f"{NEW_COUNTRY} Exampleland" in site.read("registry-01", "held", "show", held["record"])


def test_counter_is_answered_without_the_names_of_a_damaged_table(site: Site) -> None:
    site.load_country("registry-01")
    name = f"VNM {codes.table('nationality_region').entries['VNM'].as_json()['name_en']}"
    assert name in site.read("registry-01", "lookup", card(1))
    (table,) = (site.root / "registry-01").rglob("nationality_region.tsv")
    table.write_text("nonsense", encoding="utf-8")
    shown = site.read("registry-01", "lookup", card(1))
    assert "VNM" in shown
    assert name not in shown


def test_damaged_table_is_named_before_anything_is_read(site: Site) -> None:
    site.load_country("lgwan-01")
    (table,) = (site.root / "lgwan-01").rglob("nationality_region.tsv")
    table.write_text("nonsense", encoding="utf-8")
    problems = site.give("lgwan-01", "collect", site.file(), code=70)["problems"]
    assert problems[0]["line"] == 1
    assert not list((site.root / "lgwan-01" / "inbox").iterdir())


def test_seal_judges_again_when_the_tables_changed(site: Site) -> None:
    site.load_country("lgwan-01")
    good = site.root / "good.csv"
    good.write_bytes(csv_of(Kind.ISA_NOTICE, [isa_notice(2, 2)]))
    path = site.file()
    site.give("lgwan-01", "collect", path, good)
    site.give("lgwan-01", "codes", "load", NATIONALITIES)
    refused = site.give("lgwan-01", "seal", code=40)
    assert (refused["count"], refused["tables"][1]["version"]) == (1, "2026-11-23")
    home = site.day.world.home("lgwan-01")
    assert [one.suffix for one in sorted(home.refused.iterdir())] == [".csv", ".json"]
    assert len(list(home.inbox.iterdir())) == 1
    # What is right still goes, and the other file can be collected once more.
    assert site.give("lgwan-01", "seal")["records"] == 1
    site.load_country("lgwan-01")
    assert site.give("lgwan-01", "collect", path)["taken"][0]["known"] is False


def test_record_of_two_files_stays_in_the_other(site: Site) -> None:
    site.load_country("lgwan-01")
    site.give("lgwan-01", "collect", site.file("first.csv"))
    site.give("lgwan-01", "collect", site.file("second.csv", nationality_region="VNM"))
    site.give("lgwan-01", "codes", "load", NATIONALITIES)
    site.give("lgwan-01", "seal", code=40)
    site.carry()
    with site.day.world.lgwan() as station:
        (row,) = station.books.bundles()
        assert [record for _kind, record, *_ in station.books.records_of(row.bundle)] == ["N-0001"]


def test_sample_that_the_tables_do_not_allow_leaves_nothing(site: Site) -> None:
    lines = NATIONALITIES.read_text(encoding="utf-8").splitlines(keepends=True)
    few = site.root / "few.tsv"
    few.write_text("".join(line for line in lines if not line.startswith("VNM")), encoding="utf-8")
    site.give("lgwan-01", "codes", "load", few)
    out = site.root / "sample"
    answer = site.give("lgwan-01", "sample", "--out", out, code=2)
    assert "nationality_region: CODE_UNKNOWN" in answer["detail"]
    assert not [path for path in out.rglob("*") if path.is_file()]
