"""A kanji name that is not all 正字, from the file of the agency to the screen, and home again."""

import json
import re
import sys
from pathlib import Path
from typing import Any

import pytest
from apply.people import NEW_CARD, RESIDENT, apply, notice
from attacks.records import csv_of, isa_notice, municipal_notice
from attacks.world import World
from cli.terminal import QUESTION, at_terminal
from stations.days import Day

from mediabridge.cli._app import run
from mediabridge.cli._context import Context
from mediabridge.cli._station import open_station
from mediabridge.kinds import Kind
from mediabridge.stations.registry import RegistryStation

pytestmark = pytest.mark.in_turns

REGISTRY = "registry-01"
NAME = "例张伟"  # 张 has two proposals, 伟 has one
NONE = "例\U00020000伟"
RIGHT = "正字例"
WHICH, CHOICE = "q to stop:", "leave the notice undecided:"


@pytest.fixture
def home(day: Day) -> Path:
    """Give a registry with one resident, for whom two notices are held for their kanji names."""
    root = day.world.home(REGISTRY).root
    for path in root.glob("registry.db*"):
        path.unlink()
    with open_station(Context(root)) as station:
        assert isinstance(station, RegistryStation)
        station.registry.load_population([RESIDENT])
        held = [notice(name_kanji=NAME), notice(notice_id="N-0002", sequence=2, name_kanji=NONE)]
        apply(station.registry, *held)
    return root


def data(home: Path, capsys: pytest.CaptureFixture[str], *words: str, code: int = 0) -> Any:
    assert run(["--json", "--home", str(home), *words]) == code
    return json.loads(capsys.readouterr().out)


def read(home: Path, capsys: pytest.CaptureFixture[str], *words: str, code: int = 0) -> str:
    assert run(["--home", str(home), "--lang", "en", *words]) == code
    shown = capsys.readouterr()
    return shown.out + shown.err


def kanji_on_record(home: Path) -> str | None:
    with open_station(Context(home)) as station:
        assert isinstance(station, RegistryStation)
        found = station.registry.find_by_card(NEW_CARD)
        return None if found is None else found.resident.name_kanji


