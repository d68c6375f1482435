"""``write`` and ``import`` without ``--medium``: the stick that is plugged in, or none."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from attacks.records import isa_csv
from cli.plugged import Plugged
from stations.days import Day, on
from stations.sticks import Stick, other, usb

from mediabridge.errors import ExitCode, MediaServiceError
from mediabridge.media import detect, given
from mediabridge.media.udisks import BusError, Call, SystemBus
from mediabridge.stations.home import Home

LGWAN, REGISTRY = "lgwan-01", "registry-01"
COMMANDS = ["write", "import"]
SAID = {
    "en": (
        "mediabridge: error: There is no usable medium: nothing is plugged in.",
        "mediabridge: hint: Insert the medium, or give its folder with --medium.",
    ),
    "ja": ("エラー: 使える媒体がありません: 何も差し込まれていません", "次にすること: "),
}


@pytest.fixture
def packed(day: Day) -> str:
    return day.pack(content=isa_csv((1, 1)))


def said(plugged: Plugged, *words: str, at: str = LGWAN, code: int = 0) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(plugged.call("--json", *words, at=at, code=code))
    return found


@pytest.mark.usefixtures("packed")
@pytest.mark.parametrize("command", COMMANDS)
def test_nothing_plugged_in(day: Day, plugged: Plugged, command: str) -> None:
    found = said(plugged, command, code=ExitCode.MEDIUM)
    assert (found["ok"], found["code"], found["reason"]) == (False, 30, "NO_MEDIUM")
    shown = json.loads(Home(day.world.home(LGWAN).root).medium_state.read_text())
    assert shown == {"state": "NO_MEDIUM", "facts": {}}
    assert day.books(LGWAN) == [("out", "approved", 1)]


@pytest.mark.usefixtures("packed")
@pytest.mark.parametrize("lang", SAID)
@pytest.mark.parametrize("command", COMMANDS)
def test_said_in_the_language_of_the_person(plugged: Plugged, command: str, lang: str) -> None:
    assert plugged.call(command, lang=lang, code=30) == ""
    error, hint = plugged.err.splitlines()[-2:]
    wanted_error, wanted_hint = SAID[lang]
    assert error == wanted_error
    assert hint.startswith(wanted_hint)
    assert len(hint) > len("次にすること: ")


@pytest.mark.usefixtures("packed")
@pytest.mark.parametrize("command", COMMANDS)
def test_folder_that_is_not_there(plugged: Plugged, tmp_path: Path, command: str) -> None:
    words = (command, "--medium", str(tmp_path / "none"))
    assert said(plugged, *words, code=30)["reason"] == "NO_MEDIUM"


@pytest.mark.usefixtures("packed")
@pytest.mark.parametrize("command", COMMANDS)
def test_machine_without_udev(
    plugged: Plugged, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    def missing() -> None:
        raise MediaServiceError(detail="udev is missing")

    monkeypatch.setattr(detect, "context", missing)
    assert said(plugged, command, code=70)["reason"] == MediaServiceError.reason


def answer(monkeypatch: pytest.MonkeyPatch, stick: Stick, error: Exception | None) -> None:
    """Have *stick* mounted at its folder, and the bus answer whether udisks2 is there."""

    def send(_bus: SystemBus, _call: Call) -> tuple[Any, ...]:
        if error is not None:
            raise error
        return ()

    monkeypatch.setattr(detect, "device_of", lambda _folder: stick.device)
    # What is mounted from a stick is another file system; the folder of these tests may not be.
    monkeypatch.setattr(given, "lies_at_home", lambda _folder, _home: False)
    monkeypatch.setattr(SystemBus, "send", send)


@pytest.mark.parametrize(
    "error", [BusError("org.freedesktop.DBus.Error.ServiceUnknown"), MediaServiceError(detail="x")]
)
def test_folder_on_a_stick_without_the_service_is_used_as_a_folder(
    plugged: Plugged,
    stick: Stick,
    packed: str,
    monkeypatch: pytest.MonkeyPatch,
    error: Exception,
) -> None:
    """Whoever mounted it by hand answers for it, and unmounts it."""
    answer(monkeypatch, stick, error)
    where = ("--medium", str(stick.folder))
    written = said(plugged, "write", *where)["data"]
    assert (written["medium"], written["safe"]) == ("USB-001", False)
    assert on(stick) == [packed]
    assert stick.calls == []
    taken = said(plugged, "import", *where, at=REGISTRY)["data"]
    assert [each["seq"] for each in taken["bundles"]] == [1]


@pytest.mark.usefixtures("packed")
def test_folder_on_a_stick_with_the_service_is_the_stick(
    plugged: Plugged, stick: Stick, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer(monkeypatch, stick, None)
    plugged.sticks = [stick]
    assert said(plugged, "write", "--medium", str(stick.folder))["data"]["safe"] is True
    assert stick.calls[-1] == "eject"


@pytest.mark.usefixtures("packed")
@pytest.mark.parametrize("command", COMMANDS)
def test_several_are_for_the_person_to_choose(
    day: Day, plugged: Plugged, stick: Stick, command: str
) -> None:
    plugged.sticks = [stick, day.stick(2)]
    found = said(plugged, command, code=30)
    assert (found["reason"], found["data"]) == ("SEVERAL_MEDIA", {"count": 2})


@pytest.mark.usefixtures("packed")
@pytest.mark.parametrize("command", COMMANDS)
def test_stick_of_nobody_is_not_used(
    day: Day, plugged: Plugged, stick: Stick, command: str
) -> None:
    stranger = Stick(stick.folder, other(usb("S-0009"), path="/sys/9"))
    plugged.sticks = [stranger]
    assert said(plugged, command, code=30)["reason"] == "IDENTITY_COPIED"
    assert stranger.calls == ["read"]
    assert day.books(LGWAN) == [("out", "approved", 1)]


def test_nothing_approved_is_said_before_a_stick_is_looked_for(plugged: Plugged) -> None:
    assert said(plugged, "write", code=2)["reason"] == "NO_BUNDLE_WAITING"


def test_stick_goes_there_and_back(day: Day, plugged: Plugged, stick: Stick, packed: str) -> None:
    plugged.sticks = [stick]
    written = said(plugged, "write")["data"]
    assert written == {"bundle": packed, "state": "written", "medium": "USB-001", "safe": True}
    assert on(stick) == [packed]
    taken = said(plugged, "import", at=REGISTRY)["data"]
    assert (taken["medium"], [each["seq"] for each in taken["bundles"]]) == ("USB-001", [1])
    # It waits for the answer.
    assert taken["safe"] is False
    day.pack(REGISTRY)
    assert said(plugged, "write", at=REGISTRY)["data"]["safe"] is True
    back = said(plugged, "import")["data"]
    assert (back["bundles"][0]["receipts"], back["safe"]) == (1, True)
    assert packed not in on(stick)


def test_second_import_is_a_repetition(plugged: Plugged, stick: Stick, packed: str) -> None:
    plugged.sticks = [stick]
    assert said(plugged, "write")["data"]["bundle"] == packed
    said(plugged, "import", at=REGISTRY)
    found = said(plugged, "import", at=REGISTRY, code=21)
    assert (found["ok"], found["reason"]) == (True, "ALREADY_APPLIED")


@pytest.mark.usefixtures("packed")
def test_busy_stick_is_never_called_safe(plugged: Plugged, stick: Stick) -> None:
    """Claim C45. The bundle is on it; only pulling it out must wait."""
    stick.busy = True
    plugged.sticks = [stick]
    assert plugged.call("write", code=30) == ""
    assert "may be removed" not in plugged.err
    assert "still in use" in plugged.err
