"""A clerk goes through what is held: guided, told before asked, and never over somebody else."""

import json
import re
import sys
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from apply.people import OLD_CARD, RESIDENT, apply, notice
from cli.terminal import QUESTION, Terminal, at_terminal
from stations.days import Day

from mediabridge.cli._app import run
from mediabridge.cli._context import Context
from mediabridge.cli._station import open_station
from mediabridge.records.model import Result
from mediabridge.stations.held import CONSEQUENCES
from mediabridge.stations.registry import RegistryStation

pytestmark = pytest.mark.in_turns

REGISTRY = "registry-01"
OTHER = notice(notice_id="N-0007", name_roman="EXAMPLE BEATRICE")
UNKNOWN_CARDS = {"prior_card_number": "QQ00000009CD", "card_number": "QQ00000008CD"}
NOBODY = notice(notice_id="N-0008", name_roman="EXAMPLE NOBODY", **UNKNOWN_CARDS)
WHICH = "q to stop:"
NOT_DECIDED = (Result.HELD, Result.ALREADY_APPLIED, Result.HANDED_OVER)
"""What no person decides."""


@pytest.fixture
def home(day: Day) -> Path:
    """Give a registry that holds one resident, and two notices that it held back."""
    root = day.world.home(REGISTRY).root
    for path in root.glob("registry.db*"):
        path.unlink()
    with open_station(Context(root)) as station:
        assert isinstance(station, RegistryStation)
        station.registry.load_population([RESIDENT])
        # As a bundle that the books know, so that its answer is not missing.
        apply(station.registry, OTHER, NOBODY)
    return root


def resolving(home: Path, *words: str) -> AbstractContextManager[Terminal]:
    command = [sys.executable, "-m", "mediabridge", "--lang", "en", "--home", str(home)]
    return at_terminal([*command, "held", "resolve", *words])


def data(home: Path, capsys: pytest.CaptureFixture[str], *words: str, code: int = 0) -> dict:  # type: ignore[type-arg]
    assert run(["--json", "--home", str(home), *words]) == code
    told = json.loads(capsys.readouterr().out)
    return dict(told["data"] if code == 0 else told)


def decisions(home: Path) -> list[tuple[str, str, str, str | None]]:
    with open_station(Context(home)) as station:
        assert isinstance(station, RegistryStation)
        return [
            (each.outcome.record_id, str(each.outcome.result), each.decided_by, each.seconded_by)
            for each in station.registry.decisions()
        ]


def test_every_decision_has_its_consequence_said() -> None:
    assert set(CONSEQUENCES) == {result for result in Result if result not in NOT_DECIDED}


def test_clerk_is_guided_through_all(home: Path) -> None:
    with resolving(home) as at:
        at.wait_for(WHICH)
        assert "Notice 1 of 2" in at.shown
        assert "BEATRICE" in at.shown
        at.type("2\n")
        at.wait_for(QUESTION)
        # What follows stands there before the question is asked.
        assert at.shown.rindex("contradicts it") < at.shown.rindex("Decide this?")
        at.type("y\n")
        at.wait_for("Notice 2 of 2")
        while at.shown.count(WHICH) < 2:
            at._read()
        at.type("1\n")
        while at.shown.count(QUESTION) < 2:
            at._read()
        at.type("y\n")
        assert at.end() == 0
    assert "Still waiting for a decision: 0" in at.shown
    assert "mediabridge export" in at.shown
    assert decisions(home) == [
        ("N-0007", "conflict", "clerk-1", None),
        ("N-0008", "not_found", "clerk-1", None),
    ]


@pytest.mark.parametrize("typed", [["", "q"], ["9", "x", "q"], ["2", "n", "q"], ["q"]])
def test_nothing_is_decided_by_leaving(home: Path, typed: list[str]) -> None:
    with resolving(home) as at:
        answers = iter(typed)
        asked = f"(?:{re.escape(WHICH)}|{re.escape(QUESTION)}) "
        assert at.converse([(asked, lambda _: next(answers))]) == 0
    assert next(answers, None) is None
    assert "Still waiting for a decision: 2" in at.shown
    assert decisions(home) == []


