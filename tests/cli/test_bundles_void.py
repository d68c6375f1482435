"""Void, issued anew, continued: whoever may not is told why, and what to do next."""

from __future__ import annotations

import json
from typing import Any

import pytest
from attacks.records import isa_csv
from attacks.world import World, copy_of
from stations.test_backups import save
from stations.test_setback import clear_stick, evening, set_back

from mediabridge.bundle import layout
from mediabridge.cli import _voiding
from mediabridge.cli._app import run
from mediabridge.errors import ExitCode

pytestmark = pytest.mark.in_turns

LGWAN = "lgwan-01"
ALL = {
    "void": ("bundles", "void", "1", "--reason", "MEDIUM_LOST"),
    "reissue": ("bundles", "reissue", "1"),
    "continue": ("station", "continue"),
}


@pytest.fixture
def world(city: World, tmp_path: Any) -> World:
    made = copy_of(city, tmp_path / "world")
    made.send(isa_csv((1, 1)))
    return made


@pytest.fixture
def behind(world: World, capsys: pytest.CaptureFixture[str]) -> World:
    """Give a world whose LGWAN station came from a backup and lacks a number."""
    save(world, LGWAN, "lgwan-backup")
    world.send(isa_csv((2, 2)))
    world.import_()
    clear_stick(world)
    training = world.home(LGWAN).root / "passphrase.training"
    set_back(world)
    training.write_text("training\n")
    training.chmod(0o600)
    world.send(station="registry-01")
    words = ("import", "--medium", str(world.medium), "--folder")
    assert give(world, capsys, *words, code=ExitCode.LOG_ALARM)["reason"] == "STATION_SET_BACK"
    return world


def give(
    world: World, capsys: pytest.CaptureFixture[str], *words: str, code: ExitCode, lang: str = "en"
) -> dict[str, Any]:
    """Give a command at the LGWAN station; return its answer."""
    capsys.readouterr()
    home = str(world.home(LGWAN).root)
    assert run(["--home", home, "--lang", lang, "--json", *words]) == code
    out, _err = capsys.readouterr()
    answer: dict[str, Any] = json.loads(out.splitlines()[-1])
    return answer


def by(world: World, *people: str) -> tuple[str, ...]:
    keys = [("--key", str(world.city.key_path(each))) for each in people]
    return (*(word for key in keys for word in key), "--yes")


def refused(
    world: World, capsys: pytest.CaptureFixture[str], *words: str, code: ExitCode, reason: str
) -> str:
    """Give a command that is refused in both languages and leaves no trace; return the hint."""
    before = world.log_bytes(LGWAN), world.books(LGWAN)
    japanese = give(world, capsys, *words, code=code, lang="ja")
    english = give(world, capsys, *words, code=code)
    assert english["reason"] == japanese["reason"] == reason
    assert english["hint"] != japanese["hint"]
    assert (world.log_bytes(LGWAN), world.books(LGWAN)) == before
    return str(english["hint"])


@pytest.mark.parametrize("command", ["void", "reissue"])
def test_number_that_was_never_sealed_here(
    world: World, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    given = [word.replace("1", "9") for word in ALL[command]]
    options = by(world, "officer-1")
    hint = refused(world, capsys, *given, *options, code=ExitCode.APPROVAL, reason="NOT_VOIDABLE")
    assert "mediabridge bundles list" in hint


@pytest.mark.parametrize("command", ["void", "reissue"])
def test_number_that_was_received(
    world: World, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    world.import_()
    clear_stick(world)
    evening(world)
    options = by(world, "officer-1")
    hint = refused(
        world, capsys, *ALL[command], *options, code=ExitCode.APPROVAL, reason="NOT_VOIDABLE"
    )
    assert "mediabridge bundles list" in hint


def test_station_that_was_not_set_back(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    options = by(world, "officer-1")
    given = (*ALL["continue"], *options)
    refused(world, capsys, *given, code=ExitCode.APPROVAL, reason="NOT_VOIDABLE")
    # The number at which it would go on; there is none that is called 0.
    assert give(world, capsys, *given, code=ExitCode.APPROVAL)["data"]["seq"] == 2


@pytest.mark.parametrize("command", ["void", "reissue"])
def test_station_that_was_set_back_continues_first(
    behind: World, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    options = by(behind, "officer-1")
    hint = refused(
        behind, capsys, *ALL[command], *options, code=ExitCode.LOG_ALARM, reason="STATION_SET_BACK"
    )
    assert "mediabridge station continue" in hint


@pytest.mark.parametrize("command", ALL)
def test_too_few_officers(
    request: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    """Two are asked for; one who signs twice is one."""
    world: World = request.getfixturevalue("behind" if command == "continue" else "world")
    strict = [each.model_copy(update={"approvals": 2}) for each in world.city.trust.routes]
    world.publish(version=2, routes=tuple(strict))
    with world.lgwan() as station:
        station.accept_trust(layout.trust_folder(world.medium))
    options = by(world, "officer-1", "officer-1")
    hint = refused(
        world, capsys, *ALL[command], *options, code=ExitCode.APPROVAL, reason="VOID_NOT_APPROVED"
    )
    assert "Different officers" in hint


@pytest.mark.parametrize("command", ALL)
def test_officer_who_says_no(
    request: pytest.FixtureRequest,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    command: str,
) -> None:
    """No key is opened for it: the question comes first."""
    world: World = request.getfixturevalue("behind" if command == "continue" else "world")
    asked: list[str] = []

    def says_no(_context: object, question: str) -> bool:
        asked.append(question)
        return False

    monkeypatch.setattr(_voiding, "confirm", says_no)
    monkeypatch.setattr(_voiding, "officer_key", lambda *_: pytest.fail("a key was opened"))
    *options, _yes = by(world, "officer-1")
    hint = refused(
        world, capsys, *ALL[command], *options, code=ExitCode.APPROVAL, reason="APPROVAL_DECLINED"
    )
    assert "run the command again" in hint
    assert len(asked) == 2


@pytest.mark.parametrize("command", ALL)
def test_nobody_there_to_ask(
    request: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    world: World = request.getfixturevalue("behind" if command == "continue" else "world")
    *options, _yes = by(world, "officer-1")
    refused(world, capsys, *ALL[command], *options, code=ExitCode.USAGE, reason="NOT_INTERACTIVE")


def test_number_that_was_issued_anew_already(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    options = by(world, "officer-1")
    assert give(world, capsys, *ALL["reissue"], *options, code=ExitCode.DONE)["data"]["seq"] == 2
    hint = refused(
        world, capsys, *ALL["reissue"], *options, code=ExitCode.APPROVAL, reason="NOT_VOIDABLE"
    )
    assert "mediabridge bundles list" in hint


@pytest.mark.parametrize("command", ALL)
def test_one_number_is_not_called_several(
    request: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    world: World = request.getfixturevalue("behind" if command == "continue" else "world")
    home = str(world.home(LGWAN).root)
    capsys.readouterr()
    assert run(["--home", home, "--lang", "en", *ALL[command], *by(world, "officer-1")]) == 0
    said = capsys.readouterr()
    void = 2 if command == "continue" else 1
    assert f"number {void}." in said.err
    assert f"number {void}" in said.out
    assert f"{void} to {void}" not in said.err + said.out
