"""Live or training on every screen, and what stops nothing but must not be a surprise."""

from __future__ import annotations

import json
import pty
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from attacks.world import World, copy_of, make_world, scratch

from mediabridge.cli import _about, _table
from mediabridge.cli._about import About, show_banner
from mediabridge.cli._app import run
from mediabridge.clock import SystemClock, to_rfc3339
from mediabridge.locale import Language, speaking, text
from mediabridge.stations import expiry
from mediabridge.trust import accepted, keytext, seen
from mediabridge.trust.trust_data import Person, Revocation, Station, TrustData

pytestmark = pytest.mark.in_turns


@pytest.fixture(scope="module", params=["training", "live"])
def either(request: pytest.FixtureRequest) -> Iterator[World]:
    with scratch() as root:
        yield make_world(Path(root) / "world", mode=request.param)


WORDS = {
    "training": {"en": "[training] station lgwan-01", "ja": "[研修] 端末 lgwan-01"},
    "live": {"en": "[live] station lgwan-01", "ja": "[本番] 端末 lgwan-01"},
}

# Those that need more than a word, or go on until they are stopped.
ASKED = ("status", "bundles list", "media list", "codes list", "names table show", "seal")


@pytest.mark.parametrize("language", ["en", "ja"])
@pytest.mark.parametrize("command", ASKED)
def test_mode_is_said_above_every_command(
    either: World, command: str, language: str, capsys: pytest.CaptureFixture[str]
) -> None:
    home = either.home("lgwan-01")
    mode = home.config().mode
    run(["--home", str(home.root), "--lang", language, *command.split()])
    assert capsys.readouterr().err.splitlines()[0] == WORDS[mode][language]
    run(["--home", str(home.root), "--json", *command.split()])
    shown = capsys.readouterr()
    answer = json.loads(shown.out)
    assert (answer["mode"], answer["station"]) == (mode, "lgwan-01")
    assert WORDS[mode][language] not in shown.err


def test_mode_is_said_of_a_refusal_and_of_a_usage_error(
    either: World, capsys: pytest.CaptureFixture[str]
) -> None:
    home = either.home("lgwan-01")
    for words in (["import", "--medium", "nowhere"], ["status", "--no-such-option"]):
        assert run(["--home", str(home.root), "--lang", "en", *words]) != 0
        assert capsys.readouterr().err.startswith(WORDS[home.config().mode]["en"])


def test_without_a_station_no_mode_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(["--home", str(tmp_path), "--json", "codes", "list"])
    shown = capsys.readouterr()
    answer = json.loads(shown.out)
    assert (answer["mode"], answer["station"], answer["warnings"]) == (None, None, [])
    assert shown.err == ""


@pytest.mark.parametrize(
    ("variable", "value", "coloured"),
    [("TERM", "xterm", True), ("NO_COLOR", "1", False), ("TERM", "dumb", False)],
)
def test_colour_tells_the_modes_apart_on_a_terminal(
    either: World,
    monkeypatch: pytest.MonkeyPatch,
    variable: str,
    value: str,
    coloured: bool,
) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv(variable, value)
    master, slave = pty.openpty()
    with open(slave, "w", encoding="utf-8") as terminal:  # noqa: PTH123 - a descriptor
        monkeypatch.setattr(sys, "stderr", terminal)
        show_banner(_about.Whose("lgwan-01", either.home("lgwan-01").config().mode))
        with open(master, "rb", buffering=0) as screen:  # noqa: PTH123
            said = screen.read(200).decode()
    mode = either.home("lgwan-01").config().mode
    colour = {"training": "\x1b[1;30;103m", "live": "\x1b[1;97;44m"}[mode]
    assert said.startswith(colour) == coloured
    assert ("\x1b[0m" in said) == coloured
    assert _about.whose_is(either.home("lgwan-01").root) == _about.Whose("lgwan-01", mode)


def test_a_warning_is_said_once(capsys: pytest.CaptureFixture[str]) -> None:
    warned = expiry.warning_of(
        expiry.Expiring("officer", "officer-1", "2027-01-01T00:00:00Z", 3, 7)
    )
    about = About(Path())
    about.warn(warned, as_json=False)
    about.warn(warned, as_json=False)
    assert capsys.readouterr().err.count("officer-1") == 1
    assert [each["reason"] for each in about.envelope()["warnings"]] == ["EXPIRES_SOON"]


# --- what runs out --------------------------------------------------------------------------


