"""The counter question, asked at a station: what is answered, what is left behind."""

from __future__ import annotations

import io
import json
import re
import stat
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from apply.people import NEW_CARD, OLD_CARD, RESIDENT, apply, notice
from attacks.world import World
from cli.terminal import at_terminal
from stations.days import Day
from stations.sticks import Stick

from mediabridge.cli._app import run
from mediabridge.cli._context import Context
from mediabridge.cli._station import open_station
from mediabridge.clock import SystemClock
from mediabridge.errors import LogUnavailableError, MediabridgeError
from mediabridge.stations.backups.gathering import belongs, gathered
from mediabridge.stations.home import Home
from mediabridge.stations.registry import RegistryStation
from mediabridge.stations.station import OpenStation
from mediabridge.translog.events import Event

pytestmark = pytest.mark.in_turns

LGWAN, REGISTRY = "lgwan-01", "registry-01"
OTHER_NAME = notice(notice_id="N-0007", name_roman="EXAMPLE BEATRICE")
NOBODYS = notice(notice_id="N-0008", prior_card_number="QQ00000009CD", card_number="QQ00000008CD")
UNKNOWN = "QQ00000001CD"
Ask = Callable[..., dict[str, Any]]


@pytest.fixture(autouse=True)
def _one_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no midnight fall into a test."""
    now = SystemClock().now()
    monkeypatch.setattr(SystemClock, "now", lambda _self: now)


@pytest.fixture
def home(day: Day) -> Path:
    """Give a registry station that has one resident, and has taken nothing yet."""
    root = day.world.home(REGISTRY).root
    for path in root.glob("registry.db*"):
        path.unlink()
    with registry_station(root) as station:
        station.registry.load_population([RESIDENT])
    return root


@contextmanager
def registry_station(root: Path) -> Iterator[RegistryStation]:
    with open_station(Context(root)) as station:
        assert isinstance(station, RegistryStation)
        yield station


@pytest.fixture
def ask(home: Path, capsys: pytest.CaptureFixture[str]) -> Ask:
    def asked(*words: str, code: int = 0) -> dict[str, Any]:
        capsys.readouterr()
        assert run(["--home", str(home), "--json", "lookup", *words]) == code
        printed: dict[str, Any] = json.loads(capsys.readouterr().out)
        return printed["data"] | {"reason": printed["reason"]}

    return asked


def advice(answer: dict[str, Any]) -> tuple[str, str]:
    return answer["source"], answer["why"]


@pytest.fixture
def todays_news(day: Day, home: Path, stick: Stick) -> Path:
    """Let a bundle that was sealed just now arrive."""
    day.write(day.pack(), stick)
    day.serve(REGISTRY, stick)
    return home


# --- what is answered ---------------------------------------------------------


def test_before_todays_news_the_card_counts(ask: Ask) -> None:
    answer = ask(OLD_CARD)
    assert advice(answer) == ("CARD", "NO_NEWS_TODAY")
    assert answer["record"]["name_roman"] == "EXAMPLE ALICE"
    assert answer["current"] is True
    news = answer["news"][0]
    assert (news["sender"], news["seq"], news["fresh"]) == (LGWAN, 0, False)


@pytest.mark.usefixtures("todays_news")
def test_after_todays_news_the_record_counts(ask: Ask) -> None:
    answer = ask(OLD_CARD)
    assert advice(answer) == ("RECORD", "RECORD_CURRENT")
    news, spare = answer["news"]
    assert (news["seq"], news["fresh"], news["missing"]) == (1, True, None)
    assert news["sealed"] == answer["asked_at"]
    assert (spare["seq"], spare["fresh"]) == (0, False)


@pytest.mark.usefixtures("todays_news")
@pytest.mark.parametrize("days", [2, -365, 20_000])
def test_news_of_another_day_is_not_todays(
    ask: Ask, days: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A clock that cannot be right makes nothing today's, either."""
    now = SystemClock().now() + timedelta(days=days)
    monkeypatch.setattr(SystemClock, "now", lambda _self: now)
    assert advice(ask(OLD_CARD)) == ("CARD", "NO_NEWS_TODAY")


