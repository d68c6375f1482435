"""A clerk looks at what a population's comparison found, and decides with a second person."""

from __future__ import annotations

import csv
import json
import sys
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest
from apply.people import NEW_CARD, OLD_CARD, RESIDENT
from apply.populations import compare, entry
from cli.terminal import QUESTION, Terminal, at_terminal
from stations.days import Day

from mediabridge.cli._app import run
from mediabridge.cli._context import Context
from mediabridge.cli._station import open_station
from mediabridge.stations.registry import RegistryStation
from mediabridge.translog.events import Event

pytestmark = pytest.mark.in_turns

REGISTRY = "registry-01"
BOB = {
    "card_number": "QQ00000002CD",
    "name_roman": "EXAMPLE BOB",
    "birth_date": "1980-01-02",
    "sex": "1",
}
CAROL = {
    "card_number": "QQ00000003CD",
    "name_roman": "EXAMPLE CAROL",
    "birth_date": "1970-01-02",
}
DAVE = {"card_number": "QQ00000004CD", "name_roman": "EXAMPLE DAVE", "birth_date": "1960-01-02"}
EVE = {"card_number": "QQ00000005CD", "name_roman": "EXAMPLE EVE", "birth_date": "1950-01-02"}
HOW_MANY = "Enter for none:"
KIND = ("--kind", "different")


@pytest.fixture
def home(day: Day) -> Path:
    """Give a registry with whose people a population was compared: one finding of each kind."""
    root = day.world.home(REGISTRY).root
    for path in root.glob("registry.db*"):
        path.unlink()
    with open_station(Context(root)) as station:
        assert isinstance(station, RegistryStation)
        registry = station.registry
        registry.load_population([RESIDENT, *(RESIDENT | each for each in (BOB, CAROL, EVE))])
        compare(
            registry,
            entry(1),
            entry(2, **(BOB | {"status_of_residence": "211"})),
            entry(3, **(CAROL | {"sex": "1"})),
            entry(4, **DAVE),
        )
    return root


def data(home: Path, capsys: pytest.CaptureFixture[str], *words: str, code: int = 0) -> Any:
    assert run(["--json", "--home", str(home), "population", *words]) == code
    told = json.loads(capsys.readouterr().out)
    return told["data"] if code == 0 else told


def deciding(home: Path, *words: str, lang: str = "en") -> AbstractContextManager[Terminal]:
    command = [sys.executable, "-m", "mediabridge", "--lang", lang, "--home", str(home)]
    return at_terminal([*command, "population", *words])


def waiting(home: Path) -> list[int]:
    with open_station(Context(home)) as station:
        assert isinstance(station, RegistryStation)
        return [each.finding.position for each in station.registry.findings(f"{1:032x}")]


# --- looking ----------------------------------------------------------------------


