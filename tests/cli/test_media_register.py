"""``media register``: a stick is proved before it is given a number, and told when it may go."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from cli.plugged import Plugged
from stations.days import Day
from stations.sticks import SIZE, Stick, other, usb

from mediabridge.errors import (
    FakeCapacityError,
    MediabridgeError,
    MediumIoError,
    PulledOutError,
)
from mediabridge.media import probing
from mediabridge.media.device import Disk
from mediabridge.media.probing import Probe
from mediabridge.stations.home import Home
from mediabridge.translog.events import Event

pytestmark = pytest.mark.in_turns

LGWAN = "lgwan-01"


class Usage(NamedTuple):
    total: int
    used: int
    free: int


@pytest.fixture
def new(plugged: Plugged, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Stick:
    """Give a new, empty stick that is plugged in, and passes every probe."""
    stick = Stick(tmp_path, other(usb("S-0009"), path="/sys/9"))
    plugged.sticks = [stick]
    monkeypatch.setattr(shutil, "disk_usage", lambda _folder: Usage(SIZE, 0, SIZE))
    monkeypatch.setattr(probing, "probe", lambda *_, **__: Probe(SIZE, 1, 1))
    return stick


def fail(monkeypatch: pytest.MonkeyPatch, stick: Stick, error: MediabridgeError) -> None:
    """Have the probe end in *error*; a stick that was pulled out is gone then."""

    def fails(*_given: object, **_options: object) -> Probe:
        stick.present = not isinstance(error, PulledOutError)
        raise error

    monkeypatch.setattr(probing, "probe", fails)


def register(
    plugged: Plugged, *words: str, number: str = "MB-009", code: int = 0
) -> dict[str, Any]:
    key = str(plugged.day.world.city.key_path("officer-1"))
    given = ("--json", "media", "register", number, "--label", "窓口", "--key", key)
    found: dict[str, Any] = json.loads(plugged.call(*given, *words, code=code))
    return found


def told(day: Day) -> dict[str, Any]:
    """Return the state that whoever watches sees last."""
    path = Home(day.world.home(LGWAN).root).medium_state
    seen: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return seen


@pytest.mark.parametrize("words", [(), ("--quick",)])
def test_person_is_told_when_it_may_be_removed(
    day: Day, plugged: Plugged, new: Stick, words: tuple[str, ...]
) -> None:
    """Claim C45."""
    found = register(plugged, *words)
    assert (found["data"]["medium"], found["data"]["safe"]) == ("MB-009", True)
    assert new.calls[-1] == "eject"
    assert told(day) == {"state": "SAFE_TO_REMOVE", "facts": {"medium": "MB-009"}}
    assert plugged.err.splitlines()[-1] == "Medium MB-009 may be removed now."


def test_busy_stick_is_told_and_logged(day: Day, plugged: Plugged, new: Stick) -> None:
    new.busy = True
    assert register(plugged, code=30)["reason"] == "MEDIUM_BUSY"
    assert told(day)["state"] == "MEDIUM_BUSY"
    (failed,) = day.entries(LGWAN, Event.MEDIUM_FAILED)
    assert failed.facts == {"medium": "MB-009", "reason": "MEDIUM_BUSY"}


FAILURES = [FakeCapacityError(claimed=SIZE, got=1), MediumIoError(detail="EIO"), PulledOutError()]


@pytest.mark.parametrize("error", FAILURES)
def test_stick_that_fails_its_probe_is_told_and_logged(
    day: Day,
    plugged: Plugged,
    new: Stick,
    monkeypatch: pytest.MonkeyPatch,
    error: MediabridgeError,
) -> None:
    """Claim C45. It has no number: the log names the device."""
    fail(monkeypatch, new, error)
    assert register(plugged, code=30)["reason"] == error.reason
    assert told(day)["state"] == error.reason
    (failed,) = day.entries(LGWAN, Event.MEDIUM_FAILED)
    assert failed.facts == {"device_sha256": usb("S-0009").sha256, "reason": error.reason}
    assert day.entries(LGWAN, Event.MEDIUM_REGISTERED) == []
    assert list(new.folder.iterdir()) == []


def test_registered_stick_that_fails_a_new_probe_fails_under_its_number(
    day: Day, plugged: Plugged, new: Stick, monkeypatch: pytest.MonkeyPatch
) -> None:
    register(plugged)
    fail(monkeypatch, new, MediumIoError(detail="EIO"))
    register(plugged, "--quick", code=30)
    (failed,) = day.entries(LGWAN, Event.MEDIUM_FAILED)
    assert failed.facts["medium"] == "MB-009"
    assert told(day)["facts"]["medium"] == "MB-009"
    with day.at(LGWAN) as station:
        row = station.books.media.row("MB-009")
    assert row is not None
    assert row.io_errors == 1


def test_device_that_lost_its_number_does_not_fail_under_it(
    day: Day, plugged: Plugged, new: Stick, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    register(plugged)
    (tmp_path / "heir").mkdir()
    plugged.sticks = [Stick(tmp_path / "heir", other(usb("S-0010"), path="/sys/10"))]
    register(plugged, "--replace")
    plugged.sticks = [new]
    fail(monkeypatch, new, MediumIoError(detail="EIO"))
    register(plugged, "--replace", number="MB-010", code=30)
    (failed,) = day.entries(LGWAN, Event.MEDIUM_FAILED)
    assert failed.facts == {"device_sha256": usb("S-0009").sha256, "reason": "IO_ERROR"}


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_stick_with_files_is_not_tried_in_full(
    day: Day, plugged: Plugged, new: Stick, monkeypatch: pytest.MonkeyPatch, lang: str
) -> None:
    """Nothing was written, nothing failed; samples of the whole disk can still be tried."""
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(SIZE, SIZE // 2, SIZE // 2))
    key = str(day.world.city.key_path("officer-1"))
    given = ("media", "register", "MB-009", "--label", "1", "--key", key)
    plugged.call(*given, lang=lang, code=30)
    assert {"en": "are in use", "ja": "使われて"}[lang] in plugged.err
    assert str(SIZE // 2) in plugged.err
    assert "--quick" in plugged.err
    assert new.calls == ["read"]
    assert day.entries(LGWAN, Event.MEDIUM_FAILED) == []
    assert not Home(day.world.home(LGWAN).root).medium_state.exists()
    assert register(plugged, "--quick")["data"]["safe"] is True


def test_card_reader_beside_the_stick_is_not_meant(plugged: Plugged, new: Stick) -> None:
    reader = other(usb("S-0001"), path="/sys/r", disks=(Disk("/dev/sdy", 1, 0),))
    plugged.sticks = [Stick(new.folder, reader), new]
    assert register(plugged)["data"]["medium"] == "MB-009"
    plugged.sticks = [Stick(new.folder, reader)]
    assert register(plugged, code=30)["reason"] == "NO_MEDIUM"
