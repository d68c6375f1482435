"""The person at the desk of a live station: where the own key is, and who is asked for its PIN."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from attacks.records import isa_csv
from attacks.world import World, as_medium, copy_of, make_world, passphrase_for, scratch
from cli.plugged import Plugged, done, nothing
from stations.days import Day

from mediabridge.cli import _station
from mediabridge.cli._app import run
from mediabridge.errors import ExitCode
from mediabridge.translog.events import Event
from mediabridge.trust import keyfile
from mediabridge.trust.keyfile import TRAINING_COST
from mediabridge.trust.passphrase import CLERK_CREDENTIAL, CREDENTIAL

LGWAN = "lgwan-01"
PIN = "the clerk's own words"


@pytest.fixture(scope="session")
def live_city() -> Iterator[World]:
    """Give a live world in which the clerk has a passphrase of the own."""
    with scratch() as root:
        world = make_world(Path(root), mode="live")
        path = world.city.key_path("clerk-1")
        key = keyfile.load(path, passphrase_for("clerk-1"))
        keyfile.save(path, key, PIN.encode(), cost=TRAINING_COST, replace=True)
        yield world


@pytest.fixture
def live(live_city: World) -> Iterator[World]:
    with scratch() as root:
        yield copy_of(live_city, Path(root) / "world")


def private(path: Path, text: str) -> Path:
    path.write_text(f"{text}\n")
    path.chmod(0o600)
    return path


class Desk:
    """Gives commands at the LGWAN station, which has its passphrase from a file."""

    def __init__(self, world: World, capsys: pytest.CaptureFixture[str]) -> None:
        self.world = world
        self._capsys = capsys
        self.secret = private(world.root / "station.secret", "training")

    def give(self, *words: object, own: tuple[object, ...] = (), code: int = 0) -> dict[str, Any]:
        self._capsys.readouterr()
        home = ["--home", self.world.home(LGWAN).root, "--json", "--lang", "en"]
        options = ["--passphrase-file", self.secret]
        got = run([*map(str, [*home, *words, *options, *own])])
        said: dict[str, Any] = json.loads(self._capsys.readouterr().out)
        assert got == code, said
        return said

    @property
    def key(self) -> tuple[object, ...]:
        return ("--clerk-key", self.world.city.key_path("clerk-1"))


@pytest.fixture
def desk(live: World, capsys: pytest.CaptureFixture[str]) -> Desk:
    return Desk(live, capsys)


def sealed_by(world: World) -> list[str]:
    return [entry.actor for entry in world.log(LGWAN) if entry.event is Event.BUNDLE_SEALED]


@pytest.mark.parametrize("name", [(), ("--operator", "clerk-1")])
@pytest.mark.parametrize("command", ["seal --empty", "export --empty", "import", "write", "watch"])
def test_without_a_key_nothing_is_done(desk: Desk, command: str, name: tuple[str, ...]) -> None:
    """Claim C84. The name alone is for training."""
    medium = as_medium(desk.world.medium)
    words = [*command.split(), *name]
    if command in {"export --empty", "import", "write"}:
        words += medium
    if command == "write":
        desk.give("seal", "--empty", own=(*desk.key, "--clerk-passphrase-file", own_file(desk)))
        officer = ("--key", desk.world.city.key_path("officer-1"), "--yes")
        desk.give("approve", *officer)
    logged = desk.world.log(LGWAN)
    said = desk.give(*words, code=ExitCode.APPROVAL)
    assert said["reason"] == "CLERK_KEY_MISSING"
    assert "--clerk-key" in said["hint"]
    assert desk.world.log(LGWAN) == logged


def own_file(desk: Desk) -> Path:
    return private(desk.world.root / "own.secret", PIN)


def test_passphrase_from_a_file(desk: Desk) -> None:
    desk.give("seal", "--empty", own=(*desk.key, "--clerk-passphrase-file", own_file(desk)))
    assert sealed_by(desk.world) == ["clerk-1"]


def test_passphrase_from_a_descriptor(desk: Desk) -> None:
    reading, writing = os.pipe()
    os.write(writing, f"{PIN}\n".encode())
    os.close(writing)
    desk.give("seal", "--empty", own=(*desk.key, "--clerk-passphrase-fd", reading))
    assert sealed_by(desk.world) == ["clerk-1"]


def test_passphrase_from_systemd(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    private(tmp_path / CREDENTIAL, "training")
    private(tmp_path / CLERK_CREDENTIAL, PIN)
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", os.fspath(tmp_path))
    desk.give("seal", "--empty", own=desk.key)
    assert sealed_by(desk.world) == ["clerk-1"]


def test_stations_passphrase_is_never_tried_for_it(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Claims C63 and C84. From neither place: a token would lock."""
    private(tmp_path / CREDENTIAL, "training")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", os.fspath(tmp_path))
    said = desk.give("seal", "--empty", own=desk.key, code=ExitCode.USAGE)
    assert said["reason"] == "NOT_INTERACTIVE"
    logged = [entry.event for entry in desk.world.log(LGWAN)]
    assert Event.PASSPHRASE_WRONG not in logged
    assert Event.BUNDLE_SEALED not in logged