def test_moved_out_asks_where_to(home: Path) -> None:
    with resolving(home, "N-0008") as at:
        at.wait_for(WHICH)
        at.type("2\n")
        at.wait_for("Enter if not known:")
        at.type("123456\n")
        at.wait_for("123456 is no code")
        # What is typed before the question stands there once more is thrown away.
        while at.shown.count("Enter if not known:") < 2:
            at._read()
        # Nothing is wrong with the command: the question is answered once more.
        assert "cannot be carried out as written" not in at.shown
        at.type("112038\n")
        at.wait_for(QUESTION)
        at.type("y\n")
        assert at.end() == 0
    with open_station(Context(home)) as station:
        assert isinstance(station, RegistryStation)
        (decided,) = station.registry.decisions()
    assert (decided.outcome.result, decided.outcome.next_municipality_code) == (
        "moved_out", "112038",
    )  # fmt: skip


def test_who_decides_while_another_looks_is_not_lost(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The station is free while a clerk thinks; the first decision stands."""
    with resolving(home, "N-0007") as at:
        at.wait_for(WHICH)
        seen = data(home, capsys, "held", "show", "N-0007")["version"]
        words = ("--decision", "rejected", "--seen", seen, "--operator", "officer-1")
        data(home, capsys, "held", "resolve", "N-0007", *words)
        at.type("2\n")
        at.wait_for(QUESTION)
        at.type("y\n")
        assert at.end() == 0
    assert "was decided on already: refused, by officer-1" in at.shown
    assert decisions(home) == [("N-0007", "rejected", "officer-1", None)]


def test_script_decides_what_it_looked_at(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shown = data(home, capsys, "held", "show", "N-0007")
    assert [each["decision"] for each in shown["options"]] == [
        "applied", "conflict", "not_found", "rejected",
    ]  # fmt: skip
    changes = {each["item"]: each["after"] for each in shown["options"][0]["changes"]}
    assert changes["period_of_stay_expiration_date"] == "2029-12-01"
    assert "name_roman" not in changes
    words = ["held", "resolve", "N-0007", "--decision", "applied", "--second", "officer-1"]
    told = data(home, capsys, *words, "--seen", shown["version"])
    assert told["decided"][0]["decision"] == "applied"
    assert told["waiting"] == 1
    assert decisions(home) == [("N-0007", "applied", "clerk-1", "officer-1")]
    assert data(home, capsys, "held", "show", "N-0007")["decided"]["by"] == "clerk-1"


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (["N-0007", "--decision", "applied", "--seen", "0" * 16], "HELD_CHANGED"),
        (["N-0007", "--decision", "moved_out", "--seen", "{seen}"], "DECISION_NOT_PERMITTED"),
        (["N-0007", "--decision", "applied", "--person", "99", "--seen", "{seen}"],
         "DECISION_NOT_PERMITTED"),
        (["N-0007", "--decision", "conflict", "--seen", "{seen}", "--second", "clerk-1"],
         "SECOND_PERSON_SAME"),
        (["N-9999", "--decision", "applied", "--seen", "{seen}"], "RECORD_NOT_HELD"),
        (["N-0007", "--decision", "conflict", "--seen", "{seen}", "--operator", "nobody"], "USAGE"),
        (["N-0007", "--seen", "{seen}"], "USAGE"),
        (["--decision", "conflict"], "USAGE"),
        (["N-0007", "--decision", "conflict", "--next-municipality", "112039"], "USAGE"),
        (["N-0007", "--decision", "conflict"], "NOT_INTERACTIVE"),
        (["N-0007"], "NOT_INTERACTIVE"),
        (["N-0007", "--second", "clerk-1"], "SECOND_PERSON_SAME"),
    ],
)  # fmt: skip
def test_refused_decisions_change_nothing(
    home: Path, capsys: pytest.CaptureFixture[str], words: list[str], reason: str
) -> None:
    seen = data(home, capsys, "held", "show", "N-0007")["version"]
    given = [each.format(seen=seen) for each in words]
    assert run(["--json", "--home", str(home), "held", "resolve", *given]) != 0
    assert json.loads(capsys.readouterr().out)["reason"] == reason
    assert decisions(home) == []


def test_another_decision_stands_above(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for number, (decision, again) in enumerate([("applied", ()), ("conflict", ("--again",))]):
        seen = data(home, capsys, "held", "show", "N-0007")["version"]
        words = ["held", "resolve", "N-0007", "--decision", decision, "--seen", seen]
        data(home, capsys, *words, *again)
        with open_station(Context(home)) as station:
            assert isinstance(station, RegistryStation)
            found = station.registry.find_by_card(OLD_CARD)
        assert found is not None
        assert found.current is bool(number)
    assert [each[1] for each in decisions(home)] == ["applied", "conflict"]
    # The story of the notice does not end with what is not in the register any more.
    _held, applied, taken_back = data(home, capsys, "explain", "N-0007")["steps"]
    assert applied["changes"]
    assert taken_back["changes"] == [[name, new, old] for name, old, new in applied["changes"]]


def test_what_is_taken_back_is_said_before_it_is_asked_for(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nobody is told that the register stays as it is when it does not."""
    seen = data(home, capsys, "held", "show", "N-0007")["version"]
    words = ("held", "resolve", "N-0007", "--decision", "applied", "--seen", seen)
    (applied,) = (
        each for each in data(home, capsys, "held", "show", "N-0007")["options"] if each["changes"]
    )
    data(home, capsys, *words)
    options = data(home, capsys, "held", "show", "N-0007")["options"]
    back = {(each["item"], each["after"], each["before"]) for each in applied["changes"]}
    assert options
    for each in options:
        assert back <= {(one["item"], one["before"], one["after"]) for one in each["changes"]}
    for lang, kept in (("en", "stays as it is"), ("ja", "変わりません")):
        assert run(["--home", str(home), "--lang", lang, "held", "show", "N-0007"]) == 0
        assert kept not in capsys.readouterr().out


def test_no_name_reaches_log_or_books(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    seen = data(home, capsys, "held", "show", "N-0007")["version"]
    words = ["held", "resolve", "N-0007", "--decision", "applied", "--seen", seen]
    data(home, capsys, *words)
    for path in (home / "log.db", home / "station.db"):
        found = path.read_bytes()
        assert not any(each.encode() in found for each in ("BEATRICE", "ALICE", OLD_CARD))
    assert b"N-0007" not in (home / "log.db").read_bytes()


@pytest.mark.parametrize(
    "words",
    [
        ["list"],
        ["show", "N-0007"],
        ["resolve"],
        ["resolve", "N-0007"],
        ["resolve", "N-0007", "--decision", "applied", "--seen", "0" * 16],
    ],
)
def test_nobody_decides_where_another_system_does(
    day: Day, tmp_path: Path, capsys: pytest.CaptureFixture[str], words: list[str]
) -> None:
    """The register is a drop folder: the refusal says where to decide, and nothing is changed."""
    made = day.world.home(REGISTRY)
    for path in made.root.glob("registry.db*"):
        path.unlink()
    profile = Path(__file__).parents[2] / "docs" / "operations" / "dropfolder-csv.toml"
    (tmp_path / "in").mkdir()
    made.settings_file.write_text(
        f'[registry]\nadapter = "dropfolder"\nfolder = "{tmp_path / "in"}"\nprofile = "{profile}"\n'
    )
    made.settings_file.chmod(0o600)
    with open_station(Context(made.root)) as station:
        assert isinstance(station, RegistryStation)
        apply(station.registry, OTHER)
        before = station.registry.fingerprint()
    told = data(made.root, capsys, "held", *words, code=2)
    assert told["reason"] == "DECIDED_ELSEWHERE"
    assert "Decide in that system." in told["hint"]
    (step,) = data(made.root, capsys, "explain", "N-0007")["steps"]
    assert step["result"] == "handed_over"
    with open_station(Context(made.root)) as station:
        assert isinstance(station, RegistryStation)
        assert station.registry.fingerprint() == before