def test_list_counts_and_names_nobody(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--lang", "ja", "--home", str(home), "population", "list"]) == 0
    said = capsys.readouterr().out
    assert "EXAMPLE" not in said
    assert OLD_CARD not in said
    assert said.split()[0] == "番号"
    (came,) = data(home, capsys, "list")["populations"]
    every = {"different": 1, "missing": 1, "extra": 1, "unclear": 1}
    assert (came["seq"], came["extract"], came["same"]) == (1, "X-1", 1)
    assert came["found"] == came["open"] == every


def test_show_has_both_sides(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = data(home, capsys, "show")["findings"]
    assert [(each["finding"], each["kind"], each["reason"]) for each in found] == [
        (2, "different", "POPULATION_DIFFERS"),
        (3, "unclear", "POPULATION_IDENTITY"),
        (4, "missing", "POPULATION_MISSING"),
        (5, "extra", "POPULATION_EXTRA"),
    ]
    items = {each["item"]: each for each in found[0]["items"]}
    told = items["status_of_residence"]
    assert (told["extract"], told["register"], told["differs"]) == ("211", "226", True)
    assert not items["card_number"]["differs"]
    assert found[3]["entry"] is None
    assert found[2]["person"] is None


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_screen_shows_it_side_by_side(
    home: Path, capsys: pytest.CaptureFixture[str], lang: str
) -> None:
    assert run(["--lang", lang, "--home", str(home), "population", "show", "--finding", "2"]) == 0
    said = capsys.readouterr().out
    assert "POPULATION_DIFFERS" in said
    assert "EXAMPLE BOB" in said
    assert ("相違 2" if lang == "ja" else "Finding 2") in said
    assert "--kind" in said
    assert "population reject 1 --because" in said


def test_pages(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mediabridge.cli.population._PAGE", 3)
    first = data(home, capsys, "show")
    assert ([each["finding"] for each in first["findings"]], first["more"]) == ([2, 3, 4], True)
    second = data(home, capsys, "show", "--after", "4")
    assert ([each["finding"] for each in second["findings"]], second["more"]) == ([5], False)
    only = data(home, capsys, "show", "--kind", "missing")
    assert ([each["finding"] for each in only["findings"]], only["count"]) == ([4], 1)


def test_report_is_a_file_of_this_machine(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = home.parent / "findings.csv"
    assert data(home, capsys, "show", "--csv", str(file))["findings"] == 4
    rows = list(csv.reader(file.read_text("utf-8-sig").splitlines()))
    assert {row[0] for row in rows[1:]} == {"2", "3", "4", "5"}
    assert any("EXAMPLE DAVE" in row for row in rows)
    assert file.stat().st_mode & 0o777 == 0o600


def test_report_goes_to_no_other_disk(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Claim C100."""
    looking = "mediabridge.stations.population.looking"
    monkeypatch.setattr(f"{looking}.lies_at_home", lambda _file, _home: False)
    file = home.parent / "findings.csv"
    assert data(home, capsys, "show", "--csv", str(file), code=2)["reason"] == "REPORT_ELSEWHERE"
    assert not file.exists()


def test_held_list_is_not_flooded(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--lang", "en", "--home", str(home), "held", "list"]) == 0
    said = capsys.readouterr().out
    assert said == (
        "Findings of populations that wait besides: 4. To look at them: mediabridge population"
        " list\n"
    )


def test_status_and_lookup_name_them(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(["--json", "--home", str(home), "status"])
    assert json.loads(capsys.readouterr().out)["data"]["findings"] == 4
    for card, number in ((BOB["card_number"], 2), (EVE["card_number"], 5)):
        assert run(["--json", "--home", str(home), "lookup", card]) == 0
        told = json.loads(capsys.readouterr().out)["data"]
        assert (told["source"], told["why"]) == ("ASK", "FINDING_OPEN")
        assert [each["finding"] for each in told["findings"]] == [number]
    assert run(["--json", "--home", str(home), "lookup", OLD_CARD]) == 0
    assert json.loads(capsys.readouterr().out)["data"]["findings"] == []


# --- deciding -----------------------------------------------------------------------


def test_one_finding_is_applied_after_a_yes(home: Path) -> None:
    with deciding(home, "apply", "--finding", "2") as at:
        at.wait_for(QUESTION)
        assert "POPULATION_DIFFERS" in at.shown
        # What follows stands there before the question is asked.
        assert at.shown.rindex("are entered in the record") < at.shown.rindex("Decide this?")
        at.type("y\n")
        assert at.end() == 0
    assert "Findings that still wait: 3" in at.shown
    assert waiting(home) == [3, 4, 5]


@pytest.mark.parametrize("typed", ["n", ""])
def test_nothing_is_decided_without_a_yes(home: Path, typed: str) -> None:
    with deciding(home, "apply", "--finding", "2") as at:
        at.wait_for(QUESTION)
        at.type(f"{typed}\n")
        assert at.end() == 0
    assert waiting(home) == [2, 3, 4, 5]


@pytest.mark.parametrize(
    ("typed", "left"), [("1", [2, 3, 5]), ("2", [2, 3, 4, 5]), ("", [2, 3, 4, 5])]
)
def test_all_of_a_kind_by_typing_how_many(home: Path, typed: str, left: list[int]) -> None:
    with deciding(home, "apply", "--kind", "missing", "--second", "officer-1") as at:
        at.wait_for(HOW_MANY)
        assert "A resident record is made" in at.shown
        at.type(f"{typed}\n")
        assert at.end() == 0
    assert waiting(home) == left


def test_japanese_screen_says_the_law_before_a_deletion(home: Path) -> None:
    words = ("apply", "--kind", "extra", "--second", "officer-1")
    with deciding(home, *words, lang="ja") as at:
        at.wait_for("やめるにはEnter:")
        assert "住民基本台帳法第8条" in at.shown
        at.type("1\n")
        assert at.end() == 0
    assert waiting(home) == [2, 3, 4]


def test_script_decides_what_it_has_seen(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    seen = data(home, capsys, "show", "--kind", "different")["version"]
    words = ("apply", "1", "--kind", "different", "--second", "officer-1")
    told = data(home, capsys, *words, "--seen", "0" * 16, code=2)
    assert told["reason"] == "FINDINGS_CHANGED"
    told = data(home, capsys, *words, "--seen", seen)
    assert (told["decided"], told["result"], told["second"]) == (1, "applied", "officer-1")
    assert run(["--lang", "en", "--home", str(home), "explain", "E-0002"]) == 0
    said = capsys.readouterr().out
    assert "held" in said
    assert "clerk-1 + officer-1" in said
    assert "211" in said


def test_rejecting_says_why(home: Path, capsys: pytest.CaptureFixture[str], day: Day) -> None:
    seen = data(home, capsys, "show", "--kind", "unclear")["version"]
    words = ("reject", "--kind", "unclear", "--because", "inquiry", "--seen", seen)
    told = data(home, capsys, *words)
    assert (told["result"], told["reason"]) == ("rejected", "BEING_INQUIRED")
    (logged,) = day.entries(REGISTRY, Event.RECORD_DECIDED)
    assert logged.facts["records"] == 1
    assert logged.facts["reason"] == "BEING_INQUIRED"


def test_person_whom_nobody_knows_is_named_before_anything_is_asked(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = data(home, capsys, "apply", "--finding", "2", "--second", "nobody", code=2)
    assert told["reason"] == "USAGE"
    assert "--second" in told["data"]["detail"]
    told = data(home, capsys, "apply", "--finding", "2", "--second", "clerk-1", code=2)
    assert told["reason"] == "SECOND_PERSON_SAME"
    assert waiting(home) == [2, 3, 4, 5]


def test_story_of_an_entry_is_japanese_on_a_japanese_screen(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    seen = data(home, capsys, "show", "--kind", "missing")["version"]
    data(home, capsys, "apply", "--kind", "missing", "--second", "officer-1", "--seen", seen)
    assert run(["--lang", "ja", "--home", str(home), "explain", "E-0004"]) == 0
    said = capsys.readouterr().out
    assert "記録の状態" in said
    assert "resident" not in said


def test_kind_of_which_nothing_waits_is_called_by_its_name(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("population", "apply", "--kind", "settled")
    assert run(["--lang", "ja", "--home", str(home), *words]) == 2
    said = capsys.readouterr().err
    assert "FINDING" not in said
    assert "settled" not in said


def test_how_many_it_takes_is_said_only_where_it_may_be_applied(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    two = "Applying them takes two people."
    for kind, said in (("different", True), ("extra", True), ("unclear", False)):
        run(["--lang", "en", "--home", str(home), "population", "show", "--kind", kind])
        assert (two in capsys.readouterr().out) == said
    seen = data(home, capsys, "show", "--kind", "different")["version"]
    words = ("reject", "--kind", "different", "--because", "inquiry", "--seen", seen)
    assert run(["--lang", "en", "--home", str(home), "population", *words]) == 0
    said_to_all = "".join(capsys.readouterr())
    assert "The register stays as it is" in said_to_all
    assert two not in said_to_all


def test_an_outdated_population_is_called_so_before_anybody_is_asked(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with open_station(Context(home)) as station:
        assert isinstance(station, RegistryStation)
        newer = entry(1, extract_id="X-2", as_of="2026-12-19T02:00:00+09:00")
        compare(station.registry, newer, seq=2)
    assert run(["--lang", "en", "--home", str(home), "population", "show", "1", *KIND]) == 0
    said = capsys.readouterr().out
    assert "A newer population has come, as of 2026-12-1" in said
    assert "takes two people" not in said
    # Nobody is looked for who would decide it with the first one.
    told = data(home, capsys, "apply", "1", *KIND, code=2)
    assert told["reason"] == "POPULATION_OUTDATED"


@pytest.mark.parametrize(("kind", "answered"), [("unclear", True), ("extra", False)])
def test_answer_is_announced_only_where_there_is_one(
    home: Path, capsys: pytest.CaptureFixture[str], kind: str, *, answered: bool
) -> None:
    seen = data(home, capsys, "show", "--kind", kind)["version"]
    words = ("reject", "--kind", kind, "--because", "register-right", "--seen", seen)
    assert run(["--lang", "en", "--home", str(home), "population", *words]) == 0
    assert ("The answers travel" in capsys.readouterr().out) == answered


def test_what_is_not_there_is_called_by_what_was_asked_for(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for kind in ("different", "missing", "extra", "unclear"):
        seen = data(home, capsys, "show", "--kind", kind)["version"]
        words = ("reject", "--kind", kind, "--because", "inquiry", "--seen", seen)
        data(home, capsys, *words)
    asked = ["--lang", "en", "--home", str(home), "population", "apply"]
    for words, sentence in (
        (["--finding", "2"], "has no such population: one with open findings."),
        (["9", "--finding", "2"], "has no such population: 9."),
        (["1", "--finding", "2"], "No such finding waits for a decision in this population: 2."),
        (["1", "--kind", "extra"], "population: in the register, not in the extract."),
    ):
        assert run([*asked, *words]) == 2
        assert sentence in " ".join(capsys.readouterr().err.split())


REFUSED: list[tuple[list[str], int, str]] = [
    (["apply", "--finding", "3"], 2, "FINDING_NOT_DECIDABLE"),
    (["apply", "--kind", "unclear", "--second", "officer-1"], 2, "FINDING_NOT_DECIDABLE"),
    (["apply", "--kind", "different"], 60, "SECOND_PERSON_MISSING"),
    (["apply", "--finding", "5"], 60, "SECOND_PERSON_MISSING"),
    (["apply", "--kind", "settled"], 2, "FINDING_UNKNOWN"),
    (["apply", "--finding", "1"], 2, "FINDING_UNKNOWN"),
    (["apply", "9", "--finding", "2"], 2, "POPULATION_UNKNOWN"),
    (["apply"], 2, "USAGE"),
    (["apply", "--finding", "2", "--kind", "different"], 2, "USAGE"),
    (["apply", "--finding", "2"], 2, "NOT_INTERACTIVE"),
    (["apply", "--finding", "5", "--second", "clerk-1", "--seen", "0"], 2, "SECOND_PERSON_SAME"),
    (["show", "--finding", "2", "--kind", "different"], 2, "USAGE"),
]


@pytest.mark.parametrize(("words", "code", "reason"), REFUSED)
def test_refused(
    home: Path, capsys: pytest.CaptureFixture[str], words: list[str], code: int, reason: str
) -> None:
    assert data(home, capsys, *words, code=code)["reason"] == reason
    assert waiting(home) == [2, 3, 4, 5]


def test_two_open_populations_have_to_be_told_apart(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with open_station(Context(home)) as station:
        assert isinstance(station, RegistryStation)
        compare(station.registry, entry(9, extract_id="X-2", card_number=NEW_CARD), seq=2)
    told = data(home, capsys, "show", code=2)
    assert (told["reason"], told["data"]["names"]) == ("POPULATION_AMBIGUOUS", "1, 2")
    assert data(home, capsys, "show", "2")["seq"] == 2


def test_at_the_other_station_there_is_nothing(
    day: Day, capsys: pytest.CaptureFixture[str]
) -> None:
    root = day.world.home("lgwan-01").root
    assert data(root, capsys, "list", code=2)["reason"] == "NO_REGISTER_HERE"