@pytest.mark.usefixtures("todays_news")
def test_a_number_that_came_too_early_says_what_is_missing(day: Day, ask: Ask) -> None:
    late, early = day.pack(), day.pack()
    second, third = day.stick(2), day.stick(3)
    day.write(late, second)
    day.write(early, third)
    with pytest.raises(MediabridgeError):
        day.serve(REGISTRY, third)
    answer = ask(OLD_CARD)
    assert advice(answer) == ("CARD", "NEWS_OUTSTANDING")
    assert (answer["news"][0]["missing"], answer["news"][0]["early"]) == ([2, 2], [3])
    day.serve(REGISTRY, second)
    answer = ask(OLD_CARD)
    assert advice(answer) == ("RECORD", "RECORD_CURRENT")
    assert (answer["news"][0]["missing"], answer["news"][0]["early"]) == (None, [])


@pytest.mark.usefixtures("todays_news")
def test_what_is_held_is_asked_about(home: Path, ask: Ask) -> None:
    with registry_station(home) as station:
        apply(station.registry, OTHER_NAME, NOBODYS)
    for card in (OLD_CARD, NEW_CARD):
        answer = ask(card)
        assert advice(answer) == ("ASK", "NOTICE_HELD")
        assert answer["held"][0]["record"] == "N-0007"
    named = {each["record"]: each["named"] for each in ask(OLD_CARD)["held"]}
    assert named == {"N-0007": True, "N-0008": False}


@pytest.mark.usefixtures("todays_news")
def test_a_former_card_leads_to_the_present_one(home: Path, ask: Ask) -> None:
    with registry_station(home) as station:
        apply(station.registry, notice())
    answer = ask(OLD_CARD)
    assert advice(answer) == ("RECORD", "CARD_REPLACED")
    assert (answer["current"], answer["record"]["card_number"]) == (False, NEW_CARD)


@pytest.mark.usefixtures("todays_news")
def test_a_card_of_nobody(ask: Ask) -> None:
    answer = ask(UNKNOWN)
    assert advice(answer) == ("ASK", "CARD_UNKNOWN")
    assert (answer["record"], answer["held"]) == (None, [])


def test_a_card_of_nobody_may_be_new(ask: Ask) -> None:
    assert advice(ask(UNKNOWN)) == ("CARD", "CARD_UNKNOWN_YET")


@pytest.mark.parametrize("typed", ["ab00000001cd", " AB 0000 0001 CD ", "ＡＢ０００００００１ＣＤ"])
def test_a_number_may_be_typed_as_people_type(ask: Ask, typed: str) -> None:
    assert ask(typed)["record"]["card_number"] == OLD_CARD