def test_place_that_is_none(desk: Desk) -> None:
    own = ("--clerk-key", "pkcs11:token=clerk-1;object=k?module-path=/m.so&pin-value=1234")
    said = desk.give("seal", "--empty", own=own, code=ExitCode.USAGE)
    assert said["message"].count("--clerk-key") == 1
    assert "1234" not in json.dumps(said)


def test_day_at_the_desk_needs_no_option_where_the_settings_say_it(desk: Desk) -> None:
    """Claim C84. From the file to the stick, with one line in the settings."""
    settings = desk.world.home(LGWAN).settings_file
    private(settings, f'[clerks]\nclerk-1 = "{desk.world.city.key_path("clerk-1")}"')
    notices = desk.world.root / "isa.csv"
    notices.write_bytes(isa_csv((1, 1)))
    desk.give("collect", notices)
    own = ("--clerk-passphrase-file", own_file(desk))
    officer = ("--key", desk.world.city.key_path("officer-1"), "--yes")
    said = desk.give("export", *as_medium(desk.world.medium), *officer, own=own)
    assert len(said["data"]["written"]) == 1
    assert sealed_by(desk.world) == ["clerk-1"]


# --- watch ---------------------------------------------------------------------------------


@pytest.fixture
def watched(
    live: World, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Plugged:
    """Give a desk with one clerk in its settings, and sticks that come and go."""
    place = live.city.key_path("clerk-1")
    key = keyfile.load(place, PIN.encode())
    keyfile.save(place, key, passphrase_for("clerk-1"), cost=TRAINING_COST, replace=True)
    private(live.home(LGWAN).settings_file, f'[clerks]\nclerk-1 = "{place}"')
    made = Plugged(Day(live), capsys)
    made.install(monkeypatch)
    return made


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Answer every question for a passphrase, and note of which key it is."""
    said: list[str] = []

    def answer(_context: object, _msgid: str, *, key: str) -> str:
        said.append(key)
        return "training"

    monkeypatch.setattr(_station, "passphrase", answer)
    return said


def test_watch_asks_once_and_at_the_beginning(watched: Plugged, asked: list[str]) -> None:
    """Claim C84. Two sticks later it is still the one PIN of the morning."""
    day, before = watched.day, signal.signal(signal.SIGINT, signal.default_int_handler)
    stick = day.stick()
    day.pack()
    at_first: list[str] = []
    steps = (
        lambda: at_first.extend(asked),
        watched.plug(stick),
        watched.plug(),
        day.pack,
        watched.plug(stick),
        nothing,
    )
    events = watched.watch(*steps)
    signal.signal(signal.SIGINT, before)
    assert at_first == ["clerk-1"]
    assert asked.count("clerk-1") == 1
    assert done(events).count("written") == 2
    released = day.entries(LGWAN, Event.BUNDLE_RELEASED)
    assert [entry.actor for entry in released] == ["clerk-1"] * 2
    assert all("signature" in entry.facts for entry in released)