def _ending(world: World, name: str, **left: int) -> TrustData:
    """Publish trust data in which one key runs out soon, and give it to the station."""
    until = to_rfc3339(SystemClock().now() + timedelta(**left, minutes=5))

    def changed(holder: Station | Person) -> Station | Person:
        return holder.model_copy(update={"valid_until": until}) if holder.label == name else holder

    trust = world.city.trust
    published = world.publish(
        people=tuple(map(changed, trust.people)), stations=tuple(map(changed, trust.stations))
    )
    with world.lgwan() as station:
        station.accept_trust(world.medium / "MEDIABRIDGE" / "trust")
    return published


@pytest.mark.parametrize("name", ["officer-1", "lgwan-01", "registry-01", "clerk-1"])
@pytest.mark.parametrize(
    "case",
    [(60, None, 0), (59, 60, 0), (29, 30, 0), (7, 30, 0), (6, 7, 70)],
)
def test_status_says_what_runs_out(
    day_world: World,
    name: str,
    case: tuple[int, int | None, int],
    capsys: pytest.CaptureFixture[str],
) -> None:
    left, level, code = case
    _ending(day_world, name, days=left)
    home = str(day_world.home("lgwan-01").root)
    assert run(["--home", home, "--json", "status"]) == code
    answer = json.loads(capsys.readouterr().out)
    found = [(each["name"], each["level"]) for each in answer["data"]["expiring"]]
    assert found == ([] if level is None else [(name, level)])
    wanted = "EXPIRES_SOON" if level == 7 else None
    assert [each["reason"] for each in answer["warnings"]] == ([wanted] if wanted else [])
    assert answer["reason"] == (wanted or "DONE")
    run(["--home", home, "--lang", "ja", "status"])
    with speaking(Language.JA):
        heading = text("Runs out soon:")
    _before, said, table = capsys.readouterr().out.partition(heading)
    assert (bool(said), name in table) == (level is not None, level is not None)


def test_trust_data_itself_runs_out_in_good_time(day_world: World) -> None:
    with day_world.lgwan() as station:
        assert expiry.expiring_at(station) == []
        metadata = accepted.expires(station.home.trust_cache)
        soon = min(metadata.values()) - timedelta(days=20)
        found = expiry.expiring(station.seen_trust, metadata, soon)
    assert {each.name for each in found if each.kind == "trust-data"} == {
        "timestamp", "snapshot", "targets",
    }  # fmt: skip
    assert {each.level for each in found} == {30}


def test_what_has_run_out_comes_first_and_is_said_as_such(day_world: World) -> None:
    trust = _ending(day_world, "officer-1", days=3)
    found = expiry.expiring(seen.of(trust), {}, SystemClock().now() + timedelta(days=5))
    assert [(each.name, each.level, each.days) for each in found] == [("officer-1", 0, -2)]
    urgent = expiry.urgent_of(found)
    assert urgent is not None
    assert urgent.reason == "EXPIRED"


def test_a_revoked_key_surprises_nobody(day_world: World) -> None:
    trust = _ending(day_world, "officer-1", days=3)
    key = next(each.key for each in trust.people if each.name == "officer-1")
    revoked = Revocation(
        key=keytext.fingerprint(key), at=to_rfc3339(SystemClock().now()), reason="LEFT"
    )
    gone = trust.model_copy(update={"revoked": (revoked,)})
    assert expiry.expiring(seen.of(gone), {}, SystemClock().now()) == []
    assert [each.name for each in expiry.expiring(seen.of(trust), {}, SystemClock().now())] == [
        "officer-1"
    ]


@pytest.mark.parametrize("command", ["seal --empty", "export --empty --medium {medium} --folder"])
def test_the_clerks_steps_say_what_runs_out_this_week(
    day_world: World, command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    _ending(day_world, "officer-1", days=3)
    words = command.format(medium=day_world.medium).split()
    assert run(["--home", str(day_world.home("lgwan-01").root), "--lang", "en", *words]) == 0
    err = capsys.readouterr().err
    assert "! Runs out soon" in err
    assert "key of the officer officer-1" in err


@pytest.fixture
def day_world(city: World) -> Iterator[World]:
    with scratch() as root:
        yield copy_of(city, Path(root) / "world")


def test_a_doubted_clock_is_shown_by_every_command(
    day_world: World, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Claim C55."""
    late = SystemClock().now() + timedelta(days=20_000)
    monkeypatch.setattr(SystemClock, "now", lambda _self: late)
    home = str(day_world.home("lgwan-01").root)
    assert run(["--home", home, "--json", "seal", "--empty"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert [each["reason"] for each in answer["warnings"]] == ["CLOCK_TOO_FAR_AHEAD"]
    assert run(["--home", home, "--lang", "en", "status"]) == 0
    assert "! This machine's clock says 2081" in capsys.readouterr().err


def test_the_commands_asked_here_are_commands() -> None:
    assert {each.partition(" -")[0] for each in ASKED} <= {each.name for each in _table.COMMANDS}