def test_time_of_the_last_notice_is_shown_as_every_other(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with registry_station(home) as station:
        apply(station.registry, notice())
    assert run(["--home", str(home), "--lang", "en", "lookup", NEW_CARD]) == 0
    (line,) = re.findall("Last notice entered in it: issued (.*)", capsys.readouterr().out)
    assert re.fullmatch(r"2026-11-2[12] [0-9:]{5} \S+", line)


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_the_screen_begins_with_what_to_go_by(
    home: Path, lang: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["--home", str(home), "--lang", lang, "lookup", OLD_CARD]) == 0
    first, why, *rest = capsys.readouterr().out.splitlines()
    wanted = {
        "ja": ("在留カード", "きょうの通知がまだ届いていません"),
        "en": ("the residence card", "have not arrived"),
    }
    assert wanted[lang][0] in first
    assert wanted[lang][1] in why
    assert "NO_NEWS_TODAY" in why
    assert any("EXAMPLE ALICE" in line for line in rest)


# --- what is refused ----------------------------------------------------------


def test_the_other_station_says_where_to_ask(
    city: World, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nobody types a number there in vain: it is said before one is asked for."""
    home = city.home(LGWAN).root
    for words in ([OLD_CARD], []):
        assert run(["--home", str(home), "lookup", *words]) == 2
        said = capsys.readouterr().err
        assert "registry station" in said


@pytest.mark.parametrize("typed", ["AB0000001CD", "EXAMPLE ALICE", "AB00000001CDE", ""])
def test_no_card_number_is_not_repeated(
    home: Path, typed: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["--home", str(home), "lookup", typed]) == 2
    said = "".join(capsys.readouterr())
    assert "two letters, eight digits" in said
    assert not typed or typed not in said


def test_without_a_log_entry_nothing_is_answered(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Claim C89."""

    def fail(*_: object, **__: object) -> None:
        raise LogUnavailableError(detail="gone")

    monkeypatch.setattr(OpenStation, "record", fail)
    assert run(["--home", str(home), "lookup", OLD_CARD]) != 0
    assert capsys.readouterr().out == ""


# --- where the number comes from ----------------------------------------------


@pytest.mark.parametrize("words", [[], ["-"]])
def test_a_program_hands_the_number_over(
    ask: Ask, words: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(f"{OLD_CARD}\n"))
    assert ask(*words)["record"]["card_number"] == OLD_CARD


def test_nothing_is_handed_over(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(""))
    assert ask(code=2)["reason"] == "NOT_INTERACTIVE"


def test_a_person_is_asked_for_the_number(home: Path) -> None:
    command = [sys.executable, "-m", "mediabridge", "--home", str(home), "--lang", "en", "lookup"]
    with at_terminal(command) as terminal:
        terminal.wait_for("Number of the card:")
        terminal.type(f"{OLD_CARD}\n")
        assert terminal.end() == 0
        assert "EXAMPLE ALICE" in terminal.shown


# --- what is left behind ------------------------------------------------------


def test_nothing_is_written_but_the_entry(home: Path, ask: Ask, day: Day) -> None:
    """Claim C89."""
    ask(OLD_CARD)  # the first one makes the key of the references
    before = {path: path.read_bytes() for path in everything(home)}
    entries = len(day.world.log(REGISTRY))
    ask(OLD_CARD)
    after = {path: path.read_bytes() for path in everything(home)}
    changed = {path.name for path in before | after if before.get(path) != after.get(path)}
    assert changed == {"log.db"}
    assert len(day.world.log(REGISTRY)) == entries + 1


def everything(home: Path) -> Iterator[Path]:
    return (path for path in home.rglob("*") if path.is_file() and not path.is_symlink())


def test_the_log_says_who_and_why_and_not_whom(home: Path, ask: Ask, day: Day) -> None:
    """Claim C90."""
    ask(OLD_CARD)
    ask(OLD_CARD)
    ask(UNKNOWN)
    asked = day.entries(REGISTRY, Event.RECORD_LOOKED_UP)
    assert [each.actor for each in asked] == ["clerk-1"] * 3
    assert [each.facts["reason"] for each in asked] == [
        "NO_NEWS_TODAY",
        "NO_NEWS_TODAY",
        "CARD_UNKNOWN_YET",
    ]
    # Not even that the same person was asked for twice is to be seen.
    assert len({each.facts["asked_about"] for each in asked}) == 3
    assert len({each.facts["nonce"] for each in asked}) == 3
    for path in everything(home):
        if path.name != "registry.db":
            data = path.read_bytes()
            assert not any(word.encode() in data for word in (OLD_CARD, UNKNOWN, "ALICE")), path


def test_an_auditor_can_ask_about_a_number(ask: Ask) -> None:
    """Claim C90."""
    assert ask("--asked", OLD_CARD)["asked"] == []
    first = ask(OLD_CARD)["asked_at"]
    ask(UNKNOWN)
    found = ask("--asked", OLD_CARD)["asked"]
    assert [(each["time"], each["actor"]) for each in found] == [
        (first, "clerk-1"),
        (first, "clerk-1"),
    ]


def test_another_key_tests_nothing(home: Path, ask: Ask) -> None:
    """Claim C90."""
    ask(OLD_CARD)
    key = home / "keys" / "references.key"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    key.write_bytes(bytes(32))
    assert ask("--asked", OLD_CARD)["asked"] == []


def test_the_key_is_saved_with_the_station(home: Path, ask: Ask) -> None:
    ask(OLD_CARD)
    with registry_station(home) as station:
        saved = [each.name for each in gathered(station)]
        station.home.empty_work()
    assert "keys/references.key" in saved
    assert belongs("keys/references.key", Home(home))


@pytest.mark.parametrize("damaged", [b"", bytes(31), bytes(33)])
def test_a_damaged_key_is_named(home: Path, ask: Ask, damaged: bytes) -> None:
    ask(OLD_CARD)
    (home / "keys" / "references.key").write_bytes(damaged)
    assert ask(OLD_CARD, code=70)["reason"] == "STATION_DAMAGED"