def test_each_character_is_shown_with_its_proposals(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shown = read(home, capsys, "held", "show", "N-0001")
    (one,) = re.findall(
        r"^ *2  张 \(U\+5F20\) +張 \(U\+5F35\) +弡 \(U\+5F21\) .*4-1.*$", shown, re.MULTILINE
    )
    assert one.endswith("2903")
    assert re.search(r"^ *3  伟 \(U\+4F1F\) +偉 \(U\+5049\) +- ", shown, re.MULTILINE)
    assert "Table: notice582 2012-03-30" in shown
    told = data(home, capsys, "held", "show", "N-0001")["data"]
    assert told["reason"] == "KANJI_NOT_SEIJI"
    assert [(each["place"], each["code"], each["proposal_codes"]) for each in told["kanji"]] == [
        (2, "U+5F20", ["U+5F35", "U+5F21"]),
        (3, "U+4F1F", ["U+5049"]),
    ]
    assert [(each["decision"], each["name"], each["choose"]) for each in told["options"]] == [
        ("applied", "proposed", [2]),
        ("applied", "roman", []),
        ("rejected", None, []),
    ]


def test_character_without_a_proposal_is_said(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shown = read(home, capsys, "held", "show", "N-0002")
    assert re.search(r"U\+20000\) +- +- +The notice has no replacement", shown)
    assert "nobody here may choose one" in shown
    options = data(home, capsys, "held", "show", "N-0002")["data"]["options"]
    assert [(each["decision"], each["name"]) for each in options] == [
        ("applied", "roman"),
        ("rejected", None),
    ]


def test_person_chooses_and_explain_says_what(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = [sys.executable, "-m", "mediabridge", "--lang", "en", "--home", str(home)]
    with at_terminal([*command, "held", "resolve", "N-0001"]) as at:
        asked = f"(?:{re.escape(WHICH)}|{re.escape(CHOICE)}|{re.escape(QUESTION)}) "
        # Another number is asked again; the second proposal, for it is on record elsewhere.
        answers = iter(["1", "9", "3", "y"])
        assert at.converse([(asked, lambda _: next(answers))]) == 0
    assert next(answers, None) is None
    assert "弡 (U+5F21), the second proposal: the resident record has it already" in at.shown
    # What will stand in the register is said before it is decided.
    assert at.shown.rindex("例弡偉 (U+4F8B U+5F21 U+5049)") < at.shown.rindex("Decide this?")
    assert kanji_on_record(home) == "例弡偉"
    shown = read(home, capsys, "explain", "N-0001")
    assert (
        "character 2: 张 (U+5F20) > 弡 (U+5F21) (Table 4-1 (variants), row 2903, rank 2)" in shown
    )
    assert "second rank, as the card or the resident record of an earlier stay had it" in shown
    assert (
        "character 3: 伟 (U+4F1F) > 偉 (U+5049) (Table 4-1 (variants), row 2187, rank 1)" in shown
    )
    (_came, decided) = data(home, capsys, "explain", "N-0001")["data"]["steps"]
    assert decided["naming"][0] == "proposed"
    assert ["name_kanji", None, "例弡偉"] in decided["changes"]


@pytest.mark.parametrize("typed", [["1", "", "q"], ["1", "1", "n", "q"]])
def test_leaving_the_choice_decides_nothing(home: Path, typed: list[str]) -> None:
    command = [sys.executable, "-m", "mediabridge", "--lang", "en", "--home", str(home)]
    with at_terminal([*command, "held", "resolve", "N-0001"]) as at:
        answers = iter(typed)
        asked = f"(?:{re.escape(WHICH)}|{re.escape(CHOICE)}|{re.escape(QUESTION)}) "
        at.converse([(asked, lambda _: next(answers, "q"))])
    assert "Still waiting for a decision: 2" in at.shown


def resolve(home: Path, capsys: pytest.CaptureFixture[str], *words: str, code: int = 0) -> Any:
    seen = data(home, capsys, "held", "show", "N-0001")["data"]["version"]
    decision = ("held", "resolve", "N-0001", "--decision", "applied", "--seen", seen)
    return data(home, capsys, *decision, *words, code=code)


def test_command_line_chooses_by_rank(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    refused = resolve(home, capsys, "--name", "proposed", code=2)
    assert (refused["reason"], refused["data"]["places"]) == ("KANJI_CHOICE_MISSING", "2")
    assert resolve(home, capsys, code=2)["reason"] == "DECISION_NOT_PERMITTED"
    for wrong in ("2=rank3", "x=rank1", "2", "2=person_wishes"):
        resolve(home, capsys, "--name", "proposed", "--kanji", wrong, code=2)
    assert kanji_on_record(home) is None
    resolve(home, capsys, "--name", "proposed", "--kanji", "2=rank1")
    assert kanji_on_record(home) == "例張偉"


def test_command_line_leaves_the_kanji_out(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    resolve(home, capsys, "--name", "roman")
    assert kanji_on_record(home) is None
    assert "name entered: without the kanji" in read(home, capsys, "explain", "N-0001")


# --- the whole way ----------------------------------------------------------


def file_of(world: World, kind: Kind, *rows: dict[str, str]) -> Path:
    """Write *rows*, of which the first has a kanji name, whatever its characters are."""
    name = rows[0]["name_kanji"]
    content = csv_of(kind, [{**rows[0], "name_kanji": RIGHT}, *rows[1:]])
    path = world.root / f"{kind}.csv"
    path.write_bytes(content.replace(RIGHT.encode(), name.encode()))
    return path


def test_one_name_does_not_stop_the_day(day: Day, capsys: pytest.CaptureFixture[str]) -> None:
    world = day.world
    lgwan, registry = (world.home(each).root for each in ("lgwan-01", REGISTRY))
    told = {**isa_notice(1, 1), "name_kanji": NAME}
    path = file_of(world, Kind.ISA_NOTICE, told, isa_notice(2, 2))
    assert NAME in path.read_text("utf-8")
    shown = read(lgwan, capsys, "collect", str(path))
    assert "Records with a kanji that is no 正字: 1." in shown
    assert "row 2" in shown
    world.send()
    world.import_(REGISTRY)
    waiting = data(registry, capsys, "held", "list")["data"]["held"]
    assert [(each["record"], each["reason"]) for each in waiting] == [("N-0001", "KANJI_NOT_SEIJI")]
    version = data(registry, capsys, "held", "show", "N-0001")["data"]["version"]
    words = ("--decision", "applied", "--name", "proposed", "--kanji", "2=rank1")
    data(registry, capsys, "held", "resolve", "N-0001", "--seen", version, *words)
    world.send(station=REGISTRY)
    world.import_("lgwan-01")
    with world.lgwan() as station:
        ends = {each.record: each.result for each in station.books._own("1")}
    assert ends == {"N-0001": "applied", "N-0002": "applied"}


@pytest.mark.parametrize("name", ["例\ue400", "例\U0002fffc", "例\x07", "例\U0002a6e0", "例\u202e"])
def test_what_may_not_be_carried_is_refused(
    day: Day, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    lgwan = day.world.home("lgwan-01").root
    path = file_of(day.world, Kind.ISA_NOTICE, {**isa_notice(1, 1), "name_kanji": name})
    data(lgwan, capsys, "collect", str(path), code=40)


def test_the_city_mends_its_own_names(day: Day, capsys: pytest.CaptureFixture[str]) -> None:
    registry = day.world.home(REGISTRY).root
    path = file_of(day.world, Kind.MUNICIPAL_NOTICE, {**municipal_notice(1, 1), "name_kanji": NAME})
    refused = data(registry, capsys, "collect", str(path), code=40)["data"]["refused"]
    assert [each["code"] for each in refused[0]["errors"]] == ["NOT_SEIJI"]
